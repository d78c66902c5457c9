import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService, type AuditPage, type AuditSubject } from '../audit/audit-trail.service.js';
import { CAUSE, changeOf, type Change, type ChangeCause } from '../audit/changes.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import type { PhoneKinds } from '../compliance/phone-kinds.js';
import type { Purpose } from '../compliance/profile.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import { idsIn, withNames } from './campaign-audit.js';
import { copyName } from './campaign-copy.js';
import type { DialMode, EndAction, ListMode, ListOrder } from './campaign.entity.js';
import {
  GOAL_KINDS,
  goalsProgress,
  newlyReached,
  stillReached,
  type CampaignGoals,
  type CampaignTally,
  type GoalProgress,
  type GoalsReached,
} from './campaign-goals.js';
import { DEFAULT_HOURS, weekHoursOf, type CampaignHours } from './campaign-hours.js';
import { dueAct } from './campaign-schedule.js';
import {
  CAMPAIGN_LIFE,
  isOpenToChange,
  isOpenToOperators,
  CAMPAIGN_STATES,
  type CampaignState,
} from './campaign-states.js';
import {
  CampaignsRepository,
  type CampaignDetailsRow,
  type CampaignRow,
  type WeightedSegment,
} from './campaigns.repository.js';
import { OffersService } from './offers.service.js';
import { OutcomeSetsService } from './outcome-sets.service.js';
import type { PreflightFinding } from './preflight.js';
import { PreflightService } from './preflight.service.js';
import { faultInRetryPlan, type RetryPlan } from './retry-settings.js';
import { ScriptsService } from './scripts.service.js';

export type { CampaignRow, WeightedSegment } from './campaigns.repository.js';

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
  purpose?: Purpose;
  ratio?: number;
  hours?: CampaignHours;
  maxAttempts?: number;
  maxAttemptsPerDay?: number;
  coolDownDays?: number;
  householdPauseHours?: number;
  phoneKinds?: PhoneKinds | null;
  maxLines?: number;
  ringTimeoutMs?: number;
  wrapUpMs?: number;
  callerId?: string | null;
  simulatedOperators?: number;
  outcomeSetId?: number;
  listMode?: ListMode;
  listOrder?: ListOrder;
  retryShare?: number | null;
  retryPlan?: RetryPlan | null;
  startsAt?: Date | null;
  endsAt?: Date | null;
  endAction?: EndAction;
  goals?: CampaignGoals | null;
  costPerDial?: number | null;
  costPerMinute?: number | null;
  currency?: string | null;
  spendCeilingDaily?: number | null;
  spendCeilingTotal?: number | null;
  competitors?: string[];
}

/** Whom to call: segments by id alone, each as it is weighed already or else with weight 1, or with their weights. */
export interface ChosenSegments {
  segmentIds?: number[];
  segments?: WeightedSegment[];
}

export interface NewCampaign extends CampaignSettings, ChosenSegments {
  name: string;
}

/** What is not copied from another campaign. */
export interface CloneChanges extends Partial<Pick<CampaignRow, 'offerId' | 'listMode' | 'coolDownDays'>> {
  name?: string;
  segments?: WeightedSegment[];
}

/** A campaign with what it uses. */
export interface CampaignDetails extends CampaignDetailsRow {
  segmentIds: number[];
  /** How far it is with each of its goals. */
  goalsProgress: GoalProgress[];
}

const SETTINGS = [
  'name',
  'offerId',
  'scriptId',
  'mode',
  'purpose',
  'ratio',
  'hours',
  'maxAttempts',
  'maxAttemptsPerDay',
  'coolDownDays',
  'householdPauseHours',
  'phoneKinds',
  'maxLines',
  'ringTimeoutMs',
  'wrapUpMs',
  'callerId',
  'simulatedOperators',
  'outcomeSetId',
  'listMode',
  'listOrder',
  'retryShare',
  'retryPlan',
  'startsAt',
  'endsAt',
  'endAction',
  'goals',
  'costPerDial',
  'spendCeilingDaily',
  'spendCeilingTotal',
  'costPerMinute',
  'currency',
  'competitors',
] as const;

