/**
 * `npm run bench:segments`: twenty rules, from simple to mean, over a million leads with three million past attempts: how
 * long each takes to compile and to count, beside the best SQL that a skilled person would write for the same question,
 * taking turns with it; how long a calling list of half the leads takes to build; and, once that list is live, how long
 * from the commit of a change to one lead until it has come onto the list, or left it, without the wait for the next look.
 * The database is made by itself, by set, which is not timed. One run, one server.
 *
 * `--leads N` (default 1,000,000), `--quick` (100,000), `--full` (10,000,000), `--json FILE`. Starts and stops its own
 * Postgres.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { prepare } from '../scripts/prepare.mjs';
import { fillPastCalls, NOW } from './past-calls.mjs';
import { finish, quantile, ratio, secondsOf, tenth, whole } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    leads: { type: 'string' },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const leads = Number(options.leads ?? (options.quick ? 100_000 : options.full ? 10_000_000 : 1_000_000));
const TURNS = options.quick ? 3 : options.full ? 5 : 11;
/** Leads changed one by one beside a live list. */
const CHANGES = options.quick ? 100 : 300;

/** In every statement that is written by hand. */
const MINE = 'l.organisation_id = 1';
const HISTORY = 'join lead_history h on h.lead_id = l.id';
const PHONE = 'join phones p on p.lead_id = l.id and p.position = 1';

const is = (field, operator, value) => ({ field, is: operator, ...(value !== undefined && { value }) });

