import { Injectable } from '@nestjs/common';

import type { Purpose } from '../compliance/profile.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { CompiledCount, CompiledRule } from './compile-rule.js';

export interface SampleRow {
  id: number;
  name: string | null;
  region: string | null;
  attributes: Record<string, unknown>;
  country: string | null;
  lastDigits: string | null;
}

export interface FunnelRow {
  matched: number;
  suppressed: number;
  noConsent: number;
  noPhone: number;
  capped: number;
  inOtherCampaign: number;
  callable: number;
}

/** A cap on attempts to one phone, and the countries whose profiles have it. */
export interface CountryCap {
  countries: readonly string[];
  max: number;
  windowMs: number;
}

/** A country whose rule asks for consent, in which form, and since when at least. */
export interface CountryConsent {
  country: string;
  written: boolean;
  since: Date;
}

export interface OverlapRow {
  campaignId: number;
  name: string;
  leads: number;
}

/** Compiles a rule to be counted, its parameters numbered from the one given. */
export type CountCompiler = (firstParameter: number) => CompiledCount;

@Injectable()
export class SegmentCountsRepository {
  constructor(private readonly database: Database) {}

  /**
   * What one look at many leads needs, for this transaction: memory to hash them in, and an end to its patience, after
   * which it fails as cancelled. Where few are ruled out, each process is to hash those. Left to itself, the planner lets
   * the processes share one hash of all leads instead, which takes up to three times as long (measured); where many are,
   * sharing is the quicker way.
   */
  async tune(tx: Tx, timeoutMs: number, ruledOut: CompiledCount['ruledOut'] = null): Promise<void> {
    const few = ruledOut !== null && (await this.planRows(ruledOut, tx)) <= FEW;
    await tx.query(TUNE, [String(timeoutMs), few ? 'off' : 'on']);
  }

  /** How many rows the planner thinks that a statement has. */
  private async planRows({ sql, values }: { sql: string; values: unknown[] }, on: Queryable): Promise<number> {
    const [row] = await on.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      statement('', `explain (format json) ${sql}`),
      values,
    );
    return row!['QUERY PLAN'][0].Plan['Plan Rows'];
  }

  async countLeads(compile: CountCompiler, on: Queryable): Promise<number> {
    const { from, sql, values, difference } = compile(1);
    const count = difference ?? { sql: `select count(*) as count from ${from} where ${sql}`, values };
    const [row] = await on.query<{ count: number }>(statement('', count.sql), count.values);
    return row!.count;
  }

  /** How many leads there are, roughly and at once: rows a page, as last analysed, and the pages that there are now. */
  async estimateLeads(on: Queryable = this.database): Promise<number> {
    const [row] = await on.query<{ leads: number }>(ESTIMATE_LEADS);
    return row!.leads;
  }

  /** Of a share of the leads, by pages of their table that chance picks, always the same: how many fit. */
  async countSampled(
    organisationId: number,
    compile: (firstParameter: number) => CompiledRule,
    rate: number,
    on: Queryable,
  ): Promise<{ looked: number; matched: number }> {
    const rule = compile(3);
    const [row] = await on.query<{ looked: number; matched: number }>(countSampled(rule), [
      organisationId,
      rate * 100,
      ...rule.values,
    ]);
    return row!;
  }

  /** The first leads that fit, by id. */
  sampleLeads(compile: CountCompiler, limit: number, on: Queryable): Promise<SampleRow[]> {
    const rule = compile(2);
    return on.query<SampleRow>(sampleLeads(rule), [limit, ...rule.values]);
  }

  /**
   * Why those who fit can't be called now, each by the first reason that holds. `campaignId`: to be called in this campaign,
   * whose own suppressions count and whose own list does not.
   */
  async readFunnel(
    p: {
      organisationId: number;
      campaignId: number | null;
      now: Date;
      caps: readonly CountryCap[];
      purpose: Purpose;
      consents: readonly CountryConsent[];
    },
    compile: CountCompiler,
    on: Queryable,
  ): Promise<FunnelRow> {
    const caps = p.caps.map((cap) => ({ ...cap, since: new Date(p.now.getTime() - cap.windowMs).toISOString() }));
    const consents = JSON.stringify(p.consents);
    const fixed = [p.organisationId, p.campaignId, p.now, JSON.stringify(caps), consents, p.purpose];
    const rule = compile(fixed.length + 1);
    const [row] = await on.query<FunnelRow>(readFunnel(rule), [...fixed, ...rule.values]);
    return row!;
  }

  /** What a campaign's calls are for; null where there is no such campaign. */
  async findPurpose(campaignId: number, on: Queryable = this.database): Promise<Purpose | null> {
    const [row] = await on.query<{ purpose: Purpose }>(FIND_PURPOSE, [campaignId]);
    return row?.purpose ?? null;
  }

  /** Campaigns that call, or soon will, and how many of those who fit wait on their lists. */
  listOverlaps(organisationId: number, compile: CountCompiler, on: Queryable): Promise<OverlapRow[]> {
    const rule = compile(2);
    return on.query<OverlapRow>(listOverlaps(rule), [organisationId, ...rule.values]);
  }

  /** Countries that phones are of. */
  async listCountries(on: Queryable = this.database): Promise<string[]> {
    return (await on.query<{ country: string }>(LIST_COUNTRIES)).map((row) => row.country);
  }

  /** All dials so far, and those that a person answered. */
  async readContacts(organisationId: number, on: Queryable): Promise<{ attempts: number; contacts: number }> {
    const [row] = await on.query<{ attempts: number; contacts: number }>(READ_CONTACTS, [organisationId]);
    return row!;
  }
}

