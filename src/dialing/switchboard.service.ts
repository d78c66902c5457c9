import { Inject, Injectable, Logger } from '@nestjs/common';

import { CampaignsService } from '../campaigns/campaigns.service.js';
import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import { SuppressionListsService } from '../compliance/suppression-lists.service.js';
import { Database, type Tx } from '../database/database.js';
import { DispositionsService } from '../dispositions/dispositions.service.js';
import { LeadHistoryService } from '../leads/lead-history.service.js';
import { LeadsService, type SealedNumber } from '../leads/leads.service.js';
import { MetricsService } from '../health/metrics.service.js';
import { OperatorsService } from '../operators/operators.service.js';
import { HUB, type Hub } from '../realtime/hub.js';
import type { Reservation } from '../scheduler/gate.service.js';
import { SchedulerService } from '../scheduler/scheduler.service.js';
import type { SystemResult } from '../scheduler/retry-plan.js';
import {
  TELEPHONY,
  type OriginateAnswer,
  type TelephonyEvent,
  type TelephonyPort,
} from '../telephony/telephony.port.js';
import { DialingRepository, type AttemptRow } from './dialing.repository.js';

/** The switch ends a call by itself after this long, should we be gone. */
const LONGEST_CALL_MS = 2 * 3_600_000;
const SWEEP_EVERY_MS = 5_000;

/** Calls in motion, in the process that holds the switch: places them, hears of them, and connects them to operators. */
@Injectable()
export class SwitchboardService {
  private readonly log = new Logger(SwitchboardService.name);
  /** Work at each attempt goes one piece after the other; between attempts there is no order. */
  private readonly turns = new Map<number, Promise<void>>();
  private readonly ended;
  private readonly connected;
  private timer: Timer | null = null;
  private unsubscribe: (() => void) | null = null;