/** What is asked, as a rule, and as whoever knows the schema and Postgres well would write it. */
const QUESTIONS = [
  ['one base', is('base', 'equals', 2), `select count(*) from leads l where ${MINE} and l.base_id = 2`],
  [
    'a region',
    is('region', 'equals', 'Region 7'),
    `select count(*) from leads l where ${MINE} and l.region = 'Region 7'`,
  ],
  [
    'part of a name',
    is('name', 'contains', 'Nguyen'),
    `select count(*) from leads l where ${MINE} and l.name like '%Nguyen%'`,
  ],
  [
    'an attribute is a text',
    is('attribute.job', 'equals', 'nurse'),
    `select count(*) from leads l where ${MINE} and l.attributes ->> 'job' = 'nurse'`,
  ],
  [
    'an attribute is above a number',
    is('attribute.age', 'greater_than', 40),
    `select count(*) from leads l where ${MINE} and (l.attributes ->> 'age')::numeric > 40`,
  ],
  [
    'an attribute is between numbers',
    is('attribute.income', 'between', [50_000, 120_000]),
    `select count(*) from leads l where ${MINE} and (l.attributes ->> 'income')::numeric between 50000 and 120000`,
  ],
  [
    'an attribute is a day before another',
    is('attribute.contract_ends', 'before', '2026-03-01'),
    `select count(*) from leads l where ${MINE} and (l.attributes ->> 'contract_ends')::date < '2026-03-01'`,
  ],
  [
    'a list holds an item',
    is('attribute.interests', 'has', 'music'),
    `select count(*) from leads l where ${MINE} and l.attributes -> 'interests' ? 'music'`,
  ],
  [
    'the last outcome',
    is('last_outcome', 'equals', 'refusal'),
    `select count(*) from lead_history h where h.organisation_id = 1 and h.last_outcome = 'refusal'`,
  ],
  [
    'refused for a price above 500',
    { all: [is('refusal_reason', 'equals', 'too_expensive'), is('refusal_price', 'greater_than', 500)] },
    `select count(*) from lead_history h
     where h.organisation_id = 1 and h.refusal_reason = 'too_expensive' and h.refusal_price > 500`,
  ],
  [
    'mobile phones',
    is('line_type', 'equals', 'mobile'),
    `select count(*) from phones p where p.organisation_id = 1 and p.position = 1 and p.line_type = 'mobile'`,
  ],
  [
    'a region, and called before',
    { all: [is('region', 'one_of', ['Region 7', 'Region 8']), is('attempts', 'greater_than', 2)] },
    `select count(*) from leads l ${HISTORY} where ${MINE} and l.region in ('Region 7', 'Region 8') and h.attempts > 2`,
  ],
  [
    'an attribute, and not called lately',
    { all: [is('attribute.vip', 'is_true'), is('last_attempt_at', 'more_than_days_ago', 30)] },
    `select count(*) from leads l ${HISTORY}
     where ${MINE} and l.attributes ->> 'vip' = 'true' and h.last_attempt_at < timestamptz '${NOW}' - interval '30 days'`,
  ],
  [
    'a base without those who bought',
    { all: [is('base', 'equals', 1), { none: [is('last_outcome', 'equals', 'sale')] }] },
    `select count(*) from leads l
     where ${MINE} and l.base_id = 1
       and not exists (select from lead_history h where h.lead_id = l.id and h.last_outcome = 'sale')`,
  ],
  [
    'never called',
    is('attempts', 'equals', 0),
    `select count(*) from leads l
     where ${MINE} and not exists (select from lead_history h where h.lead_id = l.id and h.attempts > 0)`,
  ],
  [
    'a zone and an attribute',
    { all: [is('zone', 'equals', 'Asia/Omsk'), is('attribute.age', 'less_than', 30)] },
    `select count(*) from leads l ${PHONE}
     where ${MINE} and p.bucket_id in (select id from buckets where 'Asia/Omsk' = any(zones))
       and (l.attributes ->> 'age')::numeric < 30`,
  ],
  [
    'a competitor whose contract ends',
    {
      all: [
        is('refusal_competitor', 'one_of', ['Acme', 'Globex']),
        is('reconsider_on', 'in_next_days', 45),
        { none: [is('complained', 'is_true'), is('last_attempt_at', 'in_last_days', 14)] },
      ],
    },
    `select count(*) from lead_history h
     where h.organisation_id = 1 and h.refusal_competitor in ('Acme', 'Globex')
       and h.reconsider_on between date '2026-03-02' and date '2026-03-02' + 45 and h.complained_at is null
       and (h.last_attempt_at is null or h.last_attempt_at < timestamptz '${NOW}' - interval '14 days'
         or h.last_attempt_at > timestamptz '${NOW}')`,
  ],
  [
    'either a region or an outcome',
    { any: [is('region', 'equals', 'Region 7'), is('last_outcome', 'equals', 'callback')] },
    `select count(*) from leads l left ${HISTORY}
     where ${MINE} and (l.region = 'Region 7' or h.last_outcome = 'callback')`,
  ],
  [
    'history, phone and attributes',
    {
      all: [
        is('line_type', 'equals', 'mobile'),
        is('contacts', 'greater_than', 0),
        is('attribute.job', 'one_of', ['nurse', 'teacher', 'doctor']),
        { none: [is('bought_offer', 'has', [1, 2]), is('callback_pending', 'is_true')] },
      ],
    },
    `select count(*) from leads l ${HISTORY} ${PHONE}
     where ${MINE} and p.line_type = 'mobile' and h.contacts > 0 and not h.callback_pending
       and l.attributes ->> 'job' in ('nurse', 'teacher', 'doctor') and not (h.bought_offer_ids && '{1,2}')`,
  ],
  [
    'everything at once',
    {
      all: [
        is('base', 'one_of', [1, 2, 3]),
        { any: [is('attribute.age', 'between', [30, 60]), is('attribute.vip', 'is_true')] },
        { any: [is('refusal_reason', 'one_of', ['too_expensive', 'has_contract']), is('last_outcome', 'empty')] },
        {
          none: [is('last_attempt_at', 'in_last_days', 30), is('complained', 'is_true'), is('country', 'equals', 'VN')],
        },
        is('phone_count', 'greater_than', 1),
        is('name', 'starts_with', 'A'),
      ],
    },
    `select count(*) from leads l left ${HISTORY} ${PHONE}
     where ${MINE} and l.base_id in (1, 2, 3) and l.name like 'A%'
       and ((l.attributes ->> 'age')::numeric between 30 and 60 or l.attributes ->> 'vip' = 'true')
       and (h.refusal_reason in ('too_expensive', 'has_contract') or coalesce(h.last_outcome, '') = '')
       and (h.last_attempt_at between timestamptz '${NOW}' - interval '30 days' and timestamptz '${NOW}') is not true
       and h.complained_at is null and p.country <> 'VN'
       and exists (select from phones q where q.lead_id = l.id and q.position = 2)`,
  ],
];

