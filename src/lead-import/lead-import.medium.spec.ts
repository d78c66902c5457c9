import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { Problem } from '../common/problem.js';
import { VirtualClock } from '../common/virtual-clock.js';
import type { Settings } from '../config/settings.js';
import { statement } from '../database/statement.js';
import type { Job } from '../jobs/job.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { JobsService } from '../jobs/jobs.service.js';
import { LocalWaker } from '../jobs/local-waker.js';
import { LeadsRepository } from '../leads/leads.repository.js';
import { LeadsService } from '../leads/leads.service.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { LocalHub, type Topic } from '../realtime/hub.js';
import type { LeadImport } from './import.js';
import { ImportRunner } from './import-runner.js';
import { LeadImportRepository } from './lead-import.repository.js';
import { LeadImportProcessor } from './lead-import.processor.js';
import { LeadImportService, type ImportOptions, type LeadImportPayload } from './lead-import.service.js';
import { UploadStore } from './upload-store.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const SHARED = join(import.meta.dirname, '../../../shared/data');
const ACTOR = { organisationId: 1, userId: null };
const vault = PhoneVault.fromSecret(Buffer.alloc(32, 7));

// Tens of thousands of rows on a machine that may be busy.
jest.setTimeout(120_000);

let db: TestDatabase;
let folder: string;
let service: LeadImportService;
let leads: LeadsService;
let uploads: UploadStore;
let heard: Topic[];

beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'zvon-import-'));
  const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
  const hub = new LocalHub();
  heard = [];
  hub.subscribe((topic) => heard.push(topic));
  const settings = { dataDir: folder, maxUploadBytes: 50_000_000 } as Settings;
  uploads = new UploadStore(settings);
  leads = new LeadsService(new LeadsRepository(db.database), vault, clock);
  const imports = new LeadImportRepository(db.database);
  const runner = new ImportRunner(db.database, imports, leads, vault, hub, clock);
  const jobs = new JobsService(new JobsRepository(db.database), new LocalWaker(), hub, clock);
  service = new LeadImportService(db.database, imports, runner, leads, jobs, uploads, vault, hub, clock);
});

afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

const newBase = (name: string, country = 'FR') => ({ name, country });

async function importFile(path: string, options: ImportOptions): Promise<LeadImport> {
  const started = await service.startImport(ACTOR, { path }, options, { enqueue: false });
  return service.runImport(started.id);
}

const fixture = (name: string, extra: Partial<ImportOptions> = {}) =>
  importFile(join(FIXTURES, name), { base: newBase(name), ...extra });

const account = ({ rows, imported, updated, duplicate, suppressed, rejected }: LeadImport) => ({
  rows,
  sum: imported + updated + duplicate + suppressed + rejected,
  imported,
  duplicate,
  suppressed,
  rejected,
});

const byCode = (done: LeadImport) => Object.fromEntries(done.rejectsByCode.map(({ code, count }) => [code, count]));

interface StoredLead {
  name: string | null;
  region: string | null;
  attributes: Record<string, string>;
  sealed: Buffer;
  matchHash: Buffer;
  dedupeHash: string;
  country: string;
  lineType: string;
  zones: string[];
}

const LEADS_OF = statement(
  'test.leads_of',
  `select l.name, l.region, l.attributes, p.sealed, p.match_hash as "matchHash", encode(p.dedupe_hash, 'hex') as "dedupeHash",
          p.country, p.line_type as "lineType", k.zones
     from leads l join phones p on p.lead_id = l.id join buckets k on k.id = p.bucket_id
    where l.base_id = $1 order by l.id`,
);
const COUNT_BASES = statement('test.count_bases', 'select count(*) as count from bases');

const leadsOf = (baseId: number) => db.database.query<StoredLead>(LEADS_OF, [baseId]);
const phoneOf = (lead: StoredLead) => vault.open(1, lead.sealed, lead.matchHash);
const countBases = async () => (await db.database.query<{ count: number }>(COUNT_BASES))[0]!.count;

