import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { canonicalJson, jsonHash } from './canonical-json.js';
import { CELLS, fillFrom, readProfile, withCell } from './profile-document.js';
import { HOUSE_PROFILE } from './profile.js';
import { loadShippedProfiles } from './shipped-profiles.js';

const { house, documents } = loadShippedProfiles();
const cell = (value: unknown) => ({ value, source: 'a law', date: '2026-11-22', confidence: 'A' });
const small = () => ({
  code: 'mine',
  version: '1',
  title: 'Mine',
  applies_when: { countries: ['FR'], regions: [] as string[], purposes: ['sales'] },
  time: { hours: cell({ mon: [['10:00', '12:00']] }) } as Record<string, unknown>,
  reviewed: { by: 'A lawyer', at: '2026-11-22' },
  sources: [],
});
const faultsOf = (json: unknown) => {
  const reading = readProfile(json);
  return reading.ok ? [] : reading.faults.map(({ path }) => path);
};

describe('canonical JSON', () => {
  it('is the same whatever the order of the keys, and another for another value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(object));
        expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
        expect(jsonHash({ ...object, more: 1 })).not.toBe(jsonHash({ ...object, more: 2 }));
      }),
    );
  });

  it('has no way to write what is no JSON', () => {
    expect(() => canonicalJson(NaN)).toThrow(TypeError);
    expect(() => canonicalJson(() => 1)).toThrow(TypeError);
  });
});

describe('the profiles that are shipped', () => {
  it('are those of the countries served, each rule with source, date and confidence', () => {
    expect(documents.map(({ code }) => code)).toEqual(
      [
        ...['de', 'es', 'fr', 'gb', 'it', 'ru-sales', 'ru-service', 'us', 'us-al', 'us-ct', 'us-fl', 'us-ky', 'us-la'],
        ...['us-ma', 'us-md', 'us-mi', 'us-mn', 'us-ms', 'us-nm', 'us-nv', 'us-ok', 'us-wa', 'vn'],
      ].sort(),
    );
    for (const { cells } of [house, ...documents])
      for (const known of Object.values(cells))
        if (known)
          expect([known.source !== '', known.date, known.confidence]).toEqual([true, '2026-11-22', known.confidence]);
  });

  it('take what they do not know from the house, and say so', () => {
    const germany = fillFrom(
      house,
      documents.find(({ code }) => code === 'de')!,
    );
    expect(germany.unknown).toContain('time.hours');
    expect(germany.rule.hours).toEqual([HOUSE_PROFILE.hours]);
    expect(germany.rule.consent).toBe('prior');
    expect(germany.unknown).not.toContain('consent.needed');
    expect(germany.rule.caps).toEqual([]);
  });

  it('have a house that keeps the hours and the caps of every other place where the house holds', () => {
    const { rule, unknown } = fillFrom(house, house);
    expect(unknown).toEqual([]);
    expect(rule.hours).toEqual([HOUSE_PROFILE.hours]);
    for (const { max, windowMs } of HOUSE_PROFILE.caps)
      expect(rule.caps).toContainEqual({
        key: 'phone',
        count: 'attempts',
        max,
        window: { hours: windowMs / 3_600_000 },
      });
    expect(rule.abandon.redialAfterHours).toBe(HOUSE_PROFILE.redialAfterAbandonHours);
  });

  it('are not loaded with a fault in one of them, nor without the house', () => {
    const folder = mkdtempSync(join(tmpdir(), 'profiles-'));
    try {
      writeFileSync(join(folder, 'mine.json'), JSON.stringify({ ...small(), time: { hours: cell({ moon: [] }) } }));
      writeFileSync(join(folder, 'torn.json'), '{');
      expect(() => loadShippedProfiles(folder)).toThrow(/mine\.json: time\.hours\.value: moon is no weekday/);
      expect(() => loadShippedProfiles(folder)).toThrow(/torn\.json/);
      expect(() => loadShippedProfiles(folder)).toThrow(/There is no house\.json/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a profile', () => {
  it('is read whole, and known by the hash of its canonical JSON', () => {
    const reading = readProfile(small());
    if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
    expect(reading.profile.hash).toBe(jsonHash(small()));
    expect(CELLS.filter((name) => reading.profile.cells[name] !== null)).toEqual(['time.hours']);
    expect(fillFrom(house, reading.profile).rule.hours).toEqual([{ mon: [['10:00', '12:00']] }]);
    expect(fillFrom(house, withCell(reading.profile, 'dialing.modes', ['manual'])).rule.modes).toEqual(['manual']);
  });

  it('is refused with every fault at its place', () => {
    const wrong: [string, (json: ReturnType<typeof small>) => unknown][] = [
      ['code', (json) => ({ ...json, code: 'Mine!' })],
      ['version', ({ version: _, ...json }) => json],
      ['moon', (json) => ({ ...json, moon: 1 })],
      ['time.moon', (json) => ({ ...json, time: { moon: cell(1) } })],
      ['applies_when.countries', (json) => ({ ...json, applies_when: { countries: [], purposes: ['sales'] } })],
      ['applies_when.countries', (json) => ({ ...json, applies_when: { countries: ['France'], purposes: ['sales'] } })],
      ['applies_when.purposes', (json) => ({ ...json, applies_when: { countries: ['FR'], purposes: ['fun'] } })],
      [
        'applies_when.regions',
        (json) => ({ ...json, applies_when: { countries: ['FR'], regions: ['US-FL'], purposes: ['sales'] } }),
      ],
      ['time.hours.value', (json) => ({ ...json, time: { hours: cell({ mon: [['12:00', '10:00']] }) } })],
      ['time.hours.value', (json) => ({ ...json, time: { hours: cell({ mon: [['10:00', '25:00']] }) } })],
      ['time.hours.source', (json) => ({ ...json, time: { hours: { ...cell({}), source: '' } } })],
      ['time.hours.date', (json) => ({ ...json, time: { hours: { ...cell({}), date: '2026-13' } } })],
      ['time.hours.confidence', (json) => ({ ...json, time: { hours: { ...cell({}), confidence: 'Z' } } })],
      ['time.hours.mon', (json) => ({ ...json, time: { hours: { mon: [] } } })],
      ['time.hours', (json) => ({ ...json, time: { hours: '9 to 5' } })],
      [
        'caps.value',
        (json) => ({ ...json, caps: cell([{ key: 'phone', count: 'attempts', max: 0, window: { hours: 1 } }]) }),
      ],
      [
        'caps.value',
        (json) => ({ ...json, caps: cell([{ key: 'phone', count: 'attempts', max: 1, window: { years: 1 } }]) }),
      ],
      ['dialing.modes.value', (json) => ({ ...json, dialing: { modes: cell(['shouting']) } })],
      ['consent.needed.value', (json) => ({ ...json, consent: { needed: cell('some') } })],
      ['registries.value', (json) => ({ ...json, registries: cell([{ registry: 'tps', maxAgeDays: 28 }]) })],
      ['abandon.max_rate.value', (json) => ({ ...json, abandon: { max_rate: cell(3) } })],
      ['caller_id.prefixes.value', (json) => ({ ...json, caller_id: { prefixes: cell(['+33']) } })],
      ['reviewed.at', (json) => ({ ...json, reviewed: { by: 'me', at: 'today' } })],
    ];
    for (const [path, change] of wrong)
      expect([path, faultsOf(change(small()))]).toEqual([path, expect.arrayContaining([path])]);
    expect(faultsOf([])).toEqual(['']);
    expect(faultsOf({ ...small(), code: 1, version: 2 })).toEqual(['code', 'version']);
  });
});