await prepare({ web: false });
const { startEmbeddedPostgres, removeEmbeddedPostgres } = await import('../dist/database/embedded-postgres.js');
const { createDataSource } = await import('../dist/database/data-source.js');
const { Database } = await import('../dist/database/database.js');
const { migrate } = await import('../dist/database/migrations.js');
const { ENTITIES } = await import('../dist/entities.js');
const { VirtualClock } = await import('../dist/common/virtual-clock.js');
const { compileCount } = await import('../dist/segmentation/compile-rule.js');
const { parseRule } = await import('../dist/segmentation/rule.js');
const { AuditTrailRepository } = await import('../dist/audit/audit-trail.repository.js');
const { AuditTrailService } = await import('../dist/audit/audit-trail.service.js');
const { SegmentsRepository } = await import('../dist/segmentation/segments.repository.js');
const { SegmentsService } = await import('../dist/segmentation/segments.service.js');
const { SegmentCountsRepository } = await import('../dist/segmentation/segment-counts.repository.js');
const { SegmentCountsService } = await import('../dist/segmentation/segment-counts.service.js');
const { HOUSE_PROFILE } = await import('../dist/compliance/profile.js');
const { default: pg } = await import('pg');

const folder = mkdtempSync(join(tmpdir(), 'zvon-bench-'));
const dataDir = join(folder, 'postgres');
const server = await startEmbeddedPostgres({ dataDir, durable: true });
const client = new pg.Client({ connectionString: server.url });
await client.connect();
const source = createDataSource({ url: server.url, entities: ENTITIES, poolSize: 4 });
try {
  await source.initialize();
  await migrate(source);
  await bench();
} finally {
  if (source.isInitialized) await source.destroy();
  await client.end();
  await server.stop();
  await removeEmbeddedPostgres(dataDir);
  rmSync(folder, { recursive: true, force: true });
}

