import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';

import { areaOf } from './area-codes.js';
import {
  joinRanges,
  packRanges,
  placeInRanges,
  readRussianRegister,
  RegisterFault,
  unpackRanges,
} from './number-ranges.js';
import { findRegion, regionsNamed } from './regions.js';
import { canonicalZone, countryZones } from './time-zones.js';
import { allCandidates, whereabouts } from './whereabouts.js';

const SHARED = join(import.meta.dirname, '../../../shared/data/phone');
const shared = (file: string): string | null => {
  const path = join(SHARED, file);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  process.stderr.write(`SKIPPED: ${path} is not there, so nothing is held against it\n`);
  return null;
};
const offset = (zone: string, month: number) => DateTime.utc(2026, month, 15).setZone(zone).offset;
/** Offsets in winter and in summer: what a zone comes to. */
const clock = (zone: string) => `${offset(zone, 1)}/${offset(zone, 7)}`;
const clocks = (zones: readonly string[]) => [...new Set(zones.map(clock))].sort();

describe('where somebody may be', () => {
  const facts = { country: 'US', e164: '+18135550100', lineType: 'fixed_line_or_mobile' };

  it('is what the surest rung says: the file’s zone, its region, the person, the area, the country', () => {
    const full = { ...facts, timeZone: 'America/Denver', region: 'CA', statedZone: 'Pacific/Honolulu' };
    expect(whereabouts(full)).toMatchObject({ zones: ['America/Denver'], source: 'file_zone' });
    expect(whereabouts({ ...full, timeZone: 'UTC-8' })).toMatchObject({
      zones: ['America/Los_Angeles'],
      source: 'file_region',
    });
    expect(whereabouts({ ...facts, statedZone: 'Pacific/Honolulu' })).toMatchObject({
      zones: ['Pacific/Honolulu'],
      source: 'stated',
    });
    expect(whereabouts(facts)).toEqual({ zones: ['America/New_York'], regions: ['US-FL'], source: 'area_code' });
    expect(whereabouts({ ...facts, e164: '+18005550100' })).toEqual({
      zones: countryZones('US'),
      regions: [],
      source: 'country',
    });
  });

  it('is under the law of the number’s state and of the one that the file names', () => {
    expect(whereabouts({ ...facts, region: 'Alabama' })).toEqual({
      zones: ['America/Chicago'],
      regions: ['US-AL', 'US-FL'],
      source: 'file_region',
    });
  });

  it('keeps what the other rungs say', () => {
    expect(allCandidates({ ...facts, region: 'CA' }).slice(0, 3)).toEqual([
      { zone: 'America/Los_Angeles', source: 'file_region' },
      { zone: 'America/New_York', source: 'area_code' },
      { zone: 'America/Adak', source: 'country' },
    ]);
  });

  it('is one zone in Kazakhstan, five hours ahead since March 2024', () => {
    expect(countryZones('KZ')).toEqual(['Asia/Almaty']);
    expect(clock('Asia/Almaty')).toBe('300/300');
  });
});

describe('a region', () => {
  it('goes by any of its names', () => {
    const codes = (country: string, text: string) => regionsNamed(country, text).map(({ code }) => code);
    for (const text of ['Самарская обл.', 'самарская область', 'Samara Oblast', 'RU-SAM', 'Samara'])
      expect([text, codes('RU', text)]).toEqual([text, ['RU-SAM']]);
    expect(codes('RU', 'Республика Алтай')).toEqual(['RU-AL']);
    expect(codes('RU', 'Алтайский край')).toEqual(['RU-ALT']);
    expect(codes('RU', 'г. Москва и Московская область')).toEqual(['RU-MOW', 'RU-MOS']);
    expect(codes('RU', 'г. Норильск|г.о. город Норильск|Красноярский край')).toEqual(['RU-KYA']);
    expect(codes('RU', 'Российская Федерация')).toEqual([]);
    expect(codes('US', 'new york')).toEqual(['US-NY']);
    expect(codes('US', 'Washington, D.C.')).toEqual(['US-DC']);
    expect(codes('DE', 'Baden-Württemberg')).toEqual(['DE-BW']);
    expect(codes('ES', 'Islas Canarias')).toEqual(['ES-CN']);
    expect(codes('FR', 'Bretagne')).toEqual([]);
  });

  it('has zones that exist, under their canonical names', () => {
    for (const country of ['US', 'CA', 'RU', 'DE', 'ES', 'GB'])
      for (const [code] of [['US-NY'], ['RU-SAR'], ['RU-CR'], ['CA-BC'], ['RU-SA'], ['RU-TOM'], ['RU-KEM'], ['RU-ULY']])
        for (const zone of code!.startsWith(country) ? findRegion(code!)!.zones : [])
          expect([zone, canonicalZone(zone)]).toEqual([zone, zone]);
  });

  it('of which the public map of prefixes is wrong is right here: Saratov, Astrakhan, Kaliningrad', () => {
    const zoneOf = (code: string) => clock(findRegion(code)!.zones[0]!);
    expect(zoneOf('RU-SAR')).toBe('240/240');
    expect(zoneOf('RU-AST')).toBe('240/240');
    expect(zoneOf('RU-ULY')).toBe('240/240');
    expect(zoneOf('RU-VGG')).toBe('180/180');
    expect(zoneOf('RU-KGD')).toBe('120/120');
  });
});

