import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { StoredConsent } from './consent.js';
import { consentFacts } from './consents.repository.js';
import { TRIED, type Ban, type CallerIdFact, type Tried } from './decision.js';
import type { PhoneKinds } from './phone-kinds.js';
import type { Purpose, WeekHours } from './profile.js';

export interface Bucket {
  id: number;
  country: string;
  /** Parts of the country by ISO 3166-2, such as US-FL, whose rules and holidays hold; none where it is not known. */
  regions: string[];
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

/** A campaign as the gate obeys it, of a version; read anew when the version is another one. */
export interface CampaignSettings {
  organisation_id: number;
  state: string;
  mode: string;
  purpose: Purpose;
  hours: WeekHours;
  phone_kinds: PhoneKinds | null;
  list_mode: string;
  retry_share: number | null;
  max_attempts: number;
  max_attempts_per_day: number;
  /** 0: who refused lately is called all the same. */
  cool_down_days: number;
  household_pause_hours: number;
  max_lines: number;
  ring_timeout_ms: number;
  connect_timeout_ms: number;
  caller_id: string | null;
  script_id: number | null;
  spend_ceiling_daily: number | null;
  spend_ceiling_total: number | null;
  cost_per_dial: number | null;
  cost_per_minute: number | null;
  /** The published one; null: none is. */
  script_version: number | null;
  /** What is known of the number that is shown, if it is one that we may show. */
  caller: CallerIdFact | null;
  /** Dates of the files that we have, by registry (milliseconds since the epoch). */
  registries: Record<string, number | null>;
}

/** What is known of a phone and its person, under their locks, and of the campaign. Instants are milliseconds since the epoch. */
export interface DialFactsRow {
  lead_id: number;
  suppressions: (Omit<Ban, 'list'> & { list: string | null })[];
  tried: Tried[];
  live: boolean;
  /** When the lead last refused, in any campaign, as its history has it. */
  refused_at: number | null;
  declined_at: number | null;
  /** Of the campaign's settings: changes whenever they do. */
  version: string;
  fence: number | null;
  lease_until: number | null;
  lines_in_use: number;
  /** Of the rules, as the database has them now; null: nothing was ever changed. */
  stamp: number | null;
}

/** Whom to read facts about. */
export interface AskedEntry {
  leadId: number;
  matchHash: Buffer;
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

  /**
   * What a decision rests on, of a campaign and of entries: of those that this transaction has just claimed
   * (`scheduler.claim_ready` says which), or of those given. A statement of its own: what it reads was committed before the
   * locks were taken, or is held back by them.
   */
  readDialFacts(
    on: Queryable,
    campaignId: number,
    at: Date,
    entries: readonly AskedEntry[] | null,
  ): Promise<DialFactsRow[]> {
    const ids = entries && entries.map((entry) => entry.leadId);
    return on.query<DialFactsRow>(READ_DIAL_FACTS, [
      ...[campaignId, at, ids, entries && entries.map((entry) => entry.matchHash)],
    ]);
  }

  async readCampaignSettings(on: Queryable, campaignId: number): Promise<CampaignSettings> {
    const [row] = await on.query<{ settings: CampaignSettings }>(READ_CAMPAIGN_SETTINGS, [campaignId]);
    return row!.settings;
  }

  /** Consents of numbers, in the order given. */
  async readConsents(
    on: Queryable,
    organisationId: number,
    matchHashes: readonly Buffer[],
  ): Promise<StoredConsent[][]> {
    const rows = await on.query<{ consents: StoredConsent[] }>(READ_CONSENTS, [organisationId, matchHashes]);
    return rows.map((row) => row.consents);
  }

