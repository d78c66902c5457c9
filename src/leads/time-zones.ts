import { getCountry, getTimezone, type CountryCode, type TimezoneName } from 'countries-and-timezones';
import { DateTime, IANAZone } from 'luxon';

/** What a file and a number say of where somebody is. */
export interface WhereFacts {
  /** ISO 3166-1 alpha-2, from the number. */
  country: string;
  /** IANA zone that the file states. One that does not exist counts as not stated. */
  timeZone?: string | null;
  /** Region, state or city, as the file writes it. */
  region?: string | null;
}

/**
 * The zones (IANA, canonical, sorted, at least one) where the person may be: the stated one; else those of the region,
 * where its name tells; else all of the country. Zones whose clocks agree all year count once, so that calling hours in
 * all of them are not narrowed for nothing.
 */
export function zoneCandidates(facts: WhereFacts): readonly string[] {
  const stated = facts.timeZone ? canonicalZone(facts.timeZone) : null;
  const zones = stated ? [stated] : (regionZones(facts.country, facts.region ?? '') ?? countryZones(facts.country));
  return zones;
}

/** The canonical name of an IANA zone, or null when there is no such zone. Offsets (`UTC+3`) are not zones. */
export function canonicalZone(name: string): string | null {
  const text = name.trim().replace(/ /g, '_');
  const cached = canonical.get(text);
  if (cached !== undefined) return cached;
  const known = knownZone(text);
  if (canonical.size < CACHE_LIMIT) canonical.set(text, known);
  return known;
}

const CACHE_LIMIT = 5_000;
const canonical = new Map<string, string | null>();

function knownZone(text: string): string | null {
  // Etc/GMT-3, EST and the like say an offset, not a place: their daylight saving is unknown.
  if (!text.includes('/') || text.startsWith('Etc/')) return null;
  const zone = getTimezone(text as TimezoneName);
  return zone && IANAZone.isValidZone(text) ? (zone.aliasOf ?? zone.name) : null;
}

const byCountry = new Map<string, readonly string[]>();

/** Every zone of a country whose clock differs at some time of the year. UTC for a country that is not known. */
export function countryZones(country: string): readonly string[] {
  let zones = byCountry.get(country);
  if (!zones) {
    zones = distinctClocks(country, getCountry(country as CountryCode)?.timezones ?? []);
    if (zones.length === 0) zones = ['Etc/UTC'];
    byCountry.set(country, zones);
  }
  return zones;
}

/** Of zones whose clocks agree, these stand for the others: their cities are the best known. */
const PRINCIPAL = new Set([
  'America/Argentina/Buenos_Aires',
  'America/Chicago',
  'America/Denver',
  'America/Edmonton',
  'America/Halifax',
  'America/Los_Angeles',
  'America/Mexico_City',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Toronto',
  'America/Vancouver',
  'America/Winnipeg',
  'Asia/Almaty',
  'Asia/Jakarta',
  'Australia/Brisbane',
  'Australia/Sydney',
  'Europe/Lisbon',
  'Europe/Madrid',
  'Europe/Moscow',
]);

/** One zone for each clock: the country's own before a neighbour's, the best known before others, Antarctica last. */
function distinctClocks(country: string, zones: readonly string[]): string[] {
  const strangeness = (zone: string) =>
    (getTimezone(zone as TimezoneName)?.countries[0] === country ? 0 : 2) +
    (PRINCIPAL.has(zone) ? 0 : 1) +
    (zone.startsWith('Antarctica/') ? 4 : 0);
  const chosen = new Map<string, string>();
  const inOrder = zones
    .filter((zone) => IANAZone.isValidZone(zone) && !getTimezone(zone as TimezoneName)?.aliasOf)
    .sort((a, b) => strangeness(a) - strangeness(b) || (a < b ? -1 : 1));
  for (const zone of inOrder) {
    const clock = offsetsOver(zone);
    if (!chosen.has(clock)) chosen.set(clock, zone);
  }
  return [...chosen.values()].sort();
}

// 2026 week by week: enough to tell any two daylight-saving rules of today apart, a month without it included.
const REFERENCE_START_MS = Date.UTC(2026, 0, 1);
const REFERENCE_STEPS = 52;
const REFERENCE_STEP_MS = 7 * 86_400_000;

