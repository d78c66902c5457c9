import { describe, expect, it } from '@jest/globals';

import type { Analysis, ImportMapping } from '../web/src/api/contract.js';
import { doubtsCountry, rounded } from '../web/src/bases/estimate-numbers.js';
import { nameFrom, optionsOf, type Choices } from '../web/src/bases/import-choices.js';

const MAPPING: ImportMapping = {
  ...{ phones: ['tel'], name: null, nameParts: [], externalId: null, region: null, timeZone: null, priority: null },
  ...{ owner: null, attributes: [] },
};

const analysis = (over: Partial<Analysis> = {}): Analysis => ({
  format: 'text',
  sheets: [],
  sheet: null,
  dialect: { encoding: 'windows-1251', delimiter: ';', quote: '"', escape: 'double', lineEnding: 'lf' },
  encodingConfidence: 1,
  header: { at: 2, line: 3 },
  notices: [],
  columns: [],
  firstRows: [],
  mapping: MAPPING,
  savedMappingAt: null,
  country: 'RU',
  estimate: {
    ...{ rows: 0, exact: true, sampledRows: 0, valid: 0, duplicate: 0, suppressed: 0, rejected: 0 },
    rejectsByCode: [],
  },
  zones: { certain: 0, ambiguous: 0, certainHours: 0, ambiguousHours: 0, worst: [] },
  sameFile: null,
  ...over,
});

const CHOICES: Choices = {
  into: 'new',
  baseId: '',
  name: ' Spring ',
  source: '',
  cost: '',
  currency: 'RUB',
  country: 'RU',
  dedupe: { key: 'phone', scope: 'base', action: 'skip' },
  hasConsent: false,
  consentSource: '',
  consentWording: '',
  consentProof: '',
  consentForm: 'prior',
  consentDay: '',
  consentAttribute: '',
  priority: '',
  ownerId: '',
  campaignId: '',
};

describe('what an import is asked for', () => {
  it('is what was shown, and no more than was chosen', () => {
    expect(optionsOf(CHOICES, analysis(), MAPPING)).toEqual({
      base: { name: 'Spring', country: 'RU' },
      mapping: MAPPING,
      dialect: { encoding: 'windows-1251', delimiter: ';', quote: '"' },
      headerAt: 2,
      country: 'RU',
      dedupe: CHOICES.dedupe,
    });
  });

  it('tells of a workbook its sheet and no dialect, and of a file without a header that it has none', () => {
    const options = optionsOf(
      CHOICES,
      analysis({ format: 'xlsx', sheet: 'Лист1', dialect: null, header: { at: null, line: null } }),
      MAPPING,
    );
    expect(options).toMatchObject({ sheet: 'Лист1', headerAt: null });
    expect(options).not.toHaveProperty('dialect');
  });

  it('names the currency only of a cost', () => {
    expect(optionsOf({ ...CHOICES, cost: '0' }, analysis(), MAPPING).base).toMatchObject({ cost: 0, currency: 'RUB' });
    expect(optionsOf(CHOICES, analysis(), MAPPING).base).not.toHaveProperty('currency');
  });

  it('leaves an existing base its own country until another is chosen', () => {
    const existing: Choices = { ...CHOICES, into: 'existing', baseId: '7', country: '' };
    expect(optionsOf(existing, analysis(), MAPPING)).toMatchObject({ base: { id: 7 } });
    expect(optionsOf(existing, analysis(), MAPPING)).not.toHaveProperty('country');
    expect(optionsOf({ ...existing, country: 'KZ' }, analysis(), MAPPING).country).toBe('KZ');
  });

  it('tells of consent only what was recorded', () => {
    const typed: Choices = { ...CHOICES, consentSource: ' Form ', consentWording: ' I agree. ' };
    expect(optionsOf(typed, analysis(), MAPPING)).not.toHaveProperty('consent');
    expect(optionsOf({ ...typed, hasConsent: true }, analysis(), MAPPING).consent).toEqual({
      source: 'Form',
      wording: 'I agree.',
      form: 'prior',
    });
    const dated: Choices = { ...typed, hasConsent: true, consentProof: 'Folder', consentDay: '2026-02-01' };
    expect(optionsOf(dated, analysis(), MAPPING).consent).toMatchObject({ proof: 'Folder', givenOn: '2026-02-01' });
    const each = optionsOf({ ...dated, consentAttribute: 'agreed' }, analysis(), MAPPING).consent;
    expect(each).toMatchObject({ dateAttribute: 'agreed' });
    expect(each).not.toHaveProperty('givenOn');
  });

  it('tells a priority of nought from none', () => {
    expect(optionsOf({ ...CHOICES, priority: '0' }, analysis(), MAPPING).priority).toBe(0);
    expect(optionsOf(CHOICES, analysis(), MAPPING)).not.toHaveProperty('priority');
  });
});

describe('the name of a new base', () => {
  it.each([
    ['leads_march-2.csv', 'leads march 2'],
    ['Выгрузка CRM.xlsx', 'Выгрузка CRM'],
    ['tps.txt.gz', 'tps'],
    ['v1.2 leads.csv', 'v1.2 leads'],
    ['no extension', 'no extension'],
  ])('of %s is %s', (file, name) => {
    expect(nameFrom(file)).toBe(name);
  });

  it('is no longer than a base can be called', () => {
    expect(nameFrom(`${'x'.repeat(300)}.csv`)).toHaveLength(200);
  });
});

describe('a number that is only known about', () => {
  it.each([
    [0, 0],
    [99, 99],
    [104, 100],
    [949, 950],
    [934_281, 930_000],
  ])('says %d as %d', (count, said) => {
    expect(rounded(count)).toBe(said);
  });
});

describe('phones that can’t be read', () => {
  const estimate = (unreadable: number, missing: number) => ({
    ...analysis().estimate,
    rows: 100,
    rejectsByCode: [
      { code: 'phone_too_short', count: unreadable },
      { code: 'phone_missing', count: missing },
    ],
  });

  it('cast doubt on the country when they are many, and rows without a phone do not', () => {
    expect(doubtsCountry(estimate(21, 0))).toBe(true);
    expect(doubtsCountry(estimate(20, 80))).toBe(false);
  });
});
