import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

import { dataPath, type Settings } from './settings.js';

/** Bytes of a secret that we make. */
const SECRET_BYTES = 32;

/**
 * The secret from which every key is derived: `ZVON_SECRET`, or a key file in the data folder, made at the first start and
 * readable by its owner alone. Whoever loses it can no longer open a phone nor recognise one that must not be called.
 */
export function loadMasterSecret(settings: Pick<Settings, 'secret' | 'dataDir'>): Buffer {
  if (settings.secret !== null) return Buffer.from(settings.secret, 'utf8');
  const file = dataPath(settings, 'master.key');
  const found = readKey(file);
  if (found) return found;
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  makeKey(file);
  const made = readKey(file);
  if (!made) throw new Error(`The key file ${file} was made but can't be found`);
  return made;
}

function readKey(file: string): Buffer | null {
  let key: Buffer;
  try {
    key = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (key.length < SECRET_BYTES)
    throw new Error(
      `The key file ${file} has ${key.length} bytes where ${SECRET_BYTES} belong: restore it from a backup`,
    );
  return key;
}

/** Whole or not at all, and never over another process's key: written aside, then linked into place. */
function makeKey(file: string): void {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = openSync(aside, 'wx', 0o600);
  try {
    writeSync(handle, randomBytes(SECRET_BYTES));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(aside, file);
  } catch (error) {
    // Another process that starts at the same time was first: its key counts.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside);
  }
}
