import type { Place } from './effective-rule.js';

/** A day that an organisation's calendar has otherwise than the library. */
export interface HolidayChange {
  /** ISO 3166-1. */
  country: string;
  /** ISO 3166-2; empty for the whole country. */
  region: string;
  /** `YYYY-MM-DD`, by the date of the place. */
  day: string;
  /** A further holiday; or a holiday that is worked, as when days are moved. */
  kind: 'holiday' | 'working';
  name: string;
}

/** A public holiday of a place. */
export interface Holiday {
  day: string;
  name: string;
  /** Which part of the country has it; empty: all of it. */
  region: string;
  /** Our own calendar has it, not the library. */
  imported: boolean;
}

const DAY_MS = 86_400_000;

type Library = typeof import('date-holidays').default;
let library: Promise<Library> | null = null;
/** The calendar takes some 25 MB and a third of a second to load: nobody pays for it who doesn't ask for holidays. */
const loadLibrary = (): Promise<Library> => (library ??= import('date-holidays').then((module) => module.default));

interface LibraryDay {
  day: string;
  name: string;
  region: string;
}

/** Days of a country, or of one of its regions, by year: shared by everybody. Null: the library has no such region. */
const years = new Map<string, Promise<{ day: string; name: string }[] | null>>();

/**
 * Public holidays by the recipient's own date: those of the library, changed as an organisation says. Where the region is
 * not known, a holiday of any region counts, as of several possible time zones all must be open. A country that the
 * library does not know has none.
 */
export class HolidayBook {
  private readonly days = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(readonly changes: readonly HolidayChange[]) {}

  /** Days (`YYYY-MM-DD`) of a year on which it is a holiday there. */
  daysOf(place: Place, year: number): Promise<ReadonlySet<string>> {
    const key = `${place.country}/${place.regions.join()}/${year}`;
    let days = this.days.get(key);
    if (!days) {
      days = this.listHolidays(place, year).then((holidays) => new Set(holidays.map(({ day }) => day)));
      // A failure is not remembered.
      days.catch(() => this.days.delete(key));
      this.days.set(key, days);
    }
    return days;
  }

  /** The same for all days around two instants, a day more at either end for the zones. */
  async daysBetween(place: Place, from: Date, to: Date): Promise<ReadonlySet<string>> {
    const first = new Date(from.getTime() - 2 * DAY_MS).getUTCFullYear();
    const last = new Date(to.getTime() + 2 * DAY_MS).getUTCFullYear();
    const found: ReadonlySet<string>[] = [];
    for (let year = first; year <= last; year++) found.push(await this.daysOf(place, year));
    return found.length === 1 ? found[0]! : new Set(found.flatMap((days) => [...days]));
  }

  /** With names, by day. */
  async listHolidays(place: Place, year: number): Promise<Holiday[]> {
    const countries = [...new Set([place.country, ...place.regions.map((region) => region.slice(0, 2))])];
    const found: Holiday[] = [];
    for (const country of countries) {
      const regions = place.regions.filter((region) => region.startsWith(`${country}-`));
      const isHere = (region: string) => region === '' || regions.length === 0 || regions.includes(region);
      const changes = this.changes.filter(
        (change) => change.country === country && change.day.startsWith(`${year}-`) && isHere(change.region),
      );
      const listed = await libraryDays(country, regions, year);
      // Worked where the country says so, or the one region that counts.
      const isWorked = (day: string) =>
        changes.some(
          (change) =>
            change.kind === 'working' &&
            change.day === day &&
            (change.region === '' || (regions.length === 1 && change.region === regions[0])),
        );
      found.push(...listed.filter(({ day }) => !isWorked(day)).map((day) => ({ ...day, imported: false })));
      for (const { kind, day, name, region } of changes)
        if (kind === 'holiday') found.push({ day, name, region, imported: true });
    }
    return found.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.region < b.region ? -1 : 1));
  }
}

/** Those of the whole country, and what the regions have besides; all regions, where none is named. */
async function libraryDays(country: string, regions: readonly string[], year: number): Promise<LibraryDay[]> {
  const national = (await daysOf(country, null, year)) ?? [];
  const known = new Set(national.map(({ day }) => day));
  const found = national.map((each) => ({ ...each, region: '' }));
  const states = regions.length > 0 ? regions.map((region) => region.slice(3)) : await statesOf(country);
  for (const state of states)
    for (const each of (await daysOf(country, state, year)) ?? [])
      if (!known.has(each.day)) found.push({ ...each, region: `${country}-${state}` });
  return found;
}

async function statesOf(country: string): Promise<string[]> {
  const Library = await loadLibrary();
  return Object.keys(new Library().getStates(country) ?? {});
}

function daysOf(country: string, state: string | null, year: number): Promise<{ day: string; name: string }[] | null> {
  const key = `${country}/${state ?? ''}/${year}`;
  let days = years.get(key);
  if (!days) {
    days = readDays(country, state, year);
    days.catch(() => years.delete(key));
    years.set(key, days);
  }
  return days;
}

async function readDays(
  country: string,
  state: string | null,
  year: number,
): Promise<{ day: string; name: string }[] | null> {
  const Library = await loadLibrary();
  const directory = new Library();
  if (!Object.hasOwn(directory.getCountries(), country)) return null;
  if (state === null) return publicDays(new Library(country), year);
  if (!Object.hasOwn(directory.getStates(country) ?? {}, state)) return null;
  return publicDays(new Library(country, state), year);
}

function publicDays(holidays: InstanceType<Library>, year: number): { day: string; name: string }[] {
  return holidays
    .getHolidays(year, 'en')
    .filter(({ type }) => type === 'public')
    .flatMap(({ date, start, end, name }) => {
      // `date` is local. One that begins in the evening or lasts for days takes in each day that it touches.
      const first = Date.parse(`${date.slice(0, 10)}T${date.slice(11, 19)}Z`);
      const last = first + (end.getTime() - start.getTime()) - 1;
      const days: { day: string; name: string }[] = [];
      for (let at = Date.parse(`${date.slice(0, 10)}T00:00:00Z`); at <= last; at += DAY_MS)
        days.push({ day: new Date(at).toISOString().slice(0, 10), name });
      return days;
    });
}