async function bench() {
  const filled = await secondsOf(() => fillPastCalls(client, leads));
  const { rows } = await client.query(
    'select (select count(*) from attempts)::int as attempts, (select count(*) from lead_history)::int as called',
  );
  note(`${leads} leads, ${rows[0].called} of them called, ${rows[0].attempts} attempts, made in ${whole(filled)} s`);

  const database = new Database(source);
  const clock = new VirtualClock(new Date(NOW));
  const audit = new AuditTrailService(new AuditTrailRepository(database));
  const segments = new SegmentsService(database, new SegmentsRepository(database), audit, clock);
  const compliance = { profileOf: () => HOUSE_PROFILE };
  const counts = new SegmentCountsService(
    ...[database, new SegmentCountsRepository(database), segments, compliance, clock],
  );
  // As much memory as ours takes.
  await client.query(`set work_mem = '64MB'`);

  // The first to be asked would pay for whatever starts late.
  for (let i = 0; i < 3; i++) await compare(counts, clock, ...QUESTIONS[0]);
  const measured = [];
  for (const [what, rule, sql] of QUESTIONS)
    measured.push({ what, ...(await compare(counts, clock, what, rule, sql)) });
  const list = await buildList(database, segments, audit, clock);
  const live = await followChanges(database, list, clock);
  const [estimate, funnel] = await looks(counts);

  const all = measured.flatMap(({ ours }) => ours);
  const worst = measured.reduce((a, b) => (b.p50 / b.hand50 > a.p50 / a.hand50 ? b : a));
  const within = measured.filter(({ p50, hand50 }) => p50 / hand50 <= 1.3).length;
  const p95 = whole(quantile(all, 0.95));
  const goalMs = options.full ? 4_000 : 400;
  finish(
    {
      bench: 'segments',
      rows: [
        ...measured.map((row) => ({
          what: row.what,
          leads: row.count,
          'compile µs': whole(row.compileUs),
          'p50 ms': whole(row.p50),
          'p95 ms': whole(row.p95),
          'by hand p50 ms': whole(row.hand50),
          'by hand p95 ms': whole(row.hand95),
          ratio: ratio(row.p50 / row.hand50),
        })),
        { what: `estimate of the last rule: ${estimate.count}`, 'p50 ms': whole(estimate.ms) },
        { what: `funnel of all: ${funnel.row.callable} of ${funnel.row.matched} callable`, 'p50 ms': whole(funnel.ms) },
        {
          what: `list of ${list.added} entries, ${whole(list.added / list.seconds)} a second`,
          'p50 ms': whole(list.seconds * 1000),
        },
        { what: `look at all leads for the live list`, 'p50 ms': whole(live.scan * 1000) },
        {
          what: `one changed lead comes or leaves, ${CHANGES} times`,
          'p50 ms': tenth(live.p50),
          'p95 ms': tenth(live.p95),
        },
      ],
      goals: [
        {
          name: `rules counted within 1.3 of the statement by hand (worst: ${worst.what}, ${ratio(worst.p50 / worst.hand50)})`,
          value: within,
          goal: QUESTIONS.length,
          unit: 'rules',
          met: within === QUESTIONS.length,
        },
        { name: `p95 of all counts at ${leads} leads`, value: p95, goal: goalMs, unit: 'ms', met: p95 <= goalMs },
        {
          name: 'p95 of one changed lead: from its commit to its place on the live list, once looked for',
          value: tenth(live.p95),
          goal: 50,
          unit: 'ms',
          met: live.p95 <= 50,
        },
      ],
    },
    options.json,
  );
}

/** The two take turns, so that whatever else the machine does happens to both. */
async function compare(counts, clock, what, rule, sql) {
  const parsed = parseRule(rule);
  if (!parsed.rule) throw new Error(`${what}: ${JSON.stringify(parsed.problems)}`);
  const COMPILES = options.quick ? 100 : 300;
  const compiled = await secondsOf(() => {
    for (let i = 0; i < COMPILES; i++) compileCount(parseRule(rule).rule, 1, 1, clock.now());
  });
  const [ours, hand] = [[], []];
  let count;
  for (let turn = -1; turn < TURNS; turn++) {
    const mine = await timed(async () => (await counts.count(1, rule)).count);
    const theirs = await timed(async () => Number((await client.query(sql)).rows[0].count));
    if (mine.value !== theirs.value) throw new Error(`${what}: ${mine.value} counted, ${theirs.value} by hand`);
    count = mine.value;
    // The first warms both up.
    if (turn >= 0) {
      ours.push(mine.ms);
      hand.push(theirs.ms);
    }
  }
  return {
    count,
    ours,
    compileUs: (compiled / COMPILES) * 1e6,
    ...{ p50: quantile(ours, 0.5), p95: quantile(ours, 0.95) },
    ...{ hand50: quantile(hand, 0.5), hand95: quantile(hand, 0.95) },
  };
}

async function looks(counts) {
  const estimate = await timed(() => counts.estimate(1, QUESTIONS.at(-1)[1]));
  const funnel = await timed(() => counts.funnel(1, { all: [] }));
  const { matched, ...parts } = funnel.value;
  const sum = Object.values(parts).reduce((total, part) => total + part, 0);
  if (sum !== matched) throw new Error(`The funnel of ${matched} sums to ${sum}`);
  return [
    { count: estimate.value.count, ms: estimate.ms },
    { row: funnel.value, ms: funnel.ms },
  ];
}

