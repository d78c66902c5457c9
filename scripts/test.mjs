/**
 * `npm test`: install and build what is missing, run every tier, and end with the sums of all of them. Further
 * arguments go to jest (`npm test -- -t 'calling hours'`). Fails when a tier fails.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

import { findChromium } from './chromium.mjs';
import { prepare, ROOT, run, say } from './prepare.mjs';

const args = process.argv.slice(2);
const results = mkdtempSync(join(tmpdir(), 'zvon-tests-'));
const env = { ...process.env, NODE_ENV: 'test' };
const sums = { passed: 0, failed: 0, skipped: 0 };

await prepare();
await tier('unit', { workers: availableParallelism() });
await tier('medium', { workers: Math.min(availableParallelism(), 4) });
await endToEnd();
rmSync(results, { recursive: true, force: true });
process.exitCode = sums.failed > 0 ? 1 : 0;
process.stdout.write(`\n${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped\n`);

async function endToEnd() {
  const chromium = findChromium();
  if (chromium) {
    env.CHROMIUM = chromium;
    return tier('e2e', { workers: 1 });
  }
  const required = process.env.REQUIRE_CHROMIUM === '1';
  box([
    'THE END-TO-END TESTS DID NOT RUN: no Chromium was found.',
    'Install chromium or google-chrome, or name one with CHROMIUM=/path/to/it.',
    required ? 'REQUIRE_CHROMIUM=1: this is a failure.' : 'They are counted as skipped.',
  ]);
  // No test has this name: jest counts them all and runs none.
  const counted = await jest('e2e', ['--testNamePattern', '^ no test has this name $', '--silent'], 1);
  const tests = Math.max(counted?.numPendingTests ?? 0, 1);
  sums[required ? 'failed' : 'skipped'] += tests;
}

/** Run one project of jest.config.mjs and add up what came of it. */
async function tier(name, { workers }) {
  const startedAt = Date.now();
  say(`\n── ${name} tests`);
  const result = await jest(name, args, workers);
  const took = `${((Date.now() - startedAt) / 1000).toFixed(0)} s`;
  // No result at all: the setup of the tier failed, or jest itself did.
  let failed = 1;
  if (result) {
    failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    // A tier that finds nothing is broken, unless the arguments asked for a few tests only.
    if (result.numTotalTests === 0 && args.length === 0) failed += 1;
    if (result.code !== 0 && failed === 0) failed = 1;
    sums.passed += result.numPassedTests;
    sums.skipped += result.numPendingTests + result.numTodoTests;
  }
  sums.failed += failed;
  say(`── ${name} tests ${failed > 0 ? `FAILED (${failed})` : 'passed'} in ${took}`);
}

async function jest(name, more, workers) {
  const output = join(results, `${name}.json`);
  const own = ['--passWithNoTests', '--json', '--outputFile', output];
  if (!more.some((arg) => /^(-i|-w|--runInBand|--maxWorkers)/.test(arg))) own.push('--maxWorkers', String(workers));
  const code = await run(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--experimental-vm-modules',
      join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...more,
      ...own,
      // Last, for it takes every word after it.
      '--selectProjects',
      name,
    ],
    { env, cwd: ROOT, stdio: ['inherit', 2, 2] },
  );
  return existsSync(output) ? { ...JSON.parse(readFileSync(output, 'utf8')), code } : null;
}

function box(lines) {
  const width = Math.max(...lines.map((line) => line.length));
  const edge = '═'.repeat(width + 2);
  say(`\n╔${edge}╗\n${lines.map((line) => `║ ${line.padEnd(width)} ║`).join('\n')}\n╚${edge}╝`);
}