function offsetsOver(zone: string): string {
  return Array.from(
    { length: REFERENCE_STEPS },
    (_, step) => DateTime.fromMillis(REFERENCE_START_MS + step * REFERENCE_STEP_MS, { zone }).offset,
  ).join();
}

const byRegion = new Map<string, readonly string[] | null>();

function regionZones(country: string, region: string): readonly string[] | null {
  const name = region.trim().toLowerCase();
  if (name === '') return null;
  const key = `${country}:${name}`;
  let zones = byRegion.get(key);
  if (zones === undefined) {
    zones = findRegionZones(country, name);
    if (byRegion.size < CACHE_LIMIT) byRegion.set(key, zones);
  }
  return zones;
}

function findRegionZones(country: string, name: string): readonly string[] | null {
  const zones: readonly string[] = getCountry(country as CountryCode)?.timezones ?? [];
  if (zones.length < 2) return null;
  if (country === 'US') {
    const state = US_STATES.find(([code, title]) => code.toLowerCase() === name || title.toLowerCase() === name);
    if (state) return [...state[2]].sort();
  }
  // A region that bears the name of the city that a zone is called after: Novosibirsk, Samara, Lisbon.
  const namesake = zones.filter((zone) => zone.split('/').at(-1)!.replaceAll('_', ' ').toLowerCase() === name);
  return namesake.length === 1 ? namesake : null;
}

const E = 'America/New_York';
const C = 'America/Chicago';
const M = 'America/Denver';
const P = 'America/Los_Angeles';

/**
 * States by the zones that their counties keep (49 CFR 71). Parts of Indiana and Kentucky with a zone of their own today
 * keep Eastern or Central time.
 */
const US_STATES: readonly (readonly [code: string, title: string, zones: readonly string[]])[] = [
  ['AL', 'Alabama', [C]],
  ['AK', 'Alaska', ['America/Anchorage', 'America/Adak']],
  ['AZ', 'Arizona', ['America/Phoenix', M]],
  ['AR', 'Arkansas', [C]],
  ['CA', 'California', [P]],
  ['CO', 'Colorado', [M]],
  ['CT', 'Connecticut', [E]],
  ['DE', 'Delaware', [E]],
  ['DC', 'District of Columbia', [E]],
  ['FL', 'Florida', [E, C]],
  ['GA', 'Georgia', [E]],
  ['HI', 'Hawaii', ['Pacific/Honolulu']],
  ['ID', 'Idaho', [M, P]],
  ['IL', 'Illinois', [C]],
  ['IN', 'Indiana', [E, C]],
  ['IA', 'Iowa', [C]],
  ['KS', 'Kansas', [C, M]],
  ['KY', 'Kentucky', [E, C]],
  ['LA', 'Louisiana', [C]],
  ['ME', 'Maine', [E]],
  ['MD', 'Maryland', [E]],
  ['MA', 'Massachusetts', [E]],
  ['MI', 'Michigan', [E, C]],
  ['MN', 'Minnesota', [C]],
  ['MS', 'Mississippi', [C]],
  ['MO', 'Missouri', [C]],
  ['MT', 'Montana', [M]],
  ['NE', 'Nebraska', [C, M]],
  ['NV', 'Nevada', [P, M]],
  ['NH', 'New Hampshire', [E]],
  ['NJ', 'New Jersey', [E]],
  ['NM', 'New Mexico', [M]],
  ['NY', 'New York', [E]],
  ['NC', 'North Carolina', [E]],
  ['ND', 'North Dakota', [C, M]],
  ['OH', 'Ohio', [E]],
  ['OK', 'Oklahoma', [C]],
  ['OR', 'Oregon', [P, M]],
  ['PA', 'Pennsylvania', [E]],
  ['RI', 'Rhode Island', [E]],
  ['SC', 'South Carolina', [E]],
  ['SD', 'South Dakota', [C, M]],
  ['TN', 'Tennessee', [C, E]],
  ['TX', 'Texas', [C, M]],
  ['UT', 'Utah', [M]],
  ['VT', 'Vermont', [E]],
  ['VA', 'Virginia', [E]],
  ['WA', 'Washington', [P]],
  ['WV', 'West Virginia', [E]],
  ['WI', 'Wisconsin', [C]],
  ['WY', 'Wyoming', [M]],
];
