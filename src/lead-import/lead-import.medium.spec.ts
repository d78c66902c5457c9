import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { createTestDatabase } from '../../test/database.js';
import { account, ACTOR, allOf, byCode, createImportDesk, newBase, type ImportDesk } from '../../test/import-desk.js';
import type { Settings } from '../config/settings.js';
import type { Job } from '../jobs/job.js';
import type { Topic } from '../realtime/hub.js';
import { BUILD_LIST } from '../campaigns/build-list.job.js';
import type { Consent, LeadImport } from './import.js';
import { LeadImportProcessor } from './lead-import.processor.js';
import type { ImportOptions, LeadImportPayload } from './lead-import.service.js';
import { UploadStore } from './upload-store.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

// Tens of thousands of rows on a machine that may be busy.
jest.setTimeout(120_000);

let desk: ImportDesk;
const heard: Topic[] = [];

beforeAll(async () => {
  desk = await createImportDesk(await createTestDatabase());
  desk.hub.subscribe((topic) => heard.push(topic));
});

afterAll(() => desk.close());

const fixture = (name: string, extra: Partial<ImportOptions> = {}): Promise<LeadImport> =>
  desk.importFile(join(FIXTURES, name), { base: newBase(name), ...extra });

const namesOf = async (done: LeadImport) => (await desk.leadsOf(done.baseId)).map((lead) => lead.name);
const phonesOf = async (done: LeadImport) =>
  (await desk.leadsOf(done.baseId)).map((lead) => lead.phones.map((phone) => phone.e164));

