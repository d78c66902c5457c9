import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { ORGANISATION_ID } from '../common/organisation.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { Queryable, Tx } from '../database/database.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { intersect, openIntervals, openingAt, type Closing, type Interval, type Opening } from './calling-hours.js';
import { ComplianceRepository, type Bucket, type NewSuppression } from './compliance.repository.js';
import type { Ban, RegistryFact } from './decision.js';
import type { Place } from './effective-rule.js';
import {
  HOUSE_PROFILE,
  ruleOfProfile,
  SIMULATION_PROFILE,
  type Cap,
  type EffectiveRule,
  type Profile,
  type Purpose,
  type RegistryRule,
  type WeekHours,
} from './profile.js';
import { lockKey } from './phone-lock.js';
import { RulesService } from './rules.service.js';
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

/** What was compiled of one organisation's rules, until they change. */
interface Compiled {
  generation: number;
  intervals: Map<string, { intervals: Interval[]; at: number }>;
}

/** May this phone be called now: hours where the person is, who may not be called at all, how often is enough. */
@Injectable()
export class ComplianceService {
  private buckets = new Map<number, Bucket>();
  private bucketsReadAt = -Infinity;
  private readonly compiled = new Map<number, Compiled>();
  private readonly texts = new WeakMap<WeekHours, string>();

  constructor(
    private readonly repository: ComplianceRepository,
    private readonly lists: SuppressionListsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'profiles'>,
    private readonly rules: RulesService,
  ) {}

  /** The rules that hold for numbers of a country of which nothing more is known, in short. */
  profileOf(country: string, purpose: Purpose = 'sales', organisationId = ORGANISATION_ID): Profile {
    if (this.settings.profiles === 'simulation') return SIMULATION_PROFILE;
    if (this.settings.profiles === 'house') return HOUSE_PROFILE;
    return inShort(this.rules.ruleFor({ country, regions: [] }, purpose, organisationId));
  }

  /** Everything that holds for calls to a bucket: the meet of all profiles that may apply, as they were last read. */
  async ruleOf(bucketId: number, purpose: Purpose = 'sales', organisationId = ORGANISATION_ID): Promise<EffectiveRule> {
    return this.ruleFor(await this.getBucket(bucketId), purpose, organisationId);
  }

  /** The same for a country and parts of it. */
  ruleFor(place: Place, purpose: Purpose = 'sales', organisationId = ORGANISATION_ID): EffectiveRule {
    if (this.settings.profiles !== 'law') return ruleOfProfile(this.profileOf(place.country, purpose, organisationId));
    return this.rules.ruleFor(place, purpose, organisationId);
  }

  /**
   * Read the profiles, overrides and holidays anew unless they are those of the stamp (`rules_stamps`): at the gate, before
   * it decides.
   */
  async refreshRules(on: Queryable, organisationId: number, stamp: number): Promise<void> {
    if (this.settings.profiles === 'law') await this.rules.refresh(on, organisationId, stamp);
  }

  /** Caps of the profile, and of the campaign on top: all of them bind. */
  capsOf(country: string, maxAttemptsPerDay: number, purpose: Purpose = 'sales'): Cap[] {
    return [...this.profileOf(country, purpose).caps, { max: maxAttemptsPerDay, windowMs: DAY_MS }];
  }

  /**
   * Hours of a week without holidays in which somebody who may be in any of these zones may be called: all of them must be
   * open.
   */
  weeklyHours(country: string, zones: readonly string[], purpose: Purpose = 'sales'): number {
    const now = this.clock.now();
    const end = now.getTime() + 7 * DAY_MS;
    const { hours, closingMarginSeconds } = this.ruleFor({ country, regions: [] }, purpose);
    const closing = { closedDays: new Set<string>(), marginSeconds: closingMarginSeconds };
    const open = openIntervals(hours, zones, now, 7, closing);
    const ms = open.reduce(
      (sum, each) => sum + Math.max(0, Math.min(each.end, end) - Math.max(each.start, now.getTime())),
      0,
    );
    return ms / 3_600_000;
  }

  /** When a bucket's leads may be called under a campaign's hours: the law, its holidays and its margin, and the campaign. */
  async openIntervalsOf(
    bucketId: number,
    campaignHours: WeekHours,
    purpose: Purpose = 'sales',
    organisationId = ORGANISATION_ID,
  ): Promise<Interval[]> {
    const { intervals } = this.compiledOf(organisationId);
    const now = this.clock.now();
    const key = `${purpose}/${bucketId}/${this.textOf(campaignHours)}`;
    const known = intervals.get(key);
    if (known && now.getTime() - known.at < RECOMPILE_AFTER_MS) return known.intervals;
    const law = `${purpose}/${bucketId}`;
    let lawful = intervals.get(law);
    if (!lawful || now.getTime() - lawful.at >= RECOMPILE_AFTER_MS) {
      lawful = { intervals: await this.lawfulIntervals(bucketId, purpose, organisationId, now), at: now.getTime() };
      intervals.set(law, lawful);
    }
    const bucket = await this.getBucket(bucketId);
    const own = openIntervals([campaignHours], bucket.zones, now, COMPILED_DAYS);
    const open = intersect(lawful.intervals, own);
    intervals.set(key, { intervals: open, at: now.getTime() });
    return open;
  }

  /** Hours as text, made once for the many buckets that are asked about. */
  private textOf(hours: WeekHours): string {
    let text = this.texts.get(hours);
    if (text === undefined) this.texts.set(hours, (text = JSON.stringify(hours)));
    return text;
  }