/** What a copy takes along: all that is set but the name and the dates, which were another period's. */
const COPIED = SETTINGS.filter((key) => key !== 'name' && key !== 'startsAt' && key !== 'endsAt');

/** Campaigns and their life. Whoever dials reads the row at each turn, so that a change holds from the next dial on. */
@Injectable()
export class CampaignsService {
  constructor(
    private readonly database: Database,
    private readonly campaigns: CampaignsRepository,
    private readonly audit: AuditTrailService,
    private readonly outcomeSets: OutcomeSetsService,
    private readonly offers: OffersService,
    private readonly scripts: ScriptsService,
    private readonly segments: SegmentsService,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly preflight: PreflightService,
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
    return {
      ...row,
      segmentIds: row.segments.map((segment) => segment.id),
      goalsProgress: await this.progressOf(row, on),
    };
  }

  /** How far a campaign is with each of its goals, from its ledger. */
  async progressOf(campaign: CampaignRow, on?: Queryable): Promise<GoalProgress[]> {
    if (campaign.goals === null) return [];
    const tally = await this.campaigns.readTally(campaign.id, on);
    return goalsProgress(campaign.goals, tally, campaign, campaign.goalsReached);
  }

  /** Newest first; those in the archive only where their state is asked for. */
  listCampaigns(organisationId: number, states: readonly CampaignState[] = SHOWN_STATES): Promise<CampaignRow[]> {
    return this.campaigns.listCampaigns(organisationId, states);
  }

  /** Those that an operator may sign in to, newest first. */
  listJoinable(organisationId: number): Promise<CampaignRow[]> {
    return this.campaigns.listCampaigns(organisationId, CAMPAIGN_STATES.filter(isOpenToOperators));
  }

  listSegmentIds(campaignId: number, on?: Queryable): Promise<number[]> {
    return this.campaigns.listSegmentIds(campaignId, on);
  }

  /**
   * A page of what was changed, newest first, with the names of what it speaks of as they are now. Throws
   * campaign_not_found.
   */
  async listChanges(organisationId: number, campaignId: number, page: AuditPage): Promise<Change[]> {
    await this.getCampaign(campaignId, organisationId);
    const changes = (await this.audit.list(organisationId, subjectOf(campaignId), page)).map(changeOf);
    return withNames(changes, await this.campaigns.listNamesOf(organisationId, idsIn(changes)));
  }

  /**
   * A draft. Throws segment_not_found, offer_not_found, script_not_found or outcome_set_not_found (422) for what it names
   * and is not there, and what `update` throws of settings that do not go together.
   */
  create(actor: Actor, input: NewCampaign): Promise<CampaignDetails> {
    return this.database.transaction((tx) => this.createIn(tx, actor, input));
  }

  /** The same, in the caller's transaction. */
  async createIn(tx: Tx, actor: Actor, input: NewCampaign): Promise<CampaignDetails> {
    const now = this.clock.now();
    const { organisationId } = actor;
    await this.refuseUnknown(organisationId, input, tx);
    const settings = defaults(input);
    const currency = await this.currencyOf(organisationId, settings, tx);
    refuseMisfit({ ...settings, currency }, { startsAt: null, endsAt: null }, now);
    const outcomeSetId = input.outcomeSetId ?? (await this.outcomeSets.ensureStandardOutcomeSet(organisationId, tx));
    await this.refuseRetryPlan(settings.retryPlan, outcomeSetId, tx);
    const row = { ...settings, currency, outcomeSetId, name: input.name };
    return this.insert(tx, actor, row, input.segments ?? weighed(input.segmentIds ?? []), null, now);
  }

  /**
   * A draft with the same settings, segments and goals, under a name of its own; nobody is on its list, and it has no
   * schedule. Throws campaign_not_found.
   */
  clone(actor: Actor, id: number, name?: string): Promise<CampaignDetails> {
    return this.database.transaction((tx) => this.cloneIn(tx, actor, id, { name }));
  }

