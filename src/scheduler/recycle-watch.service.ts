import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { RecycleService } from './recycle.service.js';

const LOOK_EVERY_MS = 30_000;
/** Days decide who comes back: a list that gave nobody is looked at again after this. */
const AGAIN_AFTER_MS = 5 * 60_000;

/**
 * Brings people back onto lists that are worked out, where the campaign wants that. Each process that dials runs it: one job
 * at a time is at a campaign, and a second one would find nobody.
 */
@Injectable()
export class RecycleWatchService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(RecycleWatchService.name);
  private timer: Timer | null = null;
  private looking: Promise<void> | null = null;
  private readonly againAt = new Map<number, number>();

  constructor(
    private readonly recycling: RecycleService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = this.clock.every(LOOK_EVERY_MS, () => this.look());
  }

  /** What is under way comes to its end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.timer?.cancel();
    await this.looking;
  }

  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => (this.looking = null));
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    const now = this.clock.now().getTime();
    for (const campaign of await this.recycling.listAutomatic()) {
      if ((this.againAt.get(campaign.id) ?? -Infinity) > now) continue;
      try {
        const found = await this.recycling.recycleWorkedOut(campaign);
        if (!found) this.againAt.set(campaign.id, now + AGAIN_AFTER_MS);
      } catch (error) {
        this.log.error(
          `The list of campaign ${campaign.id} could not be recycled: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}