  /** When promises were given, by their ids (milliseconds since the epoch). */
  async readPromises(on: Queryable, callbackIds: readonly number[]): Promise<Map<number, number>> {
    const rows = await on.query<{ id: number; at: number }>(READ_PROMISES, [callbackIds]);
    return new Map(rows.map((row) => [row.id, row.at]));
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
const LIST_BUCKETS = statement(
  'compliance.list_buckets',
  `select id, country, regions, zones from buckets order by id`,
);

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

/** What bans a number, as jsonb. suppressions_match, and one look-up in the suppression_numbers_match of each load. */
const bansOf = (hash: string, organisation: string, campaign: string, at: string) => `coalesce((
       select jsonb_agg(jsonb_strip_nulls(to_jsonb(b))) from (
         select s.scope, s.reason, null as list, (extract(epoch from s.valid_to) * 1000)::bigint as until
         from suppressions s
         where s.match_hash = ${hash} and s.organisation_id = ${organisation} and s.revoked_at is null
           and s.valid_from <= ${at} and (s.valid_to is null or s.valid_to > ${at})
           and (s.scope <> 'campaign' or s.campaign_id = ${campaign})
         union all
         select distinct 'company', case n.kind when 'registry' then 'registry' else 'imported' end,
           coalesce(n.registry, n.name), null::bigint
         from listed_numbers n
         where n.match_hash = ${hash} and n.organisation_id = ${organisation}) b), '[]')`;

// suppressions_match, attempts_live_phone and attempts_phone: three index look-ups a phone; and one in the
// suppression_numbers_match of each load.
const READ_PHONE_FACTS = statement(
  'compliance.read_phone_facts',
  `select ${bansOf('h.match_hash', '$1', '$2', '$5')} as suppressions,
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

const millis = (instant: string) => `(extract(epoch from ${instant}) * 1000)::bigint`;
const ATTEMPT = `t.state, t.result, t.campaign_id, t.match_hash, t.lead_id, t.reserved_at, t.originated_at, t.answered_by,
  t.bridged_at, t.ended_at`;

// Primary keys, and for the campaign attempts_live; for each phone suppressions_match and attempts_phone, and one look-up in
// the suppression_numbers_match of each load; for each person attempts_lead. What changes seldom is read apart
// (compliance.read_campaign_settings) when its version says so: whatever writes the campaign's row gives it another xmin.
const READ_DIAL_FACTS = statement(
  'compliance.read_dial_facts',
  `select e.lead_id, ${bansOf('e.match_hash', 'c.organisation_id', '$1', '$2')} as suppressions, t.tried, t.live,
     ${millis('h.refused_at')} as refused_at, ${millis('h.declined_at')} as declined_at, c.version, l.fence, ${millis('l.expires_at')} as lease_until, c.lines_in_use, c.stamp
   from (
     select c.organisation_id, c.xmin || '/' || (select g.stamp from gate_stamps g) as version,
       (select count(*) from attempts a where a.campaign_id = $1 and a.state <> 'ended') as lines_in_use,
       (select r.stamp from rules_stamps r where r.organisation_id = c.organisation_id) as stamp
     from campaigns c where c.id = $1 offset 0) c
   left join campaign_loops l on l.campaign_id = $1
   cross join unnest(
       coalesce($3::bigint[], nullif(current_setting('zvon.leads', true), '')::bigint[]),
       coalesce($4::bytea[], nullif(current_setting('zvon.hashes', true), '')::bytea[])) as e(lead_id, match_hash)
   left join lead_history h on h.lead_id = e.lead_id
   cross join lateral (
     select coalesce(bool_or(t.state <> 'ended'), false) as live,
       coalesce(jsonb_agg(jsonb_build_array(
           ${millis('t.reserved_at')}, ${millis('coalesce(t.ended_at, t.reserved_at)')},
           case when t.match_hash = e.match_hash then ${TRIED.phone} else 0 end
           + case when t.lead_id = e.lead_id then ${TRIED.person} else 0 end
           + case when t.campaign_id = $1 then ${TRIED.campaign} else 0 end
           + case when t.bridged_at is not null then ${TRIED.contact | TRIED.spoken}
               when t.result = 'abandoned' then ${TRIED.contact | TRIED.abandoned}
               when t.answered_by = 'person' then ${TRIED.contact} else 0 end))
         -- An attempt that provably never left us is no attempt at the person.
         filter (where t.originated_at is not null or t.state <> 'ended' or t.result = 'indeterminate'), '[]') as tried
     from (
       select ${ATTEMPT} from attempts t where t.match_hash = e.match_hash and t.organisation_id = c.organisation_id
       union all
       select ${ATTEMPT} from attempts t
       where t.lead_id = e.lead_id and t.match_hash <> e.match_hash and t.organisation_id = c.organisation_id
     ) t
   ) t`,
);

// Primary keys, caller_ids_number, and the few lists of registries.
const READ_CAMPAIGN_SETTINGS = statement(
  'compliance.read_campaign_settings',
  `select to_jsonb(c) || jsonb_build_object(
     'script_version', (select s.published_version from scripts s where s.id = c.script_id),
     'caller', (
       select jsonb_build_object('name', i.name, 'authority', i.authority, 'mobile', i.line_type = 'mobile',
         'countries', i.countries, 'registered', i.label is not null, 'validTo', ${millis('i.valid_to')})
       from caller_ids i
       where i.organisation_id = c.organisation_id and i.number = c.caller_id and i.removed_at is null),
     'registries', (
       select coalesce(jsonb_object_agg(s.registry, (
         select ${millis('max(l.dated_at)')} from suppression_loads l where l.list_id = s.id and l.state = 'active')), '{}')
       from suppression_lists s
       where s.organisation_id = c.organisation_id and s.kind = 'registry' and s.retired_at is null)) as settings
   from campaigns c where c.id = $1`,
);

// consents_match
const READ_CONSENTS = statement(
  'compliance.read_consents',
  `select ${consentFacts('h.match_hash', '$1')} as consents
   from unnest($2::bytea[]) with ordinality as h(match_hash, place) order by h.place`,
);

// The primary key.
const READ_PROMISES = statement(
  'compliance.read_promises',
  `select id, ${millis('created_at')} as at from callbacks where id = any($1::bigint[])`,
);

const INSERT_SUPPRESSION = statement(
  'compliance.insert_suppression',
  `insert into suppressions
     (organisation_id, scope, campaign_id, match_hash, reason, source, valid_from, valid_to, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $7)
   returning id`,
);
