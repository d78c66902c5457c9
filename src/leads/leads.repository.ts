import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Base, type BaseRow } from './base.entity.js';
import type { ZoneSource } from './whereabouts.js';

export interface LeadCardRow {
  id: number;
  name: string | null;
  region: string | null;
  baseName: string;
  attributes: Record<string, unknown>;
  zones: string[];
  country: string;
  lastDigits: string;
}

/** Who shares a bucket: those for whom clock and law decide alike. */
export interface BucketPlace {
  country: string;
  zones: readonly string[];
  regions?: readonly string[];
  source?: ZoneSource;
}

@Injectable()
export class LeadsRepository {
  constructor(private readonly database: Database) {}

  /** The fingerprint of the secret that this database is sealed with: `mine`, if none is noted yet. */
  async ensureFingerprint(mine: Buffer): Promise<Buffer> {
    await this.database.query(NOTE_FINGERPRINT, [mine]);
    const rows = await this.database.query<{ fingerprint: Buffer }>(READ_FINGERPRINT);
    return rows[0]!.fingerprint;
  }

  listBases(organisationId: number): Promise<BaseRow[]> {
    return this.database.query<BaseRow>(LIST_BASES, [organisationId]);
  }

  async findBase(organisationId: number, id: number, on: Queryable = this.database): Promise<BaseRow | null> {
    const [row] = await on.query<BaseRow>(FIND_BASE, [organisationId, id]);
    return row ?? null;
  }

  async insertBase(values: Omit<Base, 'id'>, tx: Tx): Promise<number> {
    const { identifiers } = await tx.manager.insert(Base, values);
    return identifiers[0]!.id as number;
  }

  async findLeadCard(organisationId: number, leadId: number, phoneId: number | null): Promise<LeadCardRow | null> {
    const [row] = await this.database.query<LeadCardRow>(FIND_LEAD_CARD, [organisationId, leadId, phoneId]);
    return row ?? null;
  }

  /** Nobody else adds phones to it until the transaction ends. */
  async lockLead(on: Queryable, organisationId: number, leadId: number): Promise<{ region: string | null } | null> {
    const [row] = await on.query<{ region: string | null }>(LOCK_LEAD, [organisationId, leadId]);
    return row ?? null;
  }

  async findPhone(
    on: Queryable,
    leadId: number,
    matchHash: Buffer,
  ): Promise<{ phoneId: number; bucketId: number } | null> {
    const [row] = await on.query<{ phoneId: number; bucketId: number }>(FIND_PHONE, [leadId, matchHash]);
    return row ?? null;
  }

  /** Behind the lead's other phones. Returns its id. */
  async insertPhone(
    on: Queryable,
    p: {
      organisationId: number;
      leadId: number;
      sealed: Buffer;
      matchHash: Buffer;
      country: string;
      lineType: string;
      bucketId: number;
      lastDigits: string;
    },
  ): Promise<number> {
    const rows = await on.query<{ id: number }>(INSERT_PHONE, [
      ...[p.organisationId, p.leadId, p.sealed, p.matchHash, p.country, p.lineType, p.bucketId, p.lastDigits],
    ]);
    return rows[0]!.id;
  }

  async findBuckets(wanted: readonly BucketPlace[], on: Queryable = this.database): Promise<(number | null)[]> {
    const rows = await on.query<{ id: number | null }>(FIND_BUCKETS, [JSON.stringify(wanted)]);
    return rows.map((row) => row.id);
  }

  /** Registers of numbering plans that are loaded, without what is in them. */
  listNumberingPlans(): Promise<{ country: string; series: string; loadedAt: Date }[]> {
    return this.database.query(LIST_NUMBERING_PLANS);
  }

  readNumberingPlans(): Promise<{ country: string; compact: Buffer }[]> {
    return this.database.query(READ_NUMBERING_PLANS);
  }

  async insertBuckets(missing: readonly BucketPlace[]): Promise<void> {
    await this.database.query(INSERT_BUCKETS, [JSON.stringify(missing)]);
  }
}

