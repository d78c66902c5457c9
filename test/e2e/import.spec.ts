import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import type { UserRole } from '../../src/auth/access.js';
import { picture, signIn, startBrowser, startServer, type Look, type Person, type TestServer } from './server.js';
import { violations } from './violations.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/** The words that can be read on the page, in one line. */
const words = async (page: Page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');

/** Lets go of a file over the page, as a person drops it there. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const file = JSON.stringify([name, text]);
  const data = await page.evaluateHandle(`(() => {
    const [name, text] = ${file};
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], name));
    return transfer;
  })()`);
  await page.dispatchEvent('body', 'dragover', { dataTransfer: data });
  await page.getByText('Drop the file anywhere').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}

async function downloaded(page: Page, click: () => Promise<void>): Promise<{ name: string; text: string }> {
  const download = page.waitForEvent('download');
  await click();
  const file = await download;
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

describe('importing in the console, in a browser', () => {
  let server: TestServer;
  let browser: Browser;
  let folder: string;
  const people: Person[] = [];

  const enter = async (role: UserRole, look: Look = {}) => {
    const person = await signIn(browser, server, role, look);
    people.push(person);
    return person.page;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zvon-e2e-import-'));
    server = await startServer();
    browser = await startBrowser();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('says what it understood of a file that is dropped anywhere, and takes corrections', async () => {
    const page = await enter('marketer');
    await page.getByText('Demo households').waitFor();
    const rows = [
      'Leads of May',
      'Tel;Second;Who;Bought',
      '0199000701;0199000702;Anna;03/04/2026',
      '12;;Bruno;04/04/2026',
    ];
    await drop(page, 'leads of may.csv', rows.join('\r\n'));
    await page.getByRole('region', { name: 'What each column holds' }).waitFor();
    await page.getByLabel('Country').selectOption('FR');
    await page.getByRole('button', { name: 'Import 1 person' }).waitFor();
    const text = await words(page);
    expect(text).toContain(
      'A text table in UTF-8, its columns separated by semicolons. The columns are named in line 2.',
    );
    expect(text).toContain('1 line above the names of the columns is passed over.');
    expect(text).toContain('Phone too short');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('leads of may');
    // No whole number is shown that could be called.
    expect(await page.content()).not.toContain('0199000701');

    await page.getByLabel('What “Second” holds').selectOption('Another phone');
    await page.getByLabel('What “Who” holds').selectOption('Full name');
    await page.getByLabel('What “Bought” holds').selectOption('Leave out');
    const asked = page.waitForRequest(
      (request) => request.url().endsWith('/api/imports') && request.method() === 'POST',
    );
    await page.getByRole('button', { name: 'Import 1 person' }).click();
    const { options } = (await asked).postDataJSON() as { options: { mapping: object } };
    expect(options).toMatchObject({
      base: { name: 'leads of may', country: 'FR' },
      headerAt: 1,
      mapping: { phones: ['Tel', 'Second'], name: 'Who', attributes: [] },
    });
    await page.getByText('Of 2 rows 1 became a new person and 1 was rejected.').waitFor({ timeout: 30_000 });
    const rejects = await downloaded(page, () => page.getByText('Download rejected rows').click());
    expect(rejects.name).toBe('leads of may rejects.csv');
    expect(rejects.text).toContain('phone_too_short');
    expect(rejects.text).toContain('Bruno');
  }, 120_000);

  it('reads a file anew in another encoding when it is told to', async () => {
    const { page } = people[0]!;
    await page.goto(`${server.url}/imports/new`);
    await page.locator('input[type=file]').setInputFiles(join(FIXTURES, 'windows-1251.csv'));
    await page.getByText('A text table in Windows-1251').waitFor();
    const preview = page.getByRole('group', { name: /as (it|they) will be read/ });
    const right = await preview.innerText();
    await page.getByLabel('Encoding').selectOption('KOI8-R (Cyrillic)');
    await page.getByText('A text table in KOI8-R').waitFor();
    expect(await preview.innerText()).not.toBe(right);
    await page.getByLabel('Encoding').selectOption('Windows-1251 (Cyrillic)');
    await page.getByText('A text table in Windows-1251').waitFor();
    expect(await preview.innerText()).toBe(right);
  }, 60_000);

  it('notices a file that was imported before, keeps it over a reload, and counts by the choice of duplicates', async () => {
    const { page } = people[0]!;
    await page.goto(`${server.url}/imports/new`);
    await page.locator('input[type=file]').setInputFiles(join(FIXTURES, 'demo-base.csv'));
    await page.getByText('This very file was imported into “Demo households”').waitFor();
    await page.reload();
    await page.getByText('This very file was imported into “Demo households”').waitFor();
    await page.getByLabel('Country').selectOption('FR');
    await page.getByRole('button', { name: 'Import 1,185 people' }).waitFor();
    await page.locator('summary', { hasText: 'Duplicates' }).click();
    await page.getByLabel('Looked for in').selectOption('all bases');
    await page.getByRole('button', { name: 'Import', exact: true }).waitFor();
    expect(await words(page)).toContain('New people 0 Duplicates 1,190');
    await page.getByLabel('Looked for in').selectOption('this file and base');
    await page.getByRole('button', { name: 'Import 1,185 people' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'import-analysis');
  }, 60_000);

  it('takes an import back, and shows who did what in the history', async () => {
    const { page } = people[0]!;
    await page.getByLabel('Name', { exact: true }).fill('To be undone');
    await page.getByRole('button', { name: 'Import 1,185 people' }).click();
    await page.getByRole('button', { name: 'Undo the import' }).click({ timeout: 30_000 });
    await page.getByText('1,185 people that it brought are removed.').waitFor();
    await page.getByRole('button', { name: 'Undo it' }).click();
    await page.getByText('Maria Keller has undone this import').waitFor({ timeout: 30_000 });
    expect(await words(page)).toMatch(/Removed 1,185 Put back as before 0 Kept 0/);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'import-undone');

    await page.getByRole('link', { name: 'Bases' }).last().click();
    await page.getByRole('link', { name: 'Imports' }).click();
    const row = page.getByRole('row', { name: /To be undone/ });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/Maria Keller[\s\S]*1,200 rows[\s\S]*Undone/);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'import-history');
  }, 120_000);

  it('gives a marketer masked phones, and a manager whole ones for a reason', async () => {
    const { page } = people[0]!;
    await page.goto(`${server.url}/bases`);
    await page.getByRole('button', { name: 'Download “Demo households”' }).click();
    expect(await page.getByRole('button', { name: 'Whole phones' }).count()).toBe(0);
    const start = (on: Page) => () => on.getByRole('button', { name: 'Download', exact: true }).click();
    const masked = await downloaded(page, start(page));
    expect(masked.text).not.toMatch(/33\d{9}/);
    expect(masked.text.trim().split('\n')).toHaveLength(1186);

    const manager = await enter('manager');
    await manager.getByRole('link', { name: 'Bases' }).click();
    await manager.getByRole('button', { name: 'Download “Demo households”' }).click();
    await manager.getByRole('button', { name: 'Whole phones' }).click();
    expect(await manager.getByRole('button', { name: 'Download', exact: true }).isDisabled()).toBe(true);
    await manager.getByLabel('What for').fill('Check of the number in the contract');
    expect(await violations(manager)).toEqual([]);
    const whole = await downloaded(manager, start(manager));
    expect(whole.text).toMatch(/33\d{9}/);
  }, 60_000);

  it('loads a registry whose age counts from its date, and retires it for a reason', async () => {
    const { page } = people[1]!;
    await page.getByRole('link', { name: 'Do not call' }).click();
    await page.getByRole('button', { name: 'Add a list' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Registry of the tests');
    await page.getByText('National registry').click();
    await page.getByLabel('Registry', { exact: true }).fill('tps');
    await page.getByLabel(/^Country/).selectOption('FR');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('nothing loaded yet').waitFor();

    const file = join(folder, 'registry.csv');
    writeFileSync(file, 'phone\n0199000801\n0199000802\nnot a number\n');
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('New numbers: 2, there already: 0, rejected: 1').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'suppression-load');
    await page.getByRole('button', { name: 'Load the file' }).click();
    await page.getByRole('link', { name: 'To the list' }).click({ timeout: 30_000 });
    await page.getByText('loaded today').waitFor();

    await page.getByRole('button', { name: 'Retire the list' }).click();
    await page.getByLabel('Why').fill('The contract with the registry has ended.');
    await page.getByRole('button', { name: 'Retire the list' }).last().click();
    await page.getByText('its numbers may be called again').waitFor();
    await page.getByRole('link', { name: 'Do not call' }).first().click();
    await page.getByRole('heading', { name: 'Retired' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'suppression-lists');
  }, 120_000);

  it('fits a narrow window, in the dark', async () => {
    const page = await enter('marketer', { width: 390, height: 844, dark: true });
    await page.goto(`${server.url}/imports/new`);
    await page.locator('input[type=file]').setInputFiles(join(FIXTURES, 'demo-base.csv'));
    await page.getByRole('region', { name: 'What each column holds' }).waitFor();
    const isTooWide = () =>
      page.evaluate(
        `(() => { const { scrollWidth, clientWidth } = document.querySelector('main'); return scrollWidth > clientWidth; })()`,
      );
    expect(await isTooWide()).toBe(false);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'import-narrow-dark');
    for (const path of ['/bases', '/imports', '/suppression']) {
      await page.goto(server.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByText('Loading').waitFor({ state: 'detached' });
      expect({ path, isTooWide: await isTooWide() }).toEqual({ path, isTooWide: false });
      expect(await violations(page)).toEqual([]);
    }
  }, 60_000);

  it('logged no error and broke no policy', () => {
    expect(people.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
