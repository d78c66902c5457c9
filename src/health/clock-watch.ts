import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { CLOCK, SystemClock, type Clock, type Timer } from '../common/clock.js';
import { HealthRepository } from './health.repository.js';

/** Clocks that differ by more are worth a warning. */
export const WARN_SKEW_MS = 2_000;
/** Clocks that differ by more make dialling unsafe: calling hours and caps are judged by them. */
export const UNSAFE_SKEW_MS = 10_000;
const CHECK_EVERY_MS = 5_000;
/** A comparison older than this is worth nothing. */
const STALE_AFTER_MS = 30_000;

/**
 * Compares the database's clock with ours. Instants that decide come from our clock; when the two part, one of them is
 * wrong, nobody knows which, and dialling stops until they agree again.
 */
@Injectable()
export class ClockWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(ClockWatch.name);
  private skew: number | null = null;
  private comparedAt: Date | null = null;
  private timer: Timer | null = null;
  private readonly watching: boolean;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HealthRepository) private readonly health: HealthRepository,
  ) {
    // On a virtual clock there is nothing to compare: the simulated shift lives on another day than the database.
    this.watching = clock instanceof SystemClock;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.watching) return;
    await this.compare();
    this.timer = this.clock.every(CHECK_EVERY_MS, () => this.compare());
  }

  beforeApplicationShutdown(): void {
    this.timer?.cancel();
  }

  /** The database's clock less ours in milliseconds; null before the first comparison and on a virtual clock. */
  skewMs(): number | null {
    return this.skew;
  }

  /** May decisions that depend on the time be taken now? */
  isSafe(): boolean {
    if (!this.watching) return true;
    if (this.skew === null || this.comparedAt === null) return false;
    const age = this.clock.now().getTime() - this.comparedAt.getTime();
    return Math.abs(this.skew) <= UNSAFE_SKEW_MS && Math.abs(age) <= STALE_AFTER_MS;
  }

  /** Compare once. The answer lies between the two readings of our clock, so half the way is taken off. */
  async compare(): Promise<void> {
    const before = this.clock.now().getTime();
    const database = (await this.health.getDatabaseTime()).getTime();
    const after = this.clock.now().getTime();
    const skew = Math.round(database - (before + after) / 2);
    const wasWide = this.skew !== null && Math.abs(this.skew) > WARN_SKEW_MS;
    this.skew = skew;
    this.comparedAt = new Date(after);
    if (Math.abs(skew) > WARN_SKEW_MS && !wasWide)
      this.log.warn(
        `The database's clock and ours differ by ${skew} ms${this.isSafe() ? '' : ': no calls are placed'}`,
      );
  }
}
