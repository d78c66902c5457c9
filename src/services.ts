import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { identityOf, isAlive } from './common/live-process.js';
import { dataPath, type Settings } from './config/settings.js';
import { runningPostgresUrl, startEmbeddedPostgres } from './database/embedded-postgres.js';
import { startPrivateRedis } from './jobs/private-redis.js';

export interface Services {
  databaseUrl: string;
  /** Null: workers are woken inside the process. */
  redisUrl: string | null;
  /** Stops what was started here, and nothing else. Call it last, once nobody uses the servers. */
  stop(): Promise<void>;
}

type ServiceSettings = Pick<Settings, 'role' | 'host' | 'port' | 'databaseUrl' | 'redisUrl' | 'dataDir'>;

/**
 * The servers behind the engine: those that the environment names, and for the rest private ones on the data folder.
 * One process at a time has the data folder; a second one is refused with the number and the address of the first, or,
 * with `join`, works beside it on its database.
 */
export async function startServices(
  settings: ServiceSettings,
  log: (line: string) => void,
  { join = false }: { join?: boolean } = {},
): Promise<Services> {
  if (settings.role !== 'all' && settings.databaseUrl === null) {
    throw new Error(
      `ZVON_ROLE is ${settings.role}: processes with a part of the work share a Postgres, so set DATABASE_URL.`,
    );
  }
  // A process with a part of the work shares its Redis with the others, or has none.
  const ownsRedis = settings.role === 'all' && settings.redisUrl === null;
  const lock = settings.databaseUrl === null || ownsRedis ? await lockData(settings, log) : null;
  if (lock && !lock.held && settings.databaseUrl === null) {
    const databaseUrl = join ? runningPostgresUrl(dataPath(settings, 'postgres')) : null;
    if (databaseUrl === null) throw new Error(alreadyRunning(settings, lock.holder));
    return { databaseUrl, redisUrl: null, stop: () => Promise.resolve() };
  }

  const started: (() => Promise<void>)[] = [];
  if (lock?.held) started.push(async () => lock.release());
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    let { databaseUrl, redisUrl } = settings;
    if (databaseUrl === null) {
      const postgres = await startEmbeddedPostgres({ dataDir: dataPath(settings, 'postgres'), durable: true, log });
      started.push(() => postgres.stop());
      databaseUrl = postgres.url;
    }
    if (ownsRedis && lock?.held) {
      // Redis only makes waking quicker: one that does not start is no reason not to run.
      const redis = await startPrivateRedis({ dir: dataPath(settings, 'redis') }).catch((error: Error) => {
        log(`${error.message}\nWorkers are woken inside the process instead.`);
        return null;
      });
      if (redis) started.push(() => redis.stop());
      redisUrl = redis?.url ?? null;
    }
    return { databaseUrl, redisUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// ---- who has the data folder

interface Holder {
  pid: number;
  /** See identityOf: numbers of processes are used again. */
  identity: string | null;
  address: string;
  startedAt: string;
}

type Lock = { held: true; release(): void } | { held: false; holder: Holder };

/** Long enough for a process that was just told to stop. */
const PATIENCE_MS = 3000;

async function lockData(settings: ServiceSettings, log: (line: string) => void): Promise<Lock> {
  mkdirSync(settings.dataDir, { recursive: true });
  const file = dataPath(settings, 'running.json');
  const own = JSON.stringify({
    pid: process.pid,
    identity: identityOf(process.pid),
    address: `http://${settings.host}:${settings.port}`,
    startedAt: new Date().toISOString(),
  } satisfies Holder);
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, own, { mode: 0o600 });
  try {
    for (let waitedMs = 0; ;) {
      // A link appears whole or not at all, and never over another.
      if (tryLink(draft, file)) return { held: true, release: () => release(file, own) };
      const found = readIfThere(file);
      if (found === null) continue;
      const holder = parseHolder(found);
      if (holder === null || !isRunning(holder)) {
        log('The run before did not end properly; taking over its data');
        removeStale(file, found);
      } else if (waitedMs >= PATIENCE_MS || holder.pid === process.pid) {
        return { held: false, holder };
      } else {
        await delay(100);
        waitedMs += 100;
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function isRunning(holder: Holder): boolean {
  if (!isAlive(holder.pid)) return false;
  const identity = identityOf(holder.pid);
  return holder.identity === null || identity === null || identity === holder.identity;
}

/** Away with the lock of a dead process, unless another start was quicker and has put its own there. */
function removeStale(file: string, expected: string): void {
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readIfThere(aside) !== expected) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function release(file: string, own: string): void {
  if (readIfThere(file) === own) rmSync(file, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Cut short by a crash of the machine: whoever wrote it is gone.
    return null;
  }
}

function alreadyRunning(settings: ServiceSettings, holder: Holder): string {
  return (
    `Zvon already runs on ${settings.dataDir}: process ${holder.pid}, ${holder.address}, since ${holder.startedAt}. ` +
    'Stop it first, or give this one a folder of its own with ZVON_DATA (and another PORT).'
  );
}
