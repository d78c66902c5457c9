import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { Queryable, Tx } from '../database/database.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { openIntervals, openingAt, type Interval, type Opening } from './calling-hours.js';
import { ComplianceRepository, type Bucket, type NewSuppression } from './compliance.repository.js';
import type { Ban, RegistryFact } from './decision.js';
import {
  HOUSE_PROFILE,
  SIMULATION_PROFILE,
  type Cap,
  type Profile,
  type RegistryRule,
  type WeekHours,
} from './profile.js';
import { SuppressionListsRepository } from './suppression-lists.repository.js';

/** Days that a bucket's open intervals are compiled ahead; compiled anew well before they run out. */
const COMPILED_DAYS = 16;
const RECOMPILE_AFTER_MS = 6 * 3_600_000;
const BUCKETS_FRESH_MS = 30_000;
const DAY_MS = 24 * 3_600_000;

export interface PhoneFacts {
  suppressions: Ban[];
  live: boolean;
  triedAt: Date[];
}

/** May this phone be called now: hours where the person is, who may not be called at all, how often is enough. */
@Injectable()
export class ComplianceService {
  private buckets = new Map<number, Bucket>();
  private bucketsReadAt = -Infinity;
  private readonly compiled = new Map<string, { intervals: Interval[]; at: number }>();

  constructor(
    private readonly repository: ComplianceRepository,
    private readonly lists: SuppressionListsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'demo'>,
  ) {}

  /** The rules that hold for numbers of a country. */
  profileOf(_country: string): Profile {
    return this.settings.demo ? SIMULATION_PROFILE : HOUSE_PROFILE;
  }

  /** Caps of the profile, and of the campaign on top: all of them bind. */
  capsOf(country: string, maxAttemptsPerDay: number): Cap[] {
    return [...this.profileOf(country).caps, { max: maxAttemptsPerDay, windowMs: DAY_MS }];
  }

  /** Hours of the coming week in which somebody who may be in any of these zones may be called: all of them must be open. */
  weeklyHours(country: string, zones: readonly string[]): number {
    const now = this.clock.now();
    const end = now.getTime() + 7 * DAY_MS;
    const open = openIntervals([this.profileOf(country).hours], zones, now, 7);
    const ms = open.reduce(
      (sum, each) => sum + Math.max(0, Math.min(each.end, end) - Math.max(each.start, now.getTime())),
      0,
    );
    return ms / 3_600_000;
  }

  /** When a bucket's leads may be called under a campaign's hours. */
  async openIntervalsOf(bucketId: number, campaignHours: WeekHours): Promise<Interval[]> {
    const bucket = await this.getBucket(bucketId);
    const now = this.clock.now();
    const key = `${bucketId}/${JSON.stringify(campaignHours)}`;
    const known = this.compiled.get(key);
    if (known && now.getTime() - known.at < RECOMPILE_AFTER_MS) return known.intervals;
    const hours = [this.profileOf(bucket.country).hours, campaignHours];
    const intervals = openIntervals(hours, bucket.zones, now, COMPILED_DAYS);
    this.compiled.set(key, { intervals, at: now.getTime() });
    return intervals;
  }

  /** The same for the days around an instant that may lie beyond the days compiled ahead. Not kept. */
  async openIntervalsAround(bucketId: number, campaignHours: WeekHours, at: Date): Promise<Interval[]> {
    const bucket = await this.getBucket(bucketId);
    return openIntervals([this.profileOf(bucket.country).hours, campaignHours], bucket.zones, at, COMPILED_DAYS);
  }

  /** Buckets that are open now; and, for those that are not, the first instant at which one of them opens. */
  async openBuckets(campaignHours: WeekHours): Promise<{ open: number[]; nextAt: Date | null }> {
    await this.refreshBuckets();
    const now = this.clock.now();
    const open: number[] = [];
    let nextAt: Date | null = null;
    for (const id of this.buckets.keys()) {
      const opening = openingAt(await this.openIntervalsOf(id, campaignHours), now);
      if (opening.open) open.push(id);
      else if (opening.changesAt && (!nextAt || opening.changesAt < nextAt)) nextAt = opening.changesAt;
    }
    return { open, nextAt };
  }

