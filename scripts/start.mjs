/**
 * `npm start`: install and build what is missing, then run the engine in this very process, so that its signals, its
 * exit code and its end are the engine's own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { prepare, ROOT } from './prepare.mjs';

await prepare();
stopWithNpm();
process.argv[1] = join(ROOT, 'dist', 'main.js');
process.setSourceMapsEnabled(true);
await import(pathToFileURL(process.argv[1]).href);

/**
 * When npm is killed outright it takes nothing with it: a server that nobody waits for any more ends by itself. npm is
 * our parent, or the parent of a shell between us.
 */
function stopWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const throughShell = /^\S*sh$/.test(statusOf(process.ppid, 'Name') ?? '');
  const lineage = () => [process.ppid, throughShell ? statusOf(process.ppid, 'PPid') : ''].join();
  const before = lineage();
  const watch = setInterval(() => {
    if (lineage() === before) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}

/** From /proc, where there is one. */
function statusOf(pid, field) {
  try {
    return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? null;
  } catch {
    // No /proc here, or no such process any more.
    return null;
  }
}
