/**
 * Starts the build as a user would, on empty data, and asks what a user would first: is it ready, does the sign-in page
 * come with its scripts, can one sign in? Then Ctrl-C: it must end by itself, and nothing that it started may be left.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { prepare, ROOT, say } from './prepare.mjs';

const READY_SECONDS = 90;
const END_SECONDS = 30;

await prepare();
const dataDir = mkdtempSync(join(tmpdir(), 'zvon-boot-'));
// As root the database runs as another user, who must be able to enter the folder.
chmodSync(dataDir, 0o755);
const port = await freePort();
const address = `http://127.0.0.1:${port}`;
const server = spawn(process.execPath, [join(ROOT, 'dist', 'main.js')], {
  cwd: dataDir,
  env: { ...process.env, PORT: String(port), ZVON_DATA: dataDir, DATABASE_URL: '', REDIS_URL: '' },
  stdio: ['ignore', 'pipe', 'pipe'],
});
let printed = '';
server.stdout.on('data', (chunk) => (printed += chunk));
server.stderr.on('data', (chunk) => (printed += chunk));
const ended = new Promise((done) => server.once('exit', (code, signal) => done(signal ?? code)));

try {
  const startedAt = Date.now();
  await untilReady();
  say(`Ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  await checkPage();
  await checkSignIn();
  const programs = [...new Set(descendants().map(({ command }) => /([a-z-]+):?( |$)/.exec(command)?.[1]))];
  expect(programs.includes('node'), 'the server itself was not found: this check is broken');
  say(`Running: ${programs.join(', ')}`);
  server.kill('SIGINT');
  const code = await Promise.race([ended, delay(END_SECONDS * 1000, 'still running', { ref: false })]);
  expect(code === 0, `after Ctrl-C it should have ended with 0, but: ${code}`);
  await checkNothingIsLeft();
  say('The build boots, serves and ends.');
} catch (error) {
  say(`What the server printed:\n${printed}\nThe boot check failed: ${error.message}`);
  process.exitCode = 1;
  server.kill('SIGKILL');
  for (const { pid } of descendants()) process.kill(pid, 'SIGKILL');
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

async function untilReady() {
  const deadline = Date.now() + READY_SECONDS * 1000;
  for (;;) {
    const response = await fetch(`${address}/health/ready`).catch(() => null);
    if (response?.ok) return;
    expect(server.exitCode === null && server.signalCode === null, 'the server ended while it started');
    expect(
      Date.now() < deadline,
      `not ready after ${READY_SECONDS} s: ${response ? await response.text() : 'no answer'}`,
    );
    await delay(200);
  }
}

async function checkPage() {
  const response = await fetch(`${address}/`, { headers: { accept: 'text/html' } });
  const html = await response.text();
  expect(response.ok, `the page answers ${response.status}`);
  expect(/text\/html/.test(response.headers.get('content-type') ?? ''), 'the page is no HTML');
  const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
  expect(
    assets.some((path) => path.endsWith('.js')),
    'the page has no script',
  );
  for (const path of assets) {
    const asset = await fetch(address + path);
    expect(asset.ok, `${path} answers ${asset.status}`);
    expect(!/html/.test(asset.headers.get('content-type') ?? ''), `${path} comes as HTML`);
  }
}

async function checkSignIn() {
  const about = await (await fetch(`${address}/api/about`)).json();
  const user = about.signIns?.find(({ role }) => role === 'manager');
  expect(user, 'the demonstration names no manager to sign in');
  const password = process.env.DEMO_MANAGER_PASSWORD || 'zvon-demo';
  const response = await fetch(`${address}/api/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: address },
    body: JSON.stringify({ login: user.login, password }),
  });
  expect(response.ok, `signing in as ${user.login} answers ${response.status}: ${await response.text()}`);
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  const me = await fetch(`${address}/api/auth/me`, { headers: { cookie } });
  expect(me.ok, `the session is not known afterwards: ${me.status}`);
}

async function checkNothingIsLeft() {
  // A process that has just been told to end takes an instant to be gone.
  for (let attempt = 0; attempt < 20 && descendants().length > 0; attempt++) await delay(100);
  const left = descendants();
  expect(left.length === 0, `left behind: ${left.map(({ pid, command }) => `${pid} ${command}`).join(', ')}`);
}

/** Every process with this run's environment or in its folder, on systems that show both. */
function descendants() {
  if (process.platform !== 'linux') return server.exitCode === null ? [{ pid: server.pid, command: 'node' }] : [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        // Some programs write their title over their environment.
        const ours =
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`ZVON_DATA=${dataDir}`) ||
          readlinkSync(`/proc/${pid}/cwd`).startsWith(dataDir);
        if (!ours) return [];
        return [
          { pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() },
        ];
      } catch {
        // Ended meanwhile, or another user's.
        return [];
      }
    });
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => done(free));
    });
  });
}

function expect(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
