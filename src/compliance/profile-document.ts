import { canonicalJson, jsonHash } from './canonical-json.js';
import {
  CONSENTS,
  PURPOSES,
  RECORDINGS,
  RULE_MODES,
  WEEKDAYS,
  type CapRule,
  type CoolDown,
  type LocalWindow,
  type Purpose,
  type RegistryRule,
  type Rule,
  type RuleMode,
  type WeekHours,
} from './profile.js';

/** A: the primary text · B: a secondary source · R: recalled · house: our own rule. */
export const CONFIDENCES = ['A', 'B', 'R', 'house'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** One rule, and where it is from. */
export interface Cell {
  value: unknown;
  source: string;
  /** When it was looked up: a year, a month or a day, as ISO 8601 writes them. */
  date: string;
  confidence: Confidence;
  /** Since when it holds, where that is known. */
  since?: string;
  /** What the value does not say. */
  note?: string;
}

export interface AppliesWhen {
  /** Of the number, or of where the person is said to live (ISO 3166-1). */
  countries: readonly string[];
  /** Parts of those countries (ISO 3166-2); empty: all of them. */
  regions: readonly string[];
  purposes: readonly Purpose[];
}

/** Every rule that a profile may know, by where it stands in the document. */
export const CELLS = [
  'time.hours',
  'time.holidays',
  'time.unknown_zone',
  'time.closing_margin_seconds',
  'caps',
  'cool_downs',
  'consent.needed',
  'consent.max_age_days',
  'registries',
  'dialing.modes',
  'abandon.max_rate',
  'abandon.window_days',
  'abandon.connect_timeout_ms',
  'abandon.message',
  'abandon.redial_after_hours',
  'ring.min_seconds',
  'ring.max_seconds',
  'caller_id.required',
  'caller_id.mobile_allowed',
  'caller_id.prefixes',
  'caller_id.registered',
  'recording',
  'retention.days',
  'script.rules',
] as const;
export type CellName = (typeof CELLS)[number];

/** A profile as its file has it, checked. */
export interface ProfileDocument {
  code: string;
  version: string;
  title: string;
  appliesWhen: AppliesWhen;
  /** Null: nobody has found out. */
  cells: Readonly<Record<CellName, Cell | null>>;
  reviewed: { by: string; at: string };
  sources: readonly string[];
  /** SHA-256 of its canonical JSON, hexadecimal. */
  hash: string;
}

/** A profile with nothing left open. */
export interface LoadedProfile extends ProfileDocument {
  rule: Rule;
  /** Cells that it does not know: what stands in `rule` for them is the house's. */
  unknown: readonly CellName[];
}

/** What is wrong with a document, and where. */
export interface ProfileFault {
  path: string;
  message: string;
}

export type ProfileReading = { ok: true; profile: ProfileDocument } | { ok: false; faults: ProfileFault[] };

const TOP = ['code', 'version', 'title', 'applies_when', 'reviewed', 'sources'];
const SECTIONS = new Map<string, string[]>();
for (const cell of CELLS) {
  const [section, member] = cell.split('.') as [string, string | undefined];
  SECTIONS.set(section, [...(SECTIONS.get(section) ?? []), ...(member ? [member] : [])]);
}

/** Check a parsed document. Every fault is named, not the first alone. */
export function readProfile(json: unknown): ProfileReading {
  const faults: ProfileFault[] = [];
  const fault = (path: string, message: string) => void faults.push({ path, message });
  if (!isObject(json)) return { ok: false, faults: [{ path: '', message: 'A profile is an object.' }] };
  for (const key of Object.keys(json))
    if (!TOP.includes(key) && !SECTIONS.has(key)) fault(key, 'There is no such member.');

  const text = (value: unknown, path: string, most: number): string => {
    if (typeof value === 'string' && value.trim() !== '' && value.length <= most) return value;
    fault(path, `This is a text of 1 to ${most} characters.`);
    return '';
  };
  const code = text(json.code, 'code', 40);
  if (code !== '' && !/^[a-z][a-z0-9-]{1,39}$/.test(code))
    fault('code', 'A code is small letters, digits and dashes, such as fr or us-fl.');
  const version = text(json.version, 'version', 40);
  const title = text(json.title, 'title', 200);
  const appliesWhen = readApplies(json.applies_when, fault);
  const reviewed = isObject(json.reviewed) ? json.reviewed : {};
  const by = text(reviewed.by, 'reviewed.by', 200);
  const at = typeof reviewed.at === 'string' && isDate(reviewed.at) ? reviewed.at : '';
  if (at === '') fault('reviewed.at', 'This is a date, such as 2026-11-22.');
  const sources = Array.isArray(json.sources) ? (json.sources as unknown[]) : [];
  if (!Array.isArray(json.sources)) fault('sources', 'This is a list of texts.');
  sources.forEach((source, i) => text(source, `sources.${i}`, 1_000));

  for (const [section, members] of SECTIONS) {
    const value = json[section];
    if (members.length === 0 || value === undefined || value === null) continue;
    if (!isObject(value)) fault(section, `This is an object with ${members.join(', ')}.`);
    else
      for (const key of Object.keys(value))
        if (!members.includes(key)) fault(`${section}.${key}`, 'There is no such rule.');
  }
  const cells = {} as Record<CellName, Cell | null>;
  for (const name of CELLS) cells[name] = readCell(cellAt(json, name), name, fault);
  if (faults.length > 0) return { ok: false, faults };
  const hash = jsonHash(json);
  const document = { code, version, title, appliesWhen: appliesWhen!, cells, reviewed: { by, at } };
  return { ok: true, profile: { ...document, sources: sources as string[], hash } };
}

/** What is wrong with a value of a cell; null: nothing. */
export function cellFault(name: CellName, value: unknown): string | null {
  return CHECKS[name](value);
}

export function isCellName(name: string): name is CellName {
  return (CELLS as readonly string[]).includes(name);
}

/** A profile with what it does not know taken from the house, which knows everything. */
export function fillFrom(house: ProfileDocument, profile: ProfileDocument): LoadedProfile {
  const unknown = CELLS.filter((name) => profile.cells[name] === null);
  const valueOf = <T>(name: CellName): T => {
    const cell = profile.cells[name] ?? house.cells[name];
    if (!cell) throw new Error(`The house's own profile does not know ${name}`);
    return cell.value as T;
  };
  const rule: Rule = {
    hours: [canonicalHours(valueOf<WeekHours>('time.hours'))],
    closedOnHolidays: valueOf<string>('time.holidays') === 'closed',
    closingMarginSeconds: valueOf('time.closing_margin_seconds'),
    caps: valueOf<CapRule[]>('caps'),
    coolDowns: valueOf<CoolDown[]>('cool_downs'),
    consent: valueOf('consent.needed'),
    consentMaxAgeDays: valueOf('consent.max_age_days'),
    registries: valueOf<RegistryRule[]>('registries'),
    modes: valueOf<RuleMode[]>('dialing.modes'),
    abandon: {
      maxRate: valueOf('abandon.max_rate'),
      windowDays: valueOf('abandon.window_days'),
      connectTimeoutMs: valueOf('abandon.connect_timeout_ms'),
      message: valueOf('abandon.message'),
      redialAfterHours: valueOf('abandon.redial_after_hours'),
    },
    ring: { minSeconds: valueOf('ring.min_seconds'), maxSeconds: valueOf('ring.max_seconds') },
    callerId: {
      required: valueOf('caller_id.required'),
      mobileAllowed: valueOf('caller_id.mobile_allowed'),
      prefixes: valueOf('caller_id.prefixes'),
      registered: valueOf('caller_id.registered'),
    },
    recording: valueOf('recording'),
    retentionDays: valueOf('retention.days'),
  };
  return { ...profile, rule, unknown };
}

/** A profile with another value in a cell, as an override says. */
export function withCell(profile: ProfileDocument, name: CellName, value: unknown): ProfileDocument {
  const cell = profile.cells[name];
  const { source, date, confidence } = cell ?? { source: 'override', date: profile.reviewed.at, confidence: 'house' };
  return { ...profile, cells: { ...profile.cells, [name]: { value, source, date, confidence } } };
}

/** Windows of each day sorted and joined; days without any left out. */
export function canonicalHours(hours: WeekHours): WeekHours {
  const found: Partial<Record<(typeof WEEKDAYS)[number], LocalWindow[]>> = {};
  for (const day of WEEKDAYS) {
    const windows = [...(hours[day] ?? [])].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const joined: [string, string][] = [];
    for (const [opens, closes] of windows) {
      const last = joined[joined.length - 1];
      if (last && opens <= last[1]) last[1] = closes > last[1] ? closes : last[1];
      else joined.push([opens, closes]);
    }
    if (joined.length > 0) found[day] = joined;
  }
  return found;
}

function readApplies(value: unknown, fault: (path: string, message: string) => void): AppliesWhen | null {
  if (!isObject(value)) {
    fault('applies_when', 'This is an object with countries, regions and purposes.');
    return null;
  }
  for (const key of Object.keys(value))
    if (!['countries', 'regions', 'purposes'].includes(key)) fault(`applies_when.${key}`, 'There is no such member.');
  const list = (name: string, isRight: (text: string) => boolean, what: string): string[] => {
    const texts = value[name] ?? (name === 'regions' ? [] : null);
    if (Array.isArray(texts) && texts.every((each) => typeof each === 'string' && isRight(each)))
      return [...new Set(texts as string[])].sort();
    fault(`applies_when.${name}`, `This is a list of ${what}.`);
    return [];
  };
  const countries = list('countries', (text) => /^[A-Z]{2}$/.test(text), 'countries, such as FR');
  const regions = list('regions', (text) => /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(text), 'regions, such as US-FL');
  const purposes = list('purposes', (text) => (PURPOSES as readonly string[]).includes(text), PURPOSES.join(' and '));
  if (Array.isArray(value.countries) && countries.length === 0 && value.countries.length === 0)
    fault('applies_when.countries', 'There is at least one country.');
  if (Array.isArray(value.purposes) && value.purposes.length === 0)
    fault('applies_when.purposes', 'There is at least one purpose.');
  for (const region of regions)
    if (!countries.includes(region.slice(0, 2)))
      fault('applies_when.regions', `${region} lies in none of the countries.`);
  return { countries, regions, purposes: purposes as Purpose[] };
}

function cellAt(json: Record<string, unknown>, name: CellName): unknown {
  const [section, member] = name.split('.') as [string, string | undefined];
  const value = json[section] ?? null;
  return member === undefined || value === null ? value : isObject(value) ? (value[member] ?? null) : null;
}

function readCell(value: unknown, name: CellName, fault: (path: string, message: string) => void): Cell | null {
  if (value === null || value === undefined) return null;
  if (!isObject(value)) {
    fault(name, 'A rule is an object with value, source, date and confidence; null where it is not known.');
    return null;
  }
  for (const key of Object.keys(value))
    if (!['value', 'source', 'date', 'confidence', 'since', 'note'].includes(key))
      fault(`${name}.${key}`, 'There is no such member.');
  const { source, date, confidence, since, note } = value;
  if (typeof source !== 'string' || source.trim() === '' || source.length > 1_000)
    fault(`${name}.source`, 'Where the rule is from, in 1 to 1000 characters.');
  if (typeof date !== 'string' || !isDate(date))
    fault(`${name}.date`, 'When the rule was looked up, such as 2026-11-22.');
  if (!(CONFIDENCES as readonly unknown[]).includes(confidence))
    fault(`${name}.confidence`, `One of ${CONFIDENCES.join(', ')}.`);
  if (since !== undefined && (typeof since !== 'string' || !isDate(since)))
    fault(`${name}.since`, 'Since when the rule holds, such as 2026-08-11.');
  if (note !== undefined && (typeof note !== 'string' || note.length > 1_000))
    fault(`${name}.note`, 'A text of at most 1000 characters.');
  if (!('value' in value)) fault(`${name}.value`, 'A rule that is known has a value.');
  else {
    const wrong = cellFault(name, value.value);
    if (wrong !== null) fault(`${name}.value`, wrong);
  }
  return value as unknown as Cell;
}

type Check = (value: unknown) => string | null;

const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? null
      : `This is a whole number from ${least} to ${most}.`;
const oneOf =
  (allowed: readonly string[]): Check =>
  (value) =>
    allowed.includes(value as string) ? null : `This is one of ${allowed.join(', ')}.`;
const flag: Check = (value) => (typeof value === 'boolean' ? null : 'This is true or false.');
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);
const listOf =
  (check: Check, most = 20): Check =>
  (value) => {
    if (!Array.isArray(value) || value.length > most) return `This is a list of at most ${most}.`;
    for (const [at, each] of value.entries()) {
      const wrong = check(each);
      if (wrong !== null) return `Number ${at + 1} of the list: ${wrong}`;
    }
    return null;
  };
