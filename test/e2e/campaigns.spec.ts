import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import type { UserRole } from '../../src/auth/access.js';
import { picture, signIn, startBrowser, startServer, type Look, type Person, type TestServer } from './server.js';
import { violations } from './violations.js';

const SEGMENT = 'Large bills, never called or long ago';
const CAMPAIGN = 'Large bills, winter';
const OFFER = 'Clear Energy 12 light';

/** What breaks in one theme may hold in the other. */
async function violationsInBothThemes(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    // Colours on their way from one theme to the other are neither.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    found.push(...(await violations(page)));
  }
  return found;
}

const number = async (page: Page, selector: string): Promise<number> =>
  Number((await page.locator(selector).first().innerText()).replace(/[^\d]/g, ''));

describe('segments, campaigns and win-back, in a browser', () => {
  let server: TestServer;
  let browser: Browser;
  const people: Person[] = [];

  const enter = async (role: UserRole, look: Look = {}) => {
    const person = await signIn(browser, server, role, look);
    people.push(person);
    return person.page;
  };

  beforeAll(async () => {
    server = await startServer({ SIMULATED_ANSWER_PERCENT: '90' });
    browser = await startBrowser();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  it('counts a segment while it is built, says who of it can be called, and saves it', async () => {
    const page = await enter('manager');
    await page.goto(`${server.url}/segments/new`);
    await page.getByLabel('Name', { exact: true }).fill(SEGMENT);
    await page.getByRole('button', { name: 'Demo households' }).click();

    await page.getByRole('button', { name: 'Condition', exact: true }).click();
    // What was added has the focus: the keyboard goes on from there.
    const second = page.locator('.rule-row').nth(1);
    await second.locator('select:focus').selectOption('attribute.monthly_bill_eur');
    await second.getByLabel('Comparison').selectOption('greater_than');
    await second.getByLabel('Value').fill('60');

    await page.getByRole('button', { name: 'Group', exact: true }).click();
    const group = page.locator('.rule-group .rule-group');
    await group.getByLabel('How the conditions are joined').selectOption('any');
    await group.getByLabel('Field').selectOption('attempts');
    await group.getByLabel('Value').fill('0');
    await page.getByText(/counted in/).waitFor();
    await page.getByText('Can be called now').waitFor();

    // Undone and done again by keyboard.
    await page.keyboard.press('Control+z');
    await page.getByText('Fill in the conditions to count').first().waitFor();
    await page.keyboard.press('Control+y');
    await page.getByText(/counted in/).waitFor();
    // Numbers of the rule before this one are dimmed.
    await page.locator('.stale').first().waitFor({ state: 'detached' });
    const lines = await page.locator('.funnel dd').allInnerTexts();
    const [matched, ...rest] = lines.map((line) => Number(line.replace(/[^\d]/g, '')));
    const callable = rest.pop();
    expect(matched).toBe(await number(page, '.reach .big'));
    expect(rest.reduce((sum, excluded) => sum - excluded, matched!)).toBe(callable);
    await picture(page, 'segment');
    expect(await violationsInBothThemes(page)).toEqual([]);

    // Nothing is lost without a question.
    await page.getByRole('link', { name: 'Offers' }).click();
    await page.getByRole('button', { name: 'Stay' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: SEGMENT }).waitFor();
  }, 60_000);

  it('sets up a campaign on one page, checks it, starts it, and tells who did what', async () => {
    const { page } = people[0]!;
    // The demonstration's own campaign has everybody on its list: put away, it leaves them to others.
    await page.goto(`${server.url}/campaigns`);
    await page.getByRole('link', { name: 'Clear Energy, autumn' }).last().click();
    await page.getByRole('button', { name: 'Put away' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Put away' }).click();
    await page.getByText('No campaigns yet').waitFor();

    await page.goto(`${server.url}/campaigns/new`);
    const check = page.getByRole('region', { name: 'Check before dialling' });
    await check.getByText('nobody says whom to call').waitFor();
    await page.getByLabel('Name', { exact: true }).fill(CAMPAIGN);
    await page.getByRole('checkbox', { name: SEGMENT }).check();
    await page.getByRole('button', { name: 'Choose an offer.' }).click();
    await page.locator('select:focus').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Choose a script.' }).click();
    await page.locator('select:focus').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Fixed ratio' }).click();
    await page.getByLabel('calls per ready operator').fill('3');
    // The tests run at any hour, and at weekends.
    await page.getByText('Calling hours', { exact: true }).click();
    for (const day of await page.locator('.hours li').all()) {
      await day.getByRole('checkbox').check();
      await day.locator('input[type=time]').first().fill('00:00');
      await day.locator('input[type=time]').last().fill('23:59');
    }
    await page.getByRole('button', { name: 'Set a caller ID.' }).click();
    await page.keyboard.type('+33123456789');
    await check.getByText('Nothing keeps it from dialling').waitFor();
    await picture(page, 'campaign-form');
    expect(await violationsInBothThemes(page)).toEqual([]);

    await page.getByRole('button', { name: 'Create the campaign' }).click();
    await page.getByText('There is nobody on the calling list.').waitFor();
    await page.getByRole('button', { name: 'Build the calling list' }).click();
    await page.getByText('The campaign can be started.').waitFor({ timeout: 30_000 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('Running').waitFor();

    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByLabel('Lines at most').fill('40');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('who, when and what').click();
    const changes = await page.locator('.changes').innerText();
    expect(changes).toMatch(/Changed.*Andrei Volkov\s+Lines at most\s+100 → 40/);
    expect(changes).toMatch(/Started.*Andrei Volkov/);
    await picture(page, 'campaign-changes');
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    // A picture is of the page laid out anew.
    await picture(page, 'campaign-small');
    const beside = '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector("#main"))';
    expect(await page.evaluate(beside)).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
  }, 90_000);

  it('takes down until when somebody is bound elsewhere, and proposes whom a new offer wins back', async () => {
    const desk = await enter('operator');
    await desk.getByText(CAMPAIGN).click();
    await desk.getByRole('region', { name: 'How did it end?' }).waitFor({ timeout: 60_000 });
    const choose = (name: string) => desk.locator('[data-choice]', { hasText: name }).click();
    await choose('Refusal');
    await choose('Has a supplier');
    await desk.keyboard.type('Meridian');
    await desk.getByLabel('When does their contract end?').fill(daysFromNow(10));
    await picture(desk, 'desk-supplier');
    expect(await violations(desk)).toEqual([]);
    const saved = desk.waitForResponse((response) => response.url().endsWith('/api/desk/disposition'));
    await desk.keyboard.press('Enter');
    expect((await saved).status()).toBe(200);

    const { page } = people[0]!;
    await page.goto(`${server.url}/offers/new`);
    await page.getByLabel('Name', { exact: true }).fill(OFFER);
    await page.getByLabel(/^Price/).fill('39');
    await page.getByRole('button', { name: 'Save' }).click();
    // Whoever was called today is left alone, until somebody says otherwise.
    await page.getByText('Nobody yet').waitFor();
    await page.getByLabel('Leave alone who was called within, days').fill('0');
    await page.getByText('1 person can be called').waitFor();
    await picture(page, 'win-back');
    expect(await violationsInBothThemes(page)).toEqual([]);

    await page.getByRole('button', { name: 'Build the campaign' }).click();
    await page.getByText('Its calling list is filled').waitFor({ timeout: 30_000 });
    await page.getByRole('link', { name: 'Open the campaign' }).click();
    await page.getByText('1 lead is on the calling list.').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(`${OFFER} · Win back`);
    expect(await page.locator('main').innerText()).toContain('€39');
    await picture(page, 'win-back-campaign');
  }, 120_000);

  it('logged no error and broke no policy', () => {
    expect(people.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});

/** As a field for a date takes it. */
function daysFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
