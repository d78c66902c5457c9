import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { NamedKind, Names } from './campaign-audit.js';
import { Campaign } from './campaign.entity.js';
import type { CampaignTally } from './campaign-goals.js';
import type { CampaignState } from './campaign-states.js';

/** Every column of a campaign. */
export type CampaignRow = Campaign;

/** A campaign with the names of what it uses, for whoever edits it. */
export interface CampaignDetailsRow extends CampaignRow {
  segments: { id: number; name: string; weight: number }[];
  offer: { id: number; name: string; description: string; price: number | null; currency: string | null } | null;
  /** Entries of its calling list. */
  listed: number;
}

/** A segment of a campaign, and its share of the dials beside the others. */
export interface WeightedSegment {
  id: number;
  weight: number;
}

@Injectable()
export class CampaignsRepository {
  constructor(private readonly database: Database) {}

  async findCampaign(id: number, on: Queryable = this.database): Promise<CampaignRow | null> {
    const [row] = await on.query<CampaignRow>(FIND_CAMPAIGN, [id]);
    return row ?? null;
  }

  /**
   * The same, and nobody else changes it until this transaction ends. Waits for reservations that are under way, and those
   * that come later wait for it: what is changed here binds the very next dial.
   */
  async lockCampaign(id: number, on: Queryable): Promise<CampaignRow | null> {
    await on.query(LOCK_RESERVATIONS, [id]);
    const [row] = await on.query<CampaignRow>(LOCK_CAMPAIGN, [id]);
    return row ?? null;
  }

  async findDetails(id: number, on: Queryable = this.database): Promise<CampaignDetailsRow | null> {
    const [row] = await on.query<CampaignDetailsRow>(FIND_DETAILS, [id]);
    return row ?? null;
  }

  listCampaigns(
    organisationId: number,
    states: readonly CampaignState[],
    on: Queryable = this.database,
  ): Promise<CampaignRow[]> {
    return on.query<CampaignRow>(LIST_CAMPAIGNS, [organisationId, states]);
  }

  async insertCampaign(values: Omit<Campaign, 'id'>, tx: Tx): Promise<number> {
    const { identifiers } = await tx.manager.insert(Campaign, values);
    return identifiers[0]!.id as number;
  }

  async updateCampaign(id: number, changes: Partial<Omit<Campaign, 'id'>>, tx: Tx): Promise<void> {
    await tx.manager.update(Campaign, { id }, changes);
  }

  async listSegmentIds(campaignId: number, on: Queryable = this.database): Promise<number[]> {
    const rows = await on.query<{ id: number }>(LIST_SEGMENT_IDS, [campaignId]);
    return rows.map((row) => row.id);
  }

  /** In the order of their ids. */
  listSegments(campaignId: number, on: Queryable = this.database): Promise<WeightedSegment[]> {
    return on.query<WeightedSegment>(LIST_SEGMENTS, [campaignId]);
  }

  async replaceSegments(campaignId: number, segments: readonly WeightedSegment[], on: Queryable): Promise<void> {
    const ids = segments.map((segment) => segment.id);
    await on.query(DROP_SEGMENTS, [campaignId, ids]);
    await on.query(PUT_SEGMENTS, [campaignId, ids, segments.map((segment) => segment.weight)]);
  }

  async hasEntries(campaignId: number, on: Queryable = this.database): Promise<boolean> {
    const [row] = await on.query<{ found: boolean }>(HAS_ENTRIES, [campaignId]);
    return row!.found;
  }

  /** Open campaigns of all organisations with a schedule that has something left to do, or with goals. */
  listWatched(on: Queryable = this.database): Promise<CampaignRow[]> {
    return on.query<CampaignRow>(LIST_WATCHED);
  }

  /** Names of things that settings name, by kind and id; those that are not there are left out. */
  async listNamesOf(organisationId: number, ids: Readonly<Record<NamedKind, readonly number[]>>): Promise<Names> {
    const { segment, offer, script, outcome_set, campaign } = ids;
    const rows = await this.database.query<{ kind: NamedKind; id: number; name: string }>(LIST_NAMES_OF, [
      ...[organisationId, segment, offer, script, outcome_set, campaign],
    ]);
    const names = new Map<NamedKind, Map<number, string>>();
    for (const { kind, id, name } of rows)
      names.set(kind, (names.get(kind) ?? new Map<number, string>()).set(id, name));
    return names;
  }

  listNames(organisationId: number, on: Queryable = this.database): Promise<string[]> {
    return on.query<{ name: string }>(LIST_NAMES, [organisationId]).then((rows) => rows.map((row) => row.name));
  }

