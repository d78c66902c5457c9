import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { Database, type Tx } from '../database/database.js';
import { HUB, type Hub } from '../realtime/hub.js';
import type { FollowScope } from './calling-list.repository.js';
import { CallingListService } from './calling-list.service.js';
import { LiveListsRepository, type KeptList } from './live-lists.repository.js';

const LOOK_EVERY_MS = 2_000;
/** A look takes no longer than about this: the rest waits for the next one. */
const LOOK_MS = 1_000;
/** Changed leads taken from the outbox at once. */
const CHANGES_AT_ONCE = 1_000;
/** Leads looked at by one statement, where all of a list's, or of an import's, are. */
const SCAN_LEADS = 25_000;
/** Rules that speak of days come to hold, and cease to, without anybody changing anything: whom they have reached is asked so often. */
const PASS_TIME_EVERY_MS = 30_000;
/** Should a change ever not have been noted. */
const SCAN_EVERY_MS = 24 * 3_600_000;
const REST_MS = 60_000;
const DROP_BATCHES_AFTER_MS = 24 * 3_600_000;

/**
 * Keeps lists true to their campaigns. Leads whose facts change are in an outbox, written with the change; each look empties
 * it and brings the live lists in line for just those leads, in one transaction: what breaks off is done again. Twice a minute
 * the same is done for those whom time alone has brought into a rule that speaks of days, or out of it. When segments change,
 * and once a day, all leads are looked at, slice by slice. Lists of either kind are ranked anew when the campaign's order or
 * weights have changed.
 *
 * Several processes may look: one at a time does.
 */
