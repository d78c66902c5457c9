import { Inject, Injectable } from '@nestjs/common';

import { CallbacksService } from '../callbacks/callbacks.service.js';
import { CallingListService } from '../campaigns/calling-list.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import { decide, type Decision, type DialFacts, type RefusalCode } from '../compliance/decision.js';
import type { WeekHours } from '../compliance/profile.js';
import { Database, type Tx } from '../database/database.js';
import { ClockWatch } from '../health/clock-watch.js';
import { retryCreditAfter } from './retry-share.js';
import {
  SchedulerRepository,
  type CampaignFactsRow,
  type ClaimedEntry,
  type ClaimedRung,
  type NewAttempt,
  type PutBack,
} from './scheduler.repository.js';

/** The right to place one call, once, before `dialBefore`. */
export interface Reservation {
  attemptId: number;
  organisationId: number;
  campaignId: number;
  leadId: number;
  phoneId: number;
  /** The number, sealed. */
  sealed: Buffer;
  matchHash: Buffer;
  /** Which attempt at this lead it is, from 1. */
  number: number;
  callerId: string | null;
  ringTimeoutMs: number;
  dialBefore: Date;
}

export interface ReserveRequest {
  campaignId: number;
  /** Fence of the campaign's lease, as its owner holds it. */
  fence: number;
  /** How many calls pacing wants now. */
  wanted: number;
  /** Operators who are free: personal callbacks are for them alone. */
  readyOperatorIds: readonly number[];
  /** Hours of the campaign, to know which buckets to look at. The gate reads them again. */
  hours: WeekHours;
}

export interface ReserveAnswer {
  reservations: Reservation[];
  /** Why fewer than wanted, when fewer. */
  shortage: {
    code: 'outside_hours' | 'out_of_leads' | RefusalCode;
    /** When a bucket that is closed now opens, where that is known. */
    opensAt: Date | null;
  } | null;
}

/** A reservation that was not dialled by then is never dialled. */
const DIAL_WITHIN_MS = 5_000;
const BUSY_RETRY_MS = 30_000;
/** A registry that is not fresh holds a whole bucket back. Until then nobody there is looked at again. */
const STALE_RETRY_MS = 60_000;
const STALE = { code: 'registry_stale', opensAt: null } as const;
/** Entries that turn out undiallable are replaced by the next ones, in the same call, this often. */
const ROUNDS = 4;

/** A campaign's trouble, not the lead's: the entry keeps its place. */
const CAMPAIGN_REASONS: ReadonlySet<RefusalCode> = new Set([
  'campaign_not_running',
  'lease_lost',
  'no_free_lines',
  'clock_unsafe',
]);

/**
 * The gate: the only door to a dial. In one transaction it takes the next entries of the calling list, locks their phones,
 * reads every rule again, and reserves an attempt for each that may be called now. Whatever was committed before, be it a
 * pause, a new do-not-call or an edited setting, binds it.
 */
@Injectable()
export class GateService {
  /** Buckets of campaigns in which a registry was found stale, and until when they are left alone. */
  private readonly stale = new Map<string, number>();
  /** By campaign: the part of a dial that is owed to retries, where it has a share for them. Lost with the process, harmlessly. */
  private readonly retryCredits = new Map<number, number>();

  constructor(
    private readonly database: Database,
    private readonly repository: SchedulerRepository,
    private readonly compliance: ComplianceService,
    private readonly callbacks: CallbacksService,
    private readonly lists: CallingListService,
    private readonly clockWatch: ClockWatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    const buckets = await this.compliance.openBuckets(request.hours);
    if (buckets.open.length === 0)
      return { reservations: [], shortage: { code: 'outside_hours', opensAt: buckets.nextAt } };
    const reservations: Reservation[] = [];
    for (let round = 0; round < ROUNDS && reservations.length < request.wanted; round++) {
      const wanted = request.wanted - reservations.length;
      const open = this.withoutStale(request.campaignId, buckets.open);
      if (open.length === 0) return { reservations, shortage: STALE };
      const turn = await this.database.transaction((tx) => this.reserveOnce(tx, { ...request, wanted }, open));
      reservations.push(...turn.reservations);
      if (turn.stopped) return { reservations, shortage: { code: turn.stopped, opensAt: null } };
      if (turn.claimed < wanted) {
        const isHeld = this.withoutStale(request.campaignId, buckets.open).length < buckets.open.length;
        return { reservations, shortage: isHeld ? STALE : { code: 'out_of_leads', opensAt: buckets.nextAt } };
      }
    }
    return { reservations, shortage: null };
  }