const members =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isObject(value)) return `This is an object with ${Object.keys(checks).join(', ')}.`;
    for (const key of Object.keys(value)) if (!Object.hasOwn(checks, key)) return `There is no member ${key}.`;
    for (const [key, check] of Object.entries(checks)) {
      const wrong = check(value[key]);
      if (wrong !== null) return `${key}: ${wrong}`;
    }
    return null;
  };
const text: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 500
    ? null
    : 'This is a text of 1 to 500 characters.';
const distinct: Check = (value) =>
  new Set((value as unknown[]).map(canonicalJson)).size === (value as unknown[]).length
    ? null
    : 'Nothing in the list may be there twice.';
const both =
  (first: Check, second: Check): Check =>
  (value) =>
    first(value) ?? second(value);

const HOUR = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const hoursCheck: Check = (value) => {
  if (!isObject(value)) return 'These are windows by weekday.';
  for (const [day, windows] of Object.entries(value)) {
    if (!(WEEKDAYS as readonly string[]).includes(day)) return `${day} is no weekday: ${WEEKDAYS.join(', ')}.`;
    if (!Array.isArray(windows) || windows.length > 10) return `${day}: This is a list of windows.`;
    for (const window of windows as unknown[]) {
      const [opens, closes] = Array.isArray(window) ? (window as unknown[]) : [];
      const isRight =
        Array.isArray(window) &&
        window.length === 2 &&
        typeof opens === 'string' &&
        HOUR.test(opens) &&
        typeof closes === 'string' &&
        (closes === '24:00' || HOUR.test(closes)) &&
        opens < closes;
      if (!isRight) return `${day}: A window is two times of day in order, such as ["09:00", "20:00"].`;
    }
  }
  return null;
};

