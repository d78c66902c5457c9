import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { Database } from '../database/database.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { CallbacksRepository, type Changed } from './callbacks.repository.js';
import { CallbacksService } from './callbacks.service.js';
import { ruleOfSuppression } from './cancel-rules.js';

const LOOK_EVERY_MS = 5_000;
const LOOK_FOR_ENDED_EVERY_MS = 30_000;
/** Rules of zones change with the machine's data, so at a start; a process that runs for weeks looks all the same. */
const DERIVE_EVERY_MS = 24 * 3_600_000;
const AT_ONCE = 500;
/** A list that comes into force ends promises due in these days; the gate sees to those that come later. */
const LISTED_WITHIN_MS = 2 * 24 * 3_600_000;

/**
 * Sees promises through their life: reminds owners, says when they are due, hands over what nobody is there for, and calls
 * managers when that did not help. Each process that dials runs it; what one has in hand the others pass over.
 */
@Injectable()
export class CallbackWatchService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(CallbackWatchService.name);
  private readonly timers: Timer[] = [];
  private unsubscribe: (() => void) | null = null;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly repository: CallbacksRepository,
    private readonly callbacks: CallbacksService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.push(
      this.clock.after(0, () => this.deriveAnew()),
      this.clock.every(LOOK_EVERY_MS, () => this.look()),
      this.clock.every(LOOK_FOR_ENDED_EVERY_MS, () => this.endOver()),
      this.clock.every(DERIVE_EVERY_MS, () => this.deriveAnew()),
    );
    this.unsubscribe = this.hub.subscribe((topic) => {
      if (topic.kind === 'suppression') this.clock.after(0, () => this.obeySuppression(topic.id));
      if (topic.kind === 'suppression_list') this.clock.after(0, () => this.obeyList(topic.id));
    });
  }

  /** What is under way comes to its end. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers.splice(0)) timer.cancel();
    this.unsubscribe?.();
    await this.looking;
  }

  /** One look at all promises that something has to happen to. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => (this.looking = null));
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    await this.each((limit) => this.repository.remind(this.clock.now(), limit));
    await this.each((limit) => this.repository.comeDue(this.clock.now(), limit));
    await this.each(async (limit) => {
      const handed = await this.repository.handOver(this.clock.now(), limit);
      for (const ownerId of new Set(handed.map((row) => row.from_id)))
        this.hub.publish({ kind: 'operator', id: ownerId });
      return handed;
    });
    await this.each(async (limit) => {
      const escalated = await this.repository.escalate(this.clock.now(), limit);
      if (escalated.length > 0)
        this.log.warn(`${escalated.length} promised calls are overdue, and nobody has made them.`);
      return escalated;
    });
  }

  /** Set by set, until there is nothing left to do. */
  private async each(work: (limit: number) => Promise<Changed[]>): Promise<void> {
    for (;;) {
      const changed = await work(AT_ONCE);
      for (const id of new Set(changed.flatMap((row) => row.owner_id ?? [])))
        this.hub.publish({ kind: 'operator', id });
      for (const id of new Set(changed.map((row) => row.campaign_id))) this.hub.publish({ kind: 'campaign', id });
      if (changed.length < AT_ONCE) return;
    }
  }

  /** A campaign that ended while nobody ran its loop leaves no promise open. */
  private async endOver(): Promise<void> {
    for (const campaignId of await this.repository.listOverCampaigns()) await this.callbacks.cancelOpen(campaignId);
  }

  private async deriveAnew(): Promise<void> {
    const moved = await this.callbacks.deriveAnew();
    if (moved > 0)
      this.log.warn(`The rules of time zones have changed: ${moved} promised calls have another instant now.`);
  }

  private async obeySuppression(id: number): Promise<void> {
    const suppression = await this.repository.findSuppression(id);
    if (!suppression) return;
    const { organisation_id: organisationId, campaign_id: campaignId, match_hash: matchHash, reason } = suppression;
    const happening = { organisationId, campaignId, matchHash, leadId: null };
    await this.database.transaction((tx) =>
      campaignId === null
        ? this.callbacks.cancelBy(tx, ruleOfSuppression(reason), happening)
        : this.callbacks.cancelBy(tx, ruleOfSuppression(reason), happening, 'campaign'),
    );
  }

  private async obeyList(listId: number): Promise<void> {
    const before = new Date(this.clock.now().getTime() + LISTED_WITHIN_MS);
    for (;;) {
      const listed = await this.repository.listListed(listId, before, AT_ONCE);
      let cancelled = 0;
      for (const { organisation_id: organisationId, match_hash: matchHash } of listed) {
        const happening = { organisationId, campaignId: null, matchHash, leadId: null };
        cancelled += await this.database.transaction((tx) => this.callbacks.cancelBy(tx, 'suppressed', happening));
      }
      if (listed.length < AT_ONCE || cancelled === 0) return;
    }
  }
}
