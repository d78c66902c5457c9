/**
 * `npm run bench:callbacks`: a day of ten thousand promised calls on a virtual clock, in two campaigns and three zones, with
 * new leads beside them. Operators come late, take breaks, sign out, leave early or for good; calls ring out; people ask to
 * be called again; and the dialer is restarted, every other time without a word. From the ledger: is any promise lost, and
 * how many were offered within 60 s of their time, counting the time in which an operator was free and the window open.
 *
 * `--promises N` (10,000), `--new-leads N` (5,000), `--operators N` (80), `--hours N` (9), `--restarts N` (20),
 * `--seed TEXT`, `--quick` (200 promises, two hours, 3 restarts), `--json FILE`. Starts and stops its own Postgres. On two cores the day takes a quarter of an hour or so.
 */
import { register } from 'node:module';
import { parseArgs } from 'node:util';

import { prepare } from '../scripts/prepare.mjs';
import { finish, ratio, secondsOf, whole } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    promises: { type: 'string' },
    'new-leads': { type: 'string' },
    operators: { type: 'string' },
    hours: { type: 'string' },
    restarts: { type: 'string' },
    seed: { type: 'string', default: 'callbacks' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const size = options.quick
  ? { promises: 200, 'new-leads': 100, operators: 8, hours: 2, restarts: 3 }
  : { promises: 10_000, 'new-leads': 5_000, operators: 80, hours: 9, restarts: 20 };
const sizeOf = (name) => Number(options[name] ?? size[name]);

await prepare({ server: false, web: false });
register('../test/typescript-loader.mjs', import.meta.url);
const { startTestServer } = await import('../test/medium-server.ts');
const { createTestDatabase } = await import('../test/database.ts');
const { runCallbackShift } = await import('../test/callback-shift.ts');

const server = await startTestServer();
try {
  const test = await createTestDatabase();
  let report;
  const seconds = await secondsOf(async () => {
    report = await runCallbackShift(test, {
      promises: sizeOf('promises'),
      newLeads: sizeOf('new-leads'),
      operators: sizeOf('operators'),
      hours: sizeOf('hours'),
      restarts: sizeOf('restarts'),
      seed: options.seed,
    });
  });
  await test.drop();
  const { byState, worst, ...figures } = report;
  const states = Object.fromEntries(Object.entries(byState).map(([state, count]) => [`of them ${state}`, count]));
  finish(
    {
      bench: 'callbacks',
      rows: [{ ...figures, ...states, seconds: whole(seconds) }].flatMap((row) =>
        Object.entries(row).map(([name, value]) => ({
          name,
          value: typeof value === 'number' && !Number.isInteger(value) ? ratio(value) : value,
        })),
      ),
      goals: [
        { name: 'promises lost', value: report.lost, goal: 0, unit: 'promises', met: report.lost === 0 },
        { name: 'faults of the ledger', value: report.faults, goal: 0, unit: 'rows', met: report.faults === 0 },
        {
          name: 'offered within 60 s of their time, where an operator and the window allow',
          value: Math.floor(report.onTimeRate * 1e5) / 1e3,
          goal: 99.9,
          unit: '%',
          met: report.onTimeRate >= 0.999,
        },
      ],
    },
    options.json,
  );
  for (const { id, waited } of worst) console.log(`late: promise ${id}, an operator was free for ${waited} s`);
} finally {
  await server.stop();
}