  /** The same in the caller's transaction, with what is given in place of what the other has. */
  async cloneIn(
    tx: Tx,
    actor: Actor,
    id: number,
    { name, segments, ...changes }: CloneChanges = {},
  ): Promise<CampaignDetails> {
    const now = this.clock.now();
    const source = await this.getCampaign(id, actor.organisationId, tx);
    const copied = Object.fromEntries(COPIED.map((key) => [key, source[key]])) as Pick<
      CampaignRow,
      (typeof COPIED)[number]
    >;
    const row = {
      ...copied,
      ...changes,
      name: name ?? copyName(source.name, await this.campaigns.listNames(actor.organisationId, tx)),
      startsAt: null,
      endsAt: null,
    };
    return this.insert(tx, actor, row, segments ?? (await this.campaigns.listSegments(id, tx)), id, now);
  }

  private async insert(
    tx: Tx,
    actor: Actor,
    settings: Pick<CampaignRow, (typeof SETTINGS)[number]>,
    segments: readonly WeightedSegment[],
    clonedFromId: number | null,
    now: Date,
  ): Promise<CampaignDetails> {
    const id = await this.campaigns.insertCampaign(
      {
        ...settings,
        organisationId: actor.organisationId,
        state: 'draft',
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        version: 1,
        createdBy: actor.userId,
        createdAt: now,
        updatedAt: now,
        startedAt: null,
        finishedAt: null,
        startedByScheduleAt: null,
        endedByScheduleAt: null,
        startHeldBy: [],
        goalReachedAt: null,
        goalsReached: {},
        clonedFromId,
        archivedAt: null,
      },
      tx,
    );
    await this.campaigns.replaceSegments(id, segments, tx);
    const after = { ...settings, segments: sorted(segments), ...(clonedFromId !== null && { clonedFromId }) };
    await this.record(actor, 'campaign_created', id, null, after, now, tx);
    this.tell(tx, id);
    return this.getDetails(id, actor.organisationId, tx);
  }

