import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

import type { UserRole } from '../../src/auth/access.js';
import { freePort } from '../../src/common/free-port.js';

const ROOT = resolve(import.meta.dirname, '../..');
const READY_MS = 120_000;
const PASSWORD = 'a password of the tests';

/** The build, started as a user starts it, on data of its own. */
export interface TestServer {
  url: string;
  stop(): Promise<void>;
}

/** With `settings` as further environment variables. */
export async function startServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zvon-e2e-'));
  // As root the database runs as another user, who must be able to enter the folder.
  chmodSync(dataDir, 0o755);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, [join(ROOT, 'dist/main.js')], {
    env: {
      ...process.env,
      ...{ PORT: String(port), ZVON_DATA: dataDir, DATABASE_URL: '', REDIS_URL: '', NODE_OPTIONS: '' },
      ...{ DEMO_MARKETER_PASSWORD: PASSWORD, DEMO_MANAGER_PASSWORD: PASSWORD, DEMO_OPERATOR_PASSWORD: PASSWORD },
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  server.stdout.on('data', (chunk) => (printed += String(chunk)));
  server.stderr.on('data', (chunk) => (printed += String(chunk)));
  try {
    await untilReady(server, url);
  } catch (error) {
    server.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${printed}`);
  }
  return {
    url,
    stop: async () => {
      const ended = new Promise((done) => server.once('exit', done));
      server.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}`);
    if (Date.now() > deadline) throw new Error(`Not ready after ${READY_MS} ms`);
    await delay(200);
  }
}

/** A browser without a window. `CHROMIUM` names it; `npm test` looks for one. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ].concat(['--disable-component-update', '--disable-sync']),
  });
}

/** A person at a browser of their own. What the page logs as an error, or the policy blocks, is kept in `complaints`. */
export interface Person {
  page: Page;
  context: BrowserContext;
  complaints: string[];
}

/** The window, and the theme of the machine. */
export interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
}

export async function signIn(browser: Browser, server: TestServer, role: UserRole, look: Look = {}): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
    colorScheme: look.dark ? 'dark' : 'light',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // Asking who is signed in before anybody is: the browser logs the answer by itself.
    if (message.type() === 'error' && !/401/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(server.url);
  await page.getByLabel('Login').fill(role);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByLabel('Password').waitFor({ state: 'detached' });
  return { page, context, complaints };
}

/** A picture to look at, in test/screens. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(ROOT, 'test/screens', `${name}.png`) });
}
