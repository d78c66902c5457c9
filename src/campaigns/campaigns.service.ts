import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import type { DialMode } from './campaign.entity.js';
import { DEFAULT_HOURS, weekHoursOf, type CampaignHours } from './campaign-hours.js';
import {
  CAMPAIGN_LIFE,
  isOpenToChange,
  isOpenToOperators,
  CAMPAIGN_STATES,
  type CampaignState,
} from './campaign-states.js';
import { CampaignsRepository, type CampaignDetailsRow, type CampaignRow } from './campaigns.repository.js';
import { OffersService } from './offers.service.js';
import { OutcomeSetsService } from './outcome-sets.service.js';
import { ScriptsService } from './scripts.service.js';

export type { CampaignRow } from './campaigns.repository.js';

/** On whose behalf something is changed; no user where the engine itself does it. */
export interface Actor {
  organisationId: number;
  userId: number | null;
}

/** What may be said of a campaign. Left out: the default at creation, no change in an update. */
export interface CampaignSettings {
  offerId?: number | null;
  scriptId?: number | null;
  mode?: DialMode;
  ratio?: number;
  hours?: CampaignHours;
  maxAttempts?: number;
  maxAttemptsPerDay?: number;
  maxLines?: number;
  ringTimeoutMs?: number;
  wrapUpMs?: number;
  callerId?: string | null;
  simulatedOperators?: number;
}

export interface NewCampaign extends CampaignSettings {
  name: string;
  segmentIds: number[];
}

/** A campaign with what it uses. */
export interface CampaignDetails extends CampaignDetailsRow {
  segmentIds: number[];
}

const SETTINGS = [
  'name',
  'offerId',
  'scriptId',
  'mode',
  'ratio',
  'hours',
  'maxAttempts',
  'maxAttemptsPerDay',
  'maxLines',
  'ringTimeoutMs',
  'wrapUpMs',
  'callerId',
  'simulatedOperators',
] as const;