  /**
   * Change what is given, in force on the next dial; other segments act on a live list at once, on a snapshot when it is
   * next built. Throws version_conflict (409) when somebody changed it since `version`, campaign_state (409) when it is over, and with 422: schedule_past,
   * schedule_reversed, goal_target_missing, goal_cost_missing, currency_missing, order_attribute_missing.
   */
  async update(actor: Actor, id: number, version: number, changes: Partial<NewCampaign>): Promise<CampaignDetails> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const campaign = await this.lock(id, actor.organisationId, tx);
      if (campaign.version !== version) throw versionConflict(campaign.version);
      if (!isOpenToChange(campaign.state)) throw wrongState(campaign.state, 'changed');
      await this.refuseUnknown(actor.organisationId, changes, tx);
      const wanted = { ...pickSettings(campaign), ...pickSettings(changes) };
      if (changes.hours) wanted.hours = weekHoursOf(changes.hours);
      wanted.currency = await this.currencyOf(actor.organisationId, wanted, tx);
      refuseMisfit(wanted, campaign, now);
      if (changes.retryPlan !== undefined || changes.outcomeSetId !== undefined)
        await this.refuseRetryPlan(wanted.retryPlan, wanted.outcomeSetId, tx);
      const before: Record<string, unknown> = {};
      const after: Record<string, unknown> = {};
      for (const key of SETTINGS) {
        if (isDeepStrictEqual(wanted[key], campaign[key])) continue;
        before[key] = campaign[key];
        after[key] = wanted[key];
      }
      const follows = { ...followsOf(campaign, after), version: version + 1, updatedAt: now };
      await this.campaigns.updateCampaign(id, { ...after, ...follows }, tx);
      const segments = await this.chooseSegments(id, changes, tx);
      if (segments) [before['segments'], after['segments']] = [segments.before, segments.after];
      if (Object.keys(after).length > 0) await this.record(actor, 'campaign_changed', id, before, after, now, tx);
      this.tell(tx, id);
      return this.getDetails(id, actor.organisationId, tx);
    });
  }

  /** Another choice of segments, in the caller's transaction. Throws campaign_not_found (404). */
  async setSegments(actor: Actor, id: number, segmentIds: readonly number[], tx: Tx): Promise<void> {
    const now = this.clock.now();
    const campaign = await this.lock(id, actor.organisationId, tx);
    const segments = await this.chooseSegments(id, { segmentIds: [...segmentIds] }, tx);
    if (!segments) return;
    await this.campaigns.updateCampaign(id, { version: campaign.version + 1, updatedAt: now }, tx);
    const [before, after] = [{ segments: segments.before }, { segments: segments.after }];
    await this.record(actor, 'campaign_changed', id, before, after, now, tx);
    this.tell(tx, id);
  }

  /**
   * Start, or go on after a pause. Throws with 409: campaign_blocked with the `findings` that block it, campaign_list_empty
   * of a draft without a calling list, campaign_state where it may not start.
   */
  async start(actor: Actor, id: number): Promise<CampaignDetails> {
    const { state, organisationId } = await this.getCampaign(id, actor.organisationId);
    const blockers = CAMPAIGN_LIFE.can(state, 'running') ? await this.preflight.listBlockers(organisationId, id) : [];
    if (blockers.length > 0) throw campaignBlocked(blockers);
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

  /** Out of the lists; its report stands. Throws campaign_state (409) while it is on. */
  archive(actor: Actor, id: number): Promise<CampaignDetails> {
    return this.move(actor, id, 'archived');
  }

  /** Open campaigns of all organisations with a schedule that has something left to do, or with goals. */
  listWatched(): Promise<CampaignRow[]> {
    return this.campaigns.listWatched();
  }

  /**
   * The schedule's part, where it is still due: nothing happens twice, whoever else looks at the same time. What blocks the
   * campaign holds its start back: then it stays ready, and the trail says so once for each set of codes.
   */
  async obeySchedule(id: number): Promise<'obeyed' | 'held' | 'nothing_due'> {
    const now = this.clock.now();
    const known = await this.campaigns.findCampaign(id);
    const due = known && dueAct(known, now);
    if (!known || !due) return 'nothing_due';
    const blockers = due === 'start' ? await this.preflight.listBlockers(known.organisationId, id) : [];
    return this.database.transaction(async (tx) => {
      const campaign = await this.campaigns.lockCampaign(id, tx);
      // Whoever changed it meanwhile left something else to do: that is for the next look.
      if (!campaign || dueAct(campaign, now) !== due) return 'nothing_due';
      if (blockers.length > 0) {
        await this.holdStart(
          tx,
          campaign,
          blockers.map(({ code }) => code),
          now,
        );
        return 'held';
      }
      if (due === 'start') {
        await this.enter(tx, MACHINE(campaign), campaign, 'running', now, 'schedule');
        await this.campaigns.updateCampaign(id, { startedByScheduleAt: now, startHeldBy: [] }, tx);
        return 'obeyed';
      }
      const to = due === 'finish' ? 'finished' : 'paused';
      if (campaign.state !== to) await this.enter(tx, MACHINE(campaign), campaign, to, now, 'schedule');
      await this.campaigns.updateCampaign(id, { endedByScheduleAt: now }, tx);
      return 'obeyed';
    });
  }

  private async holdStart(tx: Tx, campaign: CampaignRow, heldBy: readonly string[], now: Date): Promise<void> {
    const codes = [...new Set(heldBy)].sort();
    if (isDeepStrictEqual(codes, campaign.startHeldBy)) return;
    const { id, startHeldBy } = campaign;
    await this.campaigns.updateCampaign(id, { startHeldBy: codes }, tx);
    const after = { startHeldBy: codes, [CAUSE]: 'schedule' };
    await this.record(MACHINE(campaign), 'campaign_start_held', id, { startHeldBy }, after, now, tx);
    this.tell(tx, id);
  }

  /**
   * Look how far a campaign is, note the goals that were reached since, each once, and end it where its goals say so. Does
   * nothing while another process looks at the same campaign.
   */
  async checkGoals(id: number): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      if (!(await this.campaigns.tryLockTally(id, tx))) return;
      const tally = await this.campaigns.readTally(id, tx);
      if (tally.upTo === null || now.getTime() - tally.upTo.getTime() > FOLD_AFTER_MS)
        await this.campaigns.foldTally(id, new Date(now.getTime() - SETTLED_AFTER_MS), tx);
      const known = await this.campaigns.findCampaign(id, tx);
      if (!known || !this.reachedBy(known, tally)) return;
      // Reservations are waited for only now that there is something to note; what is true is read again behind them.
      const campaign = await this.campaigns.lockCampaign(id, tx);
      const reached = campaign && isOpenToOperators(campaign.state) && this.reachedBy(campaign, tally);
      if (!campaign || !reached) return;
      const actor = MACHINE(campaign);
      if (reached.fresh.length > 0) {
        const goalsReached: GoalsReached = { ...campaign.goalsReached };
        for (const { goal, value } of reached.fresh) goalsReached[goal] = { at: now.toISOString(), value };
        const before = { goalsReached: campaign.goalsReached };
        await this.campaigns.updateCampaign(
          id,
          { goalsReached, goalReachedAt: campaign.goalReachedAt ?? now, updatedAt: now },
          tx,
        );
        await this.record(actor, 'campaign_goal_reached', id, before, { goalsReached, [CAUSE]: 'goal' }, now, tx);
        this.tell(tx, id);
      }
      if (reached.ends) await this.enter(tx, actor, campaign, 'finished', now, 'goal');
    });
  }

  /** Null: nothing to do. */
  private reachedBy(campaign: CampaignRow, tally: CampaignTally): { fresh: GoalProgress[]; ends: boolean } | null {
    const progress = goalsProgress(campaign.goals, tally, campaign, campaign.goalsReached);
    const fresh = newlyReached(progress);
    const ends = campaign.goals?.action === 'finish' && progress.some(({ value, target }) => value >= target);
    return fresh.length > 0 || ends ? { fresh, ends } : null;
  }

  /** Its list is to be filled: the trail says who wanted that, and which job does it. */
  noteListRequested(actor: Actor, id: number, jobId: number, tx: Tx): Promise<void> {
    return this.record(actor, 'campaign_list_requested', id, null, { jobId }, this.clock.now(), tx);
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
      if (to === 'running' && from === 'draft' && !(await this.campaigns.hasEntries(id, tx))) throw listEmpty();
      if (!CAMPAIGN_LIFE.can(from, to)) throw wrongState(from, to);
      await this.enter(tx, actor, campaign, to, now);
      return this.getDetails(id, actor.organisationId, tx);
    });
  }

  /** Into another state, which may follow the present one; with everybody told. */
  private async enter(
    tx: Tx,
    actor: Actor,
    campaign: CampaignRow,
    to: CampaignState,
    now: Date,
    cause?: ChangeCause,
  ): Promise<void> {
    const { id, state } = campaign;
    await this.campaigns.updateCampaign(
      id,
      {
        state: to,
        updatedAt: now,
        ...(to === 'running' && campaign.startedAt === null ? { startedAt: now } : {}),
        ...(to === 'running' && campaign.startHeldBy.length > 0 ? { startHeldBy: [] } : {}),
        ...(to === 'finished' ? { finishedAt: now } : {}),
        ...(to === 'archived' ? { archivedAt: now } : {}),
      },
      tx,
    );
    const after = { state: to, ...(cause && { [CAUSE]: cause }) };
    await this.record(actor, `campaign_${to}`, id, { state }, after, now, tx);
    this.tell(tx, id);
  }

  /** Null: it has them already. */
  private async chooseSegments(
    id: number,
    { segments, segmentIds }: ChosenSegments,
    tx: Tx,
  ): Promise<{ before: WeightedSegment[]; after: WeightedSegment[] } | null> {
    if (segments === undefined && segmentIds === undefined) return null;
    const before = await this.campaigns.listSegments(id, tx);
    const after = sorted(segments ?? weighed(segmentIds!, before));
    if (isDeepStrictEqual(before, after)) return null;
    await this.campaigns.replaceSegments(id, after, tx);
    return { before, after };
  }

  /** What costs are in: as it is said, or as the offer has it. */
  private async currencyOf(
    organisationId: number,
    settings: Pick<CampaignRow, 'currency' | 'offerId' | 'costPerDial' | 'costPerMinute' | 'goals'>,
    tx: Tx,
  ): Promise<string | null> {
    const isAboutMoney =
      settings.costPerDial !== null || settings.costPerMinute !== null || settings.goals?.budget !== undefined;
    if (settings.currency !== null || !isAboutMoney || settings.offerId === null) return settings.currency;
    return (await this.offers.findOffer(organisationId, settings.offerId, tx))?.currency ?? null;
  }

  private async lock(id: number, organisationId: number, tx: Tx): Promise<CampaignRow> {
    const campaign = await this.campaigns.lockCampaign(id, tx);
    if (!campaign || campaign.organisationId !== organisationId) throw notFound('campaign', id);
    return campaign;
  }

  private async refuseUnknown(organisationId: number, input: Partial<NewCampaign>, tx: Tx): Promise<void> {
    if (input.segments !== undefined && input.segmentIds !== undefined) throw segmentsTwice();
    const field = input.segments ? 'segments' : 'segmentIds';
    for (const id of input.segments?.map((segment) => segment.id) ?? input.segmentIds ?? [])
      if (!(await this.segments.findSegment(organisationId, id, tx))) throw unknown('segment', id, field);
    const { outcomeSetId } = input;
    if (outcomeSetId !== undefined) {
      const sets = await this.outcomeSets.listOutcomeSets(organisationId, tx);
      if (!sets.some((set) => set.id === outcomeSetId)) throw unknown('outcome_set', outcomeSetId, 'outcomeSetId');
    }
    if (typeof input.offerId === 'number' && !(await this.offers.findOffer(organisationId, input.offerId, tx)))
      throw unknown('offer', input.offerId, 'offerId');
    if (typeof input.scriptId === 'number' && !(await this.scripts.findScript(organisationId, input.scriptId, tx)))
      throw unknown('script', input.scriptId, 'scriptId');
  }

  private async refuseRetryPlan(plan: RetryPlan | null, outcomeSetId: number, tx: Tx): Promise<void> {
    if (plan === null) return;
    const fault = faultInRetryPlan(plan, await this.outcomeSets.listEffects(outcomeSetId, tx));
    if (!fault) return;
    const { code, sentence, field, fix } = fault;
    throw new Problem(code, 422, sentence, { field, fix });
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
    const { organisationId, userId } = actor;
    const subject = subjectOf(campaignId);
    return this.audit.note(tx, { organisationId, userId, action, subject, before, after, at });
  }

  private tell(tx: Tx, id: number): void {
    tx.afterCommit(() => this.hub.publish({ kind: 'campaign', id }));
  }
}

