import { Injectable } from '@nestjs/common';

import type { Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { CompiledRule } from '../segmentation/compile-rule.js';
import type { ListOrder } from './campaign.entity.js';
import { LEFT_SEGMENT } from './left-segment.js';
import { sortingOf, sortKeyOf, type AddParameter } from './list-order.js';

/** A new lead's rung of the priority ladder, the lowest. */
const TIER_NEW = 5;

/** As many entries as there may be marks while every one of them is a mark; a longer list has every n-th. */
const MARKS = 2_000;

/** A segment whose rule is compiled with its parameters numbered from the one given. */
export interface ListSegment {
  id: number;
  compile: (firstParameter: number) => CompiledRule;
}

/** Whose leads are looked at: those with ids above one up to another, or some. */
export type FollowScope = { afterLeadId: number; upToLeadId: number } | { leadIds: readonly number[] };
type ListScope = 'all' | FollowScope;

export interface ListRequest {
  organisationId: number;
  campaignId: number;
  segments: readonly ListSegment[];
  order: ListOrder;
  now: Date;
}

@Injectable()
export class CallingListRepository {
  /** Id of the newest lead, 0 when there is none. */
  async findLastLeadId(on: Queryable): Promise<number> {
    const [row] = await on.query<{ id: number }>(LAST_LEAD_ID);
    return row!.id;
  }

  /** Nobody else places entries of this list until the transaction ends. */
  async lockPlaces(campaignId: number, on: Queryable): Promise<void> {
    await on.query(LOCK_PLACES, [campaignId]);
  }

  /** Note that the list is kept from now on. */
  async open(campaignId: number, on: Queryable): Promise<void> {
    await on.query(OPEN, [campaignId]);
  }

  /** By what the list ought to be ranked, as text that is the same when it is the same. */
  async readRanking(campaignId: number, on: Queryable): Promise<string> {
    const [row] = await on.query<{ ranking: string }>(READ_RANKING, [campaignId]);
    return row!.ranking;
  }

  /** Note that the list is being ranked by what it ought to be. */
  async noteRanking(campaignId: number, on: Queryable): Promise<void> {
    await on.query(NOTE_RANKING, [campaignId]);
  }

  /** Entries that are not over. */
  async countOpen(campaignId: number, on: Queryable): Promise<number> {
    const [row] = await on.query<{ count: number }>(COUNT_OPEN, [campaignId]);
    return row!.count;
  }

  /** Let all leads be looked at again, from the first one on. */
  async requestScan(campaignId: number, on: Queryable): Promise<void> {
    await on.query(REQUEST_SCAN, [campaignId]);
  }

  async insertBatch(campaignId: number, at: Date, on: Queryable): Promise<number> {
    const [row] = await on.query<{ id: number }>(INSERT_BATCH, [campaignId, at]);
    return row!.id;
  }

  async deleteBatch(batchId: number, on: Queryable): Promise<void> {
    await on.query(DELETE_BATCH, [batchId]);
  }

  /**
   * Number the leads that fit a segment and are not on the list, in the list's order, each segment for itself, with the rank
   * that this gives each of them. A lead that fits several segments comes by the first. Returns how many.
   */
  async numberNewcomers(request: ListRequest, batchId: number, on: Queryable): Promise<number> {
    if (request.segments.length === 0) return 0;
    const values = new Values();
    const floor = await this.findHeadRank(request.campaignId, on);
    const fitting = fittingSql(request, 'all', values);
    const { marked } = (await on.query<{ marked: boolean }>(IS_MARKED, [request.campaignId]))[0]!;
    const placed = placedSql(request, { source: 'newcomers', marked, floor }, values);
    const [row] = await on.query<{ numbered: number }>(
      statement(
        '',
        `with fitting as materialized (${fitting}), newcomers as (${newcomersSql(request, 'all', values)}),
         ${placed}, ${numberedSql(batchId, values)}`,
      ),
      values.list,
    );
    return row!.numbered;
  }

  /** The same for all entries that are not over, below every rank that there is: as they are written, they come first. */
  async numberEntries(request: ListRequest, batchId: number, on: Queryable): Promise<number> {
    await on.query(DELETE_MARKS, [request.campaignId]);
    const [row] = await on.query<{ floor: number }>(FLOOR_BELOW, [request.campaignId]);
    const values = new Values();
    const key = sortKeyOf(request.order, values.add);
    const entries = `
      select e.segment_id, e.lead_id, e.bucket_id, ${key.number} as sort_number, ${key.text} as sort_text
      from calling_list_entries e join leads l on l.id = e.lead_id
      where e.campaign_id = ${values.add(request.campaignId, 'int')} and e.state <> 'completed'`;
    const placed = placedSql(request, { source: 'entries', marked: false, floor: row!.floor }, values);
    const [result] = await on.query<{ numbered: number }>(
      statement('', `with entries as (${entries}), ${placed}, ${numberedSql(batchId, values)}`),
      values.list,
    );
    return result!.numbered;
  }

  /** Put a slice of what was numbered on the list. Leads that are on it already stay as they are. Returns how many came. */
  async addSlice(
    slice: { batchId: number; campaignId: number; upToPlace: number; now: Date },
    on: Queryable,
  ): Promise<number> {
    const { batchId, campaignId, upToPlace, now } = slice;
    const [row] = await on.query<{ added: number }>(ADD_SLICE, [batchId, campaignId, upToPlace, now, TIER_NEW]);
    return row!.added;
  }

  /** Give a slice of what was numbered its new rank. */
  async rankSlice(slice: { batchId: number; campaignId: number; upToPlace: number }, on: Queryable): Promise<void> {
    const { batchId, campaignId, upToPlace } = slice;
    await on.query(LOCK_NUMBERED, [batchId, campaignId, upToPlace]);
    await on.query(RANK_SLICE, [batchId, campaignId, upToPlace]);
  }

  /**
   * Bring the list in line with its segments for the leads of the scope, at once: those that fit come on or come back, those
   * that fit no more leave, unless they are in a call or have been promised one.
   */
  async follow(request: ListRequest, scope: FollowScope, on: Queryable): Promise<Followed> {
    const floor = await this.findHeadRank(request.campaignId, on);
    const values = new Values();
    const fitting = request.segments.length === 0 ? NOBODY : fittingSql(request, scope, values);
    const newcomers = newcomersSql(request, scope, values);
    const placed = placedSql(request, { source: 'newcomers', marked: true, floor }, values);
    const campaign = values.add(request.campaignId, 'int');
    const now = values.add(request.now, 'timestamptz');
    const [row] = await on.query<Followed>(
      statement(
        '',
        `with fitting as materialized (${fitting}), newcomers as (${newcomers}), ${placed},
         entered as (
           ${INSERT_ENTRIES}
           select ${campaign}, lead_id, segment_id, bucket_id, 'ready', ${TIER_NEW}, rank, ${now} from placed order by rank, lead_id
           ${COME_BACK}
           returning 1
         ),
         moved as (
           update calling_list_entries e set segment_id = f.segment_id
           from fitting f
           where e.campaign_id = ${campaign} and e.lead_id = f.lead_id and e.segment_id <> f.segment_id
             and ${scopeSql('e.lead_id', scope, values)} and e.state <> 'completed'
         ),
         unfit as materialized (
           select e.id from calling_list_entries e
           where e.campaign_id = ${campaign} and ${scopeSql('e.lead_id', scope, values)}
             and e.state in ('ready', 'waiting') and e.callback_id is null
             and not exists (select from fitting f where f.lead_id = e.lead_id)
         ),
         -- Only those who leave, and in the order of ids, as whoever else locks several: the gate passes over what is locked.
         leaving as materialized (
           select e.id from calling_list_entries e
           where e.id = any(array(select id from unfit)) and e.state in ('ready', 'waiting') and e.callback_id is null
           order by e.id for no key update
         ),
         gone as (
           update calling_list_entries e set state = 'completed', completed_code = '${LEFT_SEGMENT}'
           where e.id = any(array(select id from leaving))
           returning 1
         )
         select (select count(*) from entered) as entered, (select count(*) from gone) as "left"`,
      ),
      values.list,
    );
    return row!;
  }

  /** Which of these leads fit a segment. */
  async findFitting(request: ListRequest, leadIds: readonly number[], on: Queryable): Promise<Set<number>> {
    if (request.segments.length === 0) return new Set();
    const values = new Values();
    const fitting = fittingSql(request, { leadIds }, values);
    const rows = await on.query<{ id: number }>(
      statement('', `select lead_id as id from (${fitting}) fitting`),
      values.list,
    );
    return new Set(rows.map((row) => row.id));
  }

  /** At most `limit` of the leads that fit one of the request's segments. */
  async listLeads(request: ListRequest, limit: number, on: Queryable): Promise<number[]> {
    const values = new Values();
    const fitting = fittingSql(request, 'all', values);
    const text = `select lead_id as id from (${fitting}) fitting limit ${values.add(limit, 'int')}`;
    const rows = await on.query<{ id: number }>(statement('', text), values.list);
    return rows.map((row) => row.id);
  }

  /** The rank that is claimed next among new leads; null when none is ready. */
  private async findHeadRank(campaignId: number, on: Queryable): Promise<number | null> {
    const [row] = await on.query<{ rank: number | null }>(HEAD_RANK, [campaignId]);
    return row!.rank;
  }
}

export interface Followed {
  entered: number;
  left: number;
}

class Values {
  readonly list: unknown[] = [];

  readonly add = (
    value: unknown,
    type: Parameters<AddParameter>[1] | 'int' | 'float8' | 'bigint[]' | 'timestamptz',
  ) => {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  };

  /** What a rule compiles to, its parameters among these. */
  addRule(compile: ListSegment['compile']): CompiledRule {
    const rule = compile(this.list.length + 1);
    this.list.push(...rule.values);
    return rule;
  }
}

const NOBODY = `select 0 as segment_id, 0::bigint as lead_id, 0::smallint as bucket_id, null::float8 as sort_number,
  null::text as sort_text where false`;

function scopeSql(leadId: string, scope: ListScope, values: Values): string {
  if (scope === 'all') return 'true';
  if ('leadIds' in scope) return `${leadId} = any(${values.add(scope.leadIds, 'bigint[]')})`;
  return `${leadId} > ${values.add(scope.afterLeadId, 'bigint')} and ${leadId} <= ${values.add(scope.upToLeadId, 'bigint')}`;
}

/**
 * Leads that have a phone and fit a segment, by the first of those that they fit, with what they are sorted by. The scope is
 * told of each table, lest the planner read all of it. The primary
 * key of leads serves a scope, leads_base or whatever its fields have a rule; phones by their primary key.
 */
function fittingSql(request: ListRequest, scope: ListScope, values: Values): string {
  const key = sortKeyOf(request.order, values.add);
  const organisation = values.add(request.organisationId, 'int');
  const range = scopeSql('l.id', scope, values);
  const parts = request.segments.map(({ id, compile }) => {
    const rule = values.addRule(compile);
    return `
      select ${values.add(id, 'int')} as segment_id, l.id as lead_id, p.bucket_id,
        ${key.number} as sort_number, ${key.text} as sort_text
      from leads l join phones p on p.lead_id = l.id and p.position = 1 ${rule.joins}
      where l.organisation_id = ${organisation} and ${range} and ${scopeSql('p.lead_id', scope, values)} and ${rule.sql}`;
  });
  if (parts.length === 1) return parts[0]!;
  return `select distinct on (lead_id) * from (${parts.join(' union all ')}) every_segment order by lead_id, segment_id`;
}

/** Those that are not on the list, or have left it. The unique key (campaign_id, lead_id). */
function newcomersSql(request: ListRequest, scope: ListScope, values: Values): string {
  return `
    select * from fitting f
    where not exists (
      select from calling_list_entries e
      where e.campaign_id = ${values.add(request.campaignId, 'int')} and e.lead_id = f.lead_id
        and ${scopeSql('e.lead_id', scope, values)} and e.completed_code is distinct from '${LEFT_SEGMENT}')`;
}

/**
 * Ranks. Each segment's leads are numbered in the list's order, and rank = number / weight, so that by rank the segments mix
 * in the ratio of their weights: weighted fair queueing (Demers, Keshav and Shenker 1989) by its virtual time. Whoever comes
 * later goes between the two marks of the segment where they belong; before the first or behind the last, the numbers go
 * on; and never, behind the last, to a time that has passed, or a segment that had run dry would be all that is called.
 *
 * `source` is the name of rows as fittingSql makes them; `marked` false: there are no marks yet, and nothing to go between.
 * Makes `placed`, and the marks of those who are in it.
 */
function placedSql(
  request: ListRequest,
  { source, marked, floor }: { source: string; marked: boolean; floor: number | null },
  values: Values,
): string {
  const sorting = sortingOf(request.order);
  const campaign = values.add(request.campaignId, 'int');
  return `
    marks as materialized (
      select *, row_number() over (partition by segment_id order by ${sorting}) as place
      from calling_list_marks where campaign_id = ${campaign}
    ),
    ${marked ? gapsSql(source, sorting) : oneGapSql(source, sorting)},
    placed as materialized (
      select g.*, low.rank is null as is_head, high.rank is null as is_tail,
        case
          when high.rank is null
            then coalesce(greatest(low.rank, ${values.add(floor, 'float8')}), 0) + (g.number - 0.5) / coalesce(s.weight, 1)
          when low.rank is null then high.rank - (g.others - g.number + 0.5) / coalesce(s.weight, 1)
          else low.rank + (high.rank - low.rank) * g.number / (g.others + 1)
        end as rank
      from gaps g
      left join marks low on low.segment_id = g.segment_id and low.place = g.passed
      left join marks high on high.segment_id = g.segment_id and high.place = g.passed + 1
      left join campaign_segments s on s.campaign_id = ${campaign} and s.segment_id = g.segment_id
    ),
    marked as (
      insert into calling_list_marks (campaign_id, segment_id, lead_id, sort_number, sort_text, rank)
      select ${campaign}, segment_id, lead_id, sort_number, sort_text, rank
      from placed, (select count(*) as count from marks) known
      where number % (case
          when known.count + all_others <= ${MARKS} then 1
          when known.count = 0 then (all_others + ${MARKS - 1}) / ${MARKS}
        end) = 0
        or (is_tail and number = others) or (is_head and number = 1)
      on conflict (campaign_id, segment_id, lead_id) do update
        set sort_number = excluded.sort_number, sort_text = excluded.sort_text, rank = excluded.rank
    )`;
}

/** Between which two marks each of them belongs, and their number there. */
function gapsSql(source: string, sorting: string): string {
  return `
    line as (
      select segment_id, lead_id, bucket_id, sort_number, sort_text, null::bigint as mark from ${source}
      union all
      select segment_id, lead_id, null, sort_number, sort_text, place from marks
    ),
    walked as (
      select *, coalesce(max(mark) over (
        partition by segment_id order by ${sorting} rows between unbounded preceding and current row), 0) as passed
      from line
    ),
    gaps as (
      select *, row_number() over (partition by segment_id, passed order by ${sorting}) as number,
        count(*) over (partition by segment_id, passed) as others, count(*) over () as all_others
      from walked where mark is null
    )`;
}

/** The same where there is no mark: sorted once. */
function oneGapSql(source: string, sorting: string): string {
  return `
    gaps as (
      select *, 0::bigint as passed, row_number() over (partition by segment_id order by ${sorting}) as number,
        count(*) over (partition by segment_id) as others, count(*) over () as all_others
      from ${source}
    )`;
}

/** Written in the order of their ranks: those that are claimed together then lie together. */
function numberedSql(batchId: number, values: Values): string {
  return `
    numbered as (
      insert into calling_list_numbered (batch_id, place, segment_id, lead_id, bucket_id, rank)
      select ${values.add(batchId, 'bigint')}, row_number() over (order by rank, segment_id, lead_id), segment_id, lead_id,
        bucket_id, rank
      from placed
      returning 1
    )
    select count(*) as numbered from numbered`;
}

const INSERT_ENTRIES = `insert into calling_list_entries
  (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at)`;

/** Who had left the segment comes back as they were: on the same rung, not before they are due. */
const COME_BACK = `on conflict (campaign_id, lead_id) do update
  set state = case when calling_list_entries.due_at > excluded.due_at then 'waiting' else 'ready' end,
    completed_code = null, segment_id = excluded.segment_id, rank = excluded.rank
  where calling_list_entries.completed_code = '${LEFT_SEGMENT}'`;

// The primary key, read from its end.
const LAST_LEAD_ID = statement('campaigns.last_lead_id', `select coalesce(max(id), 0) as id from leads`);

const LOCK_PLACES = statement('campaigns.lock_places', `select pg_advisory_xact_lock(4, $1::integer)`);

/** Primary keys of campaigns and campaign_segments. */
export const RANKING = `jsonb_build_object('order', c.list_order, 'weights',
  (select coalesce(jsonb_object_agg(s.segment_id, s.weight), '{}') from campaign_segments s where s.campaign_id = c.id))`;

const OPEN = statement(
  'campaigns.open_list',
  `insert into calling_lists (campaign_id, ranked_as) select c.id, ${RANKING} from campaigns c where c.id = $1
   on conflict (campaign_id) do nothing`,
);

const READ_RANKING = statement(
  'campaigns.read_ranking',
  `select ${RANKING}::text as ranking from campaigns c where c.id = $1`,
);

const NOTE_RANKING = statement(
  'campaigns.note_ranking',
  `update calling_lists k set ranked_as = ${RANKING} from campaigns c where c.id = $1 and k.campaign_id = $1`,
);

// The unique key (campaign_id, lead_id); once a build.
const COUNT_OPEN = statement(
  'campaigns.count_open_entries',
  `select count(*) as count from calling_list_entries where campaign_id = $1 and state <> 'completed'`,
);

const REQUEST_SCAN = statement(
  'campaigns.request_scan',
  `update calling_lists set scanned_as = null where campaign_id = $1`,
);

// What is numbered next is sorted three times, a hundred bytes a lead.
const INSERT_BATCH = statement(
  'campaigns.insert_batch',
  `insert into calling_list_batches (campaign_id, created_at) values ($1, $2)
   returning id, set_config('work_mem', '64MB', true)`,
);

const DELETE_BATCH = statement(
  'campaigns.delete_batch',
  `with rows as (delete from calling_list_numbered where batch_id = $1)
   delete from calling_list_batches where id = $1`,
);

// The primary key.
const IS_MARKED = statement(
  'campaigns.is_list_marked',
  `select exists (select from calling_list_marks where campaign_id = $1) as marked`,
);

const DELETE_MARKS = statement('campaigns.delete_marks', `delete from calling_list_marks where campaign_id = $1`);

// The unique key (campaign_id, lead_id) for the entries; once a re-ranking.
const FLOOR_BELOW = statement(
  'campaigns.rank_below_all',
  `select coalesce(least(min(rank), 0) - count(*) - 1, 0)::float8 as floor
   from calling_list_entries where campaign_id = $1 and state <> 'completed'`,
);

// calling_list_ready: the head of each bucket, a few hundred.
const HEAD_RANK = statement(
  'campaigns.list_head_rank',
  `select min(e.rank) as rank
   from buckets b
   cross join lateral (
     select rank from calling_list_entries
     where campaign_id = $1 and bucket_id = b.id and state = 'ready' and owner_id is null and tier = ${TIER_NEW}
     order by tier, (case when tier in (3, 5) then rank end), due_at, id limit 1) e`,
);

// calling_list_numbered_place; conflicts by the unique key (campaign_id, lead_id).
const ADD_SLICE = statement(
  'campaigns.add_list_slice',
  `with slice as (
     delete from calling_list_numbered where batch_id = $1 and place <= $3 returning place, segment_id, lead_id, bucket_id, rank
   ), added as (
     ${INSERT_ENTRIES}
     select $2, lead_id, segment_id, bucket_id, 'ready', $5, rank, $4 from slice order by place
     ${COME_BACK}
     returning 1
   )
   select count(*) as added from added`,
);

// In the order of ids, as whoever else locks several.
const LOCK_NUMBERED = statement(
  'campaigns.lock_numbered',
  `select from calling_list_entries e
   where e.campaign_id = $2 and e.state <> 'completed'
     and e.lead_id in (select lead_id from calling_list_numbered where batch_id = $1 and place <= $3)
   order by e.id for no key update`,
);

const RANK_SLICE = statement(
  'campaigns.rank_list_slice',
  `with slice as (
     delete from calling_list_numbered where batch_id = $1 and place <= $3 returning lead_id, rank
   )
   update calling_list_entries e set rank = s.rank
   from slice s where e.campaign_id = $2 and e.lead_id = s.lead_id and e.state <> 'completed'`,
);
