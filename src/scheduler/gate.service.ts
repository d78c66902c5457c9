import { Inject, Injectable } from '@nestjs/common';

import { CallbacksService, type GateOutcome } from '../callbacks/callbacks.service.js';
import { CallingListService } from '../campaigns/calling-list.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { Turnstile } from '../common/turnstile.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import { currentConsent, reviveConsents } from '../compliance/consent.js';
import { decide, isFinal, type Decision, type DialFacts, type RefusalCode } from '../compliance/decision.js';
import {
  DialFactsService,
  type CampaignFacts,
  type GateKnowledge,
  type ReadFacts,
} from '../compliance/dial-facts.service.js';
import { hoursOf, type PhoneKinds } from '../compliance/phone-kinds.js';
import type { Purpose, WeekHours } from '../compliance/profile.js';
import { Database, type PipelinedTx, type Queryable, type Tx } from '../database/database.js';
import { ClockWatch } from '../health/clock-watch.js';
import { blendOf, ladder, retryCreditAfter, wantsFresh } from './order.js';
import { TIER } from './retry-plan.js';
import {
  SchedulerRepository,
  type ClaimedEntry,
  type NewAttempt,
  type OpenBuckets,
  type PutBack,
} from './scheduler.repository.js';
import { SpendingMeter, spendingOf, withDials, type CallCosts } from './spending.js';

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
  /** Hours of the campaign, to know which buckets to look at. The gate reads them again, as all of these. */
  hours: WeekHours;
  /** What its calls are for; sales when left out. */
  purpose?: Purpose;
  /** Which kind of phone comes first, and when each is called. */
  phoneKinds?: PhoneKinds | null;
}

export interface ReserveAnswer {
  reservations: Reservation[];
  /** Why fewer than wanted, when fewer. */
  shortage: {
    code: 'outside_hours' | 'out_of_leads' | RefusalCode;
    /** When a bucket that is closed now opens, or the reason ends, where that is known. */
    opensAt: Date | null;
    /** Where it was a rule of the gate: what it says. */
    sentence?: string;
  } | null;
}

/** A reservation that was not dialled by then is never dialled. */
const DIAL_WITHIN_MS = 5_000;
const BUSY_RETRY_MS = 30_000;
/** Whoever has not agreed is looked at again after this: somebody may have entered it. */
const NO_CONSENT_RETRY_MS = 24 * 3_600_000;
/** What holds a whole bucket back. Until then nobody there is looked at again. */
const HELD_RETRY_MS = 60_000;
/** Entries that turn out undiallable are replaced by the next ones, in the same call, this often. */
const ROUNDS = 4;
/** In one process. More at once take turns on the same cores and keep others from the database's connections. */
const GATES_AT_ONCE = 4;
/** Heads read beyond those wanted, by round: where gates of one campaign meet, others hold some. */
const SPARE = [0, 4, 16, 64] as const;

/** A campaign's trouble, not the lead's: the entry keeps its place. */
const CAMPAIGN_REASONS: ReadonlySet<RefusalCode> = new Set([
  'campaign_not_running',
  'lease_lost',
  'no_free_lines',
  'spend_ceiling',
  'clock_unsafe',
]);
/** Trouble of all who are there: every call of the bucket would be refused, each with a decision of its own. */
const BUCKET_REASONS: ReadonlySet<RefusalCode> = new Set([
  'registry_stale',
  'mode_forbidden',
  'caller_id_missing',
  'caller_id_unauthorised',
]);

const NOBODY: ReadonlySet<number> = new Set();

/** An entry and its phone, claimed or only looked at. */
type LeadEntry = Omit<ClaimedEntry, 'tier' | 'locked'>;
type Shortage = NonNullable<ReserveAnswer['shortage']>;

interface Turn {
  reservations: Reservation[];
  /** Entries that were taken, whatever became of them. */
  claimed: number;
  /** The campaign's own trouble. */
  stopped: Shortage | null;
  /** What kept the first entry from being dialled that was. */
  refused: Shortage | null;
}

/**
 * The gate: the only door to a dial. In one transaction it takes the next entries of the calling list, locks their phones and
 * persons, reads every rule again, and reserves an attempt for each that may be called now. Whatever was committed before, be
 * it a pause, a new do-not-call or an edited setting, binds it. Two trips to the database: what is taken and read goes out
 * together, and so do what is decided and the commit.
 */