/** Everything that is not put away. */
const SHOWN_STATES = CAMPAIGN_STATES.filter((state) => state !== 'archived');

/** Attempts are added up for good this long after their reservation, if no older call is up. */
const SETTLED_AFTER_MS = 5 * 60_000;
/** And no more often than this: until then they are counted each time. */
const FOLD_AFTER_MS = 15 * 60_000;

/** An instant just gone by is taken for now: clocks differ, and forms take a while to fill in. */
const PAST_GRACE_MS = 60_000;

/** A campaign in the audit trail. */
const subjectOf = (id: number): AuditSubject => ({ kind: 'campaign', id });

/** The engine itself. */
const MACHINE = ({ organisationId }: CampaignRow): Actor => ({ organisationId, userId: null });

/** An operator within 2 s of the answer, as the strictest abandonment rules ask. */
const CONNECT_TIMEOUT_MS = 2000;

function defaults(settings: CampaignSettings) {
  return {
    offerId: settings.offerId ?? null,
    scriptId: settings.scriptId ?? null,
    mode: settings.mode ?? 'progressive',
    purpose: settings.purpose ?? ('sales' as const),
    ratio: settings.ratio ?? 1,
    hours: weekHoursOf(settings.hours ?? DEFAULT_HOURS),
    maxAttempts: settings.maxAttempts ?? 5,
    maxAttemptsPerDay: settings.maxAttemptsPerDay ?? 2,
    coolDownDays: settings.coolDownDays ?? 0,
    householdPauseHours: settings.householdPauseHours ?? 24,
    phoneKinds: settings.phoneKinds ?? null,
    maxLines: settings.maxLines ?? 100,
    ringTimeoutMs: settings.ringTimeoutMs ?? 22_000,
    wrapUpMs: settings.wrapUpMs ?? 60_000,
    callerId: settings.callerId ?? null,
    simulatedOperators: settings.simulatedOperators ?? 0,
    listMode: settings.listMode ?? ('snapshot' as const),
    listOrder: settings.listOrder ?? { by: 'priority' as const },
    retryShare: settings.retryShare ?? null,
    retryPlan: settings.retryPlan ?? null,
    startsAt: settings.startsAt ?? null,
    endsAt: settings.endsAt ?? null,
    endAction: settings.endAction ?? ('finish' as const),
    goals: settings.goals ?? null,
    costPerDial: settings.costPerDial ?? null,
    costPerMinute: settings.costPerMinute ?? null,
    currency: settings.currency ?? null,
    spendCeilingDaily: settings.spendCeilingDaily ?? null,
    spendCeilingTotal: settings.spendCeilingTotal ?? null,
    competitors: settings.competitors ?? [],
  };
}