  /** Take what belongs to the counting of this campaign for this transaction; false: another transaction is at it. */
  async tryLockTally(campaignId: number, tx: Tx): Promise<boolean> {
    const [row] = await tx.query<{ locked: boolean }>(TRY_LOCK_TALLY, [campaignId]);
    return row!.locked;
  }

  /** What the ledger says now, and up to when it is added up already. */
  async readTally(campaignId: number, on: Queryable = this.database): Promise<CampaignTally & { upTo: Date | null }> {
    const [row] = await on.query<CampaignTally & { upTo: Date | null }>(READ_TALLY, [campaignId]);
    return row!;
  }

  /**
   * Add up what was reserved before `until`, and before any call that is still up: it changes no more. Under the lock of
   * `tryLockTally`.
   */
  async foldTally(campaignId: number, until: Date, tx: Tx): Promise<void> {
    await tx.query(FOLD_TALLY, [campaignId, until]);
  }
}

const COLUMNS = `
  c.id, c.organisation_id as "organisationId", c.name, c.offer_id as "offerId", c.script_id as "scriptId",
  c.outcome_set_id as "outcomeSetId", c.state, c.mode, c.purpose, c.ratio, c.hours, c.max_attempts as "maxAttempts",
  c.max_attempts_per_day as "maxAttemptsPerDay", c.cool_down_days as "coolDownDays",
  c.household_pause_hours as "householdPauseHours", c.phone_kinds as "phoneKinds",
  c.spend_ceiling_daily as "spendCeilingDaily", c.spend_ceiling_total as "spendCeilingTotal", c.max_lines as "maxLines", c.ring_timeout_ms as "ringTimeoutMs",
  c.connect_timeout_ms as "connectTimeoutMs", c.wrap_up_ms as "wrapUpMs", c.caller_id as "callerId",
  c.simulated_operators as "simulatedOperators", c.version, c.created_by as "createdBy", c.created_at as "createdAt",
  c.updated_at as "updatedAt", c.started_at as "startedAt", c.finished_at as "finishedAt",
  c.list_mode as "listMode", c.list_order as "listOrder", c.retry_share as "retryShare", c.retry_plan as "retryPlan", c.starts_at as "startsAt",
  c.ends_at as "endsAt", c.end_action as "endAction", c.started_by_schedule_at as "startedByScheduleAt",
  c.ended_by_schedule_at as "endedByScheduleAt", c.start_held_by as "startHeldBy", c.goals,
  c.goal_reached_at as "goalReachedAt", c.goals_reached as "goalsReached", c.cost_per_dial as "costPerDial",
  c.cost_per_minute as "costPerMinute", c.currency, c.competitors, c.cloned_from_id as "clonedFromId",
  c.archived_at as "archivedAt"`;

// The primary key serves it. The loop of a running campaign and every gate read this.
const FIND_CAMPAIGN = statement('campaigns.find', `select ${COLUMNS} from campaigns c where c.id = $1`);

// The gate holds it shared from its claim to its commit.
const LOCK_RESERVATIONS = statement('campaigns.lock_reservations', `select pg_advisory_xact_lock(1, $1::integer)`);

const LOCK_CAMPAIGN = statement(
  'campaigns.lock',
  // Entries and attempts refer to the campaign: their foreign keys must not wait for an edit of its settings.
  `select ${COLUMNS} from campaigns c where c.id = $1 for no key update`,
);

// Primary keys of campaigns, offers and campaign_segments; the count walks the unique key (campaign_id, lead_id) alone.
const FIND_DETAILS = statement(
  'campaigns.find_details',
  `select ${COLUMNS},
     coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'weight', cs.weight) order by s.id)
               from campaign_segments cs join segments s on s.id = cs.segment_id where cs.campaign_id = c.id), '[]') as segments,
     (select jsonb_build_object('id', o.id, 'name', o.name, 'description', o.description, 'price', o.price, 'currency', o.currency)
      from offers o where o.id = c.offer_id) as offer,
     (select count(*) from calling_list_entries e where e.campaign_id = c.id) as listed
   from campaigns c where c.id = $1`,
);

// campaigns_organisation (organisation_id, id desc).
const LIST_CAMPAIGNS = statement(
  'campaigns.list',
  `select ${COLUMNS} from campaigns c where c.organisation_id = $1 and c.state = any($2) order by c.id desc`,
);

// Primary key (campaign_id, segment_id).
const LIST_SEGMENT_IDS = statement(
  'campaigns.list_segment_ids',
  `select segment_id as id from campaign_segments where campaign_id = $1 order by segment_id`,
);

const DROP_SEGMENTS = statement(
  'campaigns.drop_segments',
  `delete from campaign_segments where campaign_id = $1 and segment_id <> all($2::int[])`,
);