  private async reserveOnce(
    tx: Tx,
    request: ReserveRequest,
    buckets: readonly number[],
  ): Promise<{ reservations: Reservation[]; claimed: number; stopped: RefusalCode | null }> {
    const claimed = await this.repository.claimReady(tx, {
      campaignId: request.campaignId,
      buckets,
      owners: request.readyOperatorIds,
      limit: request.wanted,
      retryCredit: this.retryCredits.get(request.campaignId) ?? 0,
    });
    if (claimed.length === 0) return { reservations: [], claimed: 0, stopped: null };
    const unfit = await this.letGo(tx, request.campaignId, claimed);
    const diallable = claimed.filter((entry) => entry.phone_id !== null && !unfit.has(entry.lead_id));
    const locked = await this.compliance.tryLockPhones(
      tx,
      diallable.map((entry) => entry.match_hash),
    );
    const campaign = await this.repository.readCampaignFacts(tx, request.campaignId);
    if (!campaign) return { reservations: [], claimed: claimed.length, stopped: 'campaign_not_running' };
    const facts = await this.readFacts(tx, request, campaign, diallable);
    const now = this.clock.now();

    const attempts: NewAttempt[] = [];
    const putBacks: PutBack[] = [];
    const taken = new Set<string>();
    let stopped: RefusalCode | null = null;
    for (const [place, entry] of diallable.entries()) {
      const known = facts[place]!;
      const hash = entry.match_hash.toString('hex');
      // Another transaction has the phone, or an earlier entry of this one: somebody is calling it right now.
      if (!locked[place] || taken.has(hash)) known.phone.live = true;
      known.campaign.linesInUse += attempts.length;
      const decision = decide(known, now);
      if (decision.verdict === 'allow') {
        taken.add(hash);
        attempts.push(attemptOf(entry, hash, known));
      } else {
        stopped ??= decision.reasons.find((reason) => CAMPAIGN_REASONS.has(reason.code))?.code ?? null;
        if (decision.reasons.some((reason) => reason.code === 'registry_stale'))
          this.stale.set(staleKey(request.campaignId, entry.bucket_id), now.getTime() + STALE_RETRY_MS);
        const putBack = putBackOf(entry, decision, known, now);
        if (!putBack) continue;
        putBacks.push(putBack);
        // A promise that a rule forbids to keep ends with its entry; it does not just disappear.
        if (putBack.state === 'completed' && entry.callback_id !== null)
          await this.callbacks.close(tx, entry.callback_id, 'cancelled', null);
      }
    }
    for (const entry of claimed)
      if (entry.phone_id === null && !unfit.has(entry.lead_id)) putBacks.push(withoutPhone(entry));
    if (attempts.length === 0 && putBacks.length === 0) return { reservations: [], claimed: claimed.length, stopped };

    const dialBefore = new Date(now.getTime() + DIAL_WITHIN_MS);
    const ids = await this.repository.reserve(tx, {
      campaignId: request.campaignId,
      campaign,
      fence: request.fence,
      at: now,
      dialBefore,
      attempts,
      putBacks,
    });
    const share = claimed[0]!.retry_share;
    if (share === null) this.retryCredits.delete(request.campaignId);
    else {
      const tiers = diallable.filter((entry) => ids.has(entry.entry_id)).map((entry) => entry.tier);
      const credit = retryCreditAfter(this.retryCredits.get(request.campaignId) ?? 0, share, tiers);
      this.retryCredits.set(request.campaignId, credit);
    }
    const reservations = diallable
      .filter((entry) => ids.has(entry.entry_id))
      .map((entry) => ({
        attemptId: ids.get(entry.entry_id)!,
        organisationId: campaign.organisation_id,
        campaignId: request.campaignId,
        leadId: entry.lead_id,
        phoneId: entry.phone_id!,
        sealed: entry.sealed,
        matchHash: entry.match_hash,
        number: entry.attempts + 1,
        callerId: campaign.caller_id,
        ringTimeoutMs: campaign.ring_timeout_ms,
        dialBefore,
      }));
    return { reservations, claimed: claimed.length, stopped };
  }

  /**
   * Leads of a live list that fit its segments no more leave it here, should the list not have followed yet. A promised call
   * is made in any case.
   */
  private async letGo(
    tx: Tx,
    campaignId: number,
    claimed: readonly (ClaimedEntry & ClaimedRung)[],
  ): Promise<ReadonlySet<number>> {
    if (!claimed[0]!.is_live) return new Set();
    const asked = claimed.filter((entry) => entry.callback_id === null);
    const leadIds = asked.map((entry) => entry.lead_id);
    const unfit = await this.lists.findUnfit(tx, campaignId, leadIds, this.clock.now());
    const leaving = asked.filter((entry) => unfit.has(entry.lead_id)).map((entry) => entry.entry_id);
    if (leaving.length > 0) await this.repository.leave(tx, leaving);
    return unfit;
  }