@Injectable()
export class GateService {
  /** Buckets of campaigns that something holds back as a whole, what, and until when they are left alone. */
  private readonly held = new Map<string, { until: number; why: Shortage }>();
  /**
   * By campaign: the part of a dial that is owed to retries, null before the first; and what was found last, whether there
   * were retries enough and the campaign's share. Lost with the process, harmlessly.
   */
  private readonly mixes = new Map<number, { credit: number | null; retries: boolean; share: number | null }>();
  private readonly turnstile = new Turnstile(GATES_AT_ONCE);
  /** By campaign with a ceiling: what was used of old, which changes no more, and since. */
  private readonly spent = new Map<number, SpendingMeter>();

  constructor(
    private readonly database: Database,
    private readonly repository: SchedulerRepository,
    private readonly compliance: ComplianceService,
    private readonly facts: DialFactsService,
    private readonly callbacks: CallbacksService,
    private readonly lists: CallingListService,
    private readonly clockWatch: ClockWatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async reserve(request: ReserveRequest): Promise<ReserveAnswer> {
    const { buckets, nextAt } = await this.openBuckets(request);
    if (buckets.all.length === 0) return { reservations: [], shortage: { code: 'outside_hours', opensAt: nextAt } };
    const reservations: Reservation[] = [];
    let refused: Shortage | null = null;
    for (let round = 0; round < ROUNDS && reservations.length < request.wanted; round++) {
      const wanted = request.wanted - reservations.length;
      const { open, held } = this.withoutHeld(request.campaignId, buckets.all);
      if (open.length === 0) return { reservations, shortage: held };
      const spare = SPARE[round]!;
      const turn = await this.turnstile.pass(() =>
        // A reservation is nothing before the dial that follows it, which commits to disk before it is made.
        this.database.pipelined(
          (tx) => this.reserveOnce(tx, { ...request, wanted }, { ...buckets, all: open }, spare),
          {
            durable: false,
          },
        ),
      );
      reservations.push(...turn.reservations);
      if (turn.stopped) return { reservations, shortage: turn.stopped };
      refused ??= turn.refused;
      if (turn.claimed < wanted) {
        const { held } = this.withoutHeld(request.campaignId, buckets.all);
        return { reservations, shortage: held ?? { code: 'out_of_leads', opensAt: nextAt } };
      }
    }
    return { reservations, shortage: reservations.length === 0 ? refused : null };
  }

  private async reserveOnce(
    tx: PipelinedTx,
    request: ReserveRequest,
    buckets: OpenBuckets,
    spare: number,
  ): Promise<Turn> {
    const { campaignId } = request;
    const next = await this.next(tx, request, buckets.all, spare);
    if (next.length === 0) return { reservations: [], claimed: 0, stopped: null, refused: null };
    // Sent together, run one after the other: the facts are as they stand once the locks are held.
    const [claimed, read] = await Promise.all([
      this.repository.claim(tx, next, request.wanted, buckets),
      this.facts.read(tx, campaignId, this.clock.now(), null),
    ]);
    if (!read) return { reservations: [], claimed: 0, stopped: null, refused: null };
    const { campaign } = read;
    await this.facts.obeyNewRules(tx, read);
    const unfit = await this.letGo(tx, campaignId, campaign, claimed);
    const spending = await this.spendingOf(tx, campaignId, campaign);
    const promisedAt = await this.promisesOf(tx, claimed);
    const ledgers = await this.ledgersOf(tx, campaign, claimed);
    const now = this.clock.now();
    const known = {
      leaseHeld: campaign.fence === request.fence && campaign.lease_until! > now.getTime(),
      clockSafe: this.clockWatch.isSafe(),
      spending,
      ledgers,
    };

    const attempts: NewAttempt[] = [];
    const putBacks: PutBack[] = [];
    const promises: GateOutcome[] = [];
    const taken = new Set<string>();
    let stopped: Shortage | null = null;
    let refused: Shortage | null = null;
    for (const entry of claimed) {
      if (unfit.has(entry.lead_id)) continue;
      if (entry.phone_id === null) {
        putBacks.push(withoutPhone(entry));
        if (entry.callback_id !== null)
          promises.push({ callbackId: entry.callback_id, verdict: 'deny', code: 'no_phone' });
        continue;
      }
      const facts = await this.factsOf(read, campaignId, entry, { ...known, promisedAt: promisedAt(entry) }, now);
      const hash = entry.match_hash.toString('hex');
      // Another transaction has the phone or the person, or an earlier entry of this one: they are being called right now.
      if (!entry.locked || taken.has(hash)) facts.live = true;
      facts.campaign.linesInUse += attempts.length;
      if (facts.spending) facts.spending = withDials(facts.spending, costsOf(campaign), attempts.length);
      const decision = decide(facts, now);
      if (decision.verdict === 'allow') {
        taken.add(hash);
        attempts.push(attemptOf(entry, hash, facts, now));
        continue;
      }
      stopped ??= shortageOf(decision, CAMPAIGN_REASONS);
      refused ??= shortageOf(decision, null)!;
      const why = shortageOf(decision, BUCKET_REASONS);
      if (why) this.held.set(heldKey(campaignId, entry.bucket_id), { until: now.getTime() + HELD_RETRY_MS, why });
      const putBack = putBackOf(entry, decision, facts, now);
      if (!putBack) continue;
      putBacks.push(putBack);
      // A promise that a rule forbids to keep ends with its entry; it does not just disappear.
      if (entry.callback_id !== null)
        promises.push(
          putBack.code === null
            ? {
                callbackId: entry.callback_id,
                verdict: 'defer',
                code: shortageOf(decision, null)!.code,
                until: putBack.dueAt!,
              }
            : { callbackId: entry.callback_id, verdict: 'deny', code: putBack.code },
        );
    }
    if (attempts.length === 0 && putBacks.length === 0)
      return { reservations: [], claimed: claimed.length, stopped, refused };

    const dialBefore = new Date(now.getTime() + DIAL_WITHIN_MS);
    const isPromised = promises.length > 0 || attempts.some((attempt) => attempt.callbackId !== null);
    const outcome = { campaignId, campaign, fence: request.fence, at: now, dialBefore, attempts };
    const [, ids] = await Promise.all([
      putBacks.length > 0 && this.repository.refuse(tx, campaignId, now, putBacks),
      attempts.length > 0 ? this.repository.reserve(tx, outcome, !isPromised) : new Map<number, number>(),
    ]);
    for (const { callbackId, entryId } of attempts)
      if (callbackId !== null) promises.push({ callbackId, verdict: 'allow', attemptId: ids.get(entryId)! });
    if (isPromised) await this.callbacks.passGate(tx, promises);
    const dialled = claimed.filter((entry) => ids.has(entry.entry_id));
    const mixed = this.mixes.get(campaignId)!;
    const { credit, share } = blendOf(mixed.share, mixed.credit);
    const tiers = dialled.map((entry) => entry.tier);
    mixed.credit = retryCreditAfter(credit, share, tiers);
    this.spent.get(campaignId)?.add(dialled.length);
    const reservations = dialled.map((entry) => ({
      attemptId: ids.get(entry.entry_id)!,
      organisationId: campaign.organisation_id,
      campaignId,
      leadId: entry.lead_id,
      phoneId: entry.phone_id!,
      sealed: entry.sealed,
      matchHash: entry.match_hash,
      number: entry.attempts + 1,
      callerId: campaign.caller_id,
      ringTimeoutMs: campaign.ring_timeout_ms,
      dialBefore,
    }));
    return { reservations, claimed: claimed.length, stopped, refused };
  }

  /** The next entries by the ladder, as they are read without locks: some more than are wanted. */
  private async next(
    tx: PipelinedTx,
    { campaignId, readyOperatorIds: owners, wanted }: ReserveRequest,
    buckets: readonly number[],
    spare: number,
  ): Promise<number[]> {
    const limit = wanted + spare;
    const known = this.mixes.get(campaignId) ?? { credit: null, retries: false, share: null };
    // New leads are spared where it is the turn of retries, and there were some.
    const fresh = !known.retries || wantsFresh(blendOf(known.share, known.credit), limit);
    const read = (fresh: boolean) => this.repository.readHeads(tx, { campaignId, buckets, owners, limit, fresh });
    let heads = await read(fresh);
    const retries = heads.filter((head) => head.tier === TIER.retry).length >= limit;
    if (!fresh && !retries) heads = await read(true);
    const share = heads[0]?.retry_share ?? null;
    this.mixes.set(campaignId, { ...known, retries, share });
    return ladder(heads, blendOf(share, known.credit), this.clock.now().getTime())
      .slice(0, limit)
      .map((head) => head.id);
  }

  /**
   * Leads of a live list that fit its segments no more leave it here, should the list not have followed yet. A promised call
   * is made in any case.
   */
  private async letGo(
    tx: Tx,
    campaignId: number,
    campaign: CampaignFacts,
    claimed: readonly ClaimedEntry[],
  ): Promise<ReadonlySet<number>> {
    if (campaign.list_mode !== 'live') return NOBODY;
    const asked = claimed.filter((entry) => entry.callback_id === null);
    const leadIds = asked.map((entry) => entry.lead_id);
    const unfit = await this.lists.findUnfit(tx, campaignId, leadIds, this.clock.now());
    const leaving = asked.filter((entry) => unfit.has(entry.lead_id)).map((entry) => entry.entry_id);
    if (leaving.length > 0) await this.repository.leave(tx, leaving);
    return unfit;
  }

  /** Why a lead may or may not be called in a campaign now. Reads, and reserves nothing. */
  async explain(
    campaignId: number,
    leadId: number,
  ): Promise<(Decision & { state: string; dueAt: Date; facts: DialFacts }) | null> {
    return this.database.transaction(async (tx) => {
      const entry = await this.repository.findEntryOfLead(tx, campaignId, leadId);
      if (!entry || entry.phone_id === null) return null;
      const asked = { leadId, matchHash: entry.match_hash };
      const read = await this.facts.read(tx, campaignId, this.clock.now(), [asked]);
      if (!read) return null;
      await this.facts.obeyNewRules(tx, read);
      const spending = await this.spendingOf(tx, campaignId, read.campaign);
      const promisedAt = (await this.promisesOf(tx, [entry]))(entry);
      const ledgers = await this.ledgersOf(tx, read.campaign, [entry]);
      const now = this.clock.now();
      const known = {
        // Whoever owns the loop is asked, and nobody has to hold it for us.
        leaseHeld: read.campaign.lease_until !== null && read.campaign.lease_until > now.getTime(),
        clockSafe: this.clockWatch.isSafe(),
        ...{ spending, promisedAt, ledgers },
      };
      const facts = await this.factsOf(read, campaignId, entry, known, now);
      return { ...decide(facts, now), state: entry.state, dueAt: entry.due_at, facts };
    });
  }

  private factsOf(
    read: ReadFacts,
    campaignId: number,
    entry: LeadEntry,
    known: GateKnowledge,
    now: Date,
  ): Promise<DialFacts> {
    const { bucket_id: bucketId, country, line_type: lineType, match_hash: matchHash } = entry;
    // The campaign's limit is one of each round of its list.
    const attempts = entry.attempts - entry.past_attempts;
    const phone = { bucketId, country, lineType, matchHash, attempts };
    return this.facts.compose(read.campaign, read.rows.get(entry.lead_id)!, campaignId, phone, known, now);
  }

  private ledgersOf(
    on: Queryable,
    campaign: CampaignFacts,
    entries: readonly LeadEntry[],
  ): Promise<GateKnowledge['ledgers']> {
    const phones = entries.filter((entry) => entry.phone_id !== null);
    return this.facts.readLedgers(
      on,
      campaign,
      phones.map((entry) => ({ bucketId: entry.bucket_id, matchHash: entry.match_hash })),
    );
  }

  /** When the persons asked for the calls that they were promised. */
  private async promisesOf(on: Queryable, entries: readonly LeadEntry[]): Promise<(entry: LeadEntry) => number | null> {
    const ids = entries.flatMap(({ callback_id: id }) => (id === null ? [] : [id]));
    const found = ids.length === 0 ? null : await this.facts.readPromises(on, ids);
    return ({ callback_id: id }) => (id === null ? null : (found?.get(id) ?? 0));
  }

  /** Where somebody may be called now, as far as the request knows. */
  private async openBuckets(request: ReserveRequest): Promise<{ buckets: OpenBuckets; nextAt: Date | null }> {
    const { hours, purpose, phoneKinds = null } = request;
    const first = phoneKinds?.first ?? null;
    if (!phoneKinds?.hours) {
      const { open, nextAt } = await this.compliance.openBuckets(hours, purpose);
      return { buckets: { all: open, byKind: null, first }, nextAt };
    }
    const mobile = await this.compliance.openBuckets(hoursOf(hours, phoneKinds, 'mobile'), purpose);
    const fixed = await this.compliance.openBuckets(hoursOf(hours, phoneKinds, 'fixed_line'), purpose);
    const instants = [mobile.nextAt, fixed.nextAt].flatMap((at) => (at ? [at.getTime()] : []));
    return {
      buckets: {
        all: [...new Set([...mobile.open, ...fixed.open])],
        byKind: { mobile: mobile.open, fixed: fixed.open },
        first,
      },
      nextAt: instants.length > 0 ? new Date(Math.min(...instants)) : null,
    };
  }

  /** Buckets that nothing holds back, and what holds one of the others. */
  private withoutHeld(campaignId: number, buckets: readonly number[]): { open: number[]; held: Shortage | null } {
    if (this.held.size === 0) return { open: [...buckets], held: null };
    const now = this.clock.now().getTime();
    let held: Shortage | null = null;
    const open = buckets.filter((bucket) => {
      const key = heldKey(campaignId, bucket);
      const hold = this.held.get(key);
      if (hold && hold.until > now) {
        held ??= hold.why;
        return false;
      }
      this.held.delete(key);
      return true;
    });
    return { open, held };
  }

  /**
   * What is held against the campaign's ceilings. Talk is known to within some seconds, dials exactly: only the owner of
   * the campaign's lease reserves them.
   */
  private async spendingOf(
    on: Queryable,
    campaignId: number,
    campaign: CampaignFacts,
  ): Promise<DialFacts['spending'] | null> {
    const { spend_ceiling_daily: daily, spend_ceiling_total: inTotal } = campaign;
    if (daily === null && inTotal === null) {
      this.spent.delete(campaignId);
      return null;
    }
    const at = this.clock.now().getTime();
    let meter = this.spent.get(campaignId);
    if (!meter) this.spent.set(campaignId, (meter = new SpendingMeter()));
    await meter.refresh(at, (since, day) =>
      this.repository.readSpending(on, campaignId, new Date(since), new Date(day), new Date(at)),
    );
    return spendingOf({ daily, inTotal, ...costsOf(campaign) }, meter.today, meter.total, at);
  }
}

function heldKey(campaignId: number, bucketId: number): string {
  return `${campaignId}/${bucketId}`;
}

/** The first reason of these, or of all, as why nobody is called. */
function shortageOf({ reasons }: Decision, codes: ReadonlySet<RefusalCode> | null): Shortage | null {
  const reason = reasons.find(({ code }) => codes === null || codes.has(code));
  return reason ? { code: reason.code, opensAt: reason.nextAt, sentence: reason.sentence } : null;
}

function costsOf(campaign: CampaignFacts): CallCosts {
  return { costPerDial: campaign.cost_per_dial, costPerMinute: campaign.cost_per_minute };
}

function attemptOf(entry: ClaimedEntry, matchHash: string, facts: DialFacts, now: Date): NewAttempt {
  const { consent } = facts;
  return {
    entryId: entry.entry_id,
    leadId: entry.lead_id,
    phoneId: entry.phone_id!,
    matchHash,
    callbackId: entry.callback_id,
    operatorId: entry.owner_id,
    number: entry.attempts + 1,
    phonePosition: entry.phone_position,
    bucketId: entry.bucket_id,
    consentId: consent
      ? currentConsent(reviveConsents(consent.ledger), { ...consent, at: now, neededForm: consent.form })!.id
      : null,
    facts,
  };
}

/** Where an entry goes that may not be dialled. Null: it stays where it is, the campaign's own trouble keeps it. */
function putBackOf(entry: ClaimedEntry, decision: Decision, facts: DialFacts, now: Date): PutBack | null {
  if (decision.verdict === 'allow') return null;
  const own = decision.reasons.filter((reason) => !CAMPAIGN_REASONS.has(reason.code));
  if (own.length === 0) return null;
  const deny = decision.verdict === 'deny';
  const instants = own.map((reason) => reason.nextAt?.getTime() ?? now.getTime() + retryMsOf(reason.code));
  const dueAt = Math.max(...instants);
  return {
    entryId: entry.entry_id,
    leadId: entry.lead_id,
    phoneId: entry.phone_id!,
    phonePosition: entry.phone_position,
    bucketId: entry.bucket_id,
    state: deny ? 'completed' : 'waiting',
    dueAt: deny ? null : new Date(dueAt),
    code: deny ? own.find(({ code, nextAt }) => isFinal(code) && nextAt === null)!.code : null,
    heldBy: deny ? null : own[instants.indexOf(dueAt)]!.code,
    verdict: decision.verdict,
    reasons: decision.reasons,
    nextAt: decision.nextAt,
    facts,
  };
}

/** When to look again at what ends at an instant that nobody knows. */
function retryMsOf(code: RefusalCode): number {
  if (BUCKET_REASONS.has(code)) return HELD_RETRY_MS;
  return code === 'no_consent' ? NO_CONSENT_RETRY_MS : BUSY_RETRY_MS;
}

/** The lead has no phone left to try. */
function withoutPhone(entry: ClaimedEntry): PutBack {
  return {
    entryId: entry.entry_id,
    leadId: entry.lead_id,
    phoneId: 0,
    phonePosition: entry.phone_position,
    bucketId: entry.bucket_id,
    state: 'completed',
    dueAt: null,
    code: 'no_phone',
    heldBy: null,
    verdict: 'deny',
    reasons: [{ code: 'no_phone', sentence: 'The lead has no phone left to try.', nextAt: null }],
    nextAt: null,
    facts: {},
  };
}