  constructor(
    private readonly database: Database,
    private readonly repository: DialingRepository,
    private readonly scheduler: SchedulerService,
    private readonly operators: OperatorsService,
    private readonly dispositions: DispositionsService,
    private readonly campaigns: CampaignsService,
    private readonly leads: LeadsService,
    private readonly history: LeadHistoryService,
    private readonly compliance: ComplianceService,
    private readonly lists: SuppressionListsService,
    @Inject(TELEPHONY) private readonly telephony: TelephonyPort,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
    metrics: MetricsService,
  ) {
    this.ended = metrics.counter('zvon_attempts_total', 'Attempts that have ended, by system result', ['result']);
    this.connected = metrics.histogram(
      'zvon_answer_to_operator_seconds',
      'From the answer to the operator on the line',
      [],
      [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    );
  }

  async start(): Promise<void> {
    const { calls } = await this.telephony.connect((event) => this.inTurn(event.attemptId, () => this.handle(event)));
    // Calls that the ledger has closed, or never had: nobody will ever talk to them.
    for (const { attemptId } of calls) if (await this.isOver(attemptId)) await this.telephony.hangup(attemptId);
    this.unsubscribe = this.hub.subscribe((topic) => {
      if (topic.kind === 'hangup') this.clock.after(0, () => this.telephony.hangup(topic.id));
      if (topic.kind === 'suppression') this.clock.after(0, () => this.cancelSuppressed(topic.id));
      if (topic.kind === 'suppression_list') this.clock.after(0, () => this.cancelListed(topic.id));
      if (topic.kind === 'consent') this.clock.after(0, () => this.cancelWithdrawn(topic.id));
    });
    this.timer = this.clock.every(SWEEP_EVERY_MS, () => this.sweepHangups());
  }

  /** No more events; what is under way is finished. Calls that are up stay up. */
  async stop(): Promise<void> {
    this.timer?.cancel();
    this.unsubscribe?.();
    await this.telephony.disconnect();
    await Promise.allSettled(this.turns.values());
  }

  /** Place the call of a reservation, once, unless it has lapsed. The only caller of `originate`. */
  async dial(reservation: Reservation): Promise<void> {
    const { attemptId } = reservation;
    await this.inTurn(attemptId, async () => {
      const to = this.openNumber(attemptId, reservation);
      if (to === null) return this.finish(attemptId, 'failed', 'dialer');
      if (await this.isBarred(reservation, to)) return this.endReservation(attemptId);
      const attempt = await this.repository.markDialing(attemptId, this.clock.now());
      if (!attempt) return this.endReservation(attemptId);
      const answer = await this.originate(to, reservation);
      if (answer === 'rejected') await this.finish(attemptId, 'failed', 'switch');
      else if (answer === 'unknown') await this.finish(attemptId, 'indeterminate', 'reconciliation');
      else this.hub.publish({ kind: 'calls', id: reservation.campaignId });
    });
  }

  /** The reservation has lapsed. One that was dialled already goes on: a reservation is good for one call. */
  private async endReservation(attemptId: number): Promise<void> {
    const attempt = await this.repository.find(attemptId);
    if (attempt?.state === 'reserved') await this.finish(attemptId, 'cancelled', 'dialer');
  }

  /**
   * Does a prefix bar the number? Only here, where it is open, can that be seen. The number is suppressed then, so that the
   * gate refuses it from now on.
   */
  private async isBarred(phone: SealedNumber, number: string): Promise<boolean> {
    const { organisationId, matchHash } = phone;
    const listed = await this.lists.findListedPrefix(organisationId, number);
    if (!listed) return false;
    await this.database.transaction((tx) =>
      this.compliance.suppress(tx, {
        ...{ organisationId, scope: 'company', campaignId: null, matchHash },
        ...{ reason: 'imported', source: this.lists.sourceOf(listed.listId), validTo: null, createdBy: null },
      }),
    );
    return true;
  }

  /** Null: the number can't be opened, so nobody was called. */
  private openNumber(attemptId: number, phone: SealedNumber): string | null {
    try {
      return this.leads.openNumber(phone);
    } catch (error) {
      this.log.error(`Attempt ${attemptId}: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  }

  /** `unknown`: the order was given and no answer came. It is never given again: that could ring the customer twice. */
  private async originate(to: string, reservation: Reservation): Promise<OriginateAnswer | 'unknown'> {
    const { attemptId, callerId, ringTimeoutMs, number } = reservation;
    try {
      return await this.telephony.originate({
        ...{ attemptId, to, ringTimeoutMs },
        from: callerId,
        maxLifeMs: LONGEST_CALL_MS,
        callNumber: number,
      });
    } catch (error) {
      this.log.error(
        `Attempt ${attemptId}: the switch did not answer: ${error instanceof Error ? error.message : error}`,
      );
      return 'unknown';
    }
  }

  /** Connect answered calls that wait, as far as operators are free. */
  async assignWaiting(campaignId: number, free: number): Promise<void> {
    for (const attempt of await this.repository.listWaiting(campaignId, free))
      await this.inTurn(attempt.id, () => this.offer(attempt));
  }

  /**
   * Bring the ledger of a campaign in line with the switch, when its loop has a new owner. What the switch still has goes
   * on; what it does not have is over, how, nobody knows.
   */
  async reconcile(campaignId: number): Promise<void> {
    const { calls } = await this.telephony.snapshot();
    const alive = new Set(calls.map((call) => call.attemptId));
    for (const attempt of await this.repository.listLive(campaignId))
      await this.inTurn(attempt.id, async () => {
        if (attempt.state === 'reserved') {
          if (attempt.dial_before < this.clock.now()) await this.finish(attempt.id, 'cancelled', 'reconciliation');
        } else if (!alive.has(attempt.id)) await this.finish(attempt.id, 'indeterminate', 'reconciliation');
        else if (attempt.state === 'answered') this.abandonLater(attempt);
      });
  }

  /** End reservations that nobody dialled in time. */
  async endLapsed(campaignId: number): Promise<void> {
    const now = this.clock.now();
    for (const attempt of await this.repository.listLive(campaignId))
      if (attempt.state === 'reserved' && attempt.dial_before < now)
        await this.inTurn(attempt.id, () => this.finish(attempt.id, 'cancelled', 'reconciliation'));
  }

  /** A number that may not be called any more does not ring on. Whoever talks already ends the call like people do. */
  private async cancelSuppressed(suppressionId: number): Promise<void> {
    const at = this.clock.now();
    for (const attemptId of await this.repository.requestHangupOfSuppressed(suppressionId, at))
      await this.telephony.hangup(attemptId);
  }

  /** The same for calls that rest on a consent which this entry of the ledger ends. */
  private async cancelWithdrawn(entryId: number): Promise<void> {
    for (const attemptId of await this.repository.requestHangupOfWithdrawn(entryId, this.clock.now()))
      await this.telephony.hangup(attemptId);
  }

  /**
   * The same for a list that has come into force. Calls to its numbers are found together; its prefixes are held against
   * the numbers of the calls that are unanswered now, each opened for that, and barring one hangs its call up.
   */
  private async cancelListed(listId: number): Promise<void> {
    const at = this.clock.now();
    for (const attemptId of await this.repository.requestHangupOfListed(listId, at))
      await this.telephony.hangup(attemptId);
    for (const call of await this.repository.listUnansweredForPrefixes(listId)) {
      const number = this.openNumber(call.id, call);
      if (number !== null) await this.isBarred(call, number);
    }
  }

  private async sweepHangups(): Promise<void> {
    for (const attemptId of await this.repository.listHangupRequests()) await this.telephony.hangup(attemptId);
  }

  private async handle(event: TelephonyEvent): Promise<void> {
    if (event.type === 'ringing') {
      const attempt = await this.repository.markRinging(event.attemptId, event.at);
      if (attempt) this.hub.publish({ kind: 'calls', id: attempt.campaign_id });
    } else if (event.type === 'answered') await this.onAnswered(event.attemptId, event.at, event.by);
    else await this.finish(event.attemptId, event.result, event.by);
  }

  private async onAnswered(attemptId: number, at: Date, by: 'person' | 'machine' | 'unknown'): Promise<void> {
    const answered = await this.database.transaction(async (tx) => {
      const attempt = await this.repository.markAnswered(tx, attemptId, at, by);
      if (!attempt || by === 'machine') return { attempt, operator: null };
      const operator = await this.operators.assign(tx, attempt.campaign_id, attemptId, attempt.operator_id);
      if (operator) await this.repository.setOperator(tx, attemptId, operator.operator_id);
      return { attempt, operator };
    });
    const { attempt, operator } = answered;
    // The ledger has closed this attempt, or never had it: nobody here will talk to whoever picked up.
    if (!attempt) return (await this.isOver(attemptId)) ? this.telephony.hangup(attemptId) : undefined;
    if (by === 'machine') {
      await this.telephony.hangup(attemptId);
      await this.finish(attemptId, 'machine', 'dialer');
    } else if (operator) await this.connect(attempt, operator.operator_id);
    else this.abandonLater(attempt);
  }

  private async isOver(attemptId: number): Promise<boolean> {
    const attempt = await this.repository.find(attemptId);
    return attempt === null || attempt.state === 'ended';
  }

  /** Offer a waiting call to whoever is free now. */
  private async offer(attempt: AttemptRow): Promise<void> {
    const operator = await this.database.transaction(async (tx) => {
      const found = await this.operators.assign(tx, attempt.campaign_id, attempt.id, attempt.operator_id);
      if (!found) return null;
      if (await this.repository.setOperator(tx, attempt.id, found.operator_id)) return found;
      await this.operators.giveBack(tx, found.operator_id);
      return null;
    });
    if (operator) await this.connect(attempt, operator.operator_id);
  }

  private async connect(attempt: AttemptRow, operatorId: number): Promise<void> {
    const answer = await this.telephony.bridge(attempt.id, operatorId);
    if (answer === 'bridged') {
      const now = this.clock.now();
      await this.repository.markBridged(attempt.id, now);
      if (attempt.answered_at) this.connected.observe((now.getTime() - attempt.answered_at.getTime()) / 1_000);
      this.hub.publish({ kind: 'operator', id: operatorId });
      this.hub.publish({ kind: 'calls', id: attempt.campaign_id });
    } else if (answer === 'operator_gone') {
      // The call waits on for somebody else; this operator's line is dead.
      await this.database.transaction(async (tx) => {
        await this.operators.giveBack(tx, operatorId);
        // In one go with it: nobody must give the next call to a dead line.
        await this.operators.signOutGone(tx, operatorId);
        await this.repository.setOperator(tx, attempt.id, null);
      });
      this.abandonLater(attempt);
    }
    // customer_gone: the end of the call, which is on its way, gives the operator back.
  }

  private abandonLater(attempt: AttemptRow): void {
    const waited = this.clock.now().getTime() - (attempt.answered_at ?? this.clock.now()).getTime();
    this.clock.after(Math.max(0, attempt.connect_timeout_ms - waited), () =>
      this.inTurn(attempt.id, async () => {
        const current = await this.repository.find(attempt.id);
        if (current?.state !== 'answered') return;
        await this.finish(attempt.id, 'abandoned', 'dialer');
        await this.telephony.hangup(attempt.id);
      }),
    );
  }

  /** The end of an attempt and all that follows from it, in one transaction. Late or again, it changes nothing. */
  private async finish(
    attemptId: number,
    result: SystemResult,
    by: 'customer' | 'dialer' | 'switch' | 'reconciliation',
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const attempt = await this.repository.markEnded(tx, attemptId, this.clock.now(), result, by);
      if (!attempt) return;
      this.history.refresh(tx, [attempt.lead_id]);
      if (attempt.bridged_at !== null) {
        const campaign = await this.campaigns.getCampaign(attempt.campaign_id, undefined, tx);
        const disposed = await this.dispositions.isDisposed(attemptId, tx);
        await this.operators.startWrapUp(tx, attempt.operator_id!, attemptId, campaign.wrapUpMs);
        // The outcome was chosen while the two were still talking.
        if (disposed) await this.operators.endWrapUp(tx, attempt.operator_id!);
      } else {
        if (attempt.answered_at !== null) {
          await this.giveBack(tx, attempt);
          await this.dispositions.recordAutomatic(tx, attempt, attempt.result as 'answered' | 'machine' | 'abandoned');
        }
        if (attempt.originated_at === null && attempt.result === 'cancelled')
          await this.scheduler.putBack(tx, attempt.entry_id, attemptId);
        else await this.scheduler.settleResult(tx, attempt.entry_id, attemptId, attempt.result!);
      }
      tx.afterCommit(() => {
        this.ended.inc({ result: attempt.result! });
        this.hub.publish({ kind: 'campaign', id: attempt.campaign_id });
        this.hub.publish({ kind: 'calls', id: attempt.campaign_id });
      });
    });
  }

  /** The customer was gone before the two were connected: the operator who was to have the call is free again. */
  private async giveBack(tx: Tx, attempt: AttemptRow): Promise<void> {
    if (attempt.operator_id === null) return;
    const operator = await this.operators.findOperator(attempt.operator_id, tx);
    if (operator?.state === 'in_call' && operator.attempt_id === attempt.id)
      await this.operators.giveBack(tx, attempt.operator_id);
  }

  private inTurn(attemptId: number, work: () => Promise<void>): Promise<void> {
    const before = this.turns.get(attemptId) ?? Promise.resolve();
    const turn = before.then(work);
    const settled = turn.catch((error: unknown) => {
      this.log.error(`Attempt ${attemptId}: ${error instanceof Error ? error.stack : String(error)}`);
    });
    this.turns.set(attemptId, settled);
    void settled.then(() => {
      if (this.turns.get(attemptId) === settled) this.turns.delete(attemptId);
    });
    return turn;
  }
}
