import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';

export const SUPPRESSION_SCOPES = ['campaign', 'client', 'company', 'global'] as const;
export type SuppressionScope = (typeof SUPPRESSION_SCOPES)[number];

export const SUPPRESSION_REASONS = [
  'request',
  'refusal_cooldown',
  'registry',
  'wrong_person',
  'carrier_block',
  'erasure',
  'reassigned',
  'complaint',
  'imported',
] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export interface NewSuppressions {
  organisationId: number;
  matchHashes: readonly Buffer[];
  scope: SuppressionScope;
  /** With scope `campaign` only. */
  campaignId: number | null;
  reason: SuppressionReason;
  source: string;
  /** By what it can be shown. */
  evidence: string | null;
  /** Whose numbers they are, where that is known. */
  leadId: number | null;
  /** The call in which it was said. */
  attemptId: number | null;
  validFrom: Date;
  /** Null: until it is taken back. */
  validTo: Date | null;
  createdBy: number | null;
}

export interface SuppressionRow {
  id: number;
  scope: SuppressionScope;
  campaignId: number | null;
  campaignName: string | null;
  reason: SuppressionReason;
  source: string;
  evidence: string | null;
  leadId: number | null;
  attemptId: number | null;
  validFrom: Date;
  validTo: Date | null;
  createdBy: string | null;
  revokedAt: Date | null;
  revokedBy: string | null;
  revokeEvidence: string | null;
  /** Of a phone with this number that is there; null where none is. */
  country: string | null;
  lastDigits: string | null;
}

export interface NewComplaint {
  organisationId: number;
  leadId: number | null;
  matchHash: Buffer;
  attemptId: number | null;
  campaignId: number | null;
  note: string | null;
  openedBy: number | null;
  openedAt: Date;
}

@Injectable()
export class SuppressionsRepository {
  constructor(private readonly database: Database) {}

  /** Take the phones' locks for this transaction, waiting for each; in one order, so that no two wait for each other. */
  async lockPhones(on: Queryable, keys: readonly bigint[]): Promise<void> {
    await on.query(LOCK_PHONES, [keys.map(String)]);
  }

  /** Returns their ids, in the order of the numbers. */
  async insert(on: Queryable, s: NewSuppressions): Promise<number[]> {
    const rows = await on.query<{ id: number }>(INSERT, [
      ...[
        s.organisationId,
        s.matchHashes,
        s.scope,
        s.campaignId,
        s.reason,
        s.source,
        s.evidence,
        s.leadId,
        s.attemptId,
      ],
      ...[s.validFrom, s.validTo, s.createdBy],
    ]);
    return rows.map((row) => row.id);
  }

  async find(organisationId: number, id: number, on: Queryable = this.database): Promise<SuppressionRow | null> {
    const [row] = await on.query<SuppressionRow>(FIND, [organisationId, id]);
    return row ?? null;
  }

  /** `limit` of them, newest first, those with an id below `before`. */
  list(
    organisationId: number,
    p: { before: number | null; reason: SuppressionReason | null; limit: number },
  ): Promise<SuppressionRow[]> {
    return this.database.query<SuppressionRow>(LIST, [organisationId, p.before, p.reason, p.limit]);
  }

  /** All that were ever made for a number, oldest first. */
  listOfNumber(organisationId: number, matchHash: Buffer, on: Queryable = this.database): Promise<SuppressionRow[]> {
    return on.query<SuppressionRow>(LIST_OF_NUMBER, [organisationId, matchHash]);
  }

  /** False: it was taken back before. */
  async revoke(
    on: Queryable,
    p: { id: number; at: Date; userId: number | null; evidence: string },
  ): Promise<{ matchHash: Buffer } | null> {
    const [row] = await on.query<{ matchHash: Buffer }>(REVOKE, [p.id, p.at, p.userId, p.evidence]);
    return row ?? null;
  }

  /** Numbers of a lead, also those that it is to be called back on. */
  async listNumbersOfLead(on: Queryable, leadId: number): Promise<Buffer[]> {
    return (await on.query<{ hash: Buffer }>(LIST_NUMBERS_OF_LEAD, [leadId])).map((row) => row.hash);
  }

