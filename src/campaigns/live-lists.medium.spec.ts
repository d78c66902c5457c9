import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Rule } from '../segmentation/rule.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Floor } from '../../test/floor.js';
import { insertBase, insertLeads, type LeadRow } from '../../test/lead-rows.js';
import type { CallingListService } from './calling-list.service.js';
import { LiveListsRepository } from './live-lists.repository.js';
import { LiveListsService } from './live-lists.service.js';

const ACTOR = { organisationId: 1, userId: null };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a live list', () => {
  let test: TestDatabase;
  let floor: Floor;
  let lists: CallingListService;
  let live: LiveListsService;
  let baseId: number;
  let operator: number;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    await floor.rows(`update campaigns set state = 'finished' where state <> 'finished'`);
    await floor.rows('delete from lead_changes');
    await floor.rows('delete from lead_change_ranges');
    lists = floor.callingLists;
    live = newLive();
    baseId = await insertBase(test.database);
    operator = await floor.insertOperator();
  });

  const newLive = () => new LiveListsService(test.database, new LiveListsRepository(), lists, floor.hub, floor.clock);
  const add = (leads: readonly LeadRow[]) => insertLeads(test.database, baseId, leads);
  const north: Rule = { field: 'region', is: 'equals', value: 'North' };
  const ofBase = (...rules: Rule[]): Rule => ({ all: [{ field: 'base', is: 'equals', value: baseId }, ...rules] });

  /** A running campaign whose list is built, and looked at as a whole once. */
  const campaignOf = async (rule: Rule, more: { listMode?: string; state?: string } = {}) => {
    const id = await floor.insertCampaign({ state: more.state ?? 'running' });
    await floor.rows('update campaigns set list_mode = $2 where id = $1', [id, more.listMode ?? 'live']);
    const segment = await floor.segments.create(ACTOR, { name: 'A segment', rule });
    await floor.rows('insert into campaign_segments (campaign_id, segment_id) values ($1, $2)', [id, segment.id]);
    await lists.buildList(id, floor.clock.now());
    expect(await live.look()).toBe(true);
    return { id, segment };
  };
  const entriesOf = (id: number) =>
    floor.rows<{ lead_id: number; state: string; completed_code: string | null; segment_id: number }>(
      'select lead_id, state, completed_code, segment_id from calling_list_entries where campaign_id = $1 order by lead_id',
      [id],
    );
  const statesOf = async (id: number) => (await entriesOf(id)).map((entry) => entry.completed_code ?? entry.state);
  const move = async (leadId: number, region: string) =>
    floor.database.transaction(async (tx) => {
      await floor.rows('update leads set region = $2 where id = $1', [leadId, region]);
      await floor.history.noteChanged(tx, [leadId]);
    });

  it('takes in who begins to fit, lets go who ceases to, and takes them back', async () => {
    const [a, b] = await add([{ region: 'North' }, { region: 'South' }]);
    const { id } = await campaignOf(ofBase(north));
    expect(await statesOf(id)).toEqual(['ready']);
    await move(b!, 'North');
    await move(a!, 'South');
    expect(await live.look()).toBe(true);
    expect(await entriesOf(id)).toMatchObject([
      { lead_id: a, state: 'completed', completed_code: 'left_segment' },
      { lead_id: b, state: 'ready', completed_code: null },
    ]);
    await move(a!, 'North');
    await live.look();
    expect(await statesOf(id)).toEqual(['ready', 'ready']);
    expect(await floor.rows('select from lead_changes')).toEqual([]);
  });

  it('keeps who comes back on the rung, and not before the time, that they had', async () => {
    const [a] = await add([{ region: 'North' }]);
    const { id } = await campaignOf(ofBase(north));
    const dueAt = new Date(MONDAY.getTime() + HOUR);
    await floor.rows(
      `update calling_list_entries set state = 'waiting', tier = 4, attempts = 1, due_at = $2 where campaign_id = $1`,
      [...[id, dueAt]],
    );
    for (const region of ['South', 'North']) {
      await move(a!, region);
      await live.look();
    }
    expect(
      await floor.rows('select state, tier, attempts, due_at from calling_list_entries where campaign_id = $1', [id]),
    ).toEqual([{ state: 'waiting', tier: 4, attempts: 1, due_at: dueAt }]);
  });

  it('leaves alone what a call or the campaign has ended', async () => {
    const [a, b] = await add([{ region: 'North' }, { region: 'North' }]);
    const { id } = await campaignOf(ofBase(north));
    await floor.rows(
      `update calling_list_entries set state = 'completed', completed_code = 'sale' where campaign_id = $1 and lead_id = $2`,
      [...[id, a]],
    );
    await move(a!, 'South');
    await move(a!, 'North');
    await live.look();
    expect(await statesOf(id)).toEqual(['sale', 'ready']);
    await floor.rows(`update campaigns set state = 'finished' where id = $1`, [id]);
    await move(b!, 'South');
    await live.look();
    expect(await statesOf(id)).toEqual(['sale', 'ready']);
  });

  it('lets who is in a call finish it, and goes by the list of snapshots not at all', async () => {
    const [a] = await add([{ region: 'North' }]);
    const { id } = await campaignOf(ofBase(north));
    await floor.rows(`update phones set sealed = '\\x00' where lead_id = $1`, [a]);
    await floor.operators.signIn(operator, 1, id);
    const attemptId = await floor.connectCall(id, operator);
    await move(a!, 'South');
    await live.look();
    expect(await statesOf(id)).toEqual(['in_progress']);
    await floor.endCall(attemptId, operator);
    await floor.dispositions.record(operator, attemptId, { outcome: 'silent' });
    expect(await statesOf(id)).toEqual(['waiting']);
    await live.look();
    expect(await statesOf(id)).toEqual(['left_segment']);
    // A snapshot stays as it was.
    const snapshot = await campaignOf(ofBase({ field: 'region', is: 'equals', value: 'South' }), {
      listMode: 'snapshot',
    });
    await move(a!, 'North');
    await live.look();
    expect(await statesOf(snapshot.id)).toEqual(['ready']);
  });

  it('is asked again at the gate: an edited rule binds the very next dial, though the list has not followed', async () => {
    const leadIds = await add([{ region: 'North' }, { region: 'South' }, { region: 'North' }, { region: 'South' }]);
    const { id, segment } = await campaignOf(ofBase());
    await floor.segments.update(ACTOR, segment.id, 1, { name: 'North', rule: ofBase(north) });
    const { reservations } = await floor.reserve(id, 2);
    expect(reservations.map((each) => each.leadId)).toEqual([leadIds[0], leadIds[2]]);
    expect(await statesOf(id)).toEqual(['in_progress', 'left_segment', 'in_progress', 'ready']);
    const { shortage } = await floor.reserve(id, 1);
    expect(shortage).toMatchObject({ code: 'out_of_leads' });
    expect(await statesOf(id)).toEqual(['in_progress', 'left_segment', 'in_progress', 'left_segment']);
  });

  it('keeps a promise to who fits no more, until it is kept', async () => {
    const [a] = await add([{ region: 'North' }]);
    const { id } = await campaignOf(ofBase(north));
    await floor.operators.signIn(operator, 1, id);
    const first = await floor.connectCall(id, operator);
    await floor.endCall(first, operator);
    await floor.dispositions.record(operator, first, {
      outcome: 'callback',
      callback: { localTime: '2026-03-02T15:00' },
    });
    await move(a!, 'South');
    await live.look();
    expect(await statesOf(id)).toEqual(['waiting']);
    await floor.clock.runUntil(new Date('2026-03-02T14:00:01Z'));
    await floor.scheduler.promote(id);
    const second = await floor.connectCall(id, operator);
    await floor.endCall(second, operator);
    await floor.dispositions.record(operator, second, { outcome: 'silent' });
    await live.look();
    expect(await statesOf(id)).toEqual(['left_segment']);
  });

  it('follows what calls of other campaigns have found', async () => {
    const [a] = await add([{ region: 'North' }]);
    const other = await floor.insertCampaign();
    await floor.operators.signIn(operator, 1, other);
    const { id } = await campaignOf(ofBase({ field: 'refusal_reason', is: 'equals', value: 'too_expensive' }));
    expect(await statesOf(id)).toEqual([]);
    const first = await campaignOf(ofBase(north), { listMode: 'snapshot' });
    await floor.operators.signOut(operator);
    await floor.operators.signIn(operator, 1, first.id);
    const attemptId = await floor.connectCall(first.id, operator);
    await floor.endCall(attemptId, operator);
    await floor.dispositions.record(operator, attemptId, { outcome: 'refusal', refusalReason: 'too_expensive' });
    await live.look();
    expect(await entriesOf(id)).toMatchObject([{ lead_id: a, state: 'ready' }]);
  });

  it('takes in what an import brings, and makes a draft ready by it', async () => {
    const { id } = await campaignOf(ofBase(north), { state: 'draft' });
    expect((await floor.campaigns.getCampaign(id)).state).toBe('draft');
    const ids = await add([{ region: 'North' }, { region: 'South' }, { region: 'North' }]);
    await floor.database.transaction((tx) => floor.history.noteRangeChanged(tx, ids[0]! - 100, ids.at(-1)! + 100_000));
    await live.look();
    expect(await entriesOf(id)).toMatchObject([{ lead_id: ids[0] }, { lead_id: ids[2] }]);
    expect((await floor.campaigns.getCampaign(id)).state).toBe('ready');
    expect(await floor.rows('select from lead_change_ranges')).toEqual([]);
  });

  it('follows its segments when their rules or they themselves change', async () => {
    await add([{ region: 'North' }, { region: 'South' }]);
    const { id, segment } = await campaignOf(ofBase(north));
    await floor.segments.update(ACTOR, segment.id, 1, {
      name: 'South',
      rule: ofBase({ field: 'region', is: 'equals', value: 'South' }),
    });
    await live.look();
    expect(await statesOf(id)).toEqual(['left_segment', 'ready']);
    const all = await floor.segments.create(ACTOR, { name: 'All', rule: ofBase() });
    await floor.rows('update campaign_segments set segment_id = $2 where campaign_id = $1', [id, all.id]);
    await live.look();
    expect((await entriesOf(id)).map((entry) => [entry.state, entry.segment_id])).toEqual([
      ['ready', all.id],
      ['ready', all.id],
    ]);
    await floor.rows('delete from campaign_segments where campaign_id = $1', [id]);
    await live.look();
    expect(await statesOf(id)).toEqual(['left_segment', 'left_segment']);
  });

  it('takes in and lets go whom time alone reaches, without a look at all the others', async () => {
    const days = (count: number) => new Date(floor.clock.now().getTime() - count * 24 * HOUR);
    const [early, late, never] = await add([{ region: 'North' }, { region: 'North' }, { region: 'South' }]);
    const load = (leadId: number, at: Date) =>
      floor.rows('update leads set created_at = $2 where id = $1', [leadId, at]);
    await load(early!, new Date(days(3).getTime() + 10 * MINUTE));
    await load(late!, new Date(days(7).getTime() + 10 * MINUTE));
    await load(never!, days(5));
    const { id } = await campaignOf(
      ofBase(
        { field: 'loaded_at', is: 'more_than_days_ago', value: 3 },
        { field: 'loaded_at', is: 'in_last_days', value: 7 },
      ),
    );
    expect(await entriesOf(id)).toMatchObject([{ lead_id: late }, { lead_id: never }]);
    // Nobody noted this change, so whoever looks at all leads finds it, and who looks at those that time reaches does not.
    await load(never!, new Date(0));
    await floor.clock.run(11 * MINUTE);
    await live.look();
    expect(await entriesOf(id)).toMatchObject([
      { lead_id: early, state: 'ready' },
      { lead_id: late, completed_code: 'left_segment' },
      { lead_id: never, state: 'ready' },
    ]);
  });

  it('is looked at as a whole where dates are counted from today, once the day has changed', async () => {
    const [a] = await add([{ region: 'North' }]);
    await floor.rows(`update leads set attributes = '{"until": "2026-03-04"}' where id = $1`, [a]);
    const { id } = await campaignOf(ofBase({ field: 'attribute.until', is: 'in_next_days', value: 1 }));
    expect(floor.clock.now().toISOString().slice(0, 10)).toBe('2026-03-02');
    expect(await statesOf(id)).toEqual([]);
    await floor.clock.run(24 * HOUR - HOUR);
    await live.look();
    expect(await statesOf(id)).toEqual(['ready']);
  });

  it('is looked at as a whole each day, and when it becomes live', async () => {
    const [a] = await add([{ region: 'North' }]);
    const { id } = await campaignOf(ofBase(north));
    const silently = (region: string) => floor.rows('update leads set region = $2 where id = $1', [a, region]);
    await silently('South');
    await live.look();
    expect(await statesOf(id)).toEqual(['ready']);
    await floor.clock.run(24 * HOUR);
    await live.look();
    expect(await statesOf(id)).toEqual(['left_segment']);
    const mode = (value: string) => floor.rows('update campaigns set list_mode = $2 where id = $1', [id, value]);
    await mode('snapshot');
    await live.look();
    await silently('North');
    await live.look();
    expect(await statesOf(id)).toEqual(['left_segment']);
    await mode('live');
    await live.look();
    expect(await statesOf(id)).toEqual(['ready']);
  });

  it('loses nothing when a look breaks off, and is kept by one process at a time', async () => {
    const [a, b] = await add([{ region: 'South' }, { region: 'South' }]);
    const { id } = await campaignOf(ofBase(north));
    await move(a!, 'North');
    const broken = new LiveListsRepository();
    broken.takeChanges = async (limit, on) => {
      const taken = await new LiveListsRepository().takeChanges(limit, on);
      expect(taken.leadIds).toEqual([a]);
      throw new Error('The process died.');
    };
    await expect(new LiveListsService(test.database, broken, lists, floor.hub, floor.clock).look()).rejects.toThrow(
      'died',
    );
    expect(await statesOf(id)).toEqual([]);
    await move(b!, 'North');
    await floor.database.transaction(async (tx) => {
      expect(await new LiveListsRepository().tryLead(tx)).toBe(true);
      expect(await newLive().look()).toBe(false);
      expect(await statesOf(id)).toEqual([]);
    });
    expect(await newLive().look()).toBe(true);
    expect(await statesOf(id)).toEqual(['ready', 'ready']);
  });

  it('is kept though another can’t be, which is made good when it can', async () => {
    const [a] = await add([{ region: 'South' }]);
    const faulty = await campaignOf(ofBase(north));
    const sound = await campaignOf(ofBase(north));
    const { follow } = lists;
    lists.follow = async (tx, campaignId, scope, now) => {
      if (campaignId === faulty.id) await tx.query({ name: '', text: 'select 1 / 0' });
      return follow.call(lists, tx, campaignId, scope, now);
    };
    await move(a!, 'North');
    await live.look();
    expect(await statesOf(sound.id)).toEqual(['ready']);
    expect(await statesOf(faulty.id)).toEqual([]);
    lists.follow = follow;
    await live.look();
    expect(await statesOf(faulty.id)).toEqual([]);
    await floor.clock.run(60_000);
    await live.look();
    expect(await statesOf(faulty.id)).toEqual(['ready']);
  });

  it('is ranked anew, as snapshots are, when order or weights have changed', async () => {
    await add([{ region: 'North' }]);
    const { id } = await campaignOf(ofBase(north), { listMode: 'snapshot' });
    const jobs = () =>
      floor.rows<{ id: number }>(
        `select id from jobs where kind = 'rank-list' and payload ->> 'campaignId' = $1::text`,
        [id],
      );
    await live.look();
    expect(await jobs()).toEqual([]);
    await floor.rows(`update campaigns set list_order = '{"by":"newest"}' where id = $1`, [id]);
    await live.look();
    await live.look();
    expect(await jobs()).toHaveLength(1);
    await floor.rows(`update campaign_segments set weight = 3 where campaign_id = $1`, [id]);
    await live.look();
    expect(await jobs()).toHaveLength(1);
    await floor.rows(`update jobs set state = 'succeeded'`);
    await live.look();
    expect(await jobs()).toHaveLength(2);
  });
});