@Injectable()
export class LiveListsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(LiveListsService.name);
  /** Lists that could not be kept. */
  private readonly restingUntil = new Map<number, number>();
  /** By campaign: up to when those whom time has reached were looked at. Lost with the process: then it is the last look at all. */
  private readonly timePassedAt = new Map<number, Date>();
  private timer: Timer | null = null;
  private looking: Promise<unknown> | null = null;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly repository: LiveListsRepository,
    private readonly lists: CallingListService,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = this.clock.every(LOOK_EVERY_MS, async () => {
      this.looking = this.look();
      await this.looking;
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await Promise.allSettled([this.looking]);
  }

  /** One look: what has changed, then what is to be looked at anyway, for about a second. True: all of it is done. */
  async look(): Promise<boolean> {
    const until = this.clock.now().getTime() + LOOK_MS;
    await this.step((tx) => this.upkeep(tx));
    // Changes of single leads first: they are few, and somebody waits for them.
    for (const work of [this.followChanges, this.followRange, this.scan])
      for (let more: boolean | null = true; more;) {
        if (this.stopped || this.clock.now().getTime() > until) return false;
        more = await this.step((tx, kept) => work.call(this, tx, kept));
        if (more === null) return false;
      }
    return true;
  }

  /** One transaction of whoever keeps the lists now; null when that is somebody else. */
  private step<T>(work: (tx: Tx, kept: KeptList[]) => Promise<T>): Promise<T | null> {
    return this.database.transaction(async (tx) => {
      if (!(await this.repository.tryLead(tx))) return null;
      return work(tx, await this.repository.listKept(tx));
    });
  }

  private async upkeep(tx: Tx): Promise<void> {
    await this.repository.forgetScans(tx);
    const now = this.clock.now();
    await this.repository.dropOldBatches(new Date(now.getTime() - DROP_BATCHES_AFTER_MS), tx);
    for (const list of await this.repository.listKept(tx))
      if (list.needsRanking) await this.lists.requestRanking(tx, list);
  }

  /** True: there may be more. */
  private async followChanges(tx: Tx, kept: KeptList[]): Promise<boolean> {
    const { taken, leadIds } = await this.repository.takeChanges(CHANGES_AT_ONCE, tx);
    if (taken === 0) return false;
    await this.followAll(tx, kept, { leadIds });
    return taken === CHANGES_AT_ONCE;
  }

  private async followRange(tx: Tx, kept: KeptList[]): Promise<boolean> {
    const range = await this.repository.takeRange(SCAN_LEADS, tx);
    if (!range) return false;
    await this.followAll(tx, kept, { afterLeadId: range.fromId - 1, upToLeadId: range.toId });
    return true;
  }

  /** One slice of the first list that has one. */
  private async scan(tx: Tx, kept: KeptList[]): Promise<boolean> {
    for (const list of kept) {
      if (!this.isKept(list)) continue;
      const rules = await this.attempt(tx, list, () => this.lists.fingerprintOf(tx, list.campaignId));
      if (rules === null) continue;
      const isDue = rules !== list.scannedAs || list.scanAfterLeadId !== null || this.isStale(list);
      if (isDue || (await this.passTime(tx, list)) === 'everybody') {
        await this.scanSlice(tx, list, rules);
        return true;
      }
    }
    return false;
  }

  private async scanSlice(tx: Tx, list: KeptList, rules: string): Promise<void> {
    // Other rules than those that the slices before were looked at with: from the beginning.
    const afterLeadId = rules === list.scannedAs ? (list.scanAfterLeadId ?? 0) : 0;
    const upToLeadId = afterLeadId + SCAN_LEADS;
    const isLast = upToLeadId >= (await this.lists.findLastLeadId(tx));
    if (!(await this.follow(tx, list, { afterLeadId, upToLeadId }))) return;
    const scan = { campaignId: list.campaignId, scannedAs: rules, at: this.clock.now() };
    await this.repository.noteScan({ ...scan, afterLeadId: isLast ? null : upToLeadId }, tx);
  }

  /** Follow those whom time alone has reached since the last look, unless they are too many to be told from everybody. */
  private async passTime(tx: Tx, list: KeptList): Promise<'everybody' | 'done'> {
    const { campaignId } = list;
    const now = this.clock.now();
    const since = this.timePassedAt.get(campaignId) ?? list.scannedAt!;
    if (now.getTime() - since.getTime() < PASS_TIME_EVERY_MS) return 'done';
    const span = { since, now, limit: SCAN_LEADS };
    const leadIds = await this.attempt(tx, list, () => this.lists.findCrossed(tx, campaignId, span));
    if (leadIds === null) return 'done';
    if (leadIds !== 'everybody' && leadIds.length > 0 && !(await this.follow(tx, list, { leadIds }))) return 'done';
    tx.afterCommit(() => void this.timePassedAt.set(campaignId, now));
    return leadIds === 'everybody' ? leadIds : 'done';
  }

  private isStale({ scannedAt }: KeptList): boolean {
    return scannedAt === null || this.clock.now().getTime() - scannedAt.getTime() >= SCAN_EVERY_MS;
  }

  private async followAll(tx: Tx, kept: KeptList[], scope: FollowScope): Promise<void> {
    for (const list of kept) if (this.isKept(list)) await this.follow(tx, list, scope);
  }

  private isKept({ live, campaignId }: KeptList): boolean {
    return live && (this.restingUntil.get(campaignId) ?? 0) <= this.clock.now().getTime();
  }

  private async follow(tx: Tx, list: KeptList, scope: FollowScope): Promise<boolean> {
    const { campaignId } = list;
    const followed = await this.attempt(tx, list, () => this.lists.follow(tx, campaignId, scope, this.clock.now()));
    if (followed && followed.entered + followed.left > 0)
      tx.afterCommit(() => this.hub.publish({ kind: 'campaign', id: campaignId }));
    return followed !== null;
  }

  /** A list that can't be kept, whatever its fault, keeps no other from being so: it is looked at as a whole, later. */
  private async attempt<T>(tx: Tx, { campaignId }: KeptList, work: () => Promise<T>): Promise<T | null> {
    await this.repository.savepoint(tx);
    try {
      return await work();
    } catch (error) {
      await this.repository.rollBackToSavepoint(tx);
      await this.lists.requestScan(tx, campaignId);
      this.restingUntil.set(campaignId, this.clock.now().getTime() + REST_MS);
      this.log.error(`The list of campaign ${campaignId}: ${error instanceof Error ? error.stack : String(error)}`);
      return null;
    }
  }
}
