import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import type { UserRole } from '../../src/auth/access.js';
import { picture, signIn, startBrowser, startServer, type Look, type Person, type TestServer } from './server.js';
import { violations } from './violations.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const CAMPAIGN = 'Clear Energy, autumn';

/** Wait until what can be read on the page matches. */
async function shows(page: Page, pattern: string, timeout: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const { document } = globalThis as unknown as { document: { querySelector(of: 'main'): { innerText: string } } };
      return new RegExp(wanted).test(document.querySelector('main').innerText);
    },
    pattern,
    { timeout },
  );
}

describe('the console, in a browser', () => {
  let server: TestServer;
  let browser: Browser;
  const people: Person[] = [];

  const enter = async (role: UserRole, look: Look = {}) => {
    const person = await signIn(browser, server, role, look);
    people.push(person);
    return person;
  };

  beforeAll(async () => {
    server = await startServer();
    browser = await startBrowser();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  it('says what is wrong with a wrong password', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(server.url);
    await page.getByLabel('Login').fill('manager');
    await page.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'sign-in');
    await context.close();
  }, 60_000);

  it('speaks three languages before anybody has signed in', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(server.url);
    const title = page.getByRole('heading', { level: 1 }).last();
    const said = new Set<string | null>();
    for (const [language, tag] of [
      ['English', 'en'],
      ['Русский', 'ru'],
      ['Tiếng Việt', 'vi'],
    ] as const) {
      await page.getByText(language, { exact: true }).click();
      await page.locator(`html[lang=${tag}]`).waitFor();
      said.add(await title.textContent());
    }
    expect(said.size).toBe(3);
    await context.close();
  }, 60_000);

  it('lets a marketer upload a base and see what became of each row', async () => {
    const { page } = await enter('marketer');
    await page.getByText('Demo households').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'bases');
    await page.getByRole('link', { name: 'Upload a base' }).first().click();
    await page.locator('input[type=file]').setInputFiles(join(FIXTURES, 'demo-base.csv'));
    await page.getByLabel('Country').selectOption('FR');
    await page.getByLabel('Name', { exact: true }).fill('Autumn households');
    await page.getByRole('button', { name: 'Import 1,185 people' }).waitFor();
    await picture(page, 'import-new');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Import 1,185 people' }).click();
    await page.getByText('Download rejected rows').waitFor({ timeout: 60_000 });
    await picture(page, 'import-done');
    expect(await violations(page)).toEqual([]);
    const text = await page.locator('main').innerText();
    expect(text).toContain('1,185');
    expect(text).toContain('1,200');
  }, 120_000);

  it('tells a marketer what is wrong with a file, and what to do', async () => {
    const { page } = people[0]!;
    await page.goto(`${server.url}/imports/new`);
    await page.locator('input[type=file]').setInputFiles(join(FIXTURES, 'missing-phone-column.csv'));
    await page.getByText('No column of the file looks like a phone.').waitFor();
    expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
    await picture(page, 'import-no-phone');
    expect(await violations(page)).toEqual([]);
  }, 60_000);

  it('shows a manager the campaign live', async () => {
    const { page } = await enter('manager');
    await page.getByText(CAMPAIGN).first().click();
    await page.getByRole('button', { name: 'Start' }).click();
    await shows(page, 'Dials\\s*[1-9]', 60_000);
    await shows(page, 'Contacts\\s*[1-9]', 120_000);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'campaign-live');
  }, 240_000);

  it('gives an operator a call, takes its outcome by keyboard, and gives the next', async () => {
    const { page } = await enter('operator', { width: 1280, height: 720 });
    await page.getByText(CAMPAIGN).click();
    await page.getByText('Waiting for the next call').waitFor();
    await picture(page, 'desk-waiting');
    expect(await violations(page)).toEqual([]);

    const panel = page.getByRole('region', { name: 'How did it end?' });
    await panel.waitFor({ timeout: 180_000 });
    await picture(page, 'desk-call');
    expect(await violations(page)).toEqual([]);
    const shown = await page.locator('main').innerText();
    expect(shown).toMatch(/\+33 •/);
    // Nothing in the page holds a whole number of the person.
    expect(await page.content()).not.toMatch(/\+33\d{9}|33\d{9}/);
    const fits = await page.evaluate('document.documentElement.scrollHeight <= window.innerHeight');
    expect(fits).toBe(true);

    // Refusal, price, too expensive.
    await page.keyboard.press('2');
    await page.keyboard.press('1');
    await page.keyboard.press('1');
    await page.keyboard.type('39');
    await picture(page, 'desk-refusal');
    const answer = page.waitForResponse((response) => response.url().endsWith('/api/desk/disposition'));
    await page.keyboard.press('Enter');
    const saved = await answer;
    expect(saved.status()).toBe(200);
    expect(saved.request().postDataJSON()).toMatchObject({
      outcome: 'refusal',
      refusalReason: 'too_expensive',
      refusalDetail: { price: 39 },
    });
    await page.getByText('Waiting for the next call').waitFor({ timeout: 30_000 });

    await panel.waitFor({ timeout: 180_000 });
    await page.keyboard.press('3');
    await picture(page, 'desk-callback');
    expect(await violations(page)).toEqual([]);
    // Callback, tomorrow morning.
    await page.keyboard.press('3');
    const promise = page.waitForResponse((response) => response.url().endsWith('/api/desk/disposition'));
    await page.keyboard.press('Enter');
    const promised = await promise;
    expect(promised.status()).toBe(200);
    expect(promised.request().postDataJSON()).toMatchObject({
      outcome: 'callback',
      callback: { localTime: expect.stringMatching(/T10:00$/), timeZone: 'Europe/Paris' },
    });
  }, 480_000);

  it('looks as good in the dark', async () => {
    const { page } = await enter('manager', { dark: true });
    await page.getByText(CAMPAIGN).first().click();
    await shows(page, 'Contacts\\s*[1-9]', 30_000);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'campaign-dark');
  }, 60_000);

  it('logged no error and broke no policy', () => {
    expect(people.flatMap(({ complaints }) => complaints).filter((line) => !/409|422/.test(line))).toEqual([]);
  });
});
