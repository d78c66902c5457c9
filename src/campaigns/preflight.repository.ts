import { Injectable } from '@nestjs/common';

import type { Purpose } from '../compliance/profile.js';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

export interface OpenBucketRow {
  bucketId: number;
  country: string;
  /** Leads that are not done with. */
  leads: number;
}

export interface FloorRow {
  /** Operators who can sign in. */
  able: number;
  /** Those of them who have, in this campaign. */
  signedIn: number;
  /** Its calling list is being built. */
  building: boolean;
  /** Entries of its calling list. */
  entries: number;
}

/** Reads across the modules what a campaign needs before it dials. */
@Injectable()
export class PreflightRepository {
  constructor(private readonly database: Database) {}

  async readFloor(organisationId: number, campaignId: number): Promise<FloorRow> {
    const [row] = await this.database.query<FloorRow>(READ_FLOOR, [organisationId, campaignId]);
    return row!;
  }

  listOpenBuckets(campaignId: number): Promise<OpenBucketRow[]> {
    return this.database.query<OpenBucketRow>(LIST_OPEN_BUCKETS, [campaignId]);
  }

  /** Is there anybody among the first `limit` open entries whose number is not suppressed? */
  async hasCallable(organisationId: number, campaignId: number, at: Date, limit: number): Promise<boolean> {
    const [row] = await this.database.query<{ found: boolean }>(HAS_CALLABLE, [organisationId, campaignId, at, limit]);
    return row!.found;
  }

  /** Of the first `limit` open entries in these buckets: how many there are, and how many have no consent that will do. */
  async countWithoutConsent(
    campaign: { id: number; organisationId: number; purpose: Purpose },
    terms: readonly { bucketId: number; written: boolean; since: string | null }[],
    at: Date,
    limit: number,
  ): Promise<{ looked: number; without: number }> {
    const { id, organisationId, purpose } = campaign;
    const values = [organisationId, id, purpose, JSON.stringify(terms), at, limit];
    const [row] = await this.database.query<{ looked: number; without: number }>(COUNT_WITHOUT_CONSENT, values);
    return row!;
  }

  /** Imports of leads that are not over; of these bases, or of all. */
  listImporting(
    organisationId: number,
    baseIds: readonly number[] | null,
  ): Promise<{ importId: number; baseName: string }[]> {
    return this.database.query(LIST_IMPORTING, [organisationId, baseIds]);
  }
}

// A few hundred users; operator_states_campaign; jobs that are not over are few; the unique key (campaign_id, lead_id).
const READ_FLOOR = statement(
  'preflight.read_floor',
  `select
     (select count(*) from users u where u.organisation_id = $1 and u.role = 'operator' and not u.simulated
        and u.disabled_at is null and u.password_hash is not null) as able,
     (select count(*) from operator_states s where s.campaign_id = $2 and s.state <> 'offline') as "signedIn",
     exists (select from jobs j where j.organisation_id = $1 and j.kind = 'build-list' and j.state in ('queued', 'running')
       and (j.payload ->> 'campaignId')::integer = $2) as building,
     (select count(*) from calling_list_entries e where e.campaign_id = $2) as entries`,
);

// The unique key (campaign_id, lead_id) finds the entries; they are counted where they lie.
const LIST_OPEN_BUCKETS = statement(
  'preflight.list_open_buckets',
  `select e.bucket_id as "bucketId", b.country, e.leads
   from (
     select bucket_id, count(*) as leads from calling_list_entries
     where campaign_id = $1 and state <> 'completed' group by bucket_id
   ) e join buckets b on b.id = e.bucket_id
   order by e.bucket_id`,
);

// phones_lead, suppressions_match and suppression_numbers_match for each entry, until one is found: the first, as a rule.
const HAS_CALLABLE = statement(
  'preflight.has_callable',
  `select exists (
     select from (
       select lead_id, phone_position from calling_list_entries
       where campaign_id = $2 and state <> 'completed' limit $4
     ) e
     join phones p on p.lead_id = e.lead_id and p.position = e.phone_position
     where not exists (
         select from suppressions s
         where s.match_hash = p.match_hash and s.organisation_id = $1 and s.revoked_at is null
           and s.valid_from <= $3 and (s.valid_to is null or s.valid_to > $3)
           and (s.scope <> 'campaign' or s.campaign_id = $2))
       and not exists (
         select from listed_numbers n where n.match_hash = p.match_hash and n.organisation_id = $1)
   ) as found`,
);

// The unique key (campaign_id, lead_id), phones_lead and consents_match for each entry that is looked at.
const COUNT_WITHOUT_CONSENT = statement(
  'preflight.count_without_consent',
  `select count(*) as looked, count(*) filter (where not exists (
       select from standing_consents k
       where k.match_hash = p.match_hash and k.organisation_id = $1 and k.purpose = $3
         and (k.campaign_id is null or k.campaign_id = $2) and k.at <= $5 and (r.since is null or k.at >= r.since)
         and (k.valid_to is null or k.valid_to > $5) and (k.form = 'written' or not r.written))) as without
   from (
     select e.lead_id, e.phone_position, e.bucket_id from calling_list_entries e
     where e.campaign_id = $2 and e.state <> 'completed'
       and e.bucket_id = any(array(select (t ->> 'bucketId')::smallint from jsonb_array_elements($4::jsonb) t))
     limit $6
   ) e
   join jsonb_to_recordset($4::jsonb) as r ("bucketId" smallint, written boolean, since timestamptz)
     on r."bucketId" = e.bucket_id
   join phones p on p.lead_id = e.lead_id and p.position = e.phone_position`,
);

// Imports that are not over are few among some thousands.
const LIST_IMPORTING = statement(
  'preflight.list_importing',
  `select i.id as "importId", b.name as "baseName"
   from imports i join bases b on b.id = i.base_id
   where i.organisation_id = $1 and i.kind = 'leads' and i.state in ('queued', 'running')
     and ($2::integer[] is null or i.base_id = any($2))
   order by i.id limit 20`,
);