describe('a file that can be read', () => {
  it('is imported with an account that adds up, and every reject says why', async () => {
    const done = await fixture('demo-base.csv');
    expect(done.state).toBe('done');
    expect(account(done)).toEqual({
      ...{ rows: 1200, sum: 1200, imported: 1185, updated: 0, duplicate: 5, suppressed: 0, rejected: 10 },
    });
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

  it('keeps people in the order of the file, phones sealed and readable, what is not mapped as typed attributes', async () => {
    const done = await fixture('demo-base.csv', { base: newBase('order') });
    const stored = await desk.leadsOf(done.baseId);
    expect(stored[0]).toMatchObject({
      ...{ row: 1, externalId: 'C-10001', name: 'Nathan Colin', region: 'Normandie' },
      phones: [{ e164: '+33261912032', position: 1, country: 'FR', lineType: 'fixed_line', zones: ['Europe/Paris'] }],
    });
    expect(stored[0]!.attributes).toMatchObject({ city: 'Rouen', age: 63, current_supplier: 'Lumina Énergie' });
    expect(stored[1]!.attributes['notes']).toBe('"please, not before 10"');
    expect(stored.map((lead) => lead.row)).toEqual(stored.map((lead) => lead.row).sort((a, b) => a - b));
    const readable = await desk.rows(
      `select from phones where position(convert_to('261912032', 'utf8') in sealed) > 0`,
    );
    expect(readable).toEqual([]);
  });

  it('is shown to the operator as a card with the phone masked', async () => {
    const done = await fixture('utf-8-with-bom.csv', { base: newBase('card') });
    const [lead] = await desk.leadsOf(done.baseId);
    expect(await desk.leads.getLeadCard(1, lead!.id)).toEqual({
      id: lead!.id,
      name: 'Anna',
      region: null,
      baseName: 'card',
      attributes: {},
      zones: ['Europe/Paris'],
      maskedPhone: '+33 ••• •• 71',
    });
  });

  it('tells the hub of each chunk', async () => {
    heard.length = 0;
    const done = await fixture('formulas.csv');
    expect(heard).toContainEqual({ kind: 'import', id: done.id });
  });

  it('does not load numbers that may not be called in general, and counts them', async () => {
    const lift = await desk.suppress('+33199000071');
    expect(account(await fixture('utf-8-with-bom.csv'))).toMatchObject({ imported: 0, suppressed: 1, rows: 1 });
    await lift();
    expect(account(await fixture('utf-8-with-bom.csv'))).toMatchObject({ imported: 1, suppressed: 0 });
  });
});

describe('a file of any kind', () => {
  const ANNA_AND_BRUNO = ['Anna', 'Bruno'];
  it.each<[string, (string | null)[]]>([
    ['utf-8-with-bom.csv', ['Anna']],
    ['utf-16le-with-bom.csv', ['Anna Petit', 'Émile Roux']],
    ['utf-16be-with-bom.csv', ['Anna Petit', 'Émile Roux']],
    ['utf-16le-without-bom.csv', ['Anna Petit', 'Émile Roux']],
    ['windows-1251.csv', ['Иванова Анна', 'Смирнов Иван']],
    ['koi8-r.csv', ['Иванова Анна', 'Смирнов Иван']],
    ['windows-1252.csv', ['Zoé Lefèvre', 'François Müller']],
    ['carriage-returns-alone.csv', ANNA_AND_BRUNO],
    ['semicolons-and-quotes.csv', ['Anna', 'Bruno', 'Chloé']],
    ['tabs.tsv', ANNA_AND_BRUNO],
    ['pipes.csv', ANNA_AND_BRUNO],
    ['single-quotes.csv', ANNA_AND_BRUNO],
    ['junk-above-header.csv', ANNA_AND_BRUNO],
    ['empty-columns.csv', ANNA_AND_BRUNO],
    ['gzip.csv.gz', ['Nguyễn, An', 'Trần Bình', 'Lê Chi']],
  ])('%s is read as it is written, without a reject', async (name, names) => {
    const done = await fixture(name);
    expect(byCode(done)).toEqual({});
    expect(await namesOf(done)).toEqual(names);
  });

  it('takes values of single quotes and of tabs whole', async () => {
    const notes = async (name: string) =>
      (await desk.leadsOf((await fixture(name)).baseId)).map((lead) => lead.attributes['notes']);
    expect(await notes('single-quotes.csv')).toEqual(['a, b', "c, 'd'"]);
    expect(await notes('tabs.tsv')).toEqual(['a, b; c', undefined]);
    expect(await notes('pipes.csv')).toEqual(['a, b; c', undefined]);
    expect(await notes('semicolons-and-quotes.csv')).toEqual(['a; b, c', 'two\r\nlines', 'said "no"']);
  });

  it('has its columns found by what they hold when it has no header', async () => {
    const done = await fixture('no-header.csv');
    expect(done.options).toMatchObject({ headerAt: null, mapping: { phones: ['column 1'] } });
    expect(account(done)).toMatchObject({ rows: 3, imported: 3 });
    expect(await phonesOf(done)).toEqual([['+33199000111'], ['+33199000112'], ['+33199000113']]);
  });

  it('keeps both of two columns of one name: the second is another phone', async () => {
    const done = await fixture('duplicate-headers.csv');
    expect(done.options.columns).toEqual(['phone', 'name', 'Phone (2)']);
    expect(done.options.mapping.phones).toEqual(['phone', 'Phone (2)']);
    expect(await phonesOf(done)).toEqual([['+33199001234', '+33199001235']]);
  });

  it('recovers a phone that a spreadsheet wrote as a power of ten where all its digits are there', async () => {
    const done = await fixture('exponent-phones.csv');
    expect(byCode(done)).toEqual({ phone_digits_lost: 1 });
    expect(await phonesOf(done)).toEqual([['+33199001234'], ['+33199001235']]);
  });

  it('rejects ragged rows one by one, and lets surplus delimiters at the end pass', async () => {
    const done = await fixture('ragged-rows.csv');
    expect(byCode(done)).toEqual({ row_too_narrow: 1, row_too_wide: 1 });
    expect(await namesOf(done)).toEqual(['Anna', 'Dina', 'Émile']);
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
    expect(await namesOf(done)).toEqual(['5" pipe', 'Chloé']);
  });

  it('rejects a row with a null byte', async () => {
    const done = await fixture('null-bytes.csv');
    expect(byCode(done)).toEqual({ null_byte: 1 });
    expect(done.imported).toBe(18);
  });

  it('rejects a row that goes on for megabytes, and goes on after it', async () => {
    const people = Array.from({ length: 400 }, (_, i) => `+3319900${2000 + i},Person ${i}`);
    const megabytes = `+33199001999,"${'x'.repeat(3_000_000)}"`;
    const lines = ['phone,name', ...people.slice(0, 200), megabytes, ...people.slice(200)];
    const done = await desk.importText(`${lines.join('\n')}\n`, { base: newBase('megabytes') });
    expect(byCode(done)).toEqual({ row_too_long: 1 });
    expect(account(done)).toMatchObject({ rows: 401, sum: 401, imported: 400 });
    const csv = await allOf(desk.imports.rejectsCsv(1, done.id));
    // Of what is that long, its beginning is enough to find it again.
    expect(csv.length).toBeLessThan(2_000_000);
  });

  it.each([
    ['workbook-blank-rows.xlsx', 'VN'],
    ['workbook-dates.xlsx', 'VN'],
    ['workbook-first-sheet-hidden.xlsx', 'VN'],
    ['workbook-inline-strings.xlsx', 'VN'],
    ['workbook-phones-as-numbers.xlsx', 'VN'],
    ['workbook-rich-text.xlsx', 'VN'],
  ])('%s is imported', async (name, country) => {
    const done = await fixture(name, { base: newBase(name, country), generatePhones: true });
    expect(done.state).toBe('done');
    expect(done.imported).toBeGreaterThan(0);
    expect(account(done).sum).toBe(done.rows);
  });
});

describe('the file of rejects', () => {
  it('names line, column and reason, starts no formula, and keeps what was written', async () => {
    const done = await fixture('formulas.csv');
    const lines = (await allOf(desk.imports.rejectsCsv(1, done.id))).replace(/^\ufeff/, '').split('\r\n');
    expect(lines[0]).toBe('line,column,code,detail,phone,name,notes');
    expect(lines[1]).toContain('2,phone,phone_too_short,');
    expect(lines[1]).toContain("12,'=1+1,'@cmd");
    expect(lines[2]).toContain(`'+33 9,'-2+3,"'=HYPERLINK(""x"",""y"")"`);
  });

  it('is mended and dropped again: those people come in as if the first file had been right', async () => {
    const text = 'Имя;Телефон;Регион\nАнна;+7 916 000-00-11;Омск\nБорис;12;"Москва; центр"\n=1+1;8916000;Тверь\n';
    const done = await desk.importText(text, { base: newBase('mended', 'RU') });
    expect(account(done)).toMatchObject({ rows: 3, imported: 1, rejected: 2 });
    const csv = await allOf(desk.imports.rejectsCsv(1, done.id));
    const mended = csv.replace(',12,', ',+7 916 000-00-12,').replace(',8916000,', ',8 (916) 000-00-13,');
    const again = await desk.importText(mended, { base: { id: done.baseId! } });
    expect(account(again)).toMatchObject({ rows: 2, imported: 2 });
    const { phones, name, attributes } = done.options.mapping;
    expect(again.options.mapping).toMatchObject({ phones, name, attributes });
    const stored = (await desk.leadsOf(done.baseId)).map((lead) => [
      ...[lead.name, lead.phones[0]!.e164, lead.region, lead.attributes],
    ]);
    expect(stored).toEqual([
      ['Анна', '+79160000011', 'Омск', {}],
      ['Борис', '+79160000012', 'Москва; центр', {}],
      ['=1+1', '+79160000013', 'Тверь', {}],
    ]);
  });
});

describe('the file of rows and leads', () => {
  it('says of each row what it became, in the order of the file', async () => {
    const base = newBase('rows');
    const dedupe = { key: 'phone', scope: 'base', action: 'update' } as const;
    const first = await desk.importText('phone,name\n+33199000301,Anna\n+33199000302,Bruno\n', { base });
    const [anna, bruno] = await desk.leadsOf(first.baseId);
    const second = await desk.importText(
      'phone,name\n+33199000303,Chloé\n+33199000302,Bruno B\n12,none\n+33199000304,Dina\n+33199000301,Anna A\n',
      { base: { id: first.baseId! }, dedupe },
    );
    expect(account(second)).toMatchObject({ imported: 2, updated: 2, rejected: 1, sum: 5 });
    const [, , chloe, dina] = await desk.leadsOf(first.baseId);
    expect((await allOf(desk.imports.leadsCsv(1, second.id))).split('\r\n')).toEqual([
      ...['row,lead_id,result', `1,${chloe!.id},imported`, `2,${bruno!.id},updated`],
      ...[`4,${dina!.id},imported`, `5,${anna!.id},updated`, ''],
    ]);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['binary-file.csv', 'not_csv'],
    ['web-page.csv', 'not_csv'],
    ['empty-file.csv', 'file_empty'],
    ['header-only.csv', 'file_empty'],
    ['missing-phone-column.csv', 'phone_column_missing'],
    ['old-workbook.xls', 'old_workbook'],
    ['open-document.ods', 'open_document'],
    ['zip-archive.zip', 'zip_archive'],
    ['gzip-cut-off.csv.gz', 'gzip_damaged'],
    ['gzip-damaged.csv.gz', 'gzip_damaged'],
    ['excel-workbook.xlsx', 'workbook_empty'],
    ['workbook-cut-off.xlsx', 'workbook_damaged'],
    ['workbook-bomb.xlsx', 'workbook_too_large'],
    ['workbook-of-entities.xlsx', 'workbook_damaged'],
  ])('%s is refused with %s and what to do, and leaves no base behind', async (name, code) => {
    const before = await desk.countOf('bases');
    const problem = await desk.refusal(join(FIXTURES, name));
    expect(problem).toMatchObject({ code, status: 422 });
    expect(problem.fix).toBeTruthy();
    expect(await desk.countOf('bases')).toBe(before);
  });

  it('is refused in an instant when it is one row of a megabyte in 200 columns', async () => {
    const columns = Array.from({ length: 200 }, (_, i) => `column ${i}`).join(',');
    const row = Array.from({ length: 200 }, () => 'x'.repeat(6_000)).join(',');
    const path = await desk.write(`${columns}\n${row}\n${row}\n`);
    const begun = performance.now();
    expect((await desk.refusal(path)).code).toBe('rows_too_long');
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('is deleted when it was uploaded', async () => {
    const path = await desk.uploads.receive(Readable.from([Buffer.from('name\nAnna\n')]));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await desk.refusal(path)).code).toBe('phone_column_missing');
    expect(existsSync(path)).toBe(false);
  });

  it('is refused for a column that it has not, a base that does not exist, a country without phones', async () => {
    const file = join(FIXTURES, 'demo-base.csv');
    expect((await desk.refusal(file, { mapping: { phone: 'fone' } })).code).toBe('column_unknown');
    expect((await desk.refusal(file, { base: { id: 999_999 } })).code).toBe('base_not_found');
    expect((await desk.refusal(file, { base: newBase('nowhere', 'ZZ') })).code).toBe('country_unknown');
    expect((await desk.refusal(file, { country: 'ZZ' })).code).toBe('country_unknown');
  });

  it('is refused for an owner who is no operator, a campaign that there is not, and ids that it has not', async () => {
    const file = join(FIXTURES, 'utf-8-with-bom.csv');
    expect((await desk.refusal(file, { ownerId: 999_999 })).code).toBe('owner_unknown');
    expect((await desk.refusal(file, { campaignId: 999_999 })).code).toBe('campaign_not_found');
    const dedupe = { key: 'external_id', scope: 'base', action: 'skip' } as const;
    expect((await desk.refusal(file, { dedupe })).code).toBe('external_id_column_missing');
  });

  it('is refused when it is larger than uploads may be, and nothing of it stays', async () => {
    const dataDir = join(desk.folder, 'small');
    const small = new UploadStore({ dataDir, maxUploadBytes: 10 } as Settings);
    await expect(small.receive(Readable.from([Buffer.alloc(11)]))).rejects.toMatchObject({ code: 'file_too_large' });
    expect(await readdir(join(dataDir, 'uploads'))).toEqual([]);
  });
});

describe('the options of an import', () => {
  it('give each lead consent, priority and owner, and its attributes the types of JSON', async () => {
    const ownerId = await desk.insertOperator('Olga');
    const consent = { source: 'form on the web', wording: 'You may call me.', proof: 'https://example.com/1' };
    const done = await desk.importText(
      'phone,name,age,since,vip,tags,rank\n+33199000401,Anna,33,02/03/2024,yes,"a, b",7\n+33199000402,Bruno,40.5,15/03/2024,no,c,\n',
      {
        base: newBase('options'),
        ...{ consent, ownerId, priority: -3 },
        mapping: {
          ...{ phones: ['phone'], name: 'name', priority: 'rank' },
          attributes: [
            { column: 'age', type: 'number' },
            { column: 'since', name: 'customer since', type: 'date', dateOrder: 'dmy' },
            { column: 'vip', type: 'boolean' },
            { column: 'tags', type: 'list' },
          ],
        },
      },
    );
    expect(byCode(done)).toEqual({});
    const stored = await desk.leadsOf(done.baseId);
    expect(stored.map(({ attributes, priority }) => ({ attributes, priority }))).toEqual([
      { attributes: { age: 33, 'customer since': '2024-03-02', vip: true, tags: ['a', 'b'] }, priority: 7 },
      { attributes: { age: 40.5, 'customer since': '2024-03-15', vip: false, tags: ['c'] }, priority: -3 },
    ]);
    expect(new Set(stored.map((lead) => lead.ownerId))).toEqual(new Set([ownerId]));
    const kept = await desk.rows('select source, wording, proof from consent_texts where id = $1', [
      stored[0]!.consentId,
    ]);
    expect(kept).toEqual([consent]);
    expect(
      await desk.rows('select name, type from base_attributes where base_id = $1 order by name', [done.baseId]),
    ).toEqual([
      ...[
        { name: 'age', type: 'number' },
        { name: 'customer since', type: 'date' },
      ],
      ...[
        { name: 'tags', type: 'list' },
        { name: 'vip', type: 'boolean' },
      ],
    ]);
  });

  describe('that bring consent', () => {
    const given = { source: 'A form', wording: 'You may call me.', proof: 'The archive', form: 'written' } as const;
    const bring = (text: string, consent: Consent, more: Partial<ImportOptions> = {}) =>
      desk.importText(text, {
        base: newBase('consent'),
        mapping: {
          ...{ phones: ['phone', 'phone 2'], name: 'name' },
          attributes: [{ column: 'agreed', type: 'date' as const, dateOrder: 'ymd' as const }],
        },
        ...{ consent, ...more },
      });
    const ledger = (number: string) => desk.consents.listOfNumber(1, { number });

    it('write one entry of the ledger for each number, with wording and proof', async () => {
      const done = await bring('phone,phone 2,name,agreed\n+33199000481,+33199000482,Anna,\n+33199000483,,Bruno,\n', {
        ...given,
        givenOn: '2026-02-01',
      });
      const [anna, bruno] = await desk.leadsOf(done.baseId);
      for (const [number, lead, row] of [
        ['+33199000481', anna, 1],
        ['+33199000482', anna, 1],
        ['+33199000483', bruno, 2],
      ] as const)
        expect(await ledger(number)).toMatchObject([
          {
            ...{
              kind: 'granted',
              form: 'written',
              scope: 'company',
              purpose: null,
              at: new Date('2026-02-01T00:00:00Z'),
            },
            ...{ wording: given.wording, textSource: given.source, proofPlace: given.proof, proven: true },
            ...{ leadId: lead!.id, source: `import ${done.id}` },
            proof: { kind: 'import_row', reference: `import ${done.id}, row ${row}` },
          },
        ]);
    });

    it('take each one’s day from an attribute; without a day, or with one to come, there is no consent', async () => {
      await bring(
        'phone,phone 2,name,agreed\n+33199000484,,Anna,2026-01-31\n+33199000485,,Bruno,\n+33199000486,,Clara,2027-01-01\n',
        { ...given, dateAttribute: 'agreed' },
      );
      expect(await ledger('+33199000484')).toMatchObject([{ at: new Date('2026-01-31T00:00:00Z') }]);
      expect(await ledger('+33199000485')).toEqual([]);
      expect(await ledger('+33199000486')).toEqual([]);
    });

    it('are a claim without proof or day, which the ledger does not take', async () => {
      await bring('phone,phone 2,name,agreed\n+33199000487,,Anna,\n', { ...given, proof: null, givenOn: '2026-02-01' });
      await bring('phone,phone 2,name,agreed\n+33199000488,,Anna,\n', given);
      expect([...(await ledger('+33199000487')), ...(await ledger('+33199000488'))]).toEqual([]);
    });

    it('also hold for people who were there, and prove nothing any more when the import is undone', async () => {
      const first = await bring('phone,phone 2,name,agreed\n+33199000489,,Anna,\n', { ...given, proof: null });
      const second = await bring(
        'phone,phone 2,name,agreed\n+33199000489,,Anna P,\n',
        { ...given, givenOn: '2026-02-03' },
        { base: { id: first.baseId! }, dedupe: { key: 'phone', scope: 'base', action: 'update' } },
      );
      expect(second).toMatchObject({ updated: 1 });
      expect(await ledger('+33199000489')).toMatchObject([{ proven: true, leadId: expect.any(Number) }]);
      await desk.undo(second.id);
      expect(await ledger('+33199000489')).toMatchObject([{ kind: 'granted', proven: false }]);
    });

    it.each([
      [{ givenOn: '2026-02-31' }, 'consent_day_invalid'],
      [{ givenOn: '2030-01-01' }, 'consent_day_invalid'],
      [{ givenOn: '2026-02-01', dateAttribute: 'agreed' }, 'consent_day_invalid'],
      [{ dateAttribute: 'name' }, 'consent_attribute_unknown'],
    ])('are refused for a day that makes no sense: %j', async (day, code) => {
      await expect(
        bring('phone,phone 2,name,agreed\n+33199000490,,Anna,\n', { ...given, ...day }),
      ).rejects.toMatchObject({ code });
    });
  });

  it('give an owner by the login in a column, and reject a row whose owner there is not', async () => {
    const ownerId = await desk.insertOperator('Oleg');
    const { login } = await desk.one<{ login: string }>(
      `update users set login = 'Oleg.K' where id = $1 returning login`,
      [ownerId],
    );
    const done = await desk.importText(
      `phone,who\n+33199000411,${login.toUpperCase()}\n+33199000412,nobody\n+33199000413,\n`,
      {
        base: newBase('owners'),
        mapping: { phones: ['phone'], owner: 'who' },
      },
    );
    expect(byCode(done)).toEqual({ owner_unknown: 1 });
    expect((await desk.leadsOf(done.baseId)).map((lead) => lead.ownerId)).toEqual([ownerId, null]);
  });

  it('put people on the calling list of a campaign when the import is done', async () => {
    const campaignId = await desk.insertCampaign({ state: 'draft' });
    const done = await fixture('pipes.csv', { base: newBase('called'), campaignId });
    expect(done.problem).toBeNull();
    expect(
      await desk.rows(`select from jobs where kind = $1 and payload ->> 'campaignId' = $2`, [
        BUILD_LIST,
        String(campaignId),
      ]),
    ).toHaveLength(1);
    await desk.callingLists.buildList(campaignId, desk.clock.now());
    const listed = await desk.rows('select lead_id from calling_list_entries where campaign_id = $1 order by lead_id', [
      campaignId,
    ]);
    expect(listed).toEqual((await desk.leadsOf(done.baseId)).map((lead) => ({ lead_id: lead.id })));
  });

  it('name a campaign that is finished before the import is: it is done, and says so', async () => {
    const campaignId = await desk.insertCampaign({ state: 'paused' });
    const started = await desk.start(join(FIXTURES, 'tabs.tsv'), { base: newBase('late'), campaignId });
    await desk.rows(`update campaigns set state = 'finished' where id = $1`, [campaignId]);
    const done = await desk.imports.runImport(started.id);
    expect(done).toMatchObject({ state: 'done', imported: 2, problem: { code: 'campaign_state' } });
  });

  it('read a file otherwise than it was guessed', async () => {
    const text = 'a;b\n+33199000421;x,y\n+33199000422;z,\n';
    const done = await desk.importText(text, {
      base: newBase('asked'),
      ...{ dialect: { delimiter: ',', quote: null }, headerAt: null, mapping: { phones: ['column 1'] } },
    });
    expect(done.options).toMatchObject({ headerAt: null, dialect: { delimiter: ',', quote: null } });
    expect(done.rows).toBe(3);
  });
});

describe('the same file', () => {
  it('is noticed when it is dropped into its base again', async () => {
    const done = await fixture('demo-base.csv', { base: newBase('twice') });
    const problem = await desk.refusal(join(FIXTURES, 'demo-base.csv'), { base: { id: done.baseId! } });
    expect(problem).toMatchObject({ code: 'same_file_imported', status: 409, more: { importId: done.id } });
  });

  it('brings in nobody twice when it comes with one row more', async () => {
    const done = await fixture('demo-base.csv', { base: newBase('longer') });
    const text = await readFile(join(FIXTURES, 'demo-base.csv'), 'utf8');
    const again = await desk.importText(`${text}C-1,New,0639980001${','.repeat(11)}\n`, { base: { id: done.baseId! } });
    expect(account(again)).toMatchObject({ imported: 0, duplicate: 1190, rejected: 11, rows: 1201 });
  });
});

describe('an import of several chunks', () => {
  const ROWS = 43_456;
  let file: string;

  beforeAll(async () => {
    const lines = Array.from({ length: ROWS }, (_, i) => {
      const number = i % 17 === 0 ? i - (i % 34) : i;
      const phone = i % 101 === 0 ? '12' : `02619${String(10_000 + (number % 10_000)).slice(0, 5)}`;
      return `${phone},Person ${i},"a, ${i}"${i % 997 === 0 ? ',too,much' : ''}`;
    });
    file = await desk.write(`phone,name,notes\n${lines.join('\n')}\n`, 'large.csv');
  });

  const stored = async (done: LeadImport) => {
    const rejects = await desk.rows(
      'select row_number, line, column_name, code, detail from import_rejects where import_id = $1 order by row_number',
      [done.id],
    );
    const leads = await desk.leadsOf(done.baseId);
    return {
      account: account(done),
      leads: leads.map(({ row, name, attributes, phones }) => ({ row, name, attributes, phones })),
      rejects,
    };
  };

  it('adds up at each commit, and killed between any two and run again ends with the same tables', async () => {
    const undisturbed = await stored(await desk.importFile(file, { base: newBase('undisturbed') }));
    expect(undisturbed.account.sum).toBe(ROWS);
    expect(undisturbed.account.imported).toBeGreaterThan(5_000);
    const started = await desk.start(file, { base: newBase('killed') });
    const seen: number[] = [];
    let done = started;
    while (done.state !== 'done') {
      let chunks = 0;
      const killing = desk.imports.runImport(started.id, {
        inChunk: async () => {
          // A run commits one chunk and dies in the next, its transaction open.
          if (chunks++ === 1) throw new Error('killed');
        },
      });
      if (seen.length < 2) await expect(killing).rejects.toThrow('killed');
      done = await killing.catch(() => desk.imports.getImport(1, started.id));
      seen.push(done.rows);
      expect(account(done).sum).toBe(done.rows);
      expect(await desk.leadsOf(done.baseId)).toHaveLength(done.imported);
    }
    expect(seen).toEqual([20_000, 40_000, ROWS]);
    expect(await stored(done)).toEqual(undisturbed);
  });

  it('stops between chunks when it is cancelled, with its account in order, and its upload is deleted', async () => {
    const upload = await desk.uploads.receive(Readable.from([await readFile(file)]));
    const started = await desk.imports.startImport(ACTOR, { path: upload }, { base: newBase('cancelled') });
    let chunks = 0;
    const done = await desk.imports.runImport(started.id, { isStopping: () => chunks++ === 1 });
    expect(done).toMatchObject({ state: 'running', rows: 20_000 });
    const cancelled = await desk.imports.cancelImport(ACTOR, started.id);
    expect(cancelled).toMatchObject({ state: 'cancelled', rows: 20_000 });
    expect((await desk.imports.runImport(started.id)).rows).toBe(20_000);
    expect(existsSync(upload)).toBe(false);
  });

  it('finds duplicates that are chunks apart, also by further phones', async () => {
    const filler = Array.from({ length: 20_000 }, (_, i) => `12,,filler ${i}`);
    const lines = [
      'phone,phone 2,name',
      '+33199000501,+33199000502,Anna',
      ...filler,
      '+33199000502,+33199000503,Bruno',
      '+33199000503,,Chloé',
    ];
    const done = await desk.importText(`${lines.join('\n')}\n`, {
      base: newBase('apart'),
      mapping: { phones: ['phone', 'phone 2'], name: 'name' },
      dedupe: { key: 'phone', scope: 'file', action: 'update' },
    });
    expect(account(done)).toMatchObject({ imported: 1, updated: 2, rejected: 20_000, sum: 20_003 });
    const [lead] = await desk.leadsOf(done.baseId);
    expect(lead).toMatchObject({ name: 'Chloé', row: 1 });
    expect(lead!.phones.map((phone) => phone.e164)).toEqual(['+33199000501', '+33199000502', '+33199000503']);
  });
});

describe('an import that cannot go on', () => {
  it('ends as its job ends when that is given up, and stays as it ended', async () => {
    const { id, jobId } = await desk.imports.startImport(
      ACTOR,
      { path: join(FIXTURES, 'demo-base.csv') },
      { base: newBase('given up') },
    );
    const processor = new LeadImportProcessor(desk.imports);
    const job = {
      organisationId: 1,
      id: jobId,
      kind: processor.kind,
      payload: { importId: id },
    } as Job<LeadImportPayload>;
    const problem = { code: 'job_failed', detail: 'The disk is full.' };
    await desk.database.transaction((tx) => processor.ended(tx, job, { state: 'failed', problem }));
    expect(await desk.imports.getImport(1, id)).toMatchObject({
      state: 'failed',
      problem,
      finishedAt: expect.any(Date),
    });
    await desk.database.transaction((tx) => processor.ended(tx, job, { state: 'cancelled', problem: null }));
    expect(await desk.imports.getImport(1, id)).toMatchObject({ state: 'failed', problem });
  });

  it('fails with a reason when its file is gone, or is another one', async () => {
    const copy = join(desk.folder, 'gone.csv');
    const begin = async (name: string) => {
      await copyFile(join(FIXTURES, 'demo-base.csv'), copy);
      return desk.start(copy, { base: newBase(name) });
    };
    const gone = await begin('gone');
    await rm(copy);
    expect(await desk.imports.runImport(gone.id)).toMatchObject({
      state: 'failed',
      problem: { code: 'upload_missing' },
    });
    const changed = await begin('changed');
    await writeFile(copy, 'phone\n1\n');
    expect(await desk.imports.runImport(changed.id)).toMatchObject({
      state: 'failed',
      problem: { code: 'upload_changed' },
    });
  });
});