const PUT_SEGMENTS = statement(
  'campaigns.put_segments',
  `insert into campaign_segments (campaign_id, segment_id, weight)
   select $1, s.id, s.weight from unnest($2::int[], $3::smallint[]) as s(id, weight)
   on conflict (campaign_id, segment_id) do update set weight = excluded.weight
     where campaign_segments.weight <> excluded.weight`,
);

// Primary key (campaign_id, segment_id).
const LIST_SEGMENTS = statement(
  'campaigns.list_segments',
  `select segment_id as id, weight from campaign_segments where campaign_id = $1 order by segment_id`,
);

// Unique key (campaign_id, lead_id).
const HAS_ENTRIES = statement(
  'campaigns.has_entries',
  `select exists (select from calling_list_entries where campaign_id = $1) as found`,
);

// campaigns_starting, campaigns_ending and campaigns_with_goals.
const LIST_WATCHED = statement(
  'campaigns.list_watched',
  `select ${COLUMNS} from campaigns c
   where (c.state = 'ready' and c.starts_at is not null and c.started_by_schedule_at is null)
      or (c.state in ('running', 'paused') and c.ends_at is not null and c.ended_by_schedule_at is null)
      or (c.state in ('running', 'paused') and c.goals is not null)
   order by c.id`,
);

// campaigns_organisation.
const LIST_NAMES = statement('campaigns.list_names', `select name from campaigns where organisation_id = $1`);

// The primary keys.
const LIST_NAMES_OF = statement(
  'campaigns.list_names_of',
  `select 'segment' as kind, id, name from segments where organisation_id = $1 and id = any($2::integer[])
   union all select 'offer', id, name from offers where organisation_id = $1 and id = any($3::integer[])
   union all select 'script', id, name from scripts where organisation_id = $1 and id = any($4::integer[])
   union all select 'outcome_set', id, name from outcome_sets where organisation_id = $1 and id = any($5::integer[])
   union all select 'campaign', id, name from campaigns where organisation_id = $1 and id = any($6::integer[])`,
);

const TRY_LOCK_TALLY = statement(
  'campaigns.try_lock_tally',
  `select pg_try_advisory_xact_lock(5, $1::integer) as locked`,
);

// What a dial and a contact are, as in the reports.
const DIALLED = `(a.originated_at is not null or a.result is not distinct from 'indeterminate')`;
const COUNTED = `
  count(*) as dials,
  count(*) filter (where a.answered_by is not distinct from 'person' or a.bridged_at is not null
    or a.result is not distinct from 'abandoned') as contacts,
  coalesce(sum(extract(epoch from a.ended_at - a.bridged_at) * 1000) filter (where a.bridged_at is not null), 0)::bigint
    as talk_ms`;

// attempts_campaign (campaign_id, reserved_at) from the instant of the tally on, a quarter of an hour or the longest call
// that is up; dispositions_successes, its index alone.
const READ_TALLY = statement(
  'campaigns.read_tally',
  `select t.up_to as "upTo", coalesce(t.dials, 0) + n.dials as dials, coalesce(t.contacts, 0) + n.contacts as contacts,
     coalesce(t.talk_ms, 0) + n.talk_ms as "talkMs", s.sales
   from (select $1::integer as campaign_id) c
   left join campaign_tallies t on t.campaign_id = c.campaign_id
   cross join lateral (
     select ${COUNTED} from attempts a
     where a.campaign_id = c.campaign_id and a.reserved_at >= coalesce(t.up_to, '-infinity'::timestamptz)
       and ${DIALLED}
   ) n
   cross join (
     select count(*) as sales from dispositions d
     where d.campaign_id = $1 and d.superseded_at is null and d.result = 'success'
   ) s`,
);

// attempts_live gives the oldest call that is up, attempts_campaign what lies between.
const FOLD_TALLY = statement(
  'campaigns.fold_tally',
  `with edge as materialized (
     select least($2::timestamptz, (select min(reserved_at) from attempts where campaign_id = $1 and state <> 'ended')) as up_to,
       (select up_to from campaign_tallies where campaign_id = $1) as folded_to
   )
   insert into campaign_tallies (campaign_id, up_to, dials, contacts, talk_ms)
   select $1, edge.up_to, n.*
   from edge cross join lateral (
     select ${COUNTED} from attempts a
     where a.campaign_id = $1 and a.reserved_at >= coalesce(edge.folded_to, '-infinity'::timestamptz)
       and a.reserved_at < edge.up_to and ${DIALLED}
   ) n
   where edge.folded_to is null or edge.folded_to < edge.up_to
   on conflict (campaign_id) do update
     set up_to = excluded.up_to, dials = campaign_tallies.dials + excluded.dials,
       contacts = campaign_tallies.contacts + excluded.contacts, talk_ms = campaign_tallies.talk_ms + excluded.talk_ms`,
);