async function refusal(path: string, extra: Partial<ImportOptions> = {}): Promise<Problem> {
  try {
    await service.startImport(ACTOR, { path }, { base: newBase('refused'), ...extra }, { enqueue: false });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error(`${basename(path)} was not refused`);
}

describe('a file that can be read', () => {
  it('is imported with an account that adds up, and every reject says why', async () => {
    const done = await fixture('demo-base.csv');
    expect(done.state).toBe('done');
    expect(account(done)).toEqual({ rows: 1200, sum: 1200, imported: 1185, duplicate: 5, suppressed: 0, rejected: 10 });
    expect(byCode(done)).toEqual({
      phone_missing: 3,
      phone_digits_lost: 2,
      phone_too_short: 2,
      phone_invalid: 1,
      row_too_narrow: 1,
      row_too_wide: 1,
    });
    expect(done.bytesRead).toBe(done.fileBytes);
  });

  it('keeps people in the order of the file, phones sealed and readable, what is not mapped as attributes', async () => {
    const { baseId } = await importFile(join(FIXTURES, 'demo-base.csv'), { base: newBase('order') });
    const stored = await leadsOf(baseId);
    expect(stored[0]).toMatchObject({
      name: 'Nathan Colin',
      region: 'Normandie',
      country: 'FR',
      lineType: 'fixed_line',
    });
    expect(stored[0]!.attributes).toMatchObject({ city: 'Rouen', age: '63', current_supplier: 'Lumina Énergie' });
    expect(stored[0]!.zones).toEqual(['Europe/Paris']);
    expect(phoneOf(stored[0]!)).toBe('+33261912032');
    expect(stored[0]!.sealed.includes('261912032')).toBe(false);
    expect(stored[1]!.attributes['notes']).toBe('"please, not before 10"');
  });

  it('is shown to the operator as a card with the phone masked', async () => {
    const { baseId } = await importFile(join(FIXTURES, 'utf-8-with-bom.csv'), { base: newBase('card') });
    const [row] = await db.database.query<{ id: number }>(
      statement('test.first_lead', 'select id from leads where base_id = $1 limit 1'),
      [baseId],
    );
    expect(await leads.getLeadCard(1, row!.id)).toEqual({
      id: row!.id,
      name: 'Anna',
      region: null,
      baseName: 'card',
      attributes: {},
      zones: ['Europe/Paris'],
      maskedPhone: '+33 ••• •• 71',
    });
  });

  it.each([
    ['windows-1251.csv', ['Иванова Анна', 'Смирнов Иван']],
    ['utf-16le-with-bom.csv', ['Anna Petit', 'Émile Roux']],
    ['utf-8-with-bom.csv', ['Anna']],
    ['carriage-returns-alone.csv', ['Anna', 'Bruno']],
    ['semicolons-and-quotes.csv', ['Anna', 'Bruno', 'Chloé']],
  ])('%s is read in its own encoding, delimiter and line ends', async (name, names) => {
    const done = await fixture(name);
    expect(done.rejected).toBe(0);
    expect((await leadsOf(done.baseId)).map((lead) => lead.name)).toEqual(names);
  });

  it('recovers a phone that a spreadsheet wrote as a power of ten where all its digits are there', async () => {
    const done = await fixture('exponent-phones.csv');
    expect(byCode(done)).toEqual({ phone_digits_lost: 1 });
    expect((await leadsOf(done.baseId)).map(phoneOf)).toEqual(['+33199001234', '+33199001235']);
  });

  it('rejects ragged rows one by one, and lets surplus delimiters at the end pass', async () => {
    const done = await fixture('ragged-rows.csv');
    expect(byCode(done)).toEqual({ row_too_narrow: 1, row_too_wide: 1 });
    expect((await leadsOf(done.baseId)).map((lead) => lead.name)).toEqual(['Anna', 'Dina', 'Émile']);
  });

  it.each(['quote-never-closed.csv', 'quote-never-closed-at-end.csv'])(
    '%s costs one line, not the rest of the file',
    async (name) => {
      const done = await fixture(name);
      expect(byCode(done)).toEqual({ quote_not_closed: 1 });
      expect(done.imported).toBe(done.rows - 1);
    },
  );

  it('rejects a value that goes on after its closing quote, and takes a quote inside a value as it stands', async () => {
    const done = await fixture('quote-misplaced.csv');
    expect(byCode(done)).toEqual({ quote_misplaced: 1 });
    expect((await leadsOf(done.baseId)).map((lead) => lead.name)).toEqual(['5" pipe', 'Chloé']);
  });

  it('rejects a row with a null byte', async () => {
    const done = await fixture('null-bytes.csv');
    expect(byCode(done)).toEqual({ null_byte: 1 });
    expect(done.imported).toBe(18);
  });

  it('does not load numbers that may not be called in general, and counts them', async () => {
    const hash = vault.matchHash(1, '+33199000071');
    const insert = statement(
      'test.suppress',
      `insert into suppressions (organisation_id, scope, match_hash, reason, source, valid_from, revoked_at, created_at)
       values (1, $2, $1, 'request', 'test', '2026-01-01', $3, '2026-01-01')`,
    );
    await db.database.query(insert, [hash, 'company', '2026-02-01T00:00:00Z']);
    expect(account(await fixture('utf-8-with-bom.csv'))).toMatchObject({ imported: 1, suppressed: 0 });
    await db.database.query(insert, [hash, 'company', null]);
    expect(account(await fixture('utf-8-with-bom.csv'))).toMatchObject({ imported: 0, suppressed: 1, rows: 1 });
    await db.database.query(statement('test.revoke', `update suppressions set revoked_at = '2026-03-01'`));
  });

  it('tells the hub of each chunk', async () => {
    heard.length = 0;
    const done = await fixture('formulas.csv');
    expect(heard).toContainEqual({ kind: 'import', id: done.id });
  });
});

describe('the file of rejects', () => {
  it('names line, column and reason, starts no formula, and keeps what was written', async () => {
    const done = await fixture('formulas.csv');
    const csv = await text(Readable.from(service.rejectsCsv(1, done.id)));
    const lines = csv.split('\r\n');
    expect(lines[0]).toBe('line,column,code,detail,phone,name,notes');
    expect(lines[1]).toContain('2,phone,phone_too_short,');
    expect(lines[1]).toContain("12,'=1+1,'@cmd");
    expect(lines[2]).toContain(`'+33 9,'-2+3,"'=HYPERLINK(""x"",""y"")"`);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['binary-file.csv', 'not_csv'],
    ['excel-workbook.xlsx', 'not_csv'],
    ['web-page.csv', 'not_csv'],
    ['empty-file.csv', 'file_empty'],
    ['header-only.csv', 'file_empty'],
    ['missing-phone-column.csv', 'phone_column_missing'],
    ['duplicate-headers.csv', 'duplicate_headers'],
  ])('%s is refused with %s and what to do, and leaves no base behind', async (name, code) => {
    const before = await countBases();
    const problem = await refusal(join(FIXTURES, name));
    expect(problem.code).toBe(code);
    expect(problem.fix).toBeTruthy();
    expect(await countBases()).toBe(before);
  });

  it('is deleted when it was uploaded', async () => {
    const path = await uploads.receive(Readable.from([Buffer.from('name\nAnna\n')]));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await refusal(path)).code).toBe('phone_column_missing');
    expect(existsSync(path)).toBe(false);
  });

  it('is refused for a column that it has not, a base that does not exist, a country without phones', async () => {
    const file = join(FIXTURES, 'demo-base.csv');
    expect((await refusal(file, { mapping: { phone: 'fone' } })).code).toBe('column_unknown');
    expect((await refusal(file, { base: { id: 999_999 } })).code).toBe('base_not_found');
    expect((await refusal(file, { base: newBase('nowhere', 'ZZ') })).code).toBe('country_unknown');
  });

  it('is refused when it is larger than uploads may be, and nothing of it stays', async () => {
    const small = new UploadStore({ dataDir: join(folder, 'small'), maxUploadBytes: 10 } as Settings);
    await expect(small.receive(Readable.from([Buffer.alloc(11)]))).rejects.toMatchObject({ code: 'file_too_large' });
    expect(await readdir(join(folder, 'small', 'uploads'))).toEqual([]);
  });
});