  /** Leads that have a number, and all the numbers that these have. */
  async listNumbersOfOwners(
    on: Queryable,
    organisationId: number,
    matchHash: Buffer,
  ): Promise<{ leadId: number; hash: Buffer }[]> {
    return on.query(LIST_NUMBERS_OF_OWNERS, [organisationId, matchHash]);
  }

  /** Null: the call has one already. */
  async insertComplaint(on: Queryable, c: NewComplaint): Promise<number | null> {
    const [row] = await on.query<{ id: number }>(INSERT_COMPLAINT, [
      ...[c.organisationId, c.leadId, c.matchHash, c.attemptId, c.campaignId, c.note, c.openedBy, c.openedAt],
    ]);
    return row?.id ?? null;
  }

  async isCampaign(organisationId: number, id: number): Promise<boolean> {
    return (await this.database.query(IS_CAMPAIGN, [organisationId, id])).length > 0;
  }
}

const COLUMNS = `s.id, s.scope, s.campaign_id as "campaignId", c.name as "campaignName", s.reason, s.source, s.evidence,
     s.lead_id as "leadId", s.attempt_id as "attemptId", s.valid_from as "validFrom", s.valid_to as "validTo",
     u.name as "createdBy", s.revoked_at as "revokedAt", r.name as "revokedBy", s.revoke_evidence as "revokeEvidence",
     p.country, p.last_digits as "lastDigits"`;

/** phones_match for the masked number. */
const SOURCE = `suppressions s
   left join campaigns c on c.id = s.campaign_id
   left join users u on u.id = s.created_by
   left join users r on r.id = s.revoked_by
   left join lateral (select q.country, q.last_digits from phones q
     where q.match_hash = s.match_hash and q.organisation_id = s.organisation_id limit 1) p on true`;

const LOCK_PHONES = statement(
  'suppressions.lock_phones',
  `select pg_advisory_xact_lock(k.key)
   from (select distinct key from unnest($1::bigint[]) as key order by key) k`,
);

const INSERT = statement(
  'suppressions.insert',
  `insert into suppressions
     (organisation_id, match_hash, scope, campaign_id, reason, source, evidence, lead_id, attempt_id, valid_from, valid_to,
      created_by, created_at)
   select $1, h.hash, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $10
   from unnest($2::bytea[]) with ordinality as h (hash, place) order by h.place
   returning id`,
);

// Primary key.
const FIND = statement(
  'suppressions.find',
  `select ${COLUMNS} from ${SOURCE} where s.organisation_id = $1 and s.id = $2`,
);

// Primary key, from its end.
const LIST = statement(
  'suppressions.list',
  `select ${COLUMNS} from ${SOURCE}
   where s.organisation_id = $1 and ($2::bigint is null or s.id < $2) and ($3::text is null or s.reason = $3)
   order by s.id desc limit $4`,
);

// suppressions_match
const LIST_OF_NUMBER = statement(
  'suppressions.list_of_number',
  `select ${COLUMNS} from ${SOURCE} where s.match_hash = $2 and s.organisation_id = $1 order by s.id`,
);

const REVOKE = statement(
  'suppressions.revoke',
  `update suppressions set revoked_at = $2, revoked_by = $3, revoke_evidence = $4
   where id = $1 and revoked_at is null
   returning match_hash as "matchHash"`,
);

// Primary key of phones.
const LIST_NUMBERS_OF_LEAD = statement(
  'suppressions.list_numbers_of_lead',
  `select p.match_hash as hash from phones p where p.lead_id = $1 group by 1 order by 1`,
);

// phones_match, then the primary key of phones.
const LIST_NUMBERS_OF_OWNERS = statement(
  'suppressions.list_numbers_of_owners',
  `select q.lead_id as "leadId", q.match_hash as hash
   from (select distinct p.lead_id from phones p where p.match_hash = $2 and p.organisation_id = $1) o
   join phones q on q.lead_id = o.lead_id
   order by 1, 2`,
);

// complaints_attempt
const INSERT_COMPLAINT = statement(
  'suppressions.insert_complaint',
  `insert into complaints (organisation_id, lead_id, match_hash, attempt_id, campaign_id, note, opened_by, opened_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (attempt_id) where attempt_id is not null do nothing
   returning id`,
);

// Primary key.
const IS_CAMPAIGN = statement(
  'suppressions.is_campaign',
  `select 1 from campaigns where organisation_id = $1 and id = $2`,
);
