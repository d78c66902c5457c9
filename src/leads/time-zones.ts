import { getCountry, getTimezone, type CountryCode, type TimezoneName } from 'countries-and-timezones';
import { DateTime, IANAZone } from 'luxon';

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

/** Every name of a zone that lists have for a country, those of neighbours with the same clock included. */
export function zonesNamed(country: string): readonly string[] {
  return COUNTRY_ZONES[country] ?? getCountry(country as CountryCode)?.timezones ?? [];
}

const byCountry = new Map<string, readonly string[]>();

/** Every zone of a country whose clock differs at some time of the year. UTC for a country that is not known. */
export function countryZones(country: string): readonly string[] {
  let zones = byCountry.get(country);
  if (!zones) {
    zones = distinctZones(country, zonesNamed(country));
    if (zones.length === 0) zones = ['Etc/UTC'];
    byCountry.set(country, zones);
  }
  return zones;
}

/**
 * Countries that keep fewer zones than lists have for them, whatever is known of the past: Kazakhstan has had one clock since
 * 1 March 2024.
 */
const COUNTRY_ZONES: Readonly<Record<string, readonly string[]>> = { KZ: ['Asia/Almaty'] };

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

/**
 * One zone for each clock, sorted: the country's own before a neighbour's, the best known before others, Antarctica last.
 */
export function distinctZones(country: string, zones: readonly string[]): string[] {
  if (zones.length === 1) return [...zones];
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