describe('the same file', () => {
  it('is noticed when it is dropped into its base again', async () => {
    const file = join(FIXTURES, 'demo-base.csv');
    const done = await importFile(file, { base: newBase('twice') });
    const problem = await refusal(file, { base: { id: done.baseId } });
    expect(problem).toMatchObject({ code: 'same_file_imported', status: 409, more: { importId: done.id } });
  });

  it('brings in nobody twice when it comes with one row more', async () => {
    const file = join(folder, 'longer.csv');
    const done = await importFile(join(FIXTURES, 'demo-base.csv'), { base: newBase('longer') });
    await writeFile(
      file,
      `${await readFile(join(FIXTURES, 'demo-base.csv'), 'utf8')}C-1,New,0639980001${','.repeat(11)}\n`,
    );
    const again = await importFile(file, { base: { id: done.baseId } });
    expect(account(again)).toMatchObject({ imported: 0, duplicate: 1190, rejected: 11, rows: 1201 });
  });
});

describe('an import that is killed', () => {
  const ROWS = 23_456;
  let file: string;

  beforeAll(async () => {
    file = join(folder, 'large.csv');
    const lines = Array.from({ length: ROWS }, (_, i) => {
      const number = i % 17 === 0 ? i - (i % 34) : i;
      const phone = i % 101 === 0 ? '12' : `02619${String(10_000 + (number % 10_000)).slice(0, 5)}`;
      return `${phone},Person ${i},"a, ${i}"${i % 997 === 0 ? ',too,much' : ''}`;
    });
    await writeFile(file, `phone,name,notes\n${lines.join('\n')}\n`);
  });

  const stored = async (done: LeadImport) => {
    const rows = await leadsOf(done.baseId);
    const rejects = await db.database.query(
      statement(
        'test.rejects_of',
        'select row_number, line, column_name, code, detail from import_rejects where import_id = $1 order by row_number',
      ),
      [done.id],
    );
    return {
      account: account(done),
      leads: rows.map(({ sealed: _, ...lead }) => lead),
      phones: rows.map(phoneOf),
      rejects,
    };
  };

  it('between any two chunks, and run again, ends with the same tables as one that was not', async () => {
    const undisturbed = await stored(await importFile(file, { base: newBase('undisturbed') }));
    expect(undisturbed.account.sum).toBe(ROWS);
    expect(undisturbed.account.imported).toBeGreaterThan(5_000);

    const started = await service.startImport(ACTOR, { path: file }, { base: newBase('killed') }, { enqueue: false });
    let done = started;
    for (let run = 1; done.state !== 'done'; run++) {
      let chunks = 0;
      const killing = service.runImport(started.id, {
        inChunk: async () => {
          // A run commits one chunk and dies in the next, its transaction open.
          if (chunks++ === 1) throw new Error('killed');
        },
      });
      if (run < 5) await expect(killing).rejects.toThrow('killed');
      done = await killing.catch(() => service.getImport(1, started.id));
      expect(account(done).sum).toBe(done.rows);
    }
    expect(await stored(done)).toEqual(undisturbed);
  });

  it('stops between chunks when it is cancelled, with its account in order, and its upload is deleted', async () => {
    const upload = await uploads.receive(Readable.from([await readFile(file)]));
    const started = await service.startImport(ACTOR, { path: upload }, { base: newBase('cancelled') });
    let chunks = 0;
    const done = await service.runImport(started.id, {
      isStopping: () => chunks++ === 2,
    });
    expect(done).toMatchObject({ state: 'running', rows: 10_000 });
    const cancelled = await service.cancelImport(ACTOR, started.id);
    expect(cancelled).toMatchObject({ state: 'cancelled', rows: 10_000 });
    expect((await service.runImport(started.id)).rows).toBe(10_000);
    expect(existsSync(upload)).toBe(false);
  });

  it('ends as its job ends when that is given up, and stays as it ended', async () => {
    const { id, jobId } = await service.startImport(ACTOR, { path: file }, { base: newBase('given up') });
    const processor = new LeadImportProcessor(service);
    const job = {
      organisationId: 1,
      id: jobId,
      kind: processor.kind,
      payload: { importId: id },
    } as Job<LeadImportPayload>;
    const problem = { code: 'job_failed', detail: 'The disk is full.' };
    await db.database.transaction((tx) => processor.ended(tx, job, { state: 'failed', problem }));
    expect(await service.getImport(1, id)).toMatchObject({ state: 'failed', problem, finishedAt: expect.any(Date) });
    await db.database.transaction((tx) => processor.ended(tx, job, { state: 'cancelled', problem: null }));
    expect(await service.getImport(1, id)).toMatchObject({ state: 'failed', problem });
  });

  it('fails with a reason when its file is gone', async () => {
    const copy = join(folder, 'gone.csv');
    await copyFile(file, copy);
    const started = await service.startImport(ACTOR, { path: copy }, { base: newBase('gone') }, { enqueue: false });
    await rm(copy);
    expect(await service.runImport(started.id)).toMatchObject({ state: 'failed', problem: { code: 'upload_missing' } });
  });
});