describe('the register of Russian numbers', () => {
  const HEADER = 'АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН';
  const row = (code: string, from: string, to: string, territory: string, region = '-') =>
    `${code};${from};${to};1;"ООО ""Связь"";";${region};${territory};1`;

  it('becomes ranges with the zones of their regions, neighbours joined', () => {
    const { ranges, rows, series, unknown } = readRussianRegister(
      [
        HEADER,
        row('900', '0000000', '0099999', 'Саратовская область'),
        row('900', '0100000', '0199999', 'Саратовская область'),
        row('900', '0300000', '0399999', 'Город Москва, Московская область'),
        row('900', '0400000', '0499999', 'Российская Федерация'),
        row('900', '0500000', '0599999', 'Где-то', 'Омская обл.'),
        '',
      ].join('\r\n'),
    );
    const at = (national: number) => placeInRanges(ranges, national);
    expect([rows, series, ranges.starts.length]).toEqual([5, '9', 3]);
    expect(at(9_000_150_000)).toEqual({ regions: ['RU-SAR'], zones: ['Europe/Saratov'] });
    expect(at(9_000_300_000)).toEqual({ regions: ['RU-MOS', 'RU-MOW'], zones: ['Europe/Moscow'] });
    expect([at(9_000_250_000), at(9_000_450_000), at(8_999_999_999), at(9_000_600_000)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(at(9_000_599_999)).toEqual({ regions: ['RU-OMS'], zones: ['Asia/Omsk'] });
    expect(unknown).toEqual([{ name: 'Российская Федерация', rows: 1 }]);
    expect(unpackRanges(packRanges(ranges))).toEqual(ranges);
    const mobile = { country: 'RU', e164: '+79000150000', lineType: 'mobile' };
    expect(whereabouts({ ...mobile, ranges })).toMatchObject({ zones: ['Europe/Saratov'], source: 'range' });
    expect(whereabouts(mobile)).toMatchObject({ source: 'country', regions: [] });
  });

  it('is joined from its files', () => {
    const part = (code: string, territory: string) =>
      readRussianRegister([HEADER, row(code, '0000000', '9999999', territory)].join('\n')).ranges;
    const joined = joinRanges([part('901', 'Омская область'), part('301', 'Республика Бурятия')]);
    expect(placeInRanges(joined, 9_015_000_000)!.zones).toEqual(['Asia/Omsk']);
    expect(placeInRanges(joined, 3_015_000_000)!.zones).toEqual(['Asia/Irkutsk']);
  });

  it('is refused where it is no register, with the line', () => {
    const faultOf = (text: string) => {
      try {
        readRussianRegister(text);
      } catch (error) {
        if (error instanceof RegisterFault) return error.line;
        throw error;
      }
      return null;
    };
    expect(faultOf('phone;name')).toBe(1);
    expect(faultOf(HEADER)).toBe(2);
    expect(
      faultOf([HEADER, row('900', '0000000', '0099999', 'Омская область'), row('9x0', '1', '2', '')].join('\n')),
    ).toBe(3);
    expect(
      faultOf([HEADER, row('900', '0000000', '0099999', 'Коми'), row('900', '0050000', '0150000', 'Коми')].join('\n')),
    ).toBe(0);
  });

  const register = shared('russia-mobile-ranges-2026-04.csv');
  (register ? it : it.skip)('is read whole: every range is in the zone of its region', () => {
    const { ranges, rows, unknown, series } = readRussianRegister(register!);
    expect([rows, series]).toEqual([16_629, '9']);
    // Numbers of the country as a whole, such as those of satellites and of machines.
    expect(unknown).toEqual([{ name: 'Российская Федерация', rows: 37 }]);
    let certain = 0;
    for (const line of register!.split(/\r?\n/).slice(1)) {
      const [code, from, to, , , , territory] = /"/.test(line) ? splitQuoted(line) : line.split(';');
      if (!code || territory === 'Российская Федерация') continue;
      const place = placeInRanges(ranges, Number(code + from!));
      expect([line, place === null]).toEqual([line, false]);
      expect(placeInRanges(ranges, Number(code + to!))).toBe(place);
      const expected = CLOCKS.find(([names]) => names.test(territory!))![1];
      expect([territory, clocks(place!.zones)]).toEqual([territory, expected]);
      if (place!.zones.length === 1) certain++;
    }
    expect(certain / rows).toBeGreaterThan(0.99);
  });
});

/** Hours ahead of UTC by region, from the law on the reckoning of time; the first that fits. All else keeps Moscow’s time. */
const at = (hours: number) => [`${hours * 60}/${hours * 60}`];
const CLOCKS: readonly (readonly [RegExp, string[]])[] = [
  [/Калининградская/, at(2)],
  [/Самарская|Удмуртская|Саратовская|Астраханская|Ульяновская/, at(4)],
  [/Свердловская|Пермский|Башкортостан|Челябинская|Курганская|Оренбургская|Тюменская|Ханты|Ямало/, at(5)],
  [/Омская/, at(6)],
  [/Новосибирская|Томская|Алтай|Кемеровская|Красноярский|Хакасия|Тыва/, at(7)],
  [/Иркутская|Бурятия/, at(8)],
  [/Забайкальский|Амурская/, at(9)],
  [/Саха \(/, ['540/540', '600/600', '660/660']],
  [/Приморский|Хабаровский|Еврейская/, at(10)],
  [/Магаданская|Сахалинская/, at(11)],
  [/Камчат|Чукотский/, at(12)],
  [/./, at(3)],
];

function splitQuoted(line: string): string[] {
  return line.replace(/"(?:[^"]|"")*"/g, 'x').split(';');
}

describe('area codes, beside the public map of prefixes', () => {
  const map = shared('prefix-timezones.txt');
  const entries = (map ?? '')
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split('|') as [string, string]);

  (map ? it : it.skip)('hold every clock that the map has for the US and Canada', () => {
    const missing = new Set<string>();
    let seen = 0;
    for (const [prefix, zones] of entries) {
      if (!/^1[2-9]\d{2,}/.test(prefix)) continue;
      const e164 = `+${prefix}5550000000`.slice(0, 12);
      const place = areaOf('US', e164, 'fixed_line_or_mobile') ?? areaOf('CA', e164, 'fixed_line_or_mobile');
      if (!place) continue;
      seen++;
      for (const zone of zones.split('&'))
        if (!clocks(place.zones).includes(clock(zone))) missing.add(`${prefix.slice(1, 4)} ${zone}`);
    }
    expect(seen).toBeGreaterThan(1_500);
    // The map is of 2018, and wrong there or out of date: 437 is Toronto’s, 474 Saskatchewan’s, 689 Orlando’s; Labrador has
    // daylight saving, the Yukon none since 2020, and nobody in Alaska keeps Hawaii’s time.
    expect([...missing].sort()).toEqual([
      ...['437 America/Winnipeg', '474 America/Winnipeg', '689 America/Chicago', '709 America/Puerto_Rico'],
      ...['867 America/Vancouver', '879 America/Puerto_Rico', '907 Pacific/Honolulu'],
    ]);
  });

  (map ? it : it.skip)('differ from it for Russia only where the map is known to be wrong', () => {
    const zonesOf = new Map(entries);
    const wrong: string[] = [];
    for (let code = 300; code < 900; code++) {
      const place = areaOf('RU', `+7${code}0000000`, 'fixed_line');
      if (!place) continue;
      let prefix = `7${code}`;
      while (!zonesOf.has(prefix)) prefix = prefix.slice(0, -1);
      if (prefix.length > 2 && clocks(place.zones).join() !== clocks(zonesOf.get(prefix)!.split('&')).join())
        wrong.push(`${code} ${place.regions.join()}`);
    }
    expect(wrong).toEqual(['401 RU-KGD', '411 RU-SA', '845 RU-SAR']);
  });
});