/** Campaigns and their life. Whoever dials reads the row at each turn, so that a change holds from the next dial on. */
@Injectable()
export class CampaignsService {
  constructor(
    private readonly database: Database,
    private readonly campaigns: CampaignsRepository,
    private readonly outcomeSets: OutcomeSetsService,
    private readonly offers: OffersService,
    private readonly scripts: ScriptsService,
    private readonly segments: SegmentsService,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The row alone, of any organisation, for the engine itself. */
  findCampaign(id: number, on?: Queryable): Promise<CampaignRow | null> {
    return this.campaigns.findCampaign(id, on);
  }

  /** Throws campaign_not_found, also for a campaign of an organisation other than the one given. */
  async getCampaign(id: number, organisationId?: number, on?: Queryable): Promise<CampaignRow> {
    const campaign = await this.campaigns.findCampaign(id, on);
    if (!campaign || (organisationId !== undefined && campaign.organisationId !== organisationId))
      throw notFound('campaign', id);
    return campaign;
  }

  /** With its segments, offer and the length of its list. Throws campaign_not_found. */
  async getDetails(id: number, organisationId: number, on?: Queryable): Promise<CampaignDetails> {
    const row = await this.campaigns.findDetails(id, on);
    if (!row || row.organisationId !== organisationId) throw notFound('campaign', id);
    return { ...row, segmentIds: row.segments.map((segment) => segment.id) };
  }

  /** Newest first. */
  listCampaigns(organisationId: number, states: readonly CampaignState[] = CAMPAIGN_STATES): Promise<CampaignRow[]> {
    return this.campaigns.listCampaigns(organisationId, states);
  }

  /** Those that an operator may sign in to, newest first. */
  listJoinable(organisationId: number): Promise<CampaignRow[]> {
    return this.campaigns.listCampaigns(organisationId, CAMPAIGN_STATES.filter(isOpenToOperators));
  }

  listSegmentIds(campaignId: number, on?: Queryable): Promise<number[]> {
    return this.campaigns.listSegmentIds(campaignId, on);
  }

  /** A draft. Throws segment_not_found, offer_not_found or script_not_found (422) for what it names and is not there. */
  async create(actor: Actor, input: NewCampaign): Promise<CampaignDetails> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      await this.refuseUnknown(actor.organisationId, input, tx);
      const { segmentIds, ...settings } = input;
      const id = await this.campaigns.insertCampaign(
        {
          ...defaults(settings),
          name: input.name,
          organisationId: actor.organisationId,
          outcomeSetId: await this.outcomeSets.ensureStandardOutcomeSet(actor.organisationId, tx),
          state: 'draft',
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
          version: 1,
          createdBy: actor.userId,
          createdAt: now,
          updatedAt: now,
          startedAt: null,
          finishedAt: null,
        },
        tx,
      );
      await this.campaigns.replaceSegments(id, segmentIds, tx);
      await this.record(actor, 'campaign_created', id, null, { ...input }, now, tx);
      this.tell(tx, id);
      return this.getDetails(id, actor.organisationId, tx);
    });
  }

  /**
   * Change what is given, in force on the next dial; segments act when the list is next built. Throws version_conflict
   * (409) when somebody changed it since `version`, campaign_state (409) when it is over.
   */
  async update(actor: Actor, id: number, version: number, changes: Partial<NewCampaign>): Promise<CampaignDetails> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const campaign = await this.lock(id, actor.organisationId, tx);
      if (campaign.version !== version) throw versionConflict(campaign.version);
      if (!isOpenToChange(campaign.state)) throw wrongState(campaign.state, 'changed');
      await this.refuseUnknown(actor.organisationId, changes, tx);
      const before: Record<string, unknown> = {};
      const after: Record<string, unknown> = {};
      for (const key of SETTINGS) {
        const wanted = key === 'hours' && changes.hours ? weekHoursOf(changes.hours) : changes[key];
        if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(campaign[key])) continue;
        before[key] = campaign[key];
        after[key] = wanted;
      }
      await this.campaigns.updateCampaign(id, { ...after, version: version + 1, updatedAt: now }, tx);
      if (changes.segmentIds !== undefined) {
        before['segmentIds'] = await this.campaigns.listSegmentIds(id, tx);
        after['segmentIds'] = changes.segmentIds;
        await this.campaigns.replaceSegments(id, changes.segmentIds, tx);
      }
      await this.record(actor, 'campaign_changed', id, before, after, now, tx);
      this.tell(tx, id);
      return this.getDetails(id, actor.organisationId, tx);
    });
  }

  /** Another choice of segments, in the caller's transaction. Throws campaign_not_found (404). */
  async setSegments(actor: Actor, id: number, segmentIds: readonly number[], tx: Tx): Promise<void> {
    const now = this.clock.now();
    const campaign = await this.lock(id, actor.organisationId, tx);
    const before = { segmentIds: await this.campaigns.listSegmentIds(id, tx) };
    await this.campaigns.replaceSegments(id, segmentIds, tx);
    await this.campaigns.updateCampaign(id, { version: campaign.version + 1, updatedAt: now }, tx);
    await this.record(actor, 'campaign_changed', id, before, { segmentIds }, now, tx);
    this.tell(tx, id);
  }

  /** Throws campaign_list_empty (409) without a calling list, campaign_state (409) where it may not start. */
  start(actor: Actor, id: number): Promise<CampaignDetails> {
    return this.move(actor, id, 'running');
  }

  /** No dial after this commits; calls that are up go on to their end. Throws campaign_state (409). */
  pause(actor: Actor, id: number): Promise<CampaignDetails> {
    return this.move(actor, id, 'paused');
  }

  /** For good: its report stands. Throws campaign_state (409). */
  finish(actor: Actor, id: number): Promise<CampaignDetails> {
    return this.move(actor, id, 'finished');
  }

  /** Its list has been filled: a draft with anybody on it becomes ready; any other campaign stays what it is. */
  async markListBuilt(id: number, now: Date, tx: Tx): Promise<void> {
    const campaign = await this.campaigns.lockCampaign(id, tx);
    if (campaign?.state === 'draft' && (await this.campaigns.hasEntries(id, tx))) {
      await this.campaigns.updateCampaign(id, { state: 'ready', updatedAt: now }, tx);
      const actor = { organisationId: campaign.organisationId, userId: null };
      await this.record(actor, 'campaign_ready', id, { state: 'draft' }, { state: 'ready' }, now, tx);
    }
    this.tell(tx, id);
  }

  private async move(actor: Actor, id: number, to: CampaignState): Promise<CampaignDetails> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const campaign = await this.lock(id, actor.organisationId, tx);
      const from = campaign.state;
      // A second click on the same button changes nothing and is no fault.
      if (from === to) return this.getDetails(id, actor.organisationId, tx);
      if (to === 'running' && isOpenToChange(from) && !(await this.campaigns.hasEntries(id, tx))) throw listEmpty();
      if (!CAMPAIGN_LIFE.can(from, to)) throw wrongState(from, to);
      await this.campaigns.updateCampaign(
        id,
        {
          state: to,
          updatedAt: now,
          ...(to === 'running' && campaign.startedAt === null ? { startedAt: now } : {}),
          ...(to === 'finished' ? { finishedAt: now } : {}),
        },
        tx,
      );
      await this.record(actor, `campaign_${to}`, id, { state: from }, { state: to }, now, tx);
      this.tell(tx, id);
      return this.getDetails(id, actor.organisationId, tx);
    });
  }

  private async lock(id: number, organisationId: number, tx: Tx): Promise<CampaignRow> {
    const campaign = await this.campaigns.lockCampaign(id, tx);
    if (!campaign || campaign.organisationId !== organisationId) throw notFound('campaign', id);
    return campaign;
  }

  private async refuseUnknown(organisationId: number, input: Partial<NewCampaign>, tx: Tx): Promise<void> {
    for (const id of input.segmentIds ?? [])
      if (!(await this.segments.findSegment(organisationId, id, tx))) throw unknown('segment', id, 'segmentIds');
    if (typeof input.offerId === 'number' && !(await this.offers.findOffer(organisationId, input.offerId, tx)))
      throw unknown('offer', input.offerId, 'offerId');
    if (typeof input.scriptId === 'number' && !(await this.scripts.findScript(organisationId, input.scriptId, tx)))
      throw unknown('script', input.scriptId, 'scriptId');
  }

  private record(
    actor: Actor,
    action: string,
    campaignId: number,
    before: Record<string, unknown> | null,
    after: Record<string, unknown> | null,
    at: Date,
    tx: Tx,
  ): Promise<void> {
    const { organisationId, userId: actorId } = actor;
    return this.campaigns.recordChange({ organisationId, at, actorId, action, campaignId, before, after }, tx);
  }

  private tell(tx: Tx, id: number): void {
    tx.afterCommit(() => this.hub.publish({ kind: 'campaign', id }));
  }
}

