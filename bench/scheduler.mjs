/**
 * `npm run bench:scheduler`: reservations through the whole gate from lists of 100 thousand, a million and ten million
 * entries, twenty campaigns, twelve buckets, with caps, histories, suppressions and consents: how many a second and how
 * long each takes, by 1, 8 and 32 who ask at once, for 1 and for 10 each time; at 200 a second, come what may; where nothing
 * is open or ready; and after two million updates. Beside it, taking turns with it on the same rows, a bare queue: `select …
 * for update skip locked limit 1`, an update of the state, and a commit.
 *
 * `--entries 100000,1000000` (default 1,000,000), `--quick` (100,000, short), `--full` (100,000, 1,000,000 and 10,000,000),
 * `--seconds N` for each figure, `--updates N`, `--json FILE`. Starts and stops its own Postgres.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { prepare } from '../scripts/prepare.mjs';
import { CAMPAIGNS, emptyCallingLists, fillCallingLists, NOW } from './calling-lists.mjs';
import { finish, ratio, secondsOf, whole } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    entries: { type: 'string' },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    updates: { type: 'string' },
    json: { type: 'string' },
  },
});
const sizes = (options.entries ?? (options.quick ? '100000' : options.full ? '100000,1000000,10000000' : '1000000'))
  .split(',')
  .map(Number);
const SECONDS = Number(options.seconds ?? (options.quick ? 0.8 : 5));
const OPEN_LOOP_SECONDS = SECONDS * 3;
const OPEN_LOOP_RATE = 200;
const UPDATES = Number(options.updates ?? (options.quick ? 100_000 : 2_000_000));
const CLAIMANTS = [1, 8, 32];
const WANTED = [1, 10];
/** Reservations between two clean-ups, which are not timed: about a hundred lines a campaign. */
const SLICE = 2_000;
const EMPTY_CAMPAIGN = CAMPAIGNS + 1;

await prepare({ web: false });
const { startEmbeddedPostgres, removeEmbeddedPostgres } = await import('../dist/database/embedded-postgres.js');
const { createDataSource } = await import('../dist/database/data-source.js');
const { Database } = await import('../dist/database/database.js');
const { migrate } = await import('../dist/database/migrations.js');
const { ENTITIES } = await import('../dist/entities.js');
const { VirtualClock } = await import('../dist/common/virtual-clock.js');
const { LocalHub } = await import('../dist/realtime/hub.js');
const { ComplianceRepository } = await import('../dist/compliance/compliance.repository.js');
const { ComplianceService } = await import('../dist/compliance/compliance.service.js');
const { DialFactsService } = await import('../dist/compliance/dial-facts.service.js');
const { HOUSE_PROFILE } = await import('../dist/compliance/profile.js');
const { ClockWatch } = await import('../dist/health/clock-watch.js');
const { GateService } = await import('../dist/scheduler/gate.service.js');
const { SchedulerRepository } = await import('../dist/scheduler/scheduler.repository.js');
const { default: pg } = await import('pg');

const request = (campaignId, wanted) => ({
  ...{ campaignId, wanted, fence: 1, readyOperatorIds: [], hours: HOUSE_PROFILE.hours },
});

const BARE_SELECT = {
  name: 'bare_select',
  text: `select id from calling_list_entries
    where campaign_id = $1 and bucket_id = $2 and state = 'ready' and owner_id is null
    order by tier, (case when tier in (3, 5) then rank end), due_at, id limit 1 for update skip locked`,
};
const BARE_UPDATE = {
  name: 'bare_update',
  text: `update calling_list_entries set state = 'in_progress' where id = $1`,
};
const BARE_SINGLE = {
  name: 'bare_single',
  text: `update calling_list_entries set state = 'in_progress' where id = (${BARE_SELECT.text})`,
};

let bucket = 0;
const OPEN_BUCKETS = 9;

const folder = mkdtempSync(join(tmpdir(), 'zvon-bench-'));
const dataDir = join(folder, 'postgres');
const server = await startEmbeddedPostgres({
  dataDir,
  durable: true,
  tune: { shared_buffers: '1GB', max_wal_size: '4GB' },
});
const client = new pg.Client({ connectionString: server.url });
await client.connect();
const source = createDataSource({ url: server.url, entities: ENTITIES, poolSize: 32 });
const rows = [];
const bySize = new Map();
try {
  await source.initialize();
  await migrate(source);
  for (const size of sizes) await bench(size);
} finally {
  if (source.isInitialized) await source.destroy();
  await client.end();
  await server.stop();
  await removeEmbeddedPostgres(dataDir);
  rmSync(folder, { recursive: true, force: true });
}
report();

