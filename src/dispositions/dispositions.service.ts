import { Inject, Injectable } from '@nestjs/common';

import { CallbacksService } from '../callbacks/callbacks.service.js';
import type { Outcome, RefusalReason } from '../campaigns/outcome-set.entity.js';
import { OutcomeSetsService } from '../campaigns/outcome-sets.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import { coolDownsAfterRefusal } from '../compliance/refusal-effects.js';
import { SuppressionsService } from '../compliance/suppressions.service.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import { LeadHistoryService } from '../leads/lead-history.service.js';
import { OperatorsService } from '../operators/operators.service.js';
import { HUB, type Hub } from '../realtime/hub.js';
import type { SystemResult } from '../scheduler/retry-plan.js';
import { SchedulerService } from '../scheduler/scheduler.service.js';
import { checkDisposition, type DispositionInput } from './disposition-input.js';
import { DispositionsRepository, type DisposableAttempt } from './dispositions.repository.js';

/** A call whose operator disappeared is offered again after this long, to somebody who is there. */
const AFTER_OPERATOR_GONE_MINUTES = 60;

/** What the machine says of a call that it dispositions itself. */
type AutomaticOutcome = Extract<SystemResult, 'answered' | 'machine' | 'abandoned' | 'indeterminate'>;

/** How calls ended, and what follows: the outcome and all its effects commit together. */
@Injectable()
export class DispositionsService {
  constructor(
    private readonly database: Database,
    private readonly repository: DispositionsRepository,
    private readonly outcomeSets: OutcomeSetsService,
    private readonly scheduler: SchedulerService,
    private readonly callbacks: CallbacksService,
    private readonly compliance: ComplianceService,
    private readonly suppressions: SuppressionsService,
    private readonly operators: OperatorsService,
    private readonly history: LeadHistoryService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  /**
   * An operator's outcome of the call in hand, talking or wrapping up. Throws not_your_call, already_dispositioned,
   * unknown_outcome, refusal_reason_missing, callback_missing, callback_in_past, callback_outside_hours; then nothing is done.
   */
  async record(operatorId: number, attemptId: number, input: DispositionInput): Promise<void> {
    await this.database.transaction(async (tx) => {
      const attempt = await this.repository.lockAttempt(tx, attemptId);
      if (!attempt || attempt.operator_id !== operatorId || attempt.bridged_at === null) throw notYours(attemptId);
      // Asked under the lock, so that of two at once the second hears of the first.
      if (await this.repository.isDisposed(attemptId, tx)) throw alreadyDisposed();
      const set = await this.outcomeSets.getOutcomeSet(attempt.campaign_id, tx);
      const outcome = checkDisposition(input, set);
      // Of somebody who was erased meanwhile, nothing new is written down.
      const isErased = await this.repository.isErased(attempt.lead_id, tx);
      const note = isErased ? null : input.note?.trim() || null;
      // The promise that led to this call is kept by it; only then can the customer be promised another.
      if (attempt.callback_id !== null) await this.callbacks.close(tx, attempt.callback_id, 'kept', attemptId);
      const promise = input.callback
        ? await this.callbacks.promise(tx, {
            organisationId: attempt.organisation_id,
            campaignId: attempt.campaign_id,
            entryId: attempt.entry_id,
            leadId: attempt.lead_id,
            attemptId,
            bucketId: attempt.bucket_id,
            campaignHours: attempt.hours,
            localTime: input.callback.localTime,
            timeZone: input.callback.timeZone ?? null,
            purpose: attempt.purpose,
            ownerId: input.callback.personal ? operatorId : null,
            phone: input.callback.phone?.trim() || null,
            actorId: operatorId,
            note,
          })
        : null;
      this.history.refresh(tx, [attempt.lead_id]);
      const reason = reasonOf(set, input.refusalReason);
      await this.repository.insert(tx, {
        ...idsOf(attempt),
        operatorId,
        outcomeCode: outcome.code,
        category: outcome.category,
        result: outcome.result,
        rightParty: input.rightParty ?? outcome.rightParty,
        refusalReason: input.refusalReason ?? null,
        refusalDetail: isErased ? null : (input.refusalDetail ?? null),
        declined: reason?.effect === 'cool_down',
        offer: answersOffer(outcome) ? offerOf(attempt) : null,
        note,
        automatic: false,
        at: this.clock.now(),
      });
      await this.scheduler.settleDisposition(
        tx,
        attempt.entry_id,
        attemptId,
        { ...outcome, badPhone: outcome.category === 'wrong_person' || outcome.category === 'bad_data' },
        promise,
      );
      await this.leaveAlone(tx, attempt, operatorId, { outcome, note, reason });
      await this.callbacks.obeyOutcome(tx, outcome, {
        ...idsOf(attempt),
        matchHash: attempt.match_hash,
        offerId: attempt.offer_id,
        actorId: operatorId,
      });
      // Still talking: the operator is free when the switch says that the call has ended.
      if (attempt.state === 'ended') await this.operators.endWrapUp(tx, operatorId);
      this.tell(tx, attempt);
    });
  }

  /** An answered call that no operator had: by machine, abandoned, hung up before. Its entry is planned by the result. */
  async recordAutomatic(
    tx: Tx,
    attempt: { id: number; organisation_id: number; campaign_id: number; lead_id: number },
    outcome: AutomaticOutcome,
  ): Promise<void> {
    await this.insertAutomatic(tx, { ...idsOf(attempt), operatorId: null }, AUTOMATIC_CODES[outcome]);
  }

  /** The operator of a call that has ended is gone, and nobody else knows how it went. False: it has an outcome already. */
  async recordOperatorGone(tx: Tx, attemptId: number): Promise<boolean> {
    const attempt = await this.repository.lockAttempt(tx, attemptId);
    if (!attempt || (await this.repository.isDisposed(attemptId, tx))) return false;
    await this.insertAutomatic(tx, { ...idsOf(attempt), operatorId: attempt.operator_id }, OPERATOR_GONE);
    const effects = {
      code: OPERATOR_GONE,
      isFinal: false,
      badPhone: false,
      retryAfterMinutes: AFTER_OPERATOR_GONE_MINUTES,
    };
    await this.scheduler.settleDisposition(tx, attempt.entry_id, attemptId, effects, null);
    this.tell(tx, attempt);
    return true;
  }

  /** Does the call have an outcome in force? */
  isDisposed(attemptId: number, on?: Queryable): Promise<boolean> {
    return this.repository.isDisposed(attemptId, on);
  }

  /** Who must not be called any more, for a while or at all; what they agreed to ends with it. */
  private async leaveAlone(
    tx: Tx,
    attempt: DisposableAttempt,
    operatorId: number,
    { outcome, note, reason }: { outcome: Outcome; note: string | null; reason: RefusalReason | null },
  ): Promise<void> {
    const said = { ...idsOf(attempt), matchHash: attempt.match_hash, operatorId };
    if (outcome.suppressScope)
      await this.suppressions.refuse(tx, said, {
        scope: outcome.suppressScope,
        reason: suppressionReason(outcome.category),
      });
    if (outcome.opensComplaint) await this.suppressions.openComplaint(tx, said, note);
    if (reason?.effect !== 'cool_down') return;
    const rule = await this.compliance.ruleOf(attempt.bucket_id, attempt.purpose, attempt.organisation_id);
    await this.suppressions.coolDown(tx, said, coolDownsAfterRefusal(rule.coolDowns, attempt.cool_down_days));
  }

  private async insertAutomatic(
    tx: Tx,
    ids: ReturnType<typeof idsOf> & { operatorId: number | null },
    outcomeCode: string,
  ): Promise<void> {
    this.history.refresh(tx, [ids.leadId]);
    await this.repository.insert(tx, {
      ...ids,
      outcomeCode,
      category: 'automatic',
      result: 'neutral',
      rightParty: false,
      refusalReason: null,
      refusalDetail: null,
      declined: false,
      offer: null,
      note: null,
      automatic: true,
      at: this.clock.now(),
    });
  }

  private tell(tx: Tx, attempt: DisposableAttempt): void {
    tx.afterCommit(() => {
      this.hub.publish({ kind: 'calls', id: attempt.campaign_id });
      if (attempt.operator_id !== null) this.hub.publish({ kind: 'operator', id: attempt.operator_id });
    });
  }
}

const OPERATOR_GONE = 'operator_gone';
const AUTOMATIC_CODES: Record<AutomaticOutcome, string> = {
  answered: 'hung_up_before',
  machine: 'machine',
  abandoned: 'abandoned',
  indeterminate: 'indeterminate',
};

function idsOf(attempt: { id: number; organisation_id: number; campaign_id: number; lead_id: number }) {
  return {
    organisationId: attempt.organisation_id,
    campaignId: attempt.campaign_id,
    attemptId: attempt.id,
    leadId: attempt.lead_id,
  };
}

/** Does somebody who has this outcome know what was offered? Other calls ended before, or go on later. */
function answersOffer(outcome: { category: string; result: string; asks: string }): boolean {
  return outcome.result === 'success' || outcome.category === 'refusal' || outcome.asks === 'refusal_reason';
}

/** What the campaign offers, with its price of this moment. */
function offerOf({ offer_id: id, offer_price: price, offer_currency: currency }: DisposableAttempt) {
  return id === null ? null : { id, price, currency };
}

function reasonOf(set: { refusalReasons: RefusalReason[] }, code: string | undefined): RefusalReason | null {
  return set.refusalReasons.find((reason) => reason.code === code) ?? null;
}

function suppressionReason(category: string): 'request' | 'complaint' | 'wrong_person' {
  if (category === 'complaint') return 'complaint';
  if (category === 'wrong_person') return 'wrong_person';
  return 'request';
}

function notYours(attemptId: number): Problem {
  return new Problem('not_your_call', 403, `Call ${attemptId} is not yours.`, {
    field: 'attemptId',
    fix: 'Give the outcome of the call on your own desk.',
  });
}

function alreadyDisposed(): Problem {
  return new Problem('already_dispositioned', 409, 'This call has its outcome already.', {
    fix: 'Go on to the next call; an outcome is changed by a correction.',
  });
}