describe('real files', () => {
  const present = existsSync(SHARED);
  const bank = join(SHARED, 'bank/bank-full.csv');
  if (!present) process.stderr.write(`SKIPPED: ${SHARED} is not there, so no real file is imported\n`);

  (present ? it : it.skip)('imports 45,211 contacts of a bank with phones that are reserved for fiction', async () => {
    const done = await importFile(bank, { base: newBase('bank'), generatePhones: true });
    expect(account(done)).toEqual({
      rows: 45_211,
      sum: 45_211,
      imported: 45_211,
      duplicate: 0,
      suppressed: 0,
      rejected: 0,
    });
    expect(done.options.generate).not.toBeNull();
    const stored = await leadsOf(done.baseId);
    expect(stored[0]!.attributes).toMatchObject({ age: '58', job: 'management', y: 'no' });
    expect(new Set(stored.map((lead) => lead.dedupeHash)).size).toBe(45_211);
  });

  const files = present ? listFiles(join(SHARED, 'leads')).filter((path) => /\.(csv|txt)$/.test(path)) : [];
  (present ? it : it.skip)(
    'of other systems either import with counts that add up or are refused with a reason',
    async () => {
      expect(files.length).toBeGreaterThan(30);
      const fates: string[] = [];
      for (const path of files) {
        const before = await countBases();
        try {
          const done = await importFile(path, { base: newBase(basename(path), 'US') });
          expect(done.state).toBe('done');
          expect(account(done).sum).toBe(done.rows);
          fates.push(`${basename(path)}: ${done.imported} of ${done.rows} ${JSON.stringify(byCode(done))}`);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          expect(error.status).toBe(422);
          expect(await countBases()).toBe(before);
          fates.push(`${basename(path)}: ${error.code}`);
        }
      }
      // Vacuous if everything were refused.
      expect(fates.filter((fate) => / of \d/.test(fate)).length).toBeGreaterThan(10);
    },
  );
});

function listFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => listFiles(join(path, name)));
}