const BASE_COLUMNS = `b.id, b.organisation_id as "organisationId", b.name, b.source, b.cost, b.currency, b.country,
       b.created_by as "createdBy", b.created_at as "createdAt",
       (select coalesce(sum(i.imported - i.removed), 0)::bigint from imports i where i.base_id = b.id) as leads`;

/** bases_organisation; the leads of each base from the account of its imports (imports_base), since only imports make leads. */
const LIST_BASES = statement(
  'leads.list_bases',
  `select ${BASE_COLUMNS} from bases b where b.organisation_id = $1 order by b.id desc`,
);

/** Primary key of bases, imports_base. */
const FIND_BASE = statement(
  'leads.find_base',
  `select ${BASE_COLUMNS} from bases b where b.organisation_id = $1 and b.id = $2`,
);

/** Primary keys, and phones_lead for the lead's phones: the one asked for, else the first. */
const FIND_LEAD_CARD = statement(
  'leads.find_lead_card',
  `select l.id, l.name, l.region, b.name as "baseName", l.attributes, k.zones, p.country, p.last_digits as "lastDigits"
     from leads l
     join bases b on b.id = l.base_id
     join phones p on p.lead_id = l.id
     join buckets k on k.id = p.bucket_id
    where l.organisation_id = $1 and l.id = $2 and ($3::bigint is null or p.id = $3)
    order by p.position
    limit 1`,
);

const LOCK_LEAD = statement(
  'leads.lock_lead',
  `select region from leads where organisation_id = $1 and id = $2 for update`,
);

/** Primary key of phones. */
const FIND_PHONE = statement(
  'leads.find_phone',
  `select id as "phoneId", bucket_id as "bucketId" from phones where lead_id = $1 and match_hash = $2 order by position limit 1`,
);

/** Primary keys of leads and phones. */
const INSERT_PHONE = statement(
  'leads.insert_phone',
  `insert into phones
     (organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type, bucket_id, last_digits)
   select $1::smallint, l.id, l.base_id,
     (1 + coalesce((select max(p.position) from phones p where p.lead_id = l.id), 0))::smallint, $3::bytea, $4::bytea,
     $5::text, $6::text, $7::smallint, $8::text
   from leads l where l.id = $2
   returning id`,
);

/** Unique key (country, zones, regions, zone_source) of buckets. In the order asked. */
const FIND_BUCKETS = statement(
  'leads.find_buckets',
  `select b.id
     from jsonb_array_elements($1::jsonb) with ordinality as w (item, place)
     left join buckets b on b.country = w.item ->> 'country'
      and b.zones = array(select jsonb_array_elements_text(w.item -> 'zones'))
      and b.regions = array(select jsonb_array_elements_text(coalesce(w.item -> 'regions', '[]')))
      and b.zone_source = coalesce(w.item ->> 'source', 'country')
    order by w.place`,
);

/** The same key decides when two imports add a bucket at once. Ids follow the order asked. */
const INSERT_BUCKETS = statement(
  'leads.insert_buckets',
  `insert into buckets (country, zones, regions, zone_source)
   select w.item ->> 'country', array(select jsonb_array_elements_text(w.item -> 'zones')),
          array(select jsonb_array_elements_text(coalesce(w.item -> 'regions', '[]'))),
          coalesce(w.item ->> 'source', 'country')
     from jsonb_array_elements($1::jsonb) with ordinality as w (item, place)
    order by w.place
   on conflict (country, zones, regions, zone_source) do nothing`,
);

// A handful of rows, but large ones: the two are asked apart.
const LIST_NUMBERING_PLANS = statement(
  'leads.list_numbering_plans',
  `select country, series, loaded_at as "loadedAt" from numbering_plans order by country, loaded_at, series`,
);

const READ_NUMBERING_PLANS = statement(
  'leads.read_numbering_plans',
  `select country, compact from numbering_plans order by country, loaded_at, series`,
);

// Processes that start together: the first one's is noted.
const NOTE_FINGERPRINT = statement(
  'leads.note_fingerprint',
  `insert into key_fingerprint (fingerprint) values ($1) on conflict do nothing`,
);

const READ_FINGERPRINT = statement('leads.read_fingerprint', `select fingerprint from key_fingerprint`);
