import { Inject, Injectable } from '@nestjs/common';

import { CallbacksService } from '../callbacks/callbacks.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import type { Tx } from '../database/database.js';
import {
  planAfterDisposition,
  planAfterResult,
  type EntryFacts,
  type EntryPlan,
  type OutcomeEffects,
  type SystemResult,
} from './retry-plan.js';
import { SchedulerRepository, type EntryRow } from './scheduler.repository.js';

const PROMOTE_AT_ONCE = 1_000;
/** A personal callback waits this long for its owner; then whoever is there keeps the promise. */
const OWNER_GRACE_MS = 10 * 60_000;

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

  /** Hand promises of absent operators to those who are there. */
  async releaseOwned(campaignId: number): Promise<number> {
    return this.repository.releaseOwned(campaignId, new Date(this.clock.now().getTime() - OWNER_GRACE_MS));
  }

  /** An attempt that no operator had is over: plan its entry's next one. */
  async settleResult(tx: Tx, entryId: number, attemptId: number, result: SystemResult): Promise<void> {
    const entry = await this.repository.lockEntry(tx, entryId);
    await this.apply(tx, entry, planAfterResult(result, this.factsOf(entry)), result, attemptId);
  }

  /** An attempt that was reserved and never made: the entry is as it was before, and no attempt is counted. */
  async putBack(tx: Tx, entryId: number): Promise<void> {
    await this.repository.putBack(tx, entryId);
  }

  /** An operator's outcome is in: plan its entry. A promise made with it replaces the one that was kept. */
  async settleDisposition(
    tx: Tx,
    entryId: number,
    attemptId: number,
    outcome: OutcomeEffects,
    promise: { callbackId: number; dueAt: Date; ownerId: number | null } | null,
  ): Promise<void> {
    const entry = await this.repository.lockEntry(tx, entryId);
    const plan = planAfterDisposition(outcome, promise, this.factsOf(entry));
    await this.apply(tx, entry, plan, outcome.code, attemptId, promise?.callbackId ?? null);
  }

  private async apply(
    tx: Tx,
    entry: EntryRow,
    plan: EntryPlan,
    lastResult: string,
    attemptId: number,
    newCallbackId: number | null = null,
  ): Promise<void> {
    const old = entry.callback_id;
    if (old !== null && (plan.callback === 'kept' || plan.callback === 'missed'))
      await this.callbacks.close(tx, old, plan.callback, attemptId);
    const waiting = plan.state === 'waiting' ? plan : null;
    await this.repository.updateEntry(tx, {
      entryId: entry.entry_id,
      state: plan.state,
      tier: waiting?.tier ?? null,
      // Never due at night: the delay is ours, the hours are theirs.
      dueAt: waiting && (await this.compliance.firstOpenFrom(entry.bucket_id, entry.hours, waiting.dueAt)),
      nextPhone: waiting?.phone === 'next',
      ownerId: waiting?.ownerId ?? null,
      callbackId: plan.callback === 'stands' ? old : newCallbackId,
      lastResult,
      code: plan.state === 'completed' ? plan.code : null,
    });
  }

  private factsOf(entry: EntryRow): EntryFacts {
    return {
      attempts: entry.attempts,
      maxAttempts: entry.max_attempts,
      hasOtherPhone: entry.has_other_phone,
      callback: entry.callback_id === null ? null : { tries: entry.callback_tries, ownerId: entry.callback_owner_id },
      redialAfterAbandonHours: this.compliance.profileOf(entry.country).redialAfterAbandonHours,
      now: this.clock.now(),
    };
  }
}