const windowCheck: Check = (value) =>
  isObject(value) && 'days' in value
    ? members({ days: whole(1, 366) })(value)
    : members({ hours: whole(1, 8_784) })(value);
/** A hundred years: for good. */
const MAX_HOURS = 876_000;

const CHECKS: Readonly<Record<CellName, Check>> = {
  'time.hours': hoursCheck,
  'time.holidays': oneOf(['closed', 'open']),
  'time.unknown_zone': oneOf(['intersect']),
  'time.closing_margin_seconds': whole(0, 600),
  caps: both(
    listOf(
      members({
        key: oneOf(['phone', 'person', 'campaign']),
        count: oneOf(['attempts', 'contacts']),
        max: whole(1, 1_000),
        window: windowCheck,
      }),
    ),
    distinct,
  ),
  cool_downs: both(
    listOf(
      members({
        after: oneOf(['refusal', 'abandoned', 'contact']),
        hours: whole(1, MAX_HOURS),
        scope: oneOf(['campaign', 'company']),
      }),
    ),
    distinct,
  ),
  'consent.needed': oneOf(CONSENTS),
  'consent.max_age_days': orNull(whole(1, 36_500)),
  registries: both(
    listOf(
      members({
        registry: (value) =>
          typeof value === 'string' && /^[A-Z0-9][A-Z0-9_-]{1,19}$/.test(value)
            ? null
            : 'This is capital letters and digits, such as TPS.',
        maxAgeDays: whole(1, 3_650),
      }),
    ),
    distinct,
  ),
  'dialing.modes': both(listOf(oneOf(RULE_MODES)), distinct),
  'abandon.max_rate': (value) =>
    typeof value === 'number' && value >= 0 && value <= 1 ? null : 'This is a share from 0 to 1.',
  'abandon.window_days': whole(1, 366),
  'abandon.connect_timeout_ms': whole(100, 60_000),
  'abandon.message': flag,
  'abandon.redial_after_hours': whole(0, 8_784),
  'ring.min_seconds': whole(0, 120),
  'ring.max_seconds': whole(5, 180),
  'caller_id.required': flag,
  'caller_id.mobile_allowed': flag,
  'caller_id.prefixes': orNull(
    both(
      listOf((value) =>
        typeof value === 'string' && /^[1-9][0-9]{0,13}$/.test(value)
          ? null
          : 'These are the first digits of a number in E.164 without plus.',
      ),
      distinct,
    ),
  ),
  'caller_id.registered': flag,
  recording: oneOf(RECORDINGS),
  'retention.days': whole(1, 36_500),
  'script.rules': listOf(text),
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDate(text: string): boolean {
  if (!/^\d{4}(?:-\d{2}(?:-\d{2})?)?$/.test(text)) return false;
  const full = `${text}-01-01`.slice(0, 10);
  const parsed = new Date(`${full}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(full);
}