/** People whom a process hashes for itself without a thought. */
const FEW = 100_000;

const TUNE = statement(
  'segmentation.tune',
  `select set_config('statement_timeout', $1, true), set_config('work_mem', '64MB', true),
     set_config('enable_parallel_hash', $2, true)`,
);

// Primary key.
const FIND_PURPOSE = statement('segmentation.find_purpose', `select purpose from campaigns where id = $1`);

// The catalogue; as the planner does it.
const ESTIMATE_LEADS = statement(
  'segmentation.estimate_leads',
  `select case when relpages > 0 and reltuples >= 0
     then round(reltuples / relpages * (pg_relation_size(oid) / current_setting('block_size')::int))
     else 0 end::bigint as leads
   from pg_class where oid = 'leads'::regclass`,
);

// Rules make statements of their own: these have no name, so that each is planned for its rule and no connection keeps it.
// leads_base serves rules that name a base, leads_external_id those that name one; the rest read leads, history or phones
// from end to end. An index for phones' facts was measured (18% less of what asks for phones, half a second more of each
// million rows imported) and left out.

// The pages named; by primary keys what belongs to their leads.
const countSampled = ({ joins, sql }: CompiledRule) =>
  statement(
    '',
    `select
       (select count(*) from leads l tablesample system ($2::float4) repeatable (1) where l.organisation_id = $1) as looked,
       (select count(*) from leads l tablesample system ($2::float4) repeatable (1) ${joins}
        where l.organisation_id = $1 and ${sql}) as matched`,
  );

// A primary key in its order, until enough are found.
const sampleLeads = ({ from, sql, leadId }: CompiledCount) =>
  statement(
    '',
    `select l.id, l.name, l.region, l.attributes, p.country, p.last_digits as "lastDigits"
     from (select ${leadId} as id from ${from} where ${sql} order by ${leadId} limit $1) fitting
     join leads l on l.id = fitting.id
     left join phones p on p.lead_id = l.id and p.position = 1
     order by l.id`,
  );

/**
 * Sets, each of those who fit that something keeps from being called; all but the first are small. attempts_campaign serves
 * the attempts of late; suppressions and lists are hashed, or looked up by suppressions_match and suppression_numbers_match
 * where those who fit are few.
 */
