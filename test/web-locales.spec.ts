import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SOURCES = join(import.meta.dirname, '..', 'web', 'src');
const SERVER = join(import.meta.dirname, '..', 'src');
const LOCALES = ['en', 'ru', 'vi'] as const;
const PLURAL = /_(zero|one|two|few|many|other)$/;

type Texts = { [key: string]: string | Texts };

function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

function read(locale: string): Map<string, string> {
  return flatten(JSON.parse(readFileSync(join(SOURCES, 'locales', `${locale}.json`), 'utf8')) as Texts);
}

/** Keys without the plural forms, which differ by language. */
const bare = (texts: Map<string, string>) =>
  [...new Set([...texts.keys()].map((key) => key.replace(PLURAL, '')))].sort();

/** The forms of each counted text. */
function forms(texts: Map<string, string>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const key of texts.keys()) {
    const form = PLURAL.exec(key)?.[1];
    if (form === undefined) continue;
    const name = key.replace(PLURAL, '');
    found.set(name, [...(found.get(name) ?? []), form].sort());
  }
  return found;
}

const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]);

const texts = new Map(LOCALES.map((locale) => [locale, read(locale)]));
const english = texts.get('en') ?? new Map<string, string>();

const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path, source: readFileSync(join(SOURCES, path), 'utf8') }));

describe('texts of the console', () => {
  it.each(LOCALES)('in %s have the same keys as in English', (locale) => {
    expect(bare(texts.get(locale) ?? new Map())).toEqual(bare(english));
  });

  it.each(LOCALES)('in %s are never empty', (locale) => {
    const empty = [...(texts.get(locale) ?? [])].filter(([, text]) => text.trim() === '').map(([key]) => key);
    expect(empty).toEqual([]);
  });

  it.each(LOCALES)('in %s have every plural form that the language counts with', (locale) => {
    const wanted = [...new Intl.PluralRules(locale).resolvedOptions().pluralCategories].sort();
    const found = forms(texts.get(locale) ?? new Map());
    expect([...found.keys()].sort()).toEqual([...forms(english).keys()].sort());
    for (const [key, has] of found) expect({ key, has }).toEqual({ key, has: wanted });
  });

  it.each(LOCALES)('in %s fill in nothing that English does not', (locale) => {
    for (const [key, text] of texts.get(locale) ?? []) {
      const known = placeholders(english.get(key) ?? english.get(key.replace(PLURAL, '_other')) ?? '');
      expect({ key, unknown: placeholders(text).filter((name) => !known.includes(name)) }).toEqual({
        key,
        unknown: [],
      });
    }
  });

  it('exist for every key that the sources name', () => {
    const keys = new Set(bare(english));
    const named = sources.flatMap(({ path, source }) =>
      [...source.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => ({ path, key: match[1] ?? '' })),
    );
    expect(named.length).toBeGreaterThan(200);
    expect(named.filter(({ key }) => !keys.has(key))).toEqual([]);
  });

  it('exist under every prefix that the sources build keys from', () => {
    const built = sources.flatMap(({ path, source }) =>
      [...source.matchAll(/[([]`((?:\w+\.)+)\$\{/g)].map((match) => ({ path, prefix: match[1] ?? '' })),
    );
    expect(built.length).toBeGreaterThan(15);
    const keys = [...english.keys()];
    expect(built.filter(({ prefix }) => !keys.some((key) => key.startsWith(prefix)))).toEqual([]);
  });
});

/** Problems that a user of the console can't meet: they answer other programs, or a terminal. */
const NOT_IN_THE_CONSOLE = new Set([
  // Users are made and their passwords set in a terminal.
  'login_taken',
  'password_too_long',
  'password_too_short',
  'user_not_found',
  // Read by a monitoring program.
  'metrics_forbidden',
  // Requests that only another client than the console would make.
  'invalid_json',
  'not_multipart',
  'options_invalid',
  'unexpected_part',
  'unsupported_media_type',
  // Asked about by no screen: a lead, a phone, an entry of the calling list.
  'lead_not_found',
]);

/** Codes that are put together, or handed on, where they are thrown: by file, what they can be. */
const MADE_UP: Record<string, string[]> = {
  'callbacks/callbacks.service.ts': [
    'callback_in_past',
    'callback_outside_hours',
    'callback_time_invalid',
    'callback_too_far',
  ],
  'campaigns/campaigns.service.ts': [
    'offer_not_found',
    'outcome_set_not_found',
    'recycle_code_forbidden',
    'recycle_code_unknown',
    'retry_code_twice',
    'retry_delay_too_short',
    'retry_longest_too_short',
    'retry_outcome_final',
    'retry_outcome_unknown',
    'script_not_found',
    'segment_not_found',
  ],
  // What is wrong with a number; the same codes as of a row that is rejected.
  'compliance/number-input.ts': [
    'phone_digits_lost',
    'phone_invalid',
    'phone_missing',
    'phone_too_long',
    'phone_too_short',
  ],
  // Called `problem` there, and read by that name below.
  'dispositions/disposition-input.ts': [],
  // `notFound`, read by its callers; and statuses of the framework, which get its text.
  'common/problem.ts': [],
  'common/problem.filter.ts': [],
  // Those of the reading thread, thrown again on this one.
  'lead-import/reader-thread.ts': [],
  // What is wrong with a number, as above.
  'leads/leads.service.ts': [
    'phone_digits_lost',
    'phone_invalid',
    'phone_missing',
    'phone_too_long',
    'phone_too_short',
  ],
  'leads/phone-vault.ts': ['phone_seal_broken', 'text_seal_broken'],
};

describe('problems of the API', () => {
  // What is thrown in a terminal is said there.
  const server = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(spec|testing)\.ts$|^commands\//.test(path))
    .map((path) => ({ path, source: readFileSync(join(SERVER, path), 'utf8') }));
  const named = (source: string, pattern: RegExp) => [...source.matchAll(pattern)].map((match) => match[1] ?? '');

  it('are thrown with a code that can be read, or one that is listed here', () => {
    const unread = server.filter(({ source }) => /new Problem\(\s*[^'\s]/.test(source)).map(({ path }) => path);
    expect(unread.sort()).toEqual(Object.keys(MADE_UP).sort());
  });

  it.each(LOCALES)('have each a sentence in %s', (locale) => {
    const codes = new Set([
      ...Object.values(MADE_UP).flat(),
      ...server.flatMap(({ source }) => named(source, /\b(?:new Problem|problem)\(\s*'([a-z_]+)'/g)),
      ...server.flatMap(({ source }) => named(source, /\bnotFound\('([a-z_]+)'/g).map((what) => `${what}_not_found`)),
      // Jobs keep their problem without throwing it.
      ...server
        .filter(({ path }) => path.startsWith('jobs/'))
        .flatMap(({ source }) => named(source, /\bcode: '([a-z_]+)'/g)),
    ]);
    expect(codes.size).toBeGreaterThan(50);
    const own = texts.get(locale);
    const silent = [...codes].filter((code) => !NOT_IN_THE_CONSOLE.has(code) && !own?.has(`problem.${code}`));
    expect(silent.sort()).toEqual([]);
    // The list of exceptions holds nothing that is gone.
    expect([...NOT_IN_THE_CONSOLE].filter((code) => !codes.has(code))).toEqual([]);
  });
});