  /** The same for the days around an instant that may lie beyond the days compiled ahead. Not kept. */
  async openIntervalsAround(
    bucketId: number,
    campaignHours: WeekHours,
    at: Date,
    purpose: Purpose = 'sales',
    organisationId = ORGANISATION_ID,
  ): Promise<Interval[]> {
    const bucket = await this.getBucket(bucketId);
    const lawful = await this.lawfulIntervals(bucketId, purpose, organisationId, at);
    return intersect(lawful, openIntervals([campaignHours], bucket.zones, at, COMPILED_DAYS));
  }

  private async lawfulIntervals(
    bucketId: number,
    purpose: Purpose,
    organisationId: number,
    from: Date,
  ): Promise<Interval[]> {
    const bucket = await this.getBucket(bucketId);
    const rule = this.ruleFor(bucket, purpose, organisationId);
    const closing: Closing = {
      closedDays: rule.closedOnHolidays ? await this.holidaysAround(bucket, organisationId, from) : new Set(),
      marginSeconds: rule.closingMarginSeconds,
    };
    return openIntervals(rule.hours, bucket.zones, from, COMPILED_DAYS, closing);
  }

  private holidaysAround(place: Place, organisationId: number, from: Date): Promise<ReadonlySet<string>> {
    const until = new Date(from.getTime() + COMPILED_DAYS * DAY_MS);
    return this.rules.holidaysOf(organisationId).daysBetween(place, from, until);
  }

  /** Nothing that was compiled from older rules. */
  private compiledOf(organisationId: number): Compiled {
    const generation = this.settings.profiles === 'law' ? this.rules.generationOf(organisationId) : 0;
    let compiled = this.compiled.get(organisationId);
    if (compiled?.generation !== generation) {
      compiled = { generation, intervals: new Map() };
      this.compiled.set(organisationId, compiled);
    }
    return compiled;
  }

  /** Buckets that are open now; and, for those that are not, the first instant at which one of them opens. */
  async openBuckets(
    campaignHours: WeekHours,
    purpose: Purpose = 'sales',
    organisationId = ORGANISATION_ID,
  ): Promise<{ open: number[]; nextAt: Date | null }> {
    await this.refreshBuckets();
    if (this.settings.profiles === 'law') await this.rules.lookNowAndThen(organisationId);
    const now = this.clock.now();
    const open: number[] = [];
    let nextAt: Date | null = null;
    for (const id of this.buckets.keys()) {
      const opening = openingAt(await this.openIntervalsOf(id, campaignHours, purpose, organisationId), now);
      if (opening.open) open.push(id);
      else if (opening.changesAt && (!nextAt || opening.changesAt < nextAt)) nextAt = opening.changesAt;
    }
    return { open, nextAt };
  }

  /** Is a bucket open at an instant, and until or from when. */
  async openingAt(
    bucketId: number,
    campaignHours: WeekHours,
    at: Date,
    purpose: Purpose = 'sales',
    organisationId = ORGANISATION_ID,
  ): Promise<Opening> {
    return openingAt(await this.openIntervalsOf(bucketId, campaignHours, purpose, organisationId), at);
  }

  /** The first instant from `at` on at which a bucket is open; `at` itself where none is known. */
  async firstOpenFrom(
    bucketId: number,
    campaignHours: WeekHours,
    at: Date,
    purpose: Purpose = 'sales',
    organisationId = ORGANISATION_ID,
  ): Promise<Date> {
    const opening = await this.openingAt(bucketId, campaignHours, at, purpose, organisationId);
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
    purpose: Purpose = 'sales',
  ): Promise<Map<string, RegistryFact[]>> {
    const asked = (country: string) => this.profileOf(country, purpose, organisationId).registries;
    const rules = new Map([...new Set(countries)].map((country) => [country, asked(country)]));
    const facts = await this.registryFacts(on, organisationId, [...rules.values()].flat());
    const factOf = (rule: RegistryRule) => ({ ...rule, datedAt: facts.get(rule.registry) ?? null });
    return new Map([...rules].map(([country, registries]) => [country, registries.map(factOf)]));
  }

  /** When the file that we have of each of these registries is from, by registry; those without a file are left out. */
  async registryFacts(
    on: Queryable,
    organisationId: number,
    registries: readonly RegistryRule[],
  ): Promise<Map<string, Date>> {
    const wanted = new Set(registries.map((rule) => rule.registry));
    const dates = wanted.size === 0 ? [] : await this.lists.listRegistryDates(on, organisationId, [...wanted]);
    return new Map(dates.map((row) => [row.registry, row.datedAt]));
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

/** A rule as those see it who ask only for what every profile has. Calendar days count as so many times 24 hours. */
function inShort(rule: EffectiveRule): Profile {
  const caps = rule.caps
    .filter(({ key, count }) => key !== 'campaign' && count === 'attempts')
    .map(({ max, window }) => ({
      max,
      windowMs: 'hours' in window ? window.hours * 3_600_000 : window.days * DAY_MS,
    }));
  return {
    id: rule.profiles.map(({ code }) => code).join('+'),
    version: rule.profiles.map(({ version }) => version).join('+'),
    title: rule.profiles.map(({ code }) => code).join(', '),
    hours: rule.hours[0]!,
    caps: [...new Map(caps.map((cap) => [`${cap.max}/${cap.windowMs}`, cap])).values()],
    registries: rule.registries,
    needsConsent: rule.consent !== 'none',
    redialAfterAbandonHours: rule.abandon.redialAfterHours,
    sources: [],
  };
}
