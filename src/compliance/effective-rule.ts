import { canonicalJson } from './canonical-json.js';
import { canonicalHours, type LoadedProfile } from './profile-document.js';
import {
  CONSENTS,
  RECORDINGS,
  RULE_MODES,
  WEEKDAYS,
  type EffectiveRule,
  type LocalWindow,
  type OverrideMark,
  type ProfileMark,
  type Purpose,
  type RegistryRule,
  type WeekHours,
} from './profile.js';

/** Where a call goes, as far as it decides about the law. */
export interface Place {
  /** Of the number (ISO 3166-1). */
  country: string;
  /** Of the number and of where the person is said to live (ISO 3166-2). */
  regions: readonly string[];
}

/**
 * The profiles that may apply to a call: all that speak of its place and purpose. A country of which no shipped one speaks
 * has the house's. Uploaded ones only ever come on top.
 */
export function profilesFor(
  known: { house: LoadedProfile; shipped: readonly LoadedProfile[]; uploaded: readonly LoadedProfile[] },
  place: Place,
  purpose: Purpose,
): LoadedProfile[] {
  const countries = [...new Set([place.country, ...place.regions.map((region) => region.slice(0, 2))])];
  const applies = ({ appliesWhen: { countries: named, regions, purposes } }: LoadedProfile) =>
    purposes.includes(purpose) &&
    named.some((country) => countries.includes(country)) &&
    (regions.length === 0 || regions.some((region) => place.regions.includes(region)));
  const shipped = known.shipped.filter(applies);
  const speaksOf = (country: string) =>
    shipped.some(({ appliesWhen }) => appliesWhen.regions.length === 0 && appliesWhen.countries.includes(country));
  const house = countries.every(speaksOf) ? [] : [known.house];
  return [...house, ...shipped, ...known.uploaded.filter(applies)];
}

/** A profile by itself. */
export function ruleOf(profile: LoadedProfile, overrides: readonly OverrideMark[] = []): EffectiveRule {
  const { code, version, hash, rule } = profile;
  return canonicalRule({ ...rule, profiles: [{ code, version, hash }], overrides });
}

/** What holds where all of them apply. Throws RangeError for none: there is no rule that is weaker than all. */
export function meetAll(rules: readonly EffectiveRule[]): EffectiveRule {
  if (rules.length === 0) throw new RangeError('The meet of no rules');
  return rules.reduce(meet);
}

/**
 * What holds where both apply: hours, modes and prefixes intersect; caps, cool-downs and registries accumulate; of minima
 * the greater counts, of maxima the lesser, of consent and all else the stricter. Commutative, associative, idempotent.
 */
export function meet(a: EffectiveRule, b: EffectiveRule): EffectiveRule {
  return canonicalRule({
    profiles: [...a.profiles, ...b.profiles],
    overrides: [...a.overrides, ...b.overrides],
    hours: [...a.hours, ...b.hours],
    closedOnHolidays: a.closedOnHolidays || b.closedOnHolidays,
    closingMarginSeconds: Math.max(a.closingMarginSeconds, b.closingMarginSeconds),
    caps: [...a.caps, ...b.caps],
    coolDowns: [...a.coolDowns, ...b.coolDowns],
    consent: later(CONSENTS, a.consent, b.consent),
    consentMaxAgeDays:
      a.consentMaxAgeDays === null || b.consentMaxAgeDays === null
        ? (a.consentMaxAgeDays ?? b.consentMaxAgeDays)
        : Math.min(a.consentMaxAgeDays, b.consentMaxAgeDays),
    registries: [...a.registries, ...b.registries],
    modes: a.modes.filter((mode) => b.modes.includes(mode)),
    abandon: {
      maxRate: Math.min(a.abandon.maxRate, b.abandon.maxRate),
      windowDays: Math.max(a.abandon.windowDays, b.abandon.windowDays),
      connectTimeoutMs: Math.min(a.abandon.connectTimeoutMs, b.abandon.connectTimeoutMs),
      message: a.abandon.message || b.abandon.message,
      redialAfterHours: Math.max(a.abandon.redialAfterHours, b.abandon.redialAfterHours),
    },
    ring: {
      minSeconds: Math.max(a.ring.minSeconds, b.ring.minSeconds),
      maxSeconds: Math.min(a.ring.maxSeconds, b.ring.maxSeconds),
    },
    callerId: {
      required: a.callerId.required || b.callerId.required,
      mobileAllowed: a.callerId.mobileAllowed && b.callerId.mobileAllowed,
      prefixes: meetPrefixes(a.callerId.prefixes, b.callerId.prefixes),
      registered: a.callerId.registered || b.callerId.registered,
    },
    recording: later(RECORDINGS, a.recording, b.recording),
    retentionDays: Math.max(a.retentionDays, b.retentionDays),
  });
}

/** One way to write it, so that equal rules are equal. */
function canonicalRule(rule: EffectiveRule): EffectiveRule {
  return {
    ...rule,
    profiles: sortedSet<ProfileMark>(rule.profiles),
    overrides: [...new Map(rule.overrides.map((mark) => [mark.id, mark])).values()].sort((a, b) => a.id - b.id),
    hours: [rule.hours.map(canonicalHours).reduce(meetHours)],
    caps: sortedSet(rule.caps),
    coolDowns: sortedSet(rule.coolDowns),
    registries: freshest(rule.registries),
    modes: RULE_MODES.filter((mode) => rule.modes.includes(mode)),
    callerId: { ...rule.callerId, prefixes: rule.callerId.prefixes && shortest(rule.callerId.prefixes) },
  };
}

/** Windows in which both weeks are open, of weeks with sorted, disjoint windows. */
export function meetHours(a: WeekHours, b: WeekHours): WeekHours {
  const found: Partial<Record<(typeof WEEKDAYS)[number], LocalWindow[]>> = {};
  for (const day of WEEKDAYS) {
    const windows: LocalWindow[] = [];
    // Times of day compare as texts.
    for (const [opens, closes] of a[day] ?? [])
      for (const [from, to] of b[day] ?? []) {
        const window: LocalWindow = [opens > from ? opens : from, closes < to ? closes : to];
        if (window[0] < window[1]) windows.push(window);
      }
    if (windows.length > 0) found[day] = windows;
  }
  return found;
}

function meetPrefixes(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b;
  return a.flatMap((one) =>
    b.flatMap((other) => (one.startsWith(other) ? [one] : other.startsWith(one) ? [other] : [])),
  );
}

/** Without those that another one includes. */
function shortest(prefixes: readonly string[]): string[] {
  return [...new Set(prefixes)]
    .filter((prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)))
    .sort();
}

/** Of several ages of one registry the lowest. */
function freshest(registries: readonly RegistryRule[]): RegistryRule[] {
  const ages = new Map<string, number>();
  for (const { registry, maxAgeDays } of registries)
    ages.set(registry, Math.min(maxAgeDays, ages.get(registry) ?? Infinity));
  return [...ages]
    .map(([registry, maxAgeDays]) => ({ registry, maxAgeDays }))
    .sort((x, y) => (x.registry < y.registry ? -1 : 1));
}

function later<T>(order: readonly T[], a: T, b: T): T {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

function sortedSet<T>(items: readonly T[]): T[] {
  const byText = new Map(items.map((item) => [canonicalJson(item), item]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
