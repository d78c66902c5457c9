import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Campaign } from './campaign.entity.js';
import type { CampaignState } from './campaign-states.js';

/** Every column of a campaign. */
export type CampaignRow = Campaign;

/** A campaign with the names of what it uses, for whoever edits it. */
export interface CampaignDetailsRow extends CampaignRow {
  segments: { id: number; name: string }[];
  offer: { id: number; name: string; description: string; price: number | null; currency: string | null } | null;
  /** Entries of its calling list. */
  listed: number;
}

export interface ChangeRecord {
  organisationId: number;
  at: Date;
  actorId: number | null;
  action: string;
  campaignId: number;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
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

  async replaceSegments(campaignId: number, segmentIds: readonly number[], on: Queryable): Promise<void> {
    await on.query(DROP_SEGMENTS, [campaignId, segmentIds]);
    await on.query(ADD_SEGMENTS, [campaignId, segmentIds]);
  }

  async hasEntries(campaignId: number, on: Queryable = this.database): Promise<boolean> {
    const [row] = await on.query<{ found: boolean }>(HAS_ENTRIES, [campaignId]);
    return row!.found;
  }

  async recordChange(change: ChangeRecord, on: Queryable): Promise<void> {
    const { organisationId, at, actorId, action, campaignId, before, after } = change;
    await on.query(RECORD_CHANGE, [organisationId, at, actorId, action, campaignId, before, after]);
  }
}

const COLUMNS = `
  c.id, c.organisation_id as "organisationId", c.name, c.offer_id as "offerId", c.script_id as "scriptId",
  c.outcome_set_id as "outcomeSetId", c.state, c.mode, c.ratio, c.hours, c.max_attempts as "maxAttempts",
  c.max_attempts_per_day as "maxAttemptsPerDay", c.max_lines as "maxLines", c.ring_timeout_ms as "ringTimeoutMs",
  c.connect_timeout_ms as "connectTimeoutMs", c.wrap_up_ms as "wrapUpMs", c.caller_id as "callerId",
  c.simulated_operators as "simulatedOperators", c.version, c.created_by as "createdBy", c.created_at as "createdAt",
  c.updated_at as "updatedAt", c.started_at as "startedAt", c.finished_at as "finishedAt"`;

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
     coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.id)
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

const ADD_SEGMENTS = statement(
  'campaigns.add_segments',
  `insert into campaign_segments (campaign_id, segment_id) select $1, unnest($2::int[]) on conflict do nothing`,
);

// Unique key (campaign_id, lead_id).
const HAS_ENTRIES = statement(
  'campaigns.has_entries',
  `select exists (select from calling_list_entries where campaign_id = $1) as found`,
);

const RECORD_CHANGE = statement(
  'campaigns.record_change',
  `insert into audit_trail (organisation_id, at, actor_id, action, subject_kind, subject_id, before, after)
   values ($1, $2, $3, $4, 'campaign', $5, $6, $7)`,
);
