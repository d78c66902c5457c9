import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import { createTestDatabase } from '../../test/database.js';
import { account, createImportDesk, newBase, type ImportDesk, type StoredLead } from '../../test/import-desk.js';
import { zoneCandidates } from '../leads/whereabouts.js';
import { DEDUPE_ACTIONS, DEDUPE_KEYS, DEDUPE_SCOPES, type Dedupe, type LeadImport } from './import.js';

jest.setTimeout(120_000);

let desk: ImportDesk;

beforeAll(async () => {
  desk = await createImportDesk(await createTestDatabase());
});

afterAll(() => desk.close());

beforeEach(() => clear());

const clear = () =>
  desk.rows(
    'truncate leads, phones, import_changes, import_kept, import_rejects, suppressions restart identity cascade',
  );

/** One row of a file: each of these as it is written, empty for none. */
interface Row {
  id: string;
  phone: string;
  phone2: string;
  name: string;
  region: string;
  a: string;
  b: string;
}

const COLUMNS = ['id', 'phone', 'phone2', 'name', 'region', 'a', 'b'] as const;
const MAPPING = {
  ...{ phones: ['phone', 'phone2'], externalId: 'id', name: 'name', region: 'region' },
  attributes: [
    { column: 'a', type: 'text' as const },
    { column: 'b', type: 'text' as const },
  ],
};

let files = 0;
/** A file like no other. */
const csvOf = (rows: readonly Partial<Row>[]) =>
  `${COLUMNS.join(',')}\n${rows.map((row) => COLUMNS.map((column) => row[column] ?? '').join(',')).join('\n')}${'\n'.repeat(++files)}`;

const load = (rows: readonly Partial<Row>[], base: number | string, dedupe: Dedupe): Promise<LeadImport> =>
  desk.importText(csvOf(rows), {
    base: typeof base === 'number' ? { id: base } : newBase(base, 'RU'),
    ...{ mapping: MAPPING, dedupe },
  });

const E164 = (n: number) => `+7916000000${n}`;

// What the import says it does, row by row ---------------------------------------------------------------------------

interface Person {
  base: number;
  file: number;
  row: number;
  externalId: string | null;
  name: string | null;
  region: string | null;
  attributes: Record<string, string>;
  /** Numbers, each with the zones where it may be. */
  phones: [string, readonly string[]][];
}

type Place = Person['phones'][number];

/** The rule as it is told to people: one row after the other, each sees what those before it have done. */
function loadOneByOne(
  people: Person[],
  p: { rows: readonly Row[]; base: number; file: number; dedupe: Dedupe; barred: ReadonlySet<string> },
) {
  const { rows, base, file, dedupe, barred } = p;
  const counts = { rows: rows.length, imported: 0, updated: 0, duplicate: 0, suppressed: 0, rejected: 0 };
  const inScope = (person: Person) =>
    dedupe.scope === 'all_bases' || (dedupe.scope === 'base' ? person.base === base : person.file === file);
  rows.forEach((row, i) => {
    const phones = [...new Set([row.phone, row.phone2].filter((phone) => phone !== ''))];
    const attributes = Object.fromEntries(
      [...Object.entries({ a: row.a, b: row.b })].filter(([, value]) => value !== ''),
    );
    const main = phones[0];
    const zones = zoneCandidates({ country: 'RU', timeZone: '', region: row.region });
    if (main === undefined) return counts.rejected++;
    if (barred.has(main)) return counts.suppressed++;
    const known = people.find(
      (person) =>
        inScope(person) &&
        (dedupe.key === 'phone'
          ? person.phones.some(([phone]) => phone === main)
          : row.id !== '' && person.externalId === row.id),
    );
    if (!known || dedupe.action === 'keep_both') {
      counts.imported++;
      const { id, name, region } = row;
      const said = { externalId: id || null, name: name || null, region: region || null };
      const placed = phones.map((phone): Place => [phone, zones]);
      return people.push({ base, file, row: i + 1, ...said, attributes, phones: placed });
    }
    if (dedupe.action === 'skip') return counts.duplicate++;
    known.externalId = row.id || known.externalId;
    known.name = row.name || known.name;
    known.region = row.region || known.region;
    Object.assign(known.attributes, attributes);
    const had = new Map(known.phones);
    // A row that says nothing of the place leaves it.
    const placed = phones.map((phone): Place => [phone, row.region === '' ? (had.get(phone) ?? zones) : zones]);
    const others = (these: Place[], beside: Place[]) =>
      these.filter(([one]) => !beside.some(([other]) => one === other));
    known.phones =
      dedupe.key === 'phone'
        ? [
            ...known.phones.map(([phone, there]): Place => placed.find(([other]) => other === phone) ?? [phone, there]),
            ...others(placed, known.phones),
          ]
        : [...placed, ...others(known.phones, placed)];
    return counts.updated++;
  });
  return counts;
}