type Settings = Pick<CampaignRow, (typeof SETTINGS)[number]>;

/** The settings among other members; those that are left out stay out. */
function pickSettings(row: CampaignRow): Settings;
function pickSettings(changes: Partial<NewCampaign>): Omit<Partial<Settings>, 'hours'>;
function pickSettings(from: object): object {
  return Object.fromEntries(Object.entries(from).filter(([key, value]) => isSetting(key) && value !== undefined));
}

const isSetting = (key: string) => (SETTINGS as readonly string[]).includes(key);

/** Segments by id alone, in the order of their ids: those that are weighed already keep their weight. */
function weighed(ids: readonly number[], known: readonly WeightedSegment[] = []): WeightedSegment[] {
  const weights = new Map(known.map(({ id, weight }) => [id, weight]));
  return ids.map((id) => ({ id, weight: weights.get(id) ?? 1 }));
}

/** As the database has them: in the order of their ids, and with nothing else. */
function sorted(segments: readonly WeightedSegment[]): WeightedSegment[] {
  return segments.map(({ id, weight }) => ({ id, weight })).sort((a, b) => a.id - b.id);
}

/** What else changes with settings: a schedule with other instants is still to act, goals that rose are to be reached. */
function followsOf(campaign: CampaignRow, after: Record<string, unknown>): Partial<CampaignRow> {
  const follows: Partial<CampaignRow> = {};
  if ('startsAt' in after) Object.assign(follows, { startedByScheduleAt: null, startHeldBy: [] });
  if ('endsAt' in after) follows.endedByScheduleAt = null;
  if ('goals' in after) {
    const goalsReached = stillReached(campaign.goalsReached, after['goals'] as CampaignGoals | null);
    const instants = Object.values(goalsReached).map(({ at }) => at);
    follows.goalsReached = goalsReached;
    follows.goalReachedAt = instants.length === 0 ? null : new Date(instants.sort()[0]!);
  }
  return follows;
}

