import { Inject, Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { openingAt, resolveLocal } from '../compliance/calling-hours.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import type { Purpose, WeekHours } from '../compliance/profile.js';
import { Database, type Tx } from '../database/database.js';
import { LeadHistoryService } from '../leads/lead-history.service.js';
import { LeadsService } from '../leads/leads.service.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { CallbacksRepository, type Changed, type EntryOfCallback, type OpenCallback } from './callbacks.repository.js';
import { CANCEL_RULES, rulesOfOutcome, type CancelRule, type CancelRuleFacts } from './cancel-rules.js';
import { checkPromise } from './promise-time.js';

export interface PromiseRequest {
  organisationId: number;
  campaignId: number;
  entryId: number;
  leadId: number;
  attemptId: number;
  bucketId: number;
  campaignHours: WeekHours;
  /** Of the campaign; sales unless told. */
  purpose?: Purpose;
  /** `YYYY-MM-DDTHH:mm` in the customer's time. */
  localTime: string;
  /** One of the customer's possible zones; null: the first of them. */
  timeZone: string | null;
  /** The operator who promised it in person; null: any operator of the campaign. */
  ownerId: number | null;
  /** Another number to call, as the customer says it; null: the one of this call. */
  phone?: string | null;
  note: string | null;
  /** The operator who writes it down. */
  actorId?: number | null;
}

/** A promise as the entry of the calling list needs to know it. */
export interface Promised {
  callbackId: number;
  dueAt: Date;
  ownerId: number | null;
  /** The phone to call, where it is not the one of this call. */
  phoneId: number | null;
}

/** A transaction, as far as it takes here: the gate's has no more. */
type Unit = Omit<Tx, 'manager' | 'client'>;

/** What the gate decided about the calls that promises are to be kept by. */
export type GateOutcome =
  | { callbackId: number; verdict: 'allow'; attemptId: number }
  | { callbackId: number; verdict: 'defer'; code: string; until: Date }
  | { callbackId: number; verdict: 'deny'; code: string };

/** Who changes a promise. Operators change their own alone. */
export interface CallbackActor {
  organisationId: number;
  userId: number;
  isManager: boolean;
}

/** What happened to a person, as it bears on promises made to them. */
export interface Happening {
  organisationId: number;
  matchHash: Buffer;
  leadId: number | null;
  /** Where it happened; null: nowhere in particular. */
  campaignId: number | null;
  /** What was bought. */
  offerId?: number | null;
  attemptId?: number | null;
  actorId?: number | null;
}

/** Promises cancelled in one transaction. */
const CANCEL_AT_ONCE = 1_000;
/** Promises that others were at work on are looked at again so soon. */
const TRY_AGAIN_MS = 2_000;
const TRIES = 3;
/** Promises due within this time keep operators free. */
export const RESERVE_AHEAD_MS = 60_000;
const DERIVE_AT_ONCE = 5_000;

/** Promises to call: made in the customer's local time, kept, missed or cancelled, never lost. */
@Injectable()
export class CallbacksService {
  constructor(
    private readonly database: Database,
    private readonly repository: CallbacksRepository,
    private readonly compliance: ComplianceService,
    private readonly leads: LeadsService,
    private readonly history: LeadHistoryService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  // ---- made

  /**
   * Throws a problem, with the nearest time that is allowed, when the promise can't be made; phone_* and
   * callback_number_suppressed about another number. One that the entry had before ends as moved.
   */
  async promise(tx: Tx, request: PromiseRequest): Promise<Promised> {
    const now = this.clock.now();
    const phone = request.phone ? await this.otherPhone(tx, request, request.phone) : null;
    const bucketId = phone?.bucketId ?? request.bucketId;
    const { zone, dueAt } = await this.checkTime({ ...request, bucketId });
    const before = await this.repository.findOpenOfEntry(tx, request.entryId);
    const actorId = request.actorId ?? null;
    if (before !== null) await this.end(tx, before, 'moved', { reason: 'promised_anew', actorId });
    const callbackId = await this.repository.insert(tx, {
      ...{ ...request, timeZone: zone, dueAt, at: now, actorId, movedFromId: before },
      ...{ promisedToId: request.ownerId, phoneId: phone?.phoneId ?? null },
    });
    this.history.refresh(tx, [request.leadId]);
    return { callbackId, dueAt, ownerId: request.ownerId, phoneId: phone?.phoneId ?? null };
  }

  // ---- called

  /** What the gate made of the entries that promises stand behind. What it denies for good ends by that rule. */
  async passGate(tx: Unit, outcomes: readonly GateOutcome[]): Promise<void> {
    const now = this.clock.now();
    const offers = outcomes.filter((outcome) => outcome.verdict === 'allow');
    const deferred = outcomes.filter((outcome) => outcome.verdict === 'defer');
    if (offers.length > 0) await this.repository.offer(tx, offers, now);
    if (deferred.length > 0) await this.repository.defer(tx, deferred, now);
    for (const outcome of outcomes)
      if (outcome.verdict === 'deny') await this.end(tx, outcome.callbackId, 'cancelled', { reason: outcome.code });
  }

  /** The call that was reserved for it was never made: it is due as before. */
  async putBack(tx: Tx, callbackId: number, attemptId: number): Promise<void> {
    await this.repository.putBack(tx, callbackId, attemptId, this.clock.now());
  }

  /** The call did not reach the person, and is to be made again. */
  async notReached(tx: Tx, callbackId: number, attemptId: number, result: string, callAt: Date): Promise<void> {
    await this.repository.notReached(tx, { id: callbackId, attemptId, result, callAt, at: this.clock.now() });
  }

  /**
   * End a promise. One that has ended already stays as it is. One that is to be kept although no call was made for it was
   * kept by chance: the person was reached otherwise, and it ends as cancelled.
   */
  async close(
    tx: Unit,
    callbackId: number,
    state: 'kept' | 'missed' | 'cancelled',
    attemptId: number | null,
    reason: string | null = null,
  ): Promise<void> {
    if (await this.end(tx, callbackId, state, { attemptId, reason })) return;
    if (state !== 'cancelled')
      await this.end(tx, callbackId, 'cancelled', { attemptId, reason: reason ?? 'reached_before' });
  }

  // ---- ended by what happened meanwhile

  /** An operator's outcome may end promises to the same person, here and in other campaigns. */
  async obeyOutcome(
    tx: Tx,
    outcome: { category: string; result: string; suppressScope: string | null },
    happening: Happening,
  ): Promise<number> {
    let cancelled = 0;
    for (const { rule, in: reach } of rulesOfOutcome(outcome))
      cancelled += await this.cancelBy(tx, rule, happening, reach);
    return cancelled;
  }

  /** A person called us and was talked to: what was promised before is moot. Returns how many promises it ended. */
  obeyCallIn(tx: Tx, happening: Happening): Promise<number> {
    return this.cancelBy(tx, 'called_in', happening);
  }

  /** End by rule what this happening makes moot. Returns how many promises it ended. */
  async cancelBy(
    tx: Tx,
    rule: CancelRule,
    happening: Happening,
    within: CancelRuleFacts['in'] = CANCEL_RULES[rule].in,
    tries = TRIES,
  ): Promise<number> {
    const { of, entryCode } = CANCEL_RULES[rule];
    // Nothing was offered, so nothing else can be the same offer.
    if (within === 'same_offer' && (happening.offerId ?? null) === null) return 0;
    const { cancelled, missed } = await this.repository.cancelByRule(tx, {
      organisationId: happening.organisationId,
      ...{ of, matchHash: happening.matchHash, leadId: happening.leadId },
      campaignId: within === 'campaign' ? happening.campaignId : null,
      offerId: within === 'same_offer' ? (happening.offerId ?? null) : null,
      ...{ reason: rule, entryCode, attemptId: happening.attemptId ?? null, actorId: happening.actorId ?? null },
      at: this.clock.now(),
    });
    this.tell(tx, cancelled);
    if (missed > 0 && tries > 1)
      tx.afterCommit(() => {
        this.clock.after(TRY_AGAIN_MS, async () => {
          await this.database.transaction((again) => this.cancelBy(again, rule, happening, within, tries - 1));
        });
      });
    return cancelled.length;
  }

  /** The campaign is over: what it still promised will not be. Returns how many. */
  async cancelOpen(campaignId: number): Promise<number> {
    for (let cancelled = 0; ;) {
      const count = await this.database.transaction(async (tx) => {
        const leadIds = await this.repository.cancelOpen(tx, campaignId, this.clock.now(), CANCEL_AT_ONCE);
        if (leadIds.length > 0) this.history.refresh(tx, leadIds);
        return leadIds.length;
      });
      cancelled += count;
      if (count < CANCEL_AT_ONCE) return cancelled;
    }
  }

  // ---- changed by people

  /** Another time. The promise ends as moved, and a new one stands in its place. Returns the new one's id. */
  async move(
    actor: CallbackActor,
    id: number,
    to: { localTime: string; timeZone: string | null; note?: string | null },
  ): Promise<number> {
    return this.change(actor, id, async (tx, was, entry) => {
      const { zone, dueAt } = await this.checkTime({
        ...{ organisationId: actor.organisationId, bucketId: entry.bucket_id, campaignHours: entry.hours },
        ...{ purpose: entry.purpose, localTime: to.localTime },
        timeZone: to.timeZone ?? was.time_zone,
      });
      await this.end(tx, id, 'moved', { reason: byWhom(actor), actorId: actor.userId });
      const callbackId = await this.repository.insert(tx, {
        ...{ organisationId: was.organisation_id, campaignId: was.campaign_id, entryId: was.entry_id },
        ...{ leadId: was.lead_id, attemptId: was.attempt_id, ownerId: was.owner_id, promisedToId: was.promised_to_id },
        ...{ phoneId: was.phone_id, localTime: to.localTime, timeZone: zone, dueAt, movedFromId: id },
        ...{ note: to.note === undefined ? was.note : to.note, actorId: actor.userId, at: this.clock.now() },
      });
      await this.repository.moveEntry(tx, { entryId: was.entry_id, callbackId, ownerId: was.owner_id, dueAt });
      return callbackId;
    });
  }

  /** To another operator, or to all of the campaign (null). */
  async reassign(
    actor: CallbackActor,
    id: number,
    ownerId: number | null,
    reason: string | null = null,
  ): Promise<number> {
    return this.change(actor, id, async (tx, was) => {
      if (ownerId !== null && !(await this.repository.isOperator(actor.organisationId, ownerId, tx)))
        throw new Problem('operator_unknown', 422, `There is no operator ${ownerId}.`, {
          field: 'operatorId',
          fix: 'Choose one of the operators, or all of the campaign.',
        });
      if (was.owner_id === ownerId) return id;
      await this.repository.setOwner(tx, {
        ...{ id, ownerId, actorId: actor.userId, at: this.clock.now() },
        reason: reason ?? byWhom(actor),
      });
      this.tell(tx, [{ id, lead_id: was.lead_id, campaign_id: was.campaign_id, owner_id: ownerId }]);
      return id;
    });
  }

  /** The call is not wanted any more, for the reason that is given in words. */
  async cancel(actor: CallbackActor, id: number, words: string): Promise<number> {
    return this.change(actor, id, async (tx, was) => {
      await this.end(tx, id, 'cancelled', { reason: byWhom(actor), actorId: actor.userId, detail: { words } });
      await this.repository.completeEntry(tx, was.entry_id, id, 'callback_cancelled');
      return id;
    });
  }

  // ---- pacing and the watch

  /** How many operators who are ready are wanted for promises: `due` now, `soon` within a minute. */
  async countSoon(
    campaign: { id: number; organisationId: number; hours: WeekHours; purpose: Purpose },
    readyOperatorIds: readonly number[],
  ): Promise<{ due: number; soon: number }> {
    const { open } = await this.compliance.openBuckets(campaign.hours, campaign.purpose, campaign.organisationId);
    if (open.length === 0) return { due: 0, soon: 0 };
    const soon = new Date(this.clock.now().getTime() + RESERVE_AHEAD_MS);
    return this.repository.countSoon({ campaignId: campaign.id, buckets: open, readyOperatorIds, soon });
  }

  /**
   * Local times mean other instants when the rules of a zone have changed since: derive them anew. Returns how many
   * promises have moved.
   */
  async deriveAnew(resolve: (local: string, zone: string) => Date = resolveLocal): Promise<number> {
    const derived = await this.repository.listDerived();
    const changed = derived
      .map((row) => ({
        ...{ localTime: row.local_time, timeZone: row.time_zone, from: row.due_at },
        to: resolve(row.local_time, row.time_zone),
      }))
      .filter(({ from, to }) => from.getTime() !== to.getTime());
    let moved = 0;
    for (let count = DERIVE_AT_ONCE; changed.length > 0 && count === DERIVE_AT_ONCE; moved += count)
      count = await this.repository.deriveAnew(changed, this.clock.now(), DERIVE_AT_ONCE);
    return moved;
  }

  // ---- within

  private async change(
    actor: CallbackActor,
    id: number,
    work: (tx: Tx, was: OpenCallback, entry: EntryOfCallback) => Promise<number>,
  ): Promise<number> {
    return this.database.transaction(async (tx) => {
      const entry = await this.repository.lockEntry(tx, actor.organisationId, id);
      if (!entry) throw notFound('callback', id);
      if (entry.state === 'in_progress')
        throw new Problem('callback_in_call', 409, 'The customer is being called right now.', {
          fix: 'Wait for the end of the call.',
        });
      const was = await this.repository.lockOpen(tx, id);
      if (!was) throw new Problem('callback_over', 409, 'This promise has ended.', { fix: 'Look at the list anew.' });
      if (!actor.isManager && was.owner_id !== actor.userId)
        throw new Problem('callback_not_yours', 403, 'This promise is not yours.', {
          fix: 'Ask a manager to give it to you.',
        });
      const result = await work(tx, was, entry);
      this.tell(tx, [{ ...was, owner_id: was.owner_id }]);
      return result;
    });
  }

  private async end(
    tx: Unit,
    id: number,
    state: 'kept' | 'missed' | 'cancelled' | 'moved',
    more: { attemptId?: number | null; reason?: string | null; actorId?: number | null; detail?: object },
  ): Promise<boolean> {
    const closed = await this.repository.close(tx, {
      ...{ id, state, attemptId: more.attemptId ?? null, reason: more.reason ?? null },
      ...{ actorId: more.actorId ?? null, detail: more.detail ?? null, at: this.clock.now() },
    });
    if (closed) this.tell(tx, [closed]);
    return closed !== null;
  }

  /** Histories, owners' desks and the campaigns' loops hear of it. */
  private tell(tx: Unit, changed: readonly Changed[]): void {
    if (changed.length === 0) return;
    this.history.refresh(
      tx,
      changed.map((row) => row.lead_id),
    );
    const owners = new Set(changed.flatMap((row) => row.owner_id ?? []));
    const campaigns = new Set(changed.map((row) => row.campaign_id));
    tx.afterCommit(() => {
      for (const id of owners) this.hub.publish({ kind: 'operator', id });
      for (const id of campaigns) this.hub.publish({ kind: 'campaign', id });
    });
  }

  /** The number becomes a phone of the lead, unless it is one already; not one that may not be called. */
  private async otherPhone(
    tx: Tx,
    request: PromiseRequest,
    text: string,
  ): Promise<{ phoneId: number; bucketId: number }> {
    const { country } = await this.compliance.getBucket(request.bucketId);
    const phone = await this.leads.addPhone(tx, request.organisationId, request.leadId, {
      ...{ text, country, field: 'callback.phone' },
    });
    const [facts] = await this.compliance.readPhoneFacts(tx, {
      ...{ organisationId: request.organisationId, campaignId: request.campaignId },
      ...{ matchHashes: [phone.matchHash], caps: [] },
    });
    if (facts!.suppressions.length > 0)
      throw new Problem('callback_number_suppressed', 422, 'That number may not be called.', {
        field: 'callback.phone',
        fix: 'Ask for another number, or leave it out.',
      });
    await this.history.noteChanged(tx, [request.leadId]);
    return phone;
  }

  private async checkTime(request: {
    organisationId: number;
    purpose?: Purpose;
    bucketId: number;
    campaignHours: WeekHours;
    localTime: string;
    timeZone: string | null;
  }): Promise<{ zone: string; dueAt: Date }> {
    const now = this.clock.now();
    const bucket = await this.compliance.getBucket(request.bucketId);
    const zone = request.timeZone ?? bucket.zones[0]!;
    if (!DateTime.local({ zone }).isValid)
      throw new Problem('unknown_time_zone', 422, `${zone} is no time zone.`, {
        field: 'callback.timeZone',
        fix: 'Give an IANA name such as Europe/Paris, or leave it out.',
      });
    const { bucketId, campaignHours: hours, purpose, organisationId } = request;
    const open = await this.compliance.openIntervalsOf(bucketId, hours, purpose, organisationId);
    let time = checkPromise(request.localTime, zone, open, now);
    // Beyond the days that are compiled ahead: look at the days around the promised one.
    if (time.ok && !openingAt(open, time.dueAt).open) {
      const around = await this.compliance.openIntervalsAround(bucketId, hours, time.dueAt, purpose, organisationId);
      time = checkPromise(request.localTime, zone, around, now);
    }
    if (!time.ok) throw problemOf(time.code, time.nearestAt, zone);
    return { zone, dueAt: time.dueAt };
  }
}

function byWhom(actor: CallbackActor): string {
  return actor.isManager ? 'by_manager' : 'by_operator';
}

const SENTENCES = {
  callback_time_invalid: 'There is no such date or time.',
  callback_in_past: 'That time has passed where the customer is.',
  callback_outside_hours: 'The customer may not be called at that time.',
  callback_too_far: 'A callback can be promised for at most a year ahead.',
} as const;

function problemOf(code: keyof typeof SENTENCES, nearestAt: Date | null, zone: string): Problem {
  const nearest = nearestAt && DateTime.fromJSDate(nearestAt, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");
  return new Problem(code, 422, SENTENCES[code], {
    field: 'callback.localTime',
    fix: nearest ? `The nearest time that is allowed is ${nearest} (${zone}).` : 'Choose another time.',
    more: { nearest, timeZone: zone },
  });
}
