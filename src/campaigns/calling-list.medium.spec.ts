import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, type Floor } from '../../test/floor.js';
import { insertBase, insertLeads, type LeadRow } from '../../test/lead-rows.js';
import type { CallingListService } from './calling-list.service.js';
import type { ListOrder } from './campaign.entity.js';
import { RankListProcessor } from './rank-list.processor.js';

const ACTOR = { organisationId: 1, userId: null };

describe('the order of a calling list', () => {
  let test: TestDatabase;
  let floor: Floor;
  let lists: CallingListService;
  let baseId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    lists = floor.callingLists;
    baseId = await insertBase(test.database);
  });

  const add = (leads: readonly LeadRow[]) => insertLeads(test.database, baseId, leads);
  const regionSegment = (region: string) =>
    floor.segments.create(ACTOR, {
      name: region,
      rule: {
        all: [
          { field: 'base', is: 'equals', value: baseId },
          { field: 'region', is: 'equals', value: region },
        ],
      },
    });

  /** A running campaign over one segment a region, with their weights. */
  const campaignOf = async (weights: Record<string, number>, order: ListOrder = { by: 'priority' }) => {
    const id = await floor.insertCampaign({ maxLines: 2_000 });
    await floor.rows('update campaigns set list_order = $2 where id = $1', [id, JSON.stringify(order)]);
    for (const [region, weight] of Object.entries(weights)) {
      const segment = await regionSegment(region);
      await floor.rows('insert into campaign_segments (campaign_id, segment_id, weight) values ($1, $2, $3)', [
        ...[id, segment.id, weight],
      ]);
    }
    return id;
  };
  const reorder = (id: number, order: ListOrder) =>
    floor.rows('update campaigns set list_order = $2 where id = $1', [id, JSON.stringify(order)]);
  const build = (id: number) => lists.buildList(id, floor.clock.now());

  /** Leads as the gate would take them, one after the other. */
  const inOrder = async (id: number) =>
    (
      await floor.rows<{ lead_id: number }>(
        `select lead_id from calling_list_entries where campaign_id = $1 and state = 'ready' order by tier, rank, due_at, id`,
        [id],
      )
    ).map((row) => row.lead_id);
  const namesOf = async (ids: readonly number[]) => {
    const rows = await floor.rows<{ id: number; name: string }>('select id, name from leads where id = any($1)', [ids]);
    const names = new Map(rows.map((row) => [row.id, row.name]));
    return ids.map((id) => names.get(id));
  };
  const namesInOrder = async (id: number) => namesOf(await inOrder(id));
  const leads = (region: string, rows: readonly [string, Partial<LeadRow>][]) =>
    rows.map(([name, more]) => ({ name, region, ...more }));

  it.each<[string, ListOrder, string]>([
    ['the highest priority first', { by: 'priority' }, 'c a d b e'],
    ['the lowest priority first, where told so', { by: 'priority', descending: false }, 'e b a d c'],
    ['the oldest first', { by: 'oldest' }, 'a b c d e'],
    ['the newest first', { by: 'newest' }, 'e d c b a'],
    ['an attribute, numbers before texts, what is missing last', { by: 'attribute', attribute: 'size' }, 'b a d c e'],
    ['an attribute from its end', { by: 'attribute', attribute: 'size', descending: true }, 'a b c d e'],
    ['the best score first, what is no number last', { by: 'score', attribute: 'size' }, 'a b e d c'],
  ])('is %s', async (_, order, expected) => {
    await add(
      leads('North', [
        ['a', { priority: 2, attributes: { size: 10 } }],
        ['b', { priority: 1, attributes: { size: '9' } }],
        ['c', { priority: 9, attributes: { size: 'wide' } }],
        ['d', { priority: 2, attributes: { size: 'large' } }],
        ['e', {}],
      ]),
    );
    const id = await campaignOf({ North: 1 }, order);
    await build(id);
    const made = await namesInOrder(id);
    expect(made.join(' ')).toBe(expected);
    // The same once more, by ranking what is there.
    await reorder(id, { by: 'random' });
    await lists.rankList(id, floor.clock.now());
    await reorder(id, order);
    await lists.rankList(id, floor.clock.now());
    expect(await namesInOrder(id)).toEqual(made);
  });

  it('goes by the plain score where a base brought none: who bought, then who was tried least, then the freshest', async () => {
    await add(
      leads(
        'North',
        'abcdef'.split('').map((name) => [name, {}]),
      ),
    );
    const history = (name: string, attempts: number, boughtAt: Date | null) =>
      floor.rows(
        `insert into lead_history (lead_id, organisation_id, attempts, bought_at)
         select id, 1, $2, $3 from leads where base_id = $1 and name = $4`,
        [baseId, attempts, boughtAt, name],
      );
    await history('b', 9, floor.clock.now());
    await history('c', 2, null);
    await history('f', 1, null);
    const id = await campaignOf({ North: 1 }, { by: 'score' });
    await build(id);
    expect((await namesInOrder(id)).join(' ')).toBe('b e d a f c');
  });

  it('is the same random one for the same seed, and another for another', async () => {
    await add(Array.from({ length: 60 }, () => ({ region: 'North' })));
    const [one, same, other] = [
      await campaignOf({ North: 1 }, { by: 'random', seed: 7 }),
      await campaignOf({ North: 1 }, { by: 'random', seed: 7 }),
      await campaignOf({ North: 1 }, { by: 'random', seed: 8 }),
    ];
    for (const id of [one, same, other]) await build(id);
    const first = await inOrder(one);
    expect(await inOrder(same)).toEqual(first);
    expect(await inOrder(other)).not.toEqual(first);
    expect(first).not.toEqual([...first].sort((a, b) => a - b));
  });

  it('mixes segments in the ratio of their weights, dial by dial', async () => {
    await add(['North', 'South', 'West'].flatMap((region) => Array.from({ length: 90 }, () => ({ region }))));
    const id = await campaignOf({ North: 6, South: 3, West: 1 });
    await build(id);
    const regions = new Map(
      (
        await floor.rows<{ id: number; region: string }>('select id, region from leads where base_id = $1', [baseId])
      ).map((row) => [row.id, row.region]),
    );
    const counts: Record<string, number> = { North: 0, South: 0, West: 0 };
    let dials = 0;
    while (dials < 100) {
      const { reservations } = await floor.reserve(id, 1 + (dials % 5));
      expect(reservations.length).toBeGreaterThan(0);
      for (const { leadId } of reservations) {
        counts[regions.get(leadId)!]!++;
        dials++;
      }
      // Never further from the ratio than one lead of each segment.
      for (const [region, share] of [
        ['North', 0.6],
        ['South', 0.3],
        ['West', 0.1],
      ] as const)
        expect(Math.abs(counts[region]! - share * dials)).toBeLessThanOrEqual(1.5);
    }
  });

  it('takes a lead that fits several segments by the first of them', async () => {
    const id = await campaignOf({ North: 1 });
    const all = await floor.segments.create(ACTOR, {
      name: 'All',
      rule: { field: 'base', is: 'equals', value: baseId },
    });
    await floor.rows('insert into campaign_segments (campaign_id, segment_id) values ($1, $2)', [id, all.id]);
    const [north, south] = await add([{ region: 'North' }, { region: 'South' }]);
    expect(await build(id)).toEqual({ added: 2 });
    expect(
      await floor.rows(
        'select lead_id, segment_id = $2 as by_all from calling_list_entries where campaign_id = $1 order by 1',
        [...[id, all.id]],
      ),
    ).toEqual([
      { lead_id: north, by_all: false },
      { lead_id: south, by_all: true },
    ]);
  });

  it('puts those who come later where they belong', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<ListOrder>(
          { by: 'priority' },
          { by: 'newest' },
          { by: 'oldest' },
          { by: 'random', seed: 3 },
          { by: 'attribute', attribute: 'size', descending: true },
        ),
        fc.array(
          fc.array(
            fc.record({
              priority: fc.integer({ min: -9, max: 9 }),
              size: fc.option(fc.oneof(fc.integer({ min: 0, max: 99 }), fc.constantFrom('x', 'y'))),
            }),
            { maxLength: 8 },
          ),
          { minLength: 1, maxLength: 4 },
        ),
        async (order, rounds) => {
          baseId = await insertBase(test.database);
          const id = await campaignOf({ North: 2 }, order);
          for (const round of rounds) {
            await add(round.map(({ priority, size }) => ({ region: 'North', priority, attributes: { size } })));
            await build(id);
          }
          const later = await inOrder(id);
          const atOnce = await campaignOf({ North: 2 }, order);
          await build(atOnce);
          expect(later).toEqual(await inOrder(atOnce));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('does not let a segment that had run dry be all that is called', async () => {
    const many = (region: string, count: number) => Array.from({ length: count }, () => ({ region }));
    await add([...many('North', 60), ...many('South', 2)]);
    const id = await campaignOf({ North: 1, South: 1 }, { by: 'oldest' });
    await build(id);
    await floor.reserve(id, 40);
    await add(many('South', 40));
    await build(id);
    const next = await inOrder(id);
    const souths = await floor.rows<{ id: number }>(`select id from leads where base_id = $1 and region = 'South'`, [
      baseId,
    ]);
    const isSouth = new Set(souths.map((row) => row.id));
    expect(next.slice(0, 20).filter((lead) => isSouth.has(lead)).length).toBeGreaterThanOrEqual(9);
    expect(next.slice(0, 20).filter((lead) => isSouth.has(lead)).length).toBeLessThanOrEqual(11);
  });

  it('holds for whatever is ranked anew before the rest is', async () => {
    await add(
      leads('North', [
        ['a', { priority: 3 }],
        ['b', { priority: 2 }],
        ['c', { priority: 1 }],
      ]),
    );
    const id = await campaignOf({ North: 1 });
    await build(id);
    await reorder(id, { by: 'priority', descending: false });
    const { database } = test;
    const step = <T>(work: (tx: Parameters<Parameters<typeof database.transaction>[0]>[0]) => Promise<T>) =>
      database.transaction(work);
    const cursor = await step((tx) => lists.rankSlice(tx, id, null, floor.clock.now()));
    expect(await namesInOrder(id)).toEqual(['a', 'b', 'c']);
    // As if a slice were one entry.
    await floor.rows('delete from calling_list_numbered where batch_id = $1 and place > 1', [cursor!.batchId]);
    expect(await step((tx) => lists.rankSlice(tx, id, cursor, floor.clock.now()))).toBeNull();
    expect(await namesInOrder(id)).toEqual(['c', 'a', 'b']);
  });

  it('is made anew by a job, which goes on where the last turn committed', async () => {
    await add(
      leads('North', [
        ['a', { priority: 3 }],
        ['b', { priority: 2 }],
      ]),
    );
    const id = await campaignOf({ North: 1 });
    await build(id);
    await reorder(id, { by: 'newest' });
    const processor = new RankListProcessor(test.database, lists, floor.clock);
    const stop = new AbortController();
    let progress: Record<string, unknown> = {};
    const advance = (_: unknown, made: Record<string, unknown>) => {
      progress = made;
      stop.abort();
      return Promise.resolve();
    };
    const job = { payload: { campaignId: id }, progress: {} } as never;
    expect(await processor.run(job, { signal: stop.signal, cancelRequested: false, advance })).toBe('again');
    const rest = { signal: new AbortController().signal, cancelRequested: false, advance };
    expect(await processor.run({ payload: { campaignId: id }, progress } as never, rest)).toBe('done');
    expect(await namesInOrder(id)).toEqual(['b', 'a']);
    expect(await floor.rows('select from calling_list_numbered')).toEqual([]);
  });

  it('lets retries have their share of dials, and neither kind wait for the other', async () => {
    const id = await floor.insertCampaign({ maxLines: 2_000 });
    await floor.rows('update campaigns set retry_share = 0.3 where id = $1', [id]);
    const retries = new Set<number>();
    for (let i = 0; i < 30; i++) retries.add((await floor.insertEntry(id, { tier: 4, rank: i })).leadId);
    for (let i = 0; i < 40; i++)
      await floor.insertEntry(id, { tier: 5, rank: i, ...(i % 2 ? { zones: ['Europe/Berlin'] } : {}) });
    const promised = await floor.insertEntry(id, { tier: 1 });
    const first = await floor.reserve(id, 1);
    expect(first.reservations.map((each) => each.leadId)).toEqual([promised.leadId]);
    let dialled = 0;
    let retried = 0;
    while (dialled < 50) {
      const { reservations } = await floor.reserve(id, 1 + (dialled % 4));
      dialled += reservations.length;
      retried += reservations.filter(({ leadId }) => retries.has(leadId)).length;
      expect(Math.abs(retried - 0.3 * dialled)).toBeLessThanOrEqual(1);
    }
    // No new lead is left after a while: all is retries.
    const { reservations } = await floor.reserve(id, 100);
    expect(reservations).toHaveLength(70 - dialled);
  });

  it.each([
    [0, 5],
    [1, 4],
    [null, 4],
  ])('takes with a share of %s for retries tier %s first', async (share, tier) => {
    const id = await floor.insertCampaign();
    await floor.rows('update campaigns set retry_share = $2 where id = $1', [id, share]);
    const byTier = { 4: [] as number[], 5: [] as number[] };
    for (const each of [5, 4, 5, 4] as const) byTier[each].push((await floor.insertEntry(id, { tier: each })).leadId);
    const taken: number[] = [];
    for (let i = 0; i < 4; i++) taken.push(...(await floor.reserve(id, 1)).reservations.map(({ leadId }) => leadId));
    expect(taken).toEqual(tier === 4 ? [...byTier[4], ...byTier[5]] : [...byTier[5], ...byTier[4]]);
  });
});
