import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { Ban } from './decision.js';

export interface Bucket {
  id: number;
  country: string;
  zones: string[];
}

export interface PhoneFactsRow {
  suppressions: Ban[];
  live: boolean;
  tried_at: string[];
}

export interface NewSuppression {
  organisationId: number;
  scope: 'campaign' | 'client' | 'company' | 'global';
  /** With scope `campaign` only. */
  campaignId: number | null;
  matchHash: Buffer;
  reason: string;
  source: string;
  validFrom: Date;
  validTo: Date | null;
  createdBy: number | null;
}

@Injectable()
export class ComplianceRepository {
  constructor(private readonly database: Database) {}

  listBuckets(on: Queryable = this.database): Promise<Bucket[]> {
    return on.query<Bucket>(LIST_BUCKETS);
  }

  /**
   * Take the phone's lock for this transaction, or learn that somebody else holds it. In the order given. And hold off
   * suppression lists that are to come into force, until the transaction ends.
   */
  async tryLockPhones(on: Queryable, keys: readonly bigint[]): Promise<boolean[]> {
    const rows = await on.query<{ locked: boolean }>(TRY_LOCK_PHONES, [keys.map(String)]);
    return rows.map((row) => row.locked);
  }

  /** Take the phone's lock for this transaction, waiting for it. */
  async lockPhone(on: Queryable, key: bigint): Promise<void> {
    await on.query(LOCK_PHONE, [String(key)]);
  }

  /** What the law reads about each phone, in the order given. Under the phones' locks nothing here changes any more. */
  readPhoneFacts(
    on: Queryable,
    p: { organisationId: number; campaignId: number; matchHashes: readonly Buffer[]; since: Date; at: Date },
  ): Promise<PhoneFactsRow[]> {
    return on.query<PhoneFactsRow>(READ_PHONE_FACTS, [p.organisationId, p.campaignId, p.matchHashes, p.since, p.at]);
  }

  async insertSuppression(on: Queryable, s: NewSuppression): Promise<number> {
    const rows = await on.query<{ id: number }>(INSERT_SUPPRESSION, [
      s.organisationId,
      s.scope,
      s.campaignId,
      s.matchHash,
      s.reason,
      s.source,
      s.validFrom,
      s.validTo,
      s.createdBy,
    ]);
    return rows[0]!.id;
  }
}

// A few hundred rows, read whole.
const LIST_BUCKETS = statement('compliance.list_buckets', `select id, country, zones from buckets order by id`);

// The first lock is shared with all gates. A list comes into force under it alone: so what a gate reads after this statement
// is the list as it was before or as it is after, with its table, and never the new state of a load without its numbers. It is
// taken before those of the phones: nobody who has a phone waits for it.
const TRY_LOCK_PHONES = statement(
  'compliance.try_lock_phones',
  `with lists as materialized (select pg_advisory_xact_lock_shared(2, 0))
   select pg_try_advisory_xact_lock(k.key) as locked
   from lists, unnest($1::bigint[]) with ordinality as k(key, place) order by k.place`,
);

const LOCK_PHONE = statement('compliance.lock_phone', `select pg_advisory_xact_lock($1::bigint)`);

// suppressions_match, attempts_live_phone and attempts_phone: three index look-ups a phone; and one in the
// suppression_numbers_match of each load.
const READ_PHONE_FACTS = statement(
  'compliance.read_phone_facts',
  `select
     coalesce((select jsonb_agg(jsonb_build_object('scope', s.scope, 'reason', s.reason) order by s.id)
       from suppressions s
       where s.match_hash = h.match_hash and s.organisation_id = $1 and s.revoked_at is null
         and s.valid_from <= $5 and (s.valid_to is null or s.valid_to > $5)
         and (s.scope <> 'campaign' or s.campaign_id = $2)), '[]')
     || coalesce((select jsonb_agg(distinct jsonb_build_object('scope', 'company',
           'reason', case n.kind when 'registry' then 'registry' else 'imported' end, 'list', coalesce(n.registry, n.name)))
       from listed_numbers n
       where n.match_hash = h.match_hash and n.organisation_id = $1), '[]') as suppressions,
     exists (select from attempts a
       where a.organisation_id = $1 and a.match_hash = h.match_hash and a.state <> 'ended') as live,
     coalesce((select jsonb_agg(a.reserved_at order by a.reserved_at)
       from attempts a
       where a.match_hash = h.match_hash and a.organisation_id = $1 and a.reserved_at > $4
         -- An attempt that provably never left us is no attempt at the person.
         and (a.originated_at is not null or a.state <> 'ended')), '[]') as tried_at
   from unnest($3::bytea[]) with ordinality as h(match_hash, place)
   order by h.place`,
);

const INSERT_SUPPRESSION = statement(
  'compliance.insert_suppression',
  `insert into suppressions
     (organisation_id, scope, campaign_id, match_hash, reason, source, valid_from, valid_to, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $7)
   returning id`,
);