/** Half of the leads, as a worker puts them on a campaign's list. */
async function buildList(database, segments, audit, clock) {
  const { CallingListRepository } = await import('../dist/campaigns/calling-list.repository.js');
  const { CallingListService } = await import('../dist/campaigns/calling-list.service.js');
  const { CampaignsRepository } = await import('../dist/campaigns/campaigns.repository.js');
  const { CampaignsService } = await import('../dist/campaigns/campaigns.service.js');
  const { OutcomeSetsRepository } = await import('../dist/campaigns/outcome-sets.repository.js');
  const { OutcomeSetsService } = await import('../dist/campaigns/outcome-sets.service.js');
  const { LocalHub } = await import('../dist/realtime/hub.js');
  const outcomeSets = new OutcomeSetsService(database, new OutcomeSetsRepository(database));
  const nobody = null;
  const campaigns = new CampaignsService(
    database,
    new CampaignsRepository(database),
    audit,
    outcomeSets,
    nobody,
    nobody,
    segments,
    new LocalHub(),
    clock,
  );
  const lists = new CallingListService(database, new CallingListRepository(database), campaigns, segments, nobody);
  const rule = {
    any: [is('base', 'equals', 1), { all: [is('base', 'equals', 2), is('attribute.age', 'less_than', 39)] }],
  };
  const author = { organisationId: 1, userId: null };
  const segment = await segments.create(author, { name: 'Half', rule });
  const [{ id: outcomeSetId }] = (await client.query('select min(id) as id from outcome_sets')).rows;
  const made = await client.query(
    `with c as (
       insert into campaigns (organisation_id, name, outcome_set_id, hours, created_at, updated_at)
       values (1, 'List', $1, '{}', $2, $2) returning id
     )
     insert into campaign_segments (campaign_id, segment_id) select id, $3 from c returning campaign_id as id`,
    [outcomeSetId, NOW, segment.id],
  );
  const campaignId = made.rows[0].id;
  await client.query('checkpoint');
  let added;
  const seconds = await secondsOf(async () => {
    ({ added } = await lists.buildList(campaignId, clock.now()));
  });
  return { added, seconds, lists, campaignId };
}

/** The list goes live: all leads are looked at once, then one is changed at a time, and comes or leaves. */
async function followChanges(database, { lists, campaignId }, clock) {
  const { LiveListsRepository } = await import('../dist/campaigns/live-lists.repository.js');
  const { LiveListsService } = await import('../dist/campaigns/live-lists.service.js');
  const { LocalHub } = await import('../dist/realtime/hub.js');
  const live = new LiveListsService(database, new LiveListsRepository(), lists, new LocalHub(), clock);
  await client.query(`update campaigns set list_mode = 'live' where id = $1`, [campaignId]);
  const scan = await secondsOf(async () => {
    while (!(await live.look()));
  });
  // Of the second base: whether they are on the list depends on their age alone.
  const { rows } = await client.query(
    `select id, coalesce((attributes ->> 'age')::int < 39, false) as young from leads
     where base_id = 2 order by hashint8(id), id limit $1`,
    [CHANGES],
  );
  const took = [];
  for (const { id, young } of rows) {
    await client.query(
      `with changed as (update leads set attributes = attributes || jsonb_build_object('age', $2::int) where id = $1)
       insert into lead_changes (lead_id, changed_at) values ($1, $3)`,
      [id, young ? 60 : 20, clock.now()],
    );
    took.push((await timed(() => live.look())).ms);
    const entry = await client.query(
      `select state <> 'completed' as "isListed" from calling_list_entries where campaign_id = $1 and lead_id = $2`,
      [campaignId, id],
    );
    if ((entry.rows[0]?.isListed ?? false) === young) throw new Error(`Lead ${id} was changed, and the list was not`);
  }
  return { scan, p50: quantile(took, 0.5), p95: quantile(took, 0.95) };
}

async function timed(work) {
  const start = process.hrtime.bigint();
  const value = await work();
  return { value, ms: Number(process.hrtime.bigint() - start) / 1e6 };
}

function note(line) {
  console.error(line);
}
