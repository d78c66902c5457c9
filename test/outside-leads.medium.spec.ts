import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Problem } from '../src/common/problem.js';
import type { ImportOptions } from '../src/lead-import/lead-import.service.js';
import { createTestDatabase } from './database.js';
import { account, ACTOR, byCode, createImportDesk, newBase, type ImportDesk } from './import-desk.js';

/** Files of other systems, as they write them: each is imported with counts that add up, or refused with a reason. */

const SHARED = join(import.meta.dirname, '../../shared/data');
const FIXTURES = join(import.meta.dirname, '../fixtures');
const present = existsSync(SHARED);
if (!present) process.stderr.write(`SKIPPED: ${SHARED} is not there, so no file of another system is imported\n`);
const outside = present ? describe : describe.skip;

jest.setTimeout(180_000);

let desk: ImportDesk;

beforeAll(async () => {
  desk = await createImportDesk(await createTestDatabase());
});

afterAll(() => desk.close());

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/LICENSE|README/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const sharedFiles = (folder: string) => (present ? filesIn(join(SHARED, folder)) : []);

/** What came of a file: a code of why it was refused, or its counts. */
async function fateOf(
  path: string,
  options: Partial<ImportOptions> = {},
): Promise<string | ReturnType<typeof account>> {
  const before = [await desk.countOf('bases'), await desk.countOf('imports')];
  try {
    const country = path.includes('ominicontacto') ? 'AR' : 'US';
    const file = await desk.analyses.analyse(ACTOR, path, { country });
    const { rows, valid, duplicate, suppressed, rejected, exact } = file.estimate;
    expect(valid + duplicate + suppressed + rejected).toBe(rows);
    const done = await desk.importFile(path, { base: newBase('outside', country), ...options });
    expect(done.state).toBe('done');
    const counts = account(done);
    expect(counts.sum).toBe(done.rows);
    expect(Object.values(byCode(done)).reduce((sum, count) => sum + count, 0)).toBe(done.rejected);
    expect(await desk.leadsOf(done.baseId)).toHaveLength(done.imported);
    if (exact && done.options.generate === null)
      expect({ rows, duplicate, suppressed, rejected }).toEqual({
        ...{ rows: done.rows, duplicate: done.duplicate, suppressed: done.suppressed, rejected: done.rejected },
      });
    return counts;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error).toMatchObject({ status: 422, fix: expect.stringMatching(/\w/) });
    expect([await desk.countOf('bases'), await desk.countOf('imports')]).toEqual(before);
    return error.code;
  }
}

outside('files of other systems', () => {
  const leads = sharedFiles('leads').filter((path) => /\.(csv|txt)$/.test(path));

  it('are there', () => expect(leads.length).toBeGreaterThan(30));

  it.each(leads.map((path) => path.slice(SHARED.length + 1)))(
    '%s adds up as it was estimated, or is refused',
    async (name) => {
      expect(await fateOf(join(SHARED, name))).toBeDefined();
    },
  );

  it.each([
    ['salesforce-dataloader/bulkV2MultipleJobsCsvTemplate.csv', 100, 100, 0],
    ['salesforce-dataloader/upsertFkAccountOldFormatCsvTemplate.csv', 50, 50, 0],
    ['vicidial/testMULTI_VICIDIAL_lead_file.csv', 14, 5, 9],
    ['vicidial/testMULTI_VICIDIAL_lead_file.txt', 14, 5, 9],
    ['impactdialing/cell_scrub_valid_voters.csv', 3, 1, 1],
  ])('%s has %d rows that make %d leads, and %d of people who are there', async (name, rows, imported, duplicate) => {
    expect(await fateOf(join(SHARED, 'leads', name))).toMatchObject({ rows, imported, duplicate });
  });
});

outside('tables of all kinds', () => {
  const tables = present ? filesIn(join(SHARED, 'csv/CSV')) : [];

  it('are imported with generated phones, with counts that add up, or refused with a reason', async () => {
    expect(tables.length).toBeGreaterThan(40);
    const fates = new Map<string, string | object>();
    for (const path of tables) fates.set(path, await fateOf(path, { generatePhones: true }));
    const refused = [...fates].filter(([, fate]) => typeof fate === 'string');
    // Vacuous if everything were refused.
    expect(fates.size - refused.length).toBeGreaterThan(tables.length * 0.8);
  });
});

outside('45,211 contacts of a bank', () => {
  it('come in with phones that are reserved for fiction, one each', async () => {
    const done = await desk.importFile(join(SHARED, 'bank/bank-full.csv'), {
      base: newBase('bank'),
      generatePhones: true,
    });
    expect(account(done)).toEqual({
      ...{ rows: 45_211, sum: 45_211, imported: 45_211, updated: 0, duplicate: 0, suppressed: 0, rejected: 0 },
    });
    expect(done.options.generate).not.toBeNull();
    const [first] = await desk.leadsOf(done.baseId);
    expect(first!.attributes).toMatchObject({ age: 58, job: 'management', y: false });
    const { numbers } = await desk.one<{ numbers: number }>(
      'select count(distinct match_hash) as numbers from phones where base_id = $1',
      [done.baseId],
    );
    expect(numbers).toBe(45_211);
  });
});

describe('every fixture', () => {
  it.each(readdirSync(FIXTURES).sort())(
    '%s is analysed, and adds up as it was estimated, or is refused',
    async (name) => {
      expect(await fateOf(join(FIXTURES, name))).toBeDefined();
    },
  );
});
