import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { Database } from '../database/database.js';
import { DialingService } from '../dialing/dialing.service.js';
import { DispositionsService } from '../dispositions/dispositions.service.js';
import { OperatorsService, type OperatorRow } from '../operators/operators.service.js';

const LOOK_EVERY_MS = 5_000;
/** A desk that is open gives a sign of life each 15 s; a browser that was closed by mistake has time to come back. */
const GONE_AFTER_MS = 60_000;

/**
 * Sees to operators whose desk is gone: nobody is left ready who is not there, a customer is not left talking to nobody,
 * and a call whose operator does not come back still gets its one disposition, marked as automatic.
 */
@Injectable()
export class DeskWatchService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(DeskWatchService.name);
  private timer: Timer | null = null;

  constructor(
    private readonly database: Database,
    private readonly operators: OperatorsService,
    private readonly dialing: DialingService,
    private readonly dispositions: DispositionsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = this.clock.every(LOOK_EVERY_MS, () => this.look());
  }

  beforeApplicationShutdown(): void {
    this.timer?.cancel();
  }

  /** One look at all desks. */
  async look(): Promise<void> {
    for (const operator of await this.operators.listGone(GONE_AFTER_MS)) {
      try {
        await this.seeTo(operator);
      } catch (error) {
        // The operator was back, or the call over, between the look and the deed: the next look will tell.
        if (!(error instanceof Problem)) throw error;
        this.log.debug(`Operator ${operator.operator_id}: ${error.message}`);
      }
    }
  }

  private async seeTo({ operator_id: operatorId, attempt_id: attemptId, state }: OperatorRow): Promise<void> {
    if (state === 'in_call' && attemptId !== null) return this.dialing.requestHangup(attemptId);
    await this.database.transaction(async (tx) => {
      if (state === 'wrap_up' && attemptId !== null) await this.dispositions.recordOperatorGone(tx, attemptId);
      // Never ready in between: the next call would go to an empty desk.
      await this.operators.signOutGone(tx, operatorId);
    });
    this.log.warn(`Operator ${operatorId} was ${state} and is gone; signed out.`);
  }
}
