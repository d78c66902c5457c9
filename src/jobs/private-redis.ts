import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '../common/free-port.js';
import { serverEnvironment } from '../common/live-process.js';

export interface PrivateRedis {
  /** Address with its password. */
  url: string;
  /** Ends the server. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** What a later run needs to end a server that a killed run left behind. */
interface Trace {
  pid: number | undefined;
  port: number;
  password: string;
}

const PROGRAMS = ['redis-server', 'valkey-server'];
const START_SECONDS = 10;

/**
 * Start a Redis of our own when the machine has the program; null when it has none. It listens on the loopback alone,
 * asks for a password that is new at each start, and keeps nothing: every job is a row in Postgres, Redis only wakes
 * workers. `dir` holds its log and a trace (`redis.json`) by which the next start ends what a killed run left running.
 */
export async function startPrivateRedis(options: { dir: string }): Promise<PrivateRedis | null> {
  const program = findProgram();
  mkdirSync(options.dir, { recursive: true });
  const traceFile = join(options.dir, 'redis.json');
  await endLeftover(traceFile);
  if (program === null) return null;
  const logFile = join(options.dir, 'redis.log');
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const password = randomBytes(24).toString('base64url');
    const child = launch(program, logFile, configuration(options.dir, port, password));
    writeFileSync(traceFile, JSON.stringify({ pid: child.pid, port, password } satisfies Trace), { mode: 0o600 });
    if (await answers(child, port, password)) {
      let stopped: Promise<void> | null = null;
      const stop = () => (stopped ??= end(child).then(() => rmSync(traceFile, { force: true })));
      return { url: `redis://:${password}@127.0.0.1:${port}`, stop };
    }
    await end(child);
    // Another program may have taken the port meanwhile.
    if (attempt === 3) {
      const log = readFileSync(logFile, 'utf8').trim().split('\n').slice(-10).join('\n');
      throw new Error(`${program} did not start. The end of its log:\n${log}`);
    }
  }
}

function findProgram(): string | null {
  for (const program of PROGRAMS) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const path = join(folder, program);
      if (folder && isExecutable(path)) return path;
    }
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run.
    return false;
  }
}

function configuration(dir: string, port: number, password: string): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${dir}"`,
    'daemonize no',
    'save ""',
    'appendonly no',
    'maxmemory 256mb',
    // A lost wake-up only waits for the sweeper, but a queue with holes confuses its library.
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

function launch(program: string, logFile: string, config: string): ChildProcess {
  const log = openSync(logFile, 'w', 0o600);
  // In a session of its own: a Ctrl-C reaches the application, which stops its server once it has drained. The
  // configuration goes by the standard input, so that the password shows neither in a file nor in the process list.
  const child = spawn(program, ['-'], { stdio: ['pipe', log, log], detached: true, env: serverEnvironment() });
  closeSync(log);
  // A program that cannot be run, or ends before it has read, shows by not answering; its log says why.
  child.on('error', (error) => appendFileSync(logFile, `${error.message}\n`));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(config);
  // The application's own work keeps it alive, not this.
  child.unref();
  return child;
}

async function answers(child: ChildProcess, port: number, password: string): Promise<boolean> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while (Date.now() < deadline && hasNotEnded(child)) {
    if ((await say(port, [`AUTH ${password}`, 'PING']))?.includes('+PONG')) return true;
    await delay(20);
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || !hasNotEnded(child)) return;
  child.ref();
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(patience);
}

function hasNotEnded(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** By its password and not by its number: another program may have that number by now. */
async function endLeftover(traceFile: string): Promise<void> {
  if (!existsSync(traceFile)) return;
  const { port, password } = JSON.parse(readFileSync(traceFile, 'utf8')) as Trace;
  await say(port, [`AUTH ${password}`, 'SHUTDOWN NOSAVE']);
  rmSync(traceFile, { force: true });
}

/** Send commands and collect the answers until the server closes; null when nobody listens. */
function say(port: number, commands: string[]): Promise<string | null> {
  return new Promise((done) => {
    let heard = '';
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => socket.write([...commands, 'QUIT', ''].join('\r\n')));
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.once('error', () => done(null));
    socket.once('close', () => done(heard));
  });
}