/** Refuses settings that do not go together, `before` being those that stood. */
function refuseMisfit(wanted: Omit<Settings, 'name' | 'outcomeSetId'>, before: Instants, now: Date): void {
  const { startsAt, endsAt, goals, listOrder } = wanted;
  for (const field of ['startsAt', 'endsAt'] as const) {
    const at = wanted[field];
    const isNew = at !== null && at.getTime() !== before[field]?.getTime();
    if (isNew && at.getTime() < now.getTime() - PAST_GRACE_MS) throw schedulePast(field, at);
  }
  if (startsAt && endsAt && endsAt <= startsAt) throw scheduleReversed();
  if (goals && GOAL_KINDS.every((goal) => goals[goal] === undefined)) throw goalTargetMissing();
  if (goals?.budget !== undefined && wanted.costPerDial === null && wanted.costPerMinute === null)
    throw goalCostMissing();
  const hasCeiling = wanted.spendCeilingDaily !== null || wanted.spendCeilingTotal !== null;
  if (hasCeiling && wanted.costPerDial === null && wanted.costPerMinute === null) throw ceilingCostMissing();
  const isAboutMoney = wanted.costPerDial !== null || wanted.costPerMinute !== null;
  if (isAboutMoney && wanted.currency === null) throw currencyMissing();
  if (listOrder.by === 'attribute' && !listOrder.attribute) throw orderAttributeMissing();
}