/** An operator within 2 s of the answer, as the strictest abandonment rules ask. */
const CONNECT_TIMEOUT_MS = 2000;

function defaults(settings: CampaignSettings) {
  return {
    offerId: settings.offerId ?? null,
    scriptId: settings.scriptId ?? null,
    mode: settings.mode ?? 'progressive',
    ratio: settings.ratio ?? 1,
    hours: weekHoursOf(settings.hours ?? DEFAULT_HOURS),
    maxAttempts: settings.maxAttempts ?? 5,
    maxAttemptsPerDay: settings.maxAttemptsPerDay ?? 2,
    maxLines: settings.maxLines ?? 100,
    ringTimeoutMs: settings.ringTimeoutMs ?? 22_000,
    wrapUpMs: settings.wrapUpMs ?? 60_000,
    callerId: settings.callerId ?? null,
    simulatedOperators: settings.simulatedOperators ?? 0,
  };
}

function versionConflict(version: number): Problem {
  return new Problem('version_conflict', 409, 'Somebody else has changed this campaign since you opened it.', {
    field: 'version',
    fix: 'Load it again and repeat your change.',
    more: { version },
  });
}

function wrongState(state: CampaignState, wanted: string): Problem {
  return new Problem('campaign_state', 409, `The campaign is ${state}: it cannot be ${wanted}.`, { more: { state } });
}

function listEmpty(): Problem {
  return new Problem('campaign_list_empty', 409, 'There is nobody on the calling list of this campaign.', {
    fix: 'Build the calling list from segments that somebody fits.',
  });
}

function unknown(what: 'segment' | 'offer' | 'script', id: number, field: string): Problem {
  return new Problem(`${what}_not_found`, 422, `There is no ${what} ${id}.`, { field });
}
