import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');

export interface Step {
  at: 'begun' | 'chunk' | 'ended' | 'failed';
  state?: string;
  message?: string;
  /** Most memory that the process held. */
  peakMb?: number;
}

/** The server as its sources are now: `npm test` has built it, a test by itself may have not. */
export async function buildServer(): Promise<void> {
  const script = `import { prepare } from './scripts/prepare.mjs'; await prepare({ web: false });`;
  const built = spawn(process.execPath, ['--input-type=module', '-e', script], {
    ...{ cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
  });
  const [code] = (await once(built, 'close')) as [number];
  if (code !== 0) throw new Error('The server could not be built');
}

/** An import in a process of its own; its last step. `onStep` may kill it. */
export async function runElsewhere(
  url: string,
  id: number,
  onStep: (step: Step, kill: () => void) => void,
  p: { env?: Record<string, string>; file?: string } = {},
): Promise<Step | null> {
  const args = [join(ROOT, 'test/import-process.mjs'), String(id), ...(p.file ? [p.file] : [])];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...p.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last: Step | null = null;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    last = JSON.parse(line) as Step;
    onStep(last, () => child.kill('SIGKILL'));
  });
  await Promise.all([once(lines, 'close'), once(child, 'close')]);
  return last;
}
