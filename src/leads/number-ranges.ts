import { csvFields } from './register-csv.js';
import { regionsNamed } from './regions.js';
import { countryZones, distinctZones } from './time-zones.js';
import type { NumberPlace } from './area-codes.js';

/**
 * Where the ranges of a numbering plan belong, as imports look it up: sorted, disjoint ranges of national numbers. Plain
 * arrays, so that it can be sent to another thread.
 */
export interface NumberRanges {
  /** National numbers, first and last of each range, ascending. */
  starts: Float64Array;
  ends: Float64Array;
  /** Index of each range's place. */
  placeAt: Uint16Array;
  places: readonly NumberPlace[];
}

/** The place of a national number, or null. */
export function placeInRanges(ranges: NumberRanges, national: number): NumberPlace | null {
  const { starts, ends } = ranges;
  let low = 0;
  let high = starts.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! > national) high = middle - 1;
    else if (ends[middle]! < national) low = middle + 1;
    else return ranges.places[ranges.placeAt[middle]!]!;
  }
  return null;
}

/** What is wrong with a register's file, and in which line. */
export class RegisterFault extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Register {
  ranges: NumberRanges;
  /** Rows of the file. */
  rows: number;
  /** First digits of its numbers: a newer file with the same ones replaces it. */
  series: string;
  /** Names of territories that are no region that is known, with how many rows each has; those rows say nothing. */
  unknown: { name: string; rows: number }[];
}

/** The register's columns, by how their names begin. */
const COLUMNS = { code: 'авс', from: 'от', to: 'до', region: 'регион', territory: 'территория' };

/**
 * Read the public register of the Russian numbering plan: `АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН`. The
 * territory counts, where it is a region that is known; else the older region. Neighbouring ranges of a place become one.
 * Throws RegisterFault.
 */
export function readRussianRegister(text: string): Register {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const header = csvFields(lines[0] ?? '').map((name) =>
    name.trim().toLowerCase().replaceAll('a', 'а').replaceAll('b', 'в').replaceAll('c', 'с'),
  );
  const at = (start: string) => header.findIndex((name) => name.startsWith(start));
  const columns = Object.fromEntries(Object.entries(COLUMNS).map(([key, start]) => [key, at(start)])) as Record<
    keyof typeof COLUMNS,
    number
  >;
  for (const key of ['code', 'from', 'to', 'region'] as const)
    if (columns[key] < 0)
      throw new RegisterFault(1, `The file has no column ${COLUMNS[key].toUpperCase()}…, as the register has.`);

  const places: NumberPlace[] = [];
  const placeIds = new Map<string, number>();
  const unknown = new Map<string, number>();
  const found: { start: number; end: number; place: number }[] = [];
  let rows = 0;
  for (let i = 1; i < lines.length; i++) {
    if (lines[i]!.trim() === '') continue;
    const fields = csvFields(lines[i]!);
    const field = (key: keyof typeof COLUMNS) => (columns[key] < 0 ? '' : (fields[columns[key]] ?? '').trim());
    const [code, from, to] = [field('code'), field('from'), field('to')];
    if (!/^\d{3}$/.test(code) || !/^\d{7}$/.test(from) || !/^\d{7}$/.test(to) || from > to)
      throw new RegisterFault(i + 1, `Line ${i + 1} is no range: a code of 3 digits, and two numbers of 7 in order.`);
    rows++;
    const [territory, region] = [field('territory'), field('region')];
    const key = `${territory}\t${region}`;
    let place = placeIds.get(key);
    if (place === undefined) {
      place = placeFor(places, territory, region);
      placeIds.set(key, place);
    }
    if (place < 0) {
      const name = territory || region;
      unknown.set(name, (unknown.get(name) ?? 0) + 1);
      continue;
    }
    const [start, end] = [Number(code + from), Number(code + to)];
    found.push({ start, end, place });
  }
  if (rows === 0) throw new RegisterFault(2, 'The file holds no range.');
  found.sort((a, b) => a.start - b.start);
  const merged: typeof found = [];
  for (const range of found) {
    const last = merged[merged.length - 1];
    if (last && range.start <= last.end)
      throw new RegisterFault(0, `The ranges ${last.start}–${last.end} and ${range.start}–${range.end} overlap.`);
    if (last && last.place === range.place && last.end + 1 === range.start) last.end = range.end;
    else merged.push(range);
  }
  const series = [...new Set(found.map(({ start }) => String(start)[0]!))].sort().join('');
  return {
    rows,
    series,
    unknown: [...unknown].map(([name, count]) => ({ name, rows: count })).sort((a, b) => b.rows - a.rows),
    ranges: {
      starts: Float64Array.from(merged, ({ start }) => start),
      ends: Float64Array.from(merged, ({ end }) => end),
      placeAt: Uint16Array.from(merged, ({ place }) => place),
      places,
    },
  };
}

/** -1: nowhere in particular. */
function placeFor(places: NumberPlace[], territory: string, region: string): number {
  const named = regionsNamed('RU', territory);
  const regions = named.length > 0 ? named : regionsNamed('RU', region);
  if (regions.length === 0) return -1;
  const codes = regions.map(({ code }) => code).sort();
  const known = places.findIndex((place) => place.regions.join() === codes.join());
  if (known >= 0) return known;
  const zones = distinctZones(
    'RU',
    regions.flatMap(({ zones: own }) => own),
  );
  places.push({ regions: codes, zones: zones.length > 0 ? zones : countryZones('RU') });
  return places.length - 1;
}

/** The ranges of several registers as one. Where they overlap, the later one counts from its first number on. */
export function joinRanges(parts: readonly NumberRanges[]): NumberRanges {
  const places = parts.flatMap((part) => part.places);
  const all: { start: number; end: number; place: number }[] = [];
  let offset = 0;
  for (const part of parts) {
    for (let i = 0; i < part.starts.length; i++)
      all.push({ start: part.starts[i]!, end: part.ends[i]!, place: part.placeAt[i]! + offset });
    offset += part.places.length;
  }
  all.sort((a, b) => a.start - b.start);
  for (let i = 1; i < all.length; i++) all[i - 1]!.end = Math.min(all[i - 1]!.end, all[i]!.start - 1);
  return {
    starts: Float64Array.from(all, ({ start }) => start),
    ends: Float64Array.from(all, ({ end }) => end),
    placeAt: Uint16Array.from(all, ({ place }) => place),
    places,
  };
}

/** As it lies in the database: JSON, a few hundred kilobytes. */
export function packRanges({ starts, ends, placeAt, places }: NumberRanges): Buffer {
  return Buffer.from(JSON.stringify({ starts: [...starts], ends: [...ends], placeAt: [...placeAt], places }));
}

export function unpackRanges(packed: Uint8Array): NumberRanges {
  const { starts, ends, placeAt, places } = JSON.parse(Buffer.from(packed).toString('utf8')) as {
    starts: number[];
    ends: number[];
    placeAt: number[];
    places: NumberPlace[];
  };
  return {
    starts: Float64Array.from(starts),
    ends: Float64Array.from(ends),
    placeAt: Uint16Array.from(placeAt),
    places,
  };
}
