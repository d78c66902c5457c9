import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { OPERATOR_STATES, type OperatorState } from './operator-states.js';
import { OperatorsRepository, type OperatorListRow, type OperatorRow } from './operators.repository.js';

export type { OperatorListRow, OperatorRow } from './operators.repository.js';

/** Whoever has promised a call within this time is spared others, while somebody else is there. */
const PROMISED_SOON_MS = 60_000;

/** Who can take a call: operators' states, and the choice of who gets the next one. */
@Injectable()
export class OperatorsService {
  constructor(
    private readonly database: Database,
    private readonly repository: OperatorsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  findOperator(operatorId: number, on?: Queryable): Promise<OperatorRow | null> {
    return this.repository.find(operatorId, on);
  }

  listOperators(organisationId: number): Promise<OperatorListRow[]> {
    return this.repository.list(organisationId);
  }

  /** Sign in to a campaign and be ready for calls. Idempotent. */
  async signIn(operatorId: number, organisationId: number, campaignId: number): Promise<OperatorRow> {
    return this.database.transaction(async (tx) => {
      await this.repository.ensure(tx, operatorId, organisationId, this.clock.now());
      const current = await this.repository.lock(tx, operatorId);
      if (current!.state === 'ready' && current!.campaign_id === campaignId) return current!;
      if (current!.state === 'in_call' || current!.state === 'wrap_up')
        throw new Problem('call_in_hand', 409, 'There is still a call in hand.', {
          fix: 'Finish it and choose its outcome first.',
        });
      if (current!.state !== 'offline') await this.change(tx, operatorId, 'offline');
      return this.change(tx, operatorId, 'ready', { campaignId });
    });
  }

  /** Back from a break. Throws operator_state (409) with a call in hand: that ends by its outcome. */
  async becomeReady(operatorId: number): Promise<OperatorRow> {
    return this.database.transaction((tx) => this.change(tx, operatorId, 'ready', { from: ['break'] }));
  }

  /** At once where nothing is in hand, else when the call in hand is done. */
  async takeBreak(operatorId: number): Promise<OperatorRow> {
    return this.database.transaction(async (tx) => {
      const current = await this.lockOperator(tx, operatorId);
      if (current.state !== 'in_call' && current.state !== 'wrap_up') return this.change(tx, operatorId, 'break');
      await this.repository.requestBreak(tx, operatorId);
      this.publish(tx, current);
      return { ...current, break_requested: true };
    });
  }

  /** Throws operator_state (409) with a call in hand, or one whose outcome is still owed. */
  async signOut(operatorId: number): Promise<OperatorRow> {
    return this.database.transaction((tx) => this.change(tx, operatorId, 'offline', { from: ['ready', 'break'] }));
  }

  /** Nobody sits there any more. The call in hand is over, and its outcome has been seen to. */
  async signOutGone(tx: Tx, operatorId: number): Promise<OperatorRow> {
    return this.change(tx, operatorId, 'offline');
  }

  /** The customer was gone before the two were connected: free again, or off to the break that was asked for. */
  async giveBack(tx: Tx, operatorId: number): Promise<OperatorRow> {
    const current = await this.lockOperator(tx, operatorId);
    const ready = await this.change(tx, operatorId, 'ready');
    return current.break_requested ? this.change(tx, operatorId, 'break') : ready;
  }

  /** The call is over: time for the outcome and the notes. */
  async startWrapUp(tx: Tx, operatorId: number, attemptId: number, wrapUpMs: number): Promise<OperatorRow> {
    const wrapUpUntil = new Date(this.clock.now().getTime() + wrapUpMs);
    return this.change(tx, operatorId, 'wrap_up', { attemptId, wrapUpUntil });
  }

  /** The outcome is in: on to the next call, or to the break that was asked for. */
  async endWrapUp(tx: Tx, operatorId: number): Promise<OperatorRow> {
    const current = await this.lockOperator(tx, operatorId);
    return this.change(tx, operatorId, current.break_requested ? 'break' : 'ready');
  }

  /** Give the call to whoever has waited longest (`preferred` first, when ready). Null: nobody is free. */
  async assign(tx: Tx, campaignId: number, attemptId: number, preferred: number | null): Promise<OperatorRow | null> {
    const at = this.clock.now();
    const promisedUntil = new Date(at.getTime() + PROMISED_SOON_MS);
    const operator = await this.repository.assign(tx, { campaignId, attemptId, preferred, at, promisedUntil });
    if (operator) this.publish(tx, operator);
    return operator;
  }

  /** A sign of life from the operator's desk. */
  async touch(operatorId: number): Promise<void> {
    await this.repository.touch(operatorId, this.clock.now());
  }

  listGone(silentMs: number): Promise<OperatorRow[]> {
    return this.repository.listGone(new Date(this.clock.now().getTime() - silentMs));
  }

  listSimulatedAtWork(): Promise<OperatorRow[]> {
    return this.repository.listSimulated();
  }

  /** What follows depends on the state: it must be the one that is changed. */
  private async lockOperator(tx: Tx, operatorId: number): Promise<OperatorRow> {
    const operator = await this.repository.lock(tx, operatorId);
    if (!operator) throw notSignedIn();
    return operator;
  }

  private async change(
    tx: Tx,
    operatorId: number,
    to: OperatorState,
    more: { campaignId?: number; attemptId?: number; wrapUpUntil?: Date; from?: readonly OperatorState[] } = {},
  ): Promise<OperatorRow> {
    const changed = await this.repository.change(tx, {
      operatorId,
      // Whoever is offline chooses a campaign first.
      from: (more.from ?? OPERATOR_STATES.sourcesOf(to)).filter(
        (state) => state !== 'offline' || more.campaignId !== undefined,
      ),
      to,
      at: this.clock.now(),
      campaignId: more.campaignId ?? null,
      attemptId: more.attemptId ?? null,
      wrapUpUntil: more.wrapUpUntil ?? null,
    });
    if (changed) {
      this.publish(tx, changed);
      return changed;
    }
    const current = await this.repository.find(operatorId, tx);
    if (!current || (current.state === 'offline' && to !== 'offline')) throw notSignedIn();
    if (current.state === to) return current;
    throw new Problem('operator_state', 409, `From ${label(current.state)} there is no way to ${label(to)}.`, {
      fix: current.state === 'wrap_up' || current.state === 'in_call' ? 'Finish the call in hand first.' : undefined,
      more: { state: current.state },
    });
  }

  private publish(tx: Tx, operator: OperatorRow): void {
    const { operator_id, campaign_id } = operator;
    tx.afterCommit(() => {
      this.hub.publish({ kind: 'operator', id: operator_id });
      if (campaign_id !== null) this.hub.publish({ kind: 'campaign', id: campaign_id });
    });
  }
}

function notSignedIn(): Problem {
  return new Problem('operator_offline', 409, 'You are not signed in to a campaign.', {
    fix: 'Choose a campaign and sign in to it first.',
  });
}

function label(state: OperatorState): string {
  return state.replaceAll('_', ' ');
}
