import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import type { Tx } from '../database/database.js';
import { LeadHistoryRepository } from './lead-history.repository.js';

/** A transaction, as far as it takes here. */
type Unit = Omit<Tx, 'manager' | 'client'>;

/** Leads made anew by one statement. */
const SLICE_LEADS = 1_000;

/** What is known of each lead from all calls, one row a lead (`lead_history`), and the word that its facts have changed. */
@Injectable()
export class LeadHistoryService {
  /** Leads of open transactions. */
  private readonly pending = new WeakMap<Unit, Set<number>>();

  constructor(
    private readonly repository: LeadHistoryRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Make the history of these leads anew from attempts, dispositions and callbacks, once, as the last work of the
   * transaction. Call it wherever an attempt ends, an outcome is recorded or corrected, or a promise changes. Last, because
   * whoever waits for a lead here must have no phone to wait for any more; and then it sees all that the transaction did.
   */
  refresh(tx: Unit, leadIds: readonly number[]): void {
    let pending = this.pending.get(tx);
    if (!pending) {
      pending = new Set();
      this.pending.set(tx, pending);
      const asked = pending;
      tx.beforeCommit(async () => {
        this.pending.delete(tx);
        await this.refreshNow(tx, [...asked]);
      });
    }
    for (const id of leadIds) pending.add(id);
  }

  /** Facts of these leads have changed other than by calls: live lists look at them again. */
  async noteChanged(tx: Tx, leadIds: readonly number[]): Promise<void> {
    if (leadIds.length > 0) await this.repository.insertChanges(tx, leadIds, this.clock.now());
  }

  /** The same for leads with ids from one to another, both included; there may be gaps. Costs one row, however many. */
  async noteRangeChanged(tx: Tx, fromId: number, toId: number): Promise<void> {
    await this.repository.insertChangeRange(tx, fromId, toId, this.clock.now());
  }

  private async refreshNow(tx: Unit, leadIds: readonly number[]): Promise<void> {
    const ids = [...leadIds].sort((a, b) => a - b);
    await this.repository.lock(tx, ids);
    // A statement of its own: one that waited for the lock would see what was there before it waited.
    for (let first = 0; first < ids.length; first += SLICE_LEADS)
      await this.repository.refresh(tx, ids.slice(first, first + SLICE_LEADS), this.clock.now());
  }
}