async function bench(entries) {
  await emptyCallingLists(client);
  const filled = await secondsOf(() => fillCallingLists(client, entries));
  await client.query('checkpoint');
  note(`${entries} entries made in ${whole(filled)} s`);
  const clock = new VirtualClock(new Date(NOW));
  const gate = newGate(clock);
  const known = { worst: 0, ratios: [] };
  bySize.set(entries, known);
  await measure(gate, 1, 1, 0.2);
  for (const wanted of WANTED)
    for (const claimants of CLAIMANTS) known.ratios.push(await compare(gate, entries, claimants, wanted));
  known.open = await openLoop(gate, entries, 'at 200 a second');
  known.nothing = await nothing(clock, gate, entries);
  const updated = await secondsOf(() => bloat(UPDATES));
  note(`${UPDATES} updates in ${whole(updated)} s`);
  known.ratios.push(await compare(gate, entries, 8, 1, `, after ${UPDATES} updates`));
  known.bloated = await openLoop(gate, entries, `at 200 a second, after ${UPDATES} updates`);
}

function newGate(clock) {
  const database = new Database(source);
  const repository = new ComplianceRepository(database);
  const compliance = new ComplianceService(repository, null, clock, new LocalHub(), { profiles: 'house' }, null);
  const facts = new DialFactsService(repository, compliance);
  const watch = new ClockWatch(clock, null);
  return new GateService(
    ...[
      database,
      new SchedulerRepository(database),
      compliance,
      facts,
      { passGate: async () => undefined },
      null,
      watch,
      clock,
    ],
  );
}

/** The two take turns, so that whatever else the machine does happens to both. */
async function compare(gate, entries, claimants, wanted, more = '') {
  const ours = { count: 0, seconds: 0, times: [] };
  const bare = { count: 0, seconds: 0, times: [] };
  const single = { count: 0, seconds: 0, times: [] };
  while (ours.seconds < SECONDS) {
    await slice(ours, claimants, (campaign) =>
      gate.reserve(request(campaign, wanted)).then((answer) => answer.reservations.length),
    );
    await slice(bare, claimants, takeBare);
    await slice(single, claimants, takeSingle);
  }
  const rate = (of) => of.count / of.seconds;
  const found = rate(ours) / rate(bare);
  rows.push({
    entries,
    what: `${claimants} at once, ${wanted} wanted${more}`,
    'a second': whole(rate(ours)),
    'p50 ms': ms(ours.times, 0.5),
    'p99 ms': ms(ours.times, 0.99),
    'bare a second': whole(rate(bare)),
    'bare p99 ms': ms(bare.times, 0.99),
    ratio: ratio(found),
    'bare in one statement': whole(rate(single)),
  });
  return { ratio: found, claimants, wanted };
}

async function measure(gate, claimants, wanted, seconds) {
  const warm = { count: 0, seconds: 0, times: [] };
  while (warm.seconds < seconds)
    await slice(warm, claimants, (campaign) =>
      gate.reserve(request(campaign, wanted)).then((answer) => answer.reservations.length),
    );
}

/** So many reservations by so many at once, each from the campaign whose turn it is; then all is as before. */
async function slice(sum, claimants, take) {
  let turn = 0;
  let count = 0;
  const claim = async () => {
    while (count < SLICE) {
      const campaign = 1 + (turn++ % CAMPAIGNS);
      const start = process.hrtime.bigint();
      const got = await take(campaign);
      sum.times.push(Number(process.hrtime.bigint() - start) / 1e6);
      count += got;
    }
  };
  sum.seconds += await secondsOf(() => Promise.all(Array.from({ length: claimants }, claim)));
  sum.count += count;
  await cleanUp();
}

/** What was reserved was never dialled, and goes to the end of its list. */
async function cleanUp() {
  await client.query(
    `update attempts set state = 'ended', result = 'cancelled', ended_at = reserved_at where state <> 'ended'`,
  );
  await client.query(`update calling_list_entries set state = 'ready', attempts = greatest(0, attempts - 1), rank = rank + 1e6,
    due_at = due_at + interval '1 second' where state = 'in_progress'`);
}

/** The queue that many would write, on an index that fits it. */
async function takeBare(campaign) {
  const connection = await source.driver.master.connect();
  try {
    await connection.query('begin');
    const values = [campaign, 1 + (bucket++ % OPEN_BUCKETS)];
    const found = await connection.query({ ...BARE_SELECT, values });
    if (found.rows.length > 0) await connection.query({ ...BARE_UPDATE, values: [found.rows[0].id] });
    await connection.query('commit');
    return found.rows.length;
  } finally {
    connection.release();
  }
}

/** The same in one statement that commits by itself. */
async function takeSingle(campaign) {
  const values = [campaign, 1 + (bucket++ % OPEN_BUCKETS)];
  return (await source.driver.master.query({ ...BARE_SINGLE, values })).rowCount;
}