type Instants = Pick<CampaignRow, 'startsAt' | 'endsAt'>;

function ceilingCostMissing(): Problem {
  return new Problem('ceiling_cost_missing', 422, 'A ceiling of spending needs to know what calls cost.', {
    field: 'costPerDial',
    fix: 'Say what a dial or a minute of talk costs, or take the ceiling away.',
  });
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

function unknown(what: 'segment' | 'offer' | 'script' | 'outcome_set', id: number, field: string): Problem {
  return new Problem(`${what}_not_found`, 422, `There is no ${what.replace('_', ' ')} ${id}.`, { field });
}

function campaignBlocked(findings: readonly PreflightFinding[]): Problem {
  const said = findings.map(({ detail }) => detail).join(' ');
  return new Problem('campaign_blocked', 409, `The campaign can dial nobody. ${said}`, {
    fix: findings.map(({ fix }) => fix).join(' '),
    more: { findings },
  });
}

function segmentsTwice(): Problem {
  return new Problem('segments_twice', 422, 'Segments are given twice, with weights and without.', {
    field: 'segmentIds',
    fix: 'Give `segments` or `segmentIds`, not both.',
  });
}

function schedulePast(field: 'startsAt' | 'endsAt', at: Date): Problem {
  return new Problem('schedule_past', 422, `${at.toISOString()} has passed already.`, {
    field,
    fix: 'Choose an instant that is to come, or none.',
  });
}

function scheduleReversed(): Problem {
  return new Problem('schedule_reversed', 422, 'The campaign would end before it starts.', {
    field: 'endsAt',
    fix: 'Let it end after its start.',
  });
}

function goalTargetMissing(): Problem {
  return new Problem('goal_target_missing', 422, 'The goals say nothing that is to be reached.', {
    field: 'goals',
    fix: 'Give a number of sales or contacts, or a budget; or no goals.',
  });
}

function goalCostMissing(): Problem {
  return new Problem('goal_cost_missing', 422, 'A budget is never spent while calls cost nothing.', {
    field: 'goals.budget',
    fix: 'Say what a dial or a minute of talk costs.',
  });
}

function currencyMissing(): Problem {
  return new Problem(
    'currency_missing',
    422,
    'The costs have no currency, and there is no offer whose currency it could be.',
    {
      field: 'currency',
      fix: 'Give the currency of the costs.',
    },
  );
}

function orderAttributeMissing(): Problem {
  return new Problem('order_attribute_missing', 422, 'The order goes by an attribute, and does not say which.', {
    field: 'order.attribute',
    fix: 'Name an attribute of the leads.',
  });
}
