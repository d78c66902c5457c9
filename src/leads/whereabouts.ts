import { areaOf, type NumberPlace } from './area-codes.js';
import { placeInRanges, type NumberRanges } from './number-ranges.js';
import { regionsNamed } from './regions.js';
import { canonicalZone, countryZones, distinctZones, zonesNamed } from './time-zones.js';

/** What a file and a number say of where somebody is. */
export interface WhereFacts {
  /** ISO 3166-1 alpha-2, from the number. */
  country: string;
  /** IANA zone that the file states. One that does not exist counts as not stated. */
  timeZone?: string | null;
  /** Region, state or city, as the file writes it. */
  region?: string | null;
  /** IANA zone that the person named in a call. */
  statedZone?: string | null;
  /** With its plus. */
  e164?: string | null;
  lineType?: string | null;
  /** Where the ranges of the country's numbers belong, as far as a register was loaded. */
  ranges?: NumberRanges | null;
}

/**
 * What told where somebody may be, the surest first. file_zone, file_region: the file · stated: the person · area_code ·
 * range: of the numbering plan · country: all of it.
 */
export const ZONE_SOURCES = ['file_zone', 'file_region', 'stated', 'area_code', 'range', 'country'] as const;
export type ZoneSource = (typeof ZONE_SOURCES)[number];

/** Where somebody may be. */
export interface Whereabouts {
  /** IANA, canonical, sorted, at least one: all of them must be open. */
  zones: readonly string[];
  /** ISO 3166-2, sorted: of the number and of the file; the law of each may apply. */
  regions: readonly string[];
  source: ZoneSource;
}

/** A zone in which somebody may be, and what says so. */
export interface ZoneCandidate {
  zone: string;
  source: ZoneSource;
}

/**
 * Where somebody may be: the first rung of the ladder that tells counts (ZONE_SOURCES). Zones whose clocks agree all year
 * count once, so that calling hours in all of them are not narrowed for nothing. Regions are gathered from the file and
 * from the number, whichever told the zone.
 */
export function whereabouts(facts: WhereFacts): Whereabouts {
  const rungs = rungsOf(facts);
  const first = rungs.find(({ zones }) => zones.length > 0) ?? { source: 'country' as const, zones: [] };
  const zones = first.source === 'country' ? countryZones(facts.country) : first.zones;
  const regions = [...new Set(rungs.flatMap((rung) => rung.regions))].sort();
  return { zones, regions, source: first.source };
}

/** Everything that the rungs say, the surest first, also below the one that counts. */
export function allCandidates(facts: WhereFacts): ZoneCandidate[] {
  const found = rungsOf(facts).flatMap(({ source, zones }) => zones.map((zone) => ({ zone, source })));
  return [...found, ...countryZones(facts.country).map((zone) => ({ zone, source: 'country' as const }))];
}

interface Rung {
  source: ZoneSource;
  zones: readonly string[];
  regions: readonly string[];
}

const NOWHERE: readonly string[] = [];

function rungsOf(facts: WhereFacts): Rung[] {
  const { country, timeZone, region, statedZone, e164, lineType, ranges } = facts;
  const rungs: Rung[] = [];
  const zone = timeZone ? canonicalZone(timeZone) : null;
  if (zone) rungs.push({ source: 'file_zone', zones: [zone], regions: NOWHERE });
  if (region) {
    const place = regionPlace(country, region);
    if (place) rungs.push({ source: 'file_region', ...place });
  }
  const stated = statedZone ? canonicalZone(statedZone) : null;
  if (stated) rungs.push({ source: 'stated', zones: [stated], regions: NOWHERE });
  if (e164) {
    const area = areaOf(country, e164, lineType ?? 'unknown');
    if (area) rungs.push({ source: 'area_code', ...area });
    const range = ranges ? rangeOf(country, e164, ranges) : null;
    if (range) rungs.push({ source: 'range', ...range });
  }
  return rungs;
}

/** What the number alone says: of its area, or else of its range. Always the same object for the same place. */
export function placeOfNumber(
  country: string,
  e164: string,
  lineType: string,
  ranges: NumberRanges | undefined,
): NumberPlace | null {
  return areaOf(country, e164, lineType) ?? (ranges ? rangeOf(country, e164, ranges) : null);
}

/** Length of `+` and the calling code of the countries that have a register. */
const CALLING_CODE_LENGTH: Readonly<Record<string, number>> = { RU: 2 };

/** Where the range of a number belongs, or null. */
export function rangeOf(country: string, e164: string, ranges: NumberRanges): NumberPlace | null {
  const length = CALLING_CODE_LENGTH[country];
  return length === undefined ? null : placeInRanges(ranges, Number(e164.slice(length)));
}

/**
 * The zones (IANA, canonical, sorted, at least one) where the person may be by what a file says of them: the stated one;
 * else those of the region, where its name tells; else all of the country.
 */
export function zoneCandidates(facts: WhereFacts): readonly string[] {
  return whereabouts(facts).zones;
}

const CACHE_LIMIT = 5_000;
const byRegion = new Map<string, NumberPlace | null>();

function regionPlace(country: string, region: string): NumberPlace | null {
  const name = region.trim().toLowerCase();
  if (name === '') return null;
  const key = `${country}:${name}`;
  let place = byRegion.get(key);
  if (place === undefined) {
    place = findRegionPlace(country, region.trim());
    if (byRegion.size < CACHE_LIMIT) byRegion.set(key, place);
  }
  return place;
}

function findRegionPlace(country: string, name: string): NumberPlace | null {
  const named = regionsNamed(country, name);
  if (named.length > 0)
    return {
      regions: named.map(({ code }) => code).sort(),
      zones: distinctZones(
        country,
        named.flatMap(({ zones }) => zones),
      ),
    };
  const zones: readonly string[] = zonesNamed(country);
  if (zones.length < 2) return null;
  // A region that bears the name of the city that a zone is called after: Novosibirsk, Samara, Lisbon.
  const namesake = zones.filter(
    (zone) => zone.split('/').at(-1)!.replaceAll('_', ' ').toLowerCase() === name.toLowerCase(),
  );
  return namesake.length === 1 ? { regions: NOWHERE, zones: namesake } : null;
}