const readFunnel = ({ from, sql, leadId }: CompiledCount) =>
  statement(
    '',
    `with matched as materialized (
       select ${leadId} as id from ${from} where ${sql}
     ), numbers as materialized (
       select p.lead_id, p.position, p.match_hash, p.country from matched m join phones p on p.lead_id = m.id
     ), suppressed_numbers as materialized (
       select lead_id, position from numbers where match_hash in (
         select s.match_hash from suppressions s
         where s.organisation_id = $1 and s.revoked_at is null
           and s.valid_from <= $3 and (s.valid_to is null or s.valid_to > $3)
           and (s.scope <> 'campaign' or s.campaign_id = $2::int))
       union
       select lead_id, position from numbers
       where match_hash in (select n.match_hash from listed_numbers n where n.organisation_id = $1)
     ), caps as (
       select * from jsonb_to_recordset($4::jsonb) as c (countries jsonb, max int, since timestamptz)
     ), tries as materialized (
       select a.match_hash, a.reserved_at
       from campaigns c join attempts a on a.campaign_id = c.id
       where c.organisation_id = $1 and a.reserved_at > (select min(since) from caps)
         and (a.originated_at is not null or a.state <> 'ended')
     ), full_numbers as materialized (
       select t.match_hash, c.countries from caps c join tries t on t.reserved_at > c.since
       group by t.match_hash, c.countries, c.max, c.since having count(*) >= c.max
     ), capped_numbers as materialized (
       select distinct n.lead_id, n.position from numbers n join full_numbers f on f.match_hash = n.match_hash
       where f.countries ? n.country::text
     ), suppressed as (
       -- All of the lead's numbers are.
       select s.lead_id from suppressed_numbers s
       group by s.lead_id having count(*) = (select count(*) from phones p where p.lead_id = s.lead_id)
     ), capped as (
       -- All that are not suppressed are.
       select b.lead_id
       from (select lead_id, position from capped_numbers union select lead_id, position from suppressed_numbers) b
       where b.lead_id in (select lead_id from capped_numbers)
       group by b.lead_id having count(*) = (select count(*) from phones p where p.lead_id = b.lead_id)
     ), without_consent as (
       -- By the country of the main phone; a consent for any of the numbers will do.
       select n.lead_id as id
       from jsonb_to_recordset($5::jsonb) as r (country text, written boolean, since timestamptz)
       join numbers n on n.country = r.country and n.position = 1
       where not exists (
         select from numbers o
         join standing_consents k on k.match_hash = o.match_hash and k.organisation_id = $1
         where o.lead_id = n.lead_id and k.purpose = $6 and (k.campaign_id is null or k.campaign_id = $2::int)
           and k.at <= $3 and k.at >= r.since and (k.valid_to is null or k.valid_to > $3)
           and (k.form = 'written' or not r.written)
           and not exists (
             select from consents w
             where w.match_hash = k.match_hash and w.organisation_id = $1 and w.campaign_id = $2::int and w.at >= k.at
               and w.kind in ('withdrawn', 'expired') and (w.purpose is null or w.purpose = $6)))
     ), without_phone as (
       select m.id from matched m
       where not exists (select from numbers n where n.lead_id = m.id)
     ), elsewhere as (
       select distinct e.lead_id from calling_list_entries e join campaigns c on c.id = e.campaign_id
       where c.organisation_id = $1 and c.state in ('ready', 'running', 'paused') and e.state <> 'completed'
         and c.id is distinct from $2::int and e.lead_id in (select id from matched)
     ), reasons as (
       select lead_id, 1 as reason from suppressed
       union all select id, 2 from without_consent
       union all select id, 3 from without_phone
       union all select lead_id, 4 from capped
       union all select lead_id, 5 from elsewhere
     ), first_reasons as (
       select min(reason) as reason from reasons group by lead_id
     ), counted as (
       select count(*) filter (where reason = 1) as suppressed, count(*) filter (where reason = 2) as "noConsent",
         count(*) filter (where reason = 3) as "noPhone", count(*) filter (where reason = 4) as capped,
         count(*) filter (where reason = 5) as "inOtherCampaign", count(*) as kept
       from first_reasons
     )
     select m.matched, c.suppressed, c."noConsent", c."noPhone", c.capped, c."inOtherCampaign",
       m.matched - c.kept as callable
     from (select count(*) as matched from matched) m, counted c`,
  );

// calling_list_lead where few fit, else the lists of the campaigns that call.
const listOverlaps = ({ from, sql, leadId }: CompiledCount) =>
  statement(
    '',
    `with matched as materialized (select ${leadId} as id from ${from} where ${sql})
     select c.id as "campaignId", c.name, count(*) as leads
     from campaigns c join calling_list_entries e on e.campaign_id = c.id
     where c.organisation_id = $1 and c.state in ('ready', 'running', 'paused') and e.state <> 'completed'
       and e.lead_id in (select id from matched)
     group by c.id, c.name order by count(*) desc, c.id`,
  );

const LIST_COUNTRIES = statement(
  'segmentation.list_countries',
  `select distinct country from buckets order by country`,
);

// The history from end to end: one narrow row a lead that was ever called.
const READ_CONTACTS = statement(
  'segmentation.read_contacts',
  `select coalesce(sum(attempts), 0)::bigint as attempts, coalesce(sum(contacts), 0)::bigint as contacts
   from lead_history where organisation_id = $1`,
);
