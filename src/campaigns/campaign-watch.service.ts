import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { dueAct, nextDueAt } from './campaign-schedule.js';
import { isOpenToOperators } from './campaign-states.js';
import { CampaignsService, type CampaignRow } from './campaigns.service.js';

/** A schedule or a goal that was just set is noticed within this time; what is known is done on time. */
const LOOK_EVERY_MS = 10_000;
const CHECK_GOALS_EVERY_MS = 2_000;
/** A campaign that something keeps from starting is looked at again after this. */
const HELD_AGAIN_AFTER_MS = 60_000;

/**
 * Starts and ends campaigns at their time, and sees when they reach their goals. Each process that dials runs it: who comes
 * first acts, under the campaign's lock, and the others find it done.
 */
@Injectable()
export class CampaignWatchService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(CampaignWatchService.name);
  private readonly timers: Timer[] = [];
  private onTime: Timer | null = null;
  private looking: Promise<void> | null = null;
  private withGoals: number[] = [];
  private readonly heldUntil = new Map<number, number>();

  constructor(
    private readonly campaigns: CampaignsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.push(
      this.clock.every(LOOK_EVERY_MS, () => this.look()),
      this.clock.every(CHECK_GOALS_EVERY_MS, () => this.checkGoals()),
    );
  }

  /** What is under way comes to its end. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers.splice(0)) timer.cancel();
    this.onTime?.cancel();
    await this.looking;
  }

  /** Do what is due, and be there when the next thing is. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => (this.looking = null));
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    const campaigns = await this.campaigns.listWatched();
    const now = this.clock.now();
    for (const campaign of campaigns)
      await this.unharmed(campaign.id, async () => {
        if (dueAct(campaign, now) !== null) await this.obey(campaign, now);
      });
    this.withGoals = campaigns
      .filter(({ state, goals }) => goals !== null && isOpenToOperators(state))
      .map((campaign) => campaign.id);
    this.onTime?.cancel();
    const next = nextDueAt(campaigns, now);
    const inMs = next ? next.getTime() - now.getTime() : Infinity;
    this.onTime = inMs < LOOK_EVERY_MS ? this.clock.after(inMs, () => this.look()) : null;
  }

  private async obey(campaign: CampaignRow, now: Date): Promise<void> {
    const { id } = campaign;
    if (dueAct(campaign, now) === 'start' && (this.heldUntil.get(id) ?? -Infinity) > now.getTime()) return;
    if ((await this.campaigns.obeySchedule(id)) === 'held') this.heldUntil.set(id, now.getTime() + HELD_AGAIN_AFTER_MS);
    else this.heldUntil.delete(id);
  }

  private async checkGoals(): Promise<void> {
    for (const id of this.withGoals) await this.unharmed(id, () => this.campaigns.checkGoals(id));
  }

  /** What is wrong with one campaign must not keep the others waiting. */
  private async unharmed(campaignId: number, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.log.error(
        `Campaign ${campaignId} could not be looked after: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