/** Requests come at their time, whether or not those before are done; each is timed from when it was due. */
async function openLoop(gate, entries, what) {
  const times = [];
  const underWay = new Set();
  const total = Math.round(OPEN_LOOP_RATE * OPEN_LOOP_SECONDS);
  const start = performance.now();
  let reserved = 0;
  let cleaning = null;
  for (let n = 0; n < total; n++) {
    const dueAt = start + (n * 1000) / OPEN_LOOP_RATE;
    while (performance.now() < dueAt)
      await new Promise((done) => setTimeout(done, Math.max(0, dueAt - performance.now())));
    const work = gate.reserve(request(1 + (n % CAMPAIGNS), 1)).then((answer) => {
      times.push(performance.now() - dueAt);
      reserved += answer.reservations.length;
      underWay.delete(work);
    });
    underWay.add(work);
    // Calls end, too.
    if (n % OPEN_LOOP_RATE === 0) cleaning = endSome();
  }
  await Promise.all(underWay);
  await cleaning;
  rows.push({
    entries,
    what,
    'a second': whole((reserved * 1000) / (performance.now() - start)),
    'p50 ms': ms(times, 0.5),
    'p99 ms': ms(times, 0.99),
  });
  await cleanUp();
  return quantile(times, 0.99);
}

/** Those that were reserved a while ago end, as their calls would. */
async function endSome() {
  await client.query(
    `with over as (
       update attempts set state = 'ended', result = 'cancelled', ended_at = reserved_at
       where id in (select id from attempts where state <> 'ended' order by id limit 200) returning entry_id)
     update calling_list_entries set state = 'ready', attempts = greatest(0, attempts - 1), rank = rank + 1e6,
       due_at = due_at + interval '1 second' where id in (select entry_id from over)`,
  );
}

/** Every bucket closed; and open ones of a list that is worked out. */
async function nothing(clock, gate, entries) {
  const night = newGate(new VirtualClock(new Date('2026-03-01T23:30:00Z')));
  const found = {};
  for (const [what, who, campaign] of [
    ['nothing open', night, 1],
    ['open, nobody ready', gate, EMPTY_CAMPAIGN],
  ]) {
    const times = [];
    for (let n = 0; n < 300; n++) {
      const start = performance.now();
      const { reservations } = await who.reserve(request(campaign, 1));
      if (reservations.length > 0) throw new Error(`${what}: somebody was reserved`);
      if (n >= 50) times.push(performance.now() - start);
    }
    rows.push({ entries, what, 'p50 ms': ms(times, 0.5), 'p99 ms': ms(times, 0.99) });
    found[what] = quantile(times, 0.5);
  }
  return found;
}

/** Every update makes a version of the row and of its indexes. */
async function bloat(updates) {
  const AT_ONCE = 20_000;
  const { rows: range } = await client.query('select max(id) as last from calling_list_entries');
  const last = Number(range[0].last);
  for (let done = 0, from = 0; done < updates; done += AT_ONCE, from = (from + AT_ONCE) % last)
    await client.query(
      `update calling_list_entries set rank = rank + 0.001, due_at = due_at + interval '1 millisecond' where id > $1 and id <= $1 + $2`,
      [from, AT_ONCE],
    );
}

function report() {
  const all = [...bySize.values()];
  const ratios = all.flatMap((each) => each.ratios);
  const worst = ratios.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const singles = ratios.filter(({ wanted }) => wanted === 1);
  const lowest = singles.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const open = Math.max(...all.flatMap((each) => [each.open, each.bloated]));
  const nothing = Math.max(...all.flatMap((each) => Object.values(each.nothing)));
  const goals = [
    goal('p99 of a whole gate at 200 a second, worst of all', open, 20, 'ms', (value, limit) => value <= limit),
    goal('nothing open or ready, p50', nothing, 1, 'ms', (value, limit) => value < limit),
    goal(
      `throughput by the bare claim’s, lowest (${worst.claimants} at once, ${worst.wanted} wanted)`,
      ...[worst.ratio, 0.4, '', (value, limit) => value >= limit],
    ),
    goal(
      `the same of single ones (${lowest.claimants} at once)`,
      ...[lowest.ratio, 0.4, '', (value, limit) => value >= limit],
    ),
  ];
  const [large, small] = [bySize.get(10_000_000), bySize.get(1_000_000)];
  if (large && small)
    goals.push(
      goal(
        'p99 at 10 million by that at 1 million',
        large.open / small.open,
        1.5,
        '',
        (value, limit) => value <= limit,
      ),
    );
  finish({ bench: 'scheduler', rows, goals }, options.json);
}

function goal(name, value, limit, unit, isMet) {
  return { name, value: ratio(value), goal: limit, unit, met: isMet(value, limit) };
}

function ms(times, share) {
  return Math.round(quantile(times, share) * 100) / 100;
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function note(line) {
  console.error(line);
}