  /** Why a lead may or may not be called in a campaign now. Reads, and reserves nothing. */
  async explain(campaignId: number, leadId: number): Promise<(Decision & { state: string; dueAt: Date }) | null> {
    return this.database.transaction(async (tx) => {
      const entry = await this.repository.findEntryOfLead(tx, campaignId, leadId);
      const campaign = await this.repository.readCampaignFacts(tx, campaignId);
      if (!entry || !campaign || entry.phone_id === null) return null;
      const request = { campaignId, fence: campaign.fence ?? 0 };
      const [facts] = await this.readFacts(tx, request, campaign, [entry]);
      return { ...decide(facts!, this.clock.now()), state: entry.state, dueAt: entry.due_at };
    });
  }

  /** Every call of a bucket would be refused, each with a decision of its own: so only a few of them are tried a minute. */
  private withoutStale(campaignId: number, buckets: readonly number[]): number[] {
    const now = this.clock.now().getTime();
    return buckets.filter((bucket) => {
      const key = staleKey(campaignId, bucket);
      const until = this.stale.get(key);
      if (until === undefined) return true;
      if (until > now) return false;
      return this.stale.delete(key);
    });
  }

  private async readFacts(
    tx: Tx,
    request: Pick<ReserveRequest, 'campaignId' | 'fence'>,
    campaign: CampaignFactsRow,
    entries: readonly ClaimedEntry[],
  ): Promise<DialFacts[]> {
    const now = this.clock.now();
    const capsOf = (entry: ClaimedEntry) => this.compliance.capsOf(entry.country, campaign.max_attempts_per_day);
    const phones = await this.compliance.readPhoneFacts(tx, {
      organisationId: campaign.organisation_id,
      campaignId: request.campaignId,
      matchHashes: entries.map((entry) => entry.match_hash),
      caps: entries.flatMap(capsOf),
    });
    const days = campaign.cool_down_days;
    const leadIds = entries.map((entry) => entry.lead_id);
    const refusals = days > 0 ? await this.repository.readRefusals(tx, leadIds) : null;
    const countries = entries.map((entry) => entry.country);
    const registries = await this.compliance.readRegistries(tx, campaign.organisation_id, countries);
    return Promise.all(
      entries.map(async (entry, place) => {
        const open = await this.compliance.openIntervalsOf(entry.bucket_id, campaign.hours);
        return {
          campaign: {
            state: campaign.state,
            maxAttempts: campaign.max_attempts,
            maxLines: campaign.max_lines,
            linesInUse: campaign.lines_in_use,
            leaseHeld: campaign.fence === request.fence && campaign.lease_until !== null && campaign.lease_until > now,
          },
          attempts: entry.attempts,
          ...(refusals && { coolDown: { days, refusedAt: refusals.get(entry.lead_id) ?? null } }),
          promised: entry.callback_id !== null,
          phone: phones[place]!,
          caps: capsOf(entry),
          registries: registries.get(entry.country)!,
          // What is over says nothing, and what comes after the next change neither.
          open: open.filter((interval) => interval.end > now.getTime()).slice(0, 1),
          clockSafe: this.clockWatch.isSafe(),
        };
      }),
    );
  }
}

function staleKey(campaignId: number, bucketId: number): string {
  return `${campaignId}/${bucketId}`;
}

function attemptOf(entry: ClaimedEntry, matchHash: string, facts: DialFacts): NewAttempt {
  return {
    entryId: entry.entry_id,
    leadId: entry.lead_id,
    phoneId: entry.phone_id!,
    matchHash,
    callbackId: entry.callback_id,
    operatorId: entry.owner_id,
    number: entry.attempts + 1,
    facts,
  };
}

/** Where an entry goes that may not be dialled. Null: it stays where it is, the campaign's own trouble keeps it. */
function putBackOf(entry: ClaimedEntry, decision: Decision, facts: DialFacts, now: Date): PutBack | null {
  if (decision.verdict === 'allow') return null;
  const own = decision.reasons.filter((reason) => !CAMPAIGN_REASONS.has(reason.code));
  if (own.length === 0) return null;
  const deny = decision.verdict === 'deny';
  const instants = own.map((reason) => {
    const retryMs = reason.code === 'registry_stale' ? STALE_RETRY_MS : BUSY_RETRY_MS;
    return reason.nextAt?.getTime() ?? now.getTime() + retryMs;
  });
  return {
    entryId: entry.entry_id,
    leadId: entry.lead_id,
    phoneId: entry.phone_id!,
    state: deny ? 'completed' : 'waiting',
    dueAt: deny ? null : new Date(Math.max(...instants)),
    code: deny ? own[0]!.code : null,
    verdict: decision.verdict,
    reasons: decision.reasons,
    nextAt: decision.nextAt,
    facts,
  };
}

/** The lead has no phone left to try. */
function withoutPhone(entry: ClaimedEntry): PutBack {
  return {
    entryId: entry.entry_id,
    leadId: entry.lead_id,
    phoneId: 0,
    state: 'completed',
    dueAt: null,
    code: 'no_phone',
    verdict: 'deny',
    reasons: [{ code: 'no_phone', sentence: 'The lead has no phone left to try.', nextAt: null }],
    nextAt: null,
    facts: {},
  };
}
