/**
 * Makes a checkout ready to run: installs the packages and builds the server and the console, each only when something
 * that it is made from has changed. Plain Node, no dependency: it runs before node_modules exists.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const NEEDED_NODE = [20, 19];

/** Install and build what is missing. What it says goes to the standard error, for the standard output is the command's. */
export async function prepare({ server = true, web = true } = {}) {
  requireNode();
  process.chdir(ROOT);
  await oneAtATime(async () => {
    await ensureInstalled();
    if (server) await ensureServer();
    if (web) await ensureConsole();
  });
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1])) return;
  fail(
    `Zvon needs Node ${NEEDED_NODE.join('.')} or newer; this is Node ${process.versions.node}. See https://nodejs.org.`,
  );
}

// ---- packages

async function ensureInstalled() {
  if (isInstalled()) return;
  say('Installing packages (a minute or two, this once)');
  // Build tools are among the development packages: NODE_ENV=production must not leave them out.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [program, ...first] = npm;
  const code = await run(program, [...first, ...args], {
    stdio: ['ignore', 2, 2],
    shell: program === 'npm' && process.platform === 'win32',
  });
  if (code !== 0) fail('The packages could not be installed: npm says why above.');
}

/** npm writes down what it has installed: the same versions as in our list, for this platform, or not. */
function isInstalled() {
  const wanted = readJson('package-lock.json')?.packages ?? {};
  const present = readJson(join('node_modules', '.package-lock.json'))?.packages;
  if (!present) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer, link }]) => {
    if (path === '' || link) return true;
    if (!present[path]) return Boolean(optional || devOptional || peer);
    return present[path].version === version && existsSync(path);
  });
}

// ---- builds

async function ensureServer() {
  const inputs = ['src', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
  await ensureBuilt('server', 'dist', inputs, async () => {
    // Compiled whole: what an earlier compiler knew of these files is not to be trusted.
    rmSync(join('dist', '.tsbuildinfo'), { force: true });
    await runQuietly(join('node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), ['build']);
    removeOrphans();
  });
}

async function ensureConsole() {
  const config = join('web', 'vite.config.ts');
  if (!existsSync(config)) return say('There is no console to build (web/vite.config.ts is missing)');
  await ensureBuilt('console', join('web', 'dist'), ['web', 'package-lock.json'], () =>
    runQuietly(join('node_modules', 'vite', 'bin', 'vite.js'), ['build', '--config', config, '--logLevel', 'warn']),
  );
}

/** Build unless the stamp in the output says that it was made from these very inputs. */
async function ensureBuilt(name, output, inputs, build) {
  const stamp = join(output, '.made-from');
  const hash = hashOf(inputs);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  rmSync(stamp, { force: true });
  const startedAt = Date.now();
  say(`Building the ${name}`);
  await build();
  mkdirSync(output, { recursive: true });
  writeFileSync(stamp, hash);
  say(`Built the ${name} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

function hashOf(paths) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]);
  for (const file of paths.flatMap(listFiles)) {
    hash.update(`\0${file.split(sep).join('/')}\0`).update(createHash('sha256').update(readFileSync(file)).digest());
  }
  return hash.digest('hex');
}

function listFiles(path) {
  if (!existsSync(path)) return [];
  const entries = readDirectory(path);
  if (entries === null) return [path];
  return entries
    .filter((entry) => entry.name !== 'node_modules' && !(path === 'web' && entry.name === 'dist'))
    .filter((entry) => !/\.(spec|testing)\.tsx?$/.test(entry.name))
    .map((entry) => join(path, entry.name))
    .sort()
    .flatMap(listFiles);
}

function readDirectory(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Outputs of sources that are gone. The folder is not emptied: a server may be running from it. */
function removeOrphans() {
  for (const file of listFiles('dist').filter((path) => /\.js(\.map)?$/.test(path))) {
    const source = join('src', relative('dist', file)).replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(source)) rmSync(file);
  }
}

// ---- the work of one checkout, one at a time

/** A number of a process is used again: whoever holds the lock for longer than this is not who took it. */
const LONGEST_WORK_MS = 20 * 60_000;

/** Two commands started together would install over each other. */
async function oneAtATime(work) {
  const lock = join('.zvon', 'prepare.lock');
  mkdirSync('.zvon', { recursive: true });
  for (let waited = false; !tryLock(lock); waited = true) {
    const holder = Number(readFileIfThere(lock));
    if ((holder > 0 && !isAlive(holder)) || ageOf(lock) > LONGEST_WORK_MS) rmSync(lock, { force: true });
    else if (!waited) say('Waiting for another command that installs or builds here');
    await delay(200);
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    if (error.code !== 'EACCES' && error.code !== 'EPERM' && error.code !== 'EROFS') throw error;
    fail(
      `${join(ROOT, '.zvon')} cannot be written by this user: another one, perhaps root, made it. Give it to this user, or delete it.`,
    );
  }
}

function ageOf(file) {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !/^State:\s*Z/m.test(readFileIfThere(`/proc/${pid}/status`) ?? '');
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// ---- small things

/** Run to the end and return the exit code. */
export function run(program, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    child.once('error', failed);
    child.once('close', (code, signal) => done(signal ? 1 : code));
  });
}

/** Run a script of a package; what it prints is shown only when it fails. */
async function runQuietly(script, args) {
  let printed = '';
  const code = await new Promise((done, failed) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => (printed += chunk));
    child.stderr.on('data', (chunk) => (printed += chunk));
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) fail(`${printed.trim()}\nThe build failed: see above.`);
}

function readJson(file) {
  const content = readFileIfThere(file);
  return content === null ? null : JSON.parse(content);
}

function readFileIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

export function fail(message) {
  say(message);
  process.exit(1);
}
