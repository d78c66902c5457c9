import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type BeforeApplicationShutdown,
} from '@nestjs/common';

import { CallbacksService } from '../callbacks/callbacks.service.js';
import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { SwitchboardService } from '../dialing/switchboard.service.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { GateService } from '../scheduler/gate.service.js';
import { SchedulerService } from '../scheduler/scheduler.service.js';
import { CampaignLoop, LEASE_MS } from './campaign-loop.js';
import { PacingRepository } from './pacing.repository.js';

const LOOK_FOR_CAMPAIGNS_EVERY_MS = 1_000;

/** Runs the loops of the campaigns whose lease this process holds, and takes over those that nobody runs. */
@Injectable()
export class PacingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(PacingService.name);
  private readonly loops = new Map<number, CampaignLoop>();
  private timer: Timer | null = null;
  private unsubscribe: (() => void) | null = null;
  private looking = false;
  private lookAgain = false;

  constructor(
    private readonly repository: PacingRepository,
    private readonly gate: GateService,
    private readonly scheduler: SchedulerService,
    private readonly switchboard: SwitchboardService,
    private readonly callbacks: CallbacksService,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.switchboard.start();
    // A campaign that was just started does not wait for the next look.
    this.unsubscribe = this.hub.subscribe((topic) => {
      if (topic.kind === 'campaign' && !this.loops.has(topic.id)) this.lookSoon();
    });
    this.timer = this.clock.every(LOOK_FOR_CAMPAIGNS_EVERY_MS, () => this.takeOver());
  }

  /** Loops end and their leases are given up, so that another process goes on at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.timer?.cancel();
    this.unsubscribe?.();
    for (const loop of this.loops.values()) {
      await loop.stop();
      await this.repository.renew(loop.campaignId, loop.fence, this.clock.now());
    }
    this.loops.clear();
    await this.switchboard.stop();
  }

  private lookSoon(): void {
    if (this.lookAgain) return;
    this.lookAgain = true;
    this.clock.after(0, () => {
      this.lookAgain = false;
      return this.takeOver();
    });
  }

  private async takeOver(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      for (const campaignId of await this.repository.listOwnerless(this.clock.now())) await this.own(campaignId);
    } finally {
      this.looking = false;
    }
  }

  private async own(campaignId: number): Promise<void> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + LEASE_MS);
    const fence = await this.repository.acquire(campaignId, this.settings.nodeName, now, until);
    if (fence === null) return;
    await this.switchboard.reconcile(campaignId);
    const { repository, gate, scheduler, callbacks, switchboard, clock, hub } = this;
    const warn = (line: string) => this.log.warn(line);
    const parts = { repository, gate, scheduler, callbacks, switchboard, clock, hub, warn };
    const loop = new CampaignLoop(campaignId, fence, parts, (lost) => {
      if (this.loops.get(campaignId) === lost) this.loops.delete(campaignId);
      void lost.stop();
    });
    const before = this.loops.get(campaignId);
    this.loops.set(campaignId, loop);
    await before?.stop();
  }
}