  /** Is a bucket open at an instant, and until or from when. */
  async openingAt(bucketId: number, campaignHours: WeekHours, at: Date): Promise<Opening> {
    return openingAt(await this.openIntervalsOf(bucketId, campaignHours), at);
  }

  /** The first instant from `at` on at which a bucket is open; `at` itself where none is known. */
  async firstOpenFrom(bucketId: number, campaignHours: WeekHours, at: Date): Promise<Date> {
    const opening = await this.openingAt(bucketId, campaignHours, at);
    return opening.open ? at : (opening.changesAt ?? at);
  }

  async getBucket(id: number): Promise<Bucket> {
    if (!this.buckets.has(id)) await this.readBuckets();
    const bucket = this.buckets.get(id);
    if (!bucket) throw new Error(`There is no bucket ${id}`);
    return bucket;
  }

  /** Lock phones for the transaction; false where another transaction has the phone now. */
  async tryLockPhones(on: Queryable, matchHashes: readonly Buffer[]): Promise<boolean[]> {
    return this.repository.tryLockPhones(on, matchHashes.map(lockKey));
  }

  /** Read what the law needs to know about phones that this transaction has locked. */
  async readPhoneFacts(
    on: Queryable,
    p: { organisationId: number; campaignId: number; matchHashes: readonly Buffer[]; caps: readonly Cap[] },
  ): Promise<PhoneFacts[]> {
    const at = this.clock.now();
    const since = new Date(at.getTime() - Math.max(0, ...p.caps.map((cap) => cap.windowMs)));
    const rows = await this.repository.readPhoneFacts(on, { ...p, since, at });
    return rows.map((row) => ({
      suppressions: row.suppressions,
      live: row.live,
      triedAt: row.tried_at.map((at) => new Date(at)),
    }));
  }

  /** The registries that the profiles of some countries ask for, by country, with the dates of our files. */
  async readRegistries(
    on: Queryable,
    organisationId: number,
    countries: readonly string[],
  ): Promise<Map<string, RegistryFact[]>> {
    const rules = new Map([...new Set(countries)].map((country) => [country, this.profileOf(country).registries]));
    const wanted = new Set([...rules.values()].flat().map((rule) => rule.registry));
    const dates = wanted.size === 0 ? [] : await this.lists.listRegistryDates(on, organisationId, [...wanted]);
    const datedAt = new Map(dates.map((row) => [row.registry, row.datedAt]));
    const facts = (rule: RegistryRule) => ({ ...rule, datedAt: datedAt.get(rule.registry) ?? null });
    return new Map([...rules].map(([country, asked]) => [country, asked.map(facts)]));
  }

  /**
   * From the commit of `tx` on, the number is not called any more in the scope. Takes the phone's lock: a gate that has
   * it is waited for, and every gate after this one reads the suppression.
   */
  async suppress(tx: Tx, suppression: Omit<NewSuppression, 'validFrom'>): Promise<void> {
    await this.repository.lockPhone(tx, lockKey(suppression.matchHash));
    const id = await this.repository.insertSuppression(tx, { ...suppression, validFrom: this.clock.now() });
    tx.afterCommit(() => this.hub.publish({ kind: 'suppression', id }));
  }

  private async refreshBuckets(): Promise<void> {
    if (this.clock.now().getTime() - this.bucketsReadAt >= BUCKETS_FRESH_MS) await this.readBuckets();
  }

  private async readBuckets(): Promise<void> {
    const buckets = await this.repository.listBuckets();
    this.buckets = new Map(buckets.map((bucket) => [bucket.id, bucket]));
    this.bucketsReadAt = this.clock.now().getTime();
  }
}

/** Key of a phone's lock: the first eight bytes of its hash. */
function lockKey(matchHash: Buffer): bigint {
  return matchHash.readBigInt64BE(0);
}
