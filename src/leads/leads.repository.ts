import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Base, type BaseRow } from './base.entity.js';

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

  async findBuckets(
    wanted: readonly { country: string; zones: readonly string[] }[],
    on: Queryable = this.database,
  ): Promise<(number | null)[]> {
    const rows = await on.query<{ id: number | null }>(FIND_BUCKETS, [JSON.stringify(wanted)]);
    return rows.map((row) => row.id);
  }

  async insertBuckets(missing: readonly { country: string; zones: readonly string[] }[]): Promise<void> {
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

/** Unique key (country, zones) of buckets. In the order asked. */
const FIND_BUCKETS = statement(
  'leads.find_buckets',
  `select b.id
     from jsonb_array_elements($1::jsonb) with ordinality as w (item, place)
     left join buckets b on b.country = w.item ->> 'country'
      and b.zones = array(select jsonb_array_elements_text(w.item -> 'zones'))
    order by w.place`,
);

/** The same key decides when two imports add a bucket at once. Ids follow the order asked. */
const INSERT_BUCKETS = statement(
  'leads.insert_buckets',
  `insert into buckets (country, zones)
   select w.item ->> 'country', array(select jsonb_array_elements_text(w.item -> 'zones'))
     from jsonb_array_elements($1::jsonb) with ordinality as w (item, place)
    order by w.place
   on conflict (country, zones) do nothing`,
);

// Processes that start together: the first one's is noted.
const NOTE_FINGERPRINT = statement(
  'leads.note_fingerprint',
  `insert into key_fingerprint (fingerprint) values ($1) on conflict do nothing`,
);

const READ_FINGERPRINT = statement('leads.read_fingerprint', `select fingerprint from key_fingerprint`);
