/**
 * `npm run bench:live-edits`: a campaign dials about twenty times a second, and is edited while it does: numbers that may not
 * be called any more, pauses, and another rule for its segment. From the commit of each to the last dial that ignored it.
 *
 * `--quick` (a third of the edits), `--json FILE`. Starts and stops its own Postgres; calls are simulated. Half a minute.
 */
import { register } from 'node:module';
import { parseArgs } from 'node:util';

import { prepare } from '../scripts/prepare.mjs';
import { finish, quantile, tenth } from './report.mjs';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const GOAL_MS = 1_000;

await prepare({ server: false, web: false });
register('../test/typescript-loader.mjs', import.meta.url);
const { startTestServer } = await import('../test/medium-server.ts');
const { createTestDatabase } = await import('../test/database.ts');
const { measureLiveEdits } = await import('../test/live-edits.ts');

const server = await startTestServer();
try {
  const test = await createTestDatabase();
  const edits = options.quick ? { doNotCalls: 10, pauses: 4, filters: 2 } : { doNotCalls: 30, pauses: 12, filters: 6 };
  const { rate, doNotCall, pause, filter } = await measureLiveEdits(test, edits);
  await test.drop();
  const kinds = [
    ['a number that may not be called', doNotCall],
    ['a pause', pause],
    ['another rule', filter],
  ];
  finish(
    {
      bench: 'live-edits',
      rows: [
        ...kinds.map(([what, ignored]) => ({
          what,
          edits: ignored.length,
          'ignored by any dial': ignored.filter((ms) => ms > 0).length,
          'p50 ms': tenth(quantile(ignored, 0.5)),
          'worst ms': tenth(Math.max(...ignored)),
        })),
        { what: `${tenth(rate)} dials a second` },
      ],
      goals: kinds.map(([what, ignored]) => {
        const worst = tenth(Math.max(...ignored));
        return {
          name: `${what}: last dial that ignored it`,
          value: worst,
          goal: GOAL_MS,
          unit: 'ms',
          met: worst <= GOAL_MS,
        };
      }),
    },
    options.json,
  );
} finally {
  await server.stop();
}
