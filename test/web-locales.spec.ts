import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SOURCES = join(import.meta.dirname, '..', 'web', 'src');
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
