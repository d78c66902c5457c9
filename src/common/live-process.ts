import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Does a process of this number run? One that has ended and that nobody has waited for does not. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not permitted: it is there, and another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return statusOf(pid, 'State')?.startsWith('Z') !== true;
}

/** Name of the program that runs under this number, or null when it can't be told. */
export function programOf(pid: number): string | null {
  const name = statusOf(pid, 'Name');
  if (name !== null || existsSync('/proc/self/status')) return name;
  try {
    const path = execFileSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' }).trim();
    return path.split('/').pop() || null;
  } catch {
    // No `ps` here (Windows), or no such process.
    return null;
  }
}

function statusOf(pid: number, field: string): string | null {
  try {
    const line = new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line?.[1] ?? null;
  } catch {
    // No /proc on this system, or the process has just ended.
    return null;
  }
}

/**
 * What tells this process from any other that had or will have its number: the start of the machine and its own. Null
 * where the system does not say.
 */
export function identityOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the start is the 20th field after it.
    const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${startedAt}`;
  } catch {
    // No /proc on this system, or no such process.
    return null;
  }
}

/**
 * What a server that we start needs of our environment. Not the rest: it may run as another user, who could read our
 * secrets there. ZVON_DATA tells whose server it is.
 */
export function serverEnvironment(): Record<string, string | undefined> {
  const names = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'LD_LIBRARY_PATH', 'ZVON_DATA'];
  return Object.fromEntries(names.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
}