const stored = (leads: readonly StoredLead[]): Person[] =>
  leads.map(({ baseId, importId, row, externalId, name, region, attributes, phones }) => ({
    ...{ base: baseId, file: importId, row, externalId, name, region },
    attributes: attributes as Record<string, string>,
    phones: phones.map((phone): Place => [phone.e164, phone.zones]),
  }));

// Files ----------------------------------------------------------------------------------------------------------------

const digit = fc.integer({ min: 0, max: 5 });
const maybe = <T>(value: fc.Arbitrary<T>, none: T) =>
  fc.oneof({ weight: 2, arbitrary: value }, { weight: 1, arbitrary: fc.constant(none) });
const row: fc.Arbitrary<Row> = fc.record({
  id: maybe(
    digit.map((n) => `C-${n}`),
    '',
  ),
  phone: fc.oneof({ weight: 9, arbitrary: digit.map(E164) }, { weight: 1, arbitrary: fc.constant('') }),
  phone2: maybe(digit.map(E164), ''),
  name: maybe(fc.constantFrom('Anna', 'Boris', 'Vera'), ''),
  region: maybe(fc.constantFrom('Moscow', 'Omsk'), ''),
  a: maybe(fc.constantFrom('x', 'y'), ''),
  b: maybe(fc.constantFrom('1', '2'), ''),
});
const dedupe: fc.Arbitrary<Dedupe> = fc.record({
  key: fc.constantFrom(...DEDUPE_KEYS),
  scope: fc.constantFrom(...DEDUPE_SCOPES),
  action: fc.constantFrom(...DEDUPE_ACTIONS),
});
const file = fc.record({ rows: fc.array(row, { minLength: 1, maxLength: 8 }), inFirstBase: fc.boolean(), dedupe });

const snapshot = () =>
  desk.rows(
    `select l.*, (select jsonb_agg(to_jsonb(p) order by p.position) from phones p where p.lead_id = l.id) as phones
       from leads l order by l.id`,
  );

describe('several files, with any rule for those who are there already', () => {
  it('leave the people, and the account, that reading them row by row would', async () => {
    const [one, other] = [
      await load([{ phone: E164(9) }], 'One', SKIP),
      await load([{ phone: E164(9) }], 'Other', SKIP),
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), fc.option(digit), async (files, barredDigit) => {
        await clear();
        const barred = new Set(barredDigit === null ? [] : [E164(barredDigit)]);
        for (const number of barred) await desk.suppress(number);
        const people: Person[] = [];
        for (const { rows, inFirstBase, dedupe } of files) {
          const base = (inFirstBase ? one : other).baseId!;
          const done = await load(rows, base, dedupe);
          const counts = loadOneByOne(people, { rows, base, file: done.id, dedupe, barred });
          expect(account(done)).toEqual({ ...counts, sum: rows.length });
        }
        expect(stored(await desk.leadsOf(null))).toEqual(people);
      }),
      { numRuns: 40 },
    );
  });

  it('are undone one after the other, the last first, without a trace', async () => {
    const [one, other] = [
      await load([{ phone: E164(9) }], 'One', SKIP),
      await load([{ phone: E164(9) }], 'Other', SKIP),
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (files) => {
        await clear();
        const steps: { done: LeadImport; before: unknown }[] = [];
        for (const { rows, inFirstBase, dedupe } of files) {
          const before = await snapshot();
          steps.push({ before, done: await load(rows, (inFirstBase ? one : other).baseId!, dedupe) });
        }
        for (const { done, before } of steps.reverse()) {
          const changed = await desk.rows('select from import_changes where import_id = $1 and before is not null', [
            done.id,
          ]);
          expect(await desk.undo(done.id)).toMatchObject({
            ...{ state: 'undone', removed: done.imported, restored: changed.length, kept: 0 },
          });
          expect(await snapshot()).toEqual(before);
        }
      }),
      { numRuns: 40 },
    );
  });
});

const SKIP: Dedupe = { key: 'phone', scope: 'base', action: 'skip' };
