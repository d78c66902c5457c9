import { Inject, Injectable } from '@nestjs/common';

import { CallbacksService, type Promised } from '../callbacks/callbacks.service.js';
import { STANDARD_RETRY_PLAN, type RetryPlan } from '../campaigns/retry-settings.js';
import { CLOCK, type Clock } from '../common/clock.js';
import type { Interval } from '../compliance/calling-hours.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import { hoursOf } from '../compliance/phone-kinds.js';
import type { Tx } from '../database/database.js';
import {
  historyOf,
  planAfterDisposition,
  planAfterResult,
  whenOpen,
  type EntryFacts,
  type EntryPlan,
  type OutcomeEffects,
  type SystemResult,
} from './retry-plan.js';
import { SchedulerRepository, type EntryRow } from './scheduler.repository.js';

const PROMOTE_AT_ONCE = 1_000;
/** A promise overdue by so much goes before all that are only due. */
const OVERDUE_MS = 10 * 60_000;

/** The calling list in motion: what becomes ready, and where an entry goes when its attempt is over. */
@Injectable()
export class SchedulerService {
  constructor(
    private readonly repository: SchedulerRepository,
    private readonly compliance: ComplianceService,
    private readonly callbacks: CallbacksService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Make ready what is due. Cheap when nothing is; called about once a second for each running campaign. */
  async promote(campaignId: number): Promise<number> {
    return this.repository.promoteDue(campaignId, this.clock.now(), PROMOTE_AT_ONCE);
  }

  /** Promises that came due on time and have waited since go to the top of the ladder. Returns how many. */
  async climbOverdue(campaignId: number): Promise<number> {
    return this.repository.climbOverdue(campaignId, new Date(this.clock.now().getTime() - OVERDUE_MS));
  }

  /** An attempt that no operator had is over: plan its entry's next one. */
  async settleResult(tx: Tx, entryId: number, attemptId: number, result: SystemResult): Promise<void> {
    const entry = await this.repository.lockEntry(tx, entryId);
    const plan = planAfterResult(result, await this.factsOf(entry), planOf(entry));
    await this.apply(tx, entry, plan, result, attemptId);
  }

  /** An attempt that was reserved and never made: the entry is as it was before, and no attempt is counted. */
  async putBack(tx: Tx, entryId: number, attemptId: number): Promise<void> {
    const callbackId = await this.repository.putBack(tx, entryId);
    if (callbackId !== null) await this.callbacks.putBack(tx, callbackId, attemptId);
  }

  /** An operator's outcome is in: plan its entry. A promise made with it replaces the one that was kept. */
  async settleDisposition(
    tx: Tx,
    entryId: number,
    attemptId: number,
    outcome: OutcomeEffects,
    promise: Promised | null,
  ): Promise<void> {
    const entry = await this.repository.lockEntry(tx, entryId);
    const plan = planAfterDisposition(outcome, promise, await this.factsOf(entry), planOf(entry));
    await this.apply(tx, entry, plan, outcome.code, attemptId, promise?.callbackId ?? null);
    if (promise && promise.phoneId !== null) await this.repository.usePhone(tx, entryId, promise.phoneId);
  }

  private async apply(
    tx: Tx,
    entry: EntryRow,
    planned: EntryPlan,
    lastResult: string,
    attemptId: number,
    newCallbackId: number | null = null,
  ): Promise<void> {
    const old = entry.callback_id;
    if (old !== null && (planned.callback === 'kept' || planned.callback === 'missed'))
      await this.callbacks.close(
        tx,
        old,
        planned.callback,
        attemptId,
        planned.callback === 'missed' ? lastResult : null,
      );
    const position = planned.state === 'waiting' ? planned.phonePosition : entry.phone_position;
    const phone = entry.phones.find((each) => each.position === position) ?? null;
    const bucketId = phone?.bucketId ?? entry.bucket_id;
    const plan =
      planned.state === 'waiting'
        ? whenOpen(planned, await this.openFor(entry, bucketId, phone?.lineType ?? 'unknown', planned.dueAt))
        : planned;
    const waiting = plan.state === 'waiting' ? plan : null;
    if (old !== null && plan.callback === 'stands')
      await this.callbacks.notReached(tx, old, attemptId, lastResult, waiting!.dueAt);
    const dueAt = waiting?.dueAt ?? null;
    await this.repository.updateEntry(tx, {
      entryId: entry.entry_id,
      state: plan.state,
      tier: waiting?.tier ?? null,
      dueAt,
      phonePosition: position,
      bucketId,
      ownerId: waiting?.ownerId ?? null,
      callbackId: plan.callback === 'stands' ? old : newCallbackId,
      lastResult,
      code: plan.state === 'completed' ? plan.code : null,
      attemptId,
      planned: { ...plan.reason, dueAt },
      at: this.clock.now(),
    });
  }

  /** When a phone may be called, around an instant that may lie beyond the days compiled ahead. */
  private async openFor(entry: EntryRow, bucketId: number, lineType: string, at: Date): Promise<Interval[]> {
    const { purpose, organisation_id: organisationId } = entry;
    const hours = hoursOf(entry.hours, entry.phone_kinds, lineType);
    const open = await this.compliance.openIntervalsOf(bucketId, hours, purpose, organisationId);
    const last = open.at(-1);
    if (!last || last.end > at.getTime()) return open;
    return this.compliance.openIntervalsAround(bucketId, hours, at, purpose, organisationId);
  }

  private async factsOf(entry: EntryRow): Promise<EntryFacts> {
    const { purpose, organisation_id: organisationId } = entry;
    const rule = await this.compliance.ruleOf(entry.bucket_id, purpose, organisationId);
    return {
      attempts: entry.attempts - entry.past_attempts,
      maxAttempts: entry.max_attempts,
      phonePosition: entry.phone_position,
      ...historyOf(entry.phones, entry.tried, entry.past_attempts),
      callback: entry.callback_id === null ? null : { tries: entry.callback_tries, ownerId: entry.callback_owner_id },
      floors: { redialAfterHours: rule.abandon.redialAfterHours, coolDowns: rule.coolDowns },
      now: this.clock.now(),
    };
  }
}

function planOf({ retry_plan }: EntryRow): RetryPlan {
  return retry_plan ?? STANDARD_RETRY_PLAN;
}
