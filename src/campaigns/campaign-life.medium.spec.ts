import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Floor } from '../../test/floor.js';
import { insertBase } from '../../test/lead-rows.js';
import { CampaignWatchService } from './campaign-watch.service.js';
import type { NewCampaign } from './campaigns.service.js';
import type { PreflightService } from './preflight.service.js';

const HOUR_MS = 3_600_000;
const at = (ms: number) => new Date(MONDAY.getTime() + ms);
const actor = { organisationId: 1, userId: null };

describe('the life of a campaign', () => {
  let test: TestDatabase;
  let floor: Floor;
  let preflight: PreflightService;
  let watch: CampaignWatchService;
  let managerId: number;
  let segmentId: number;
  let manager: { organisationId: number; userId: number };

  beforeAll(async () => {
    test = await createTestDatabase();
    const { one, segments } = createFloor(test);
    managerId = (
      await one<{ id: number }>(
        `insert into users (organisation_id, login, name, role, password_hash, created_at)
         values (1, 'boss', 'Anna', 'manager', 'x', $1) returning id`,
        [MONDAY],
      )
    ).id;
    manager = { organisationId: 1, userId: managerId };
    const rule = { field: 'region', is: 'equals', value: 'North' } as const;
    segmentId = (await segments.create(actor, { name: 'North', rule })).id;
  });

  afterAll(() => test.drop());

  const newWatch = () => new CampaignWatchService(floor.campaigns, floor.clock);

  beforeEach(() => {
    floor = createFloor(test);
    preflight = floor.preflight;
    watch = newWatch();
    watch.onApplicationBootstrap();
  });

  afterEach(async () => {
    await watch.beforeApplicationShutdown();
    // What one test left open must not keep the next one's watch busy.
    await floor.rows(`update campaigns set state = 'finished' where state in ('ready', 'running', 'paused')`);
  });

  const draft = (more: Partial<NewCampaign> = {}) =>
    floor.campaigns.create(manager, {
      ...{ name: 'Spring', segmentIds: [segmentId], simulatedOperators: 2 },
      ...more,
    });

  /** With one lead on its list, unless told otherwise. */
  async function ready(more: Partial<NewCampaign> = {}, leads = 1) {
    const { id } = await draft(more);
    for (let i = 0; i < leads; i++) await floor.insertEntry(id);
    await test.database.transaction((tx) => floor.campaigns.markListBuilt(id, floor.clock.now(), tx));
    return floor.campaigns.getDetails(id, 1);
  }

  const get = (id: number) => floor.campaigns.getDetails(id, 1);
  const trail = async (id: number) =>
    (await floor.campaigns.listChanges(1, id, { beforeId: null, limit: 50 })).reverse();
  const actions = async (id: number) => (await trail(id)).map(({ action }) => action);

  async function running(more: Partial<NewCampaign> = {}, leads = 1) {
    const { id } = await ready(more, leads);
    return floor.campaigns.start(manager, id);
  }

  /** A call that was answered, talked through and sold. */
  async function sell(campaignId: number, talkSeconds = 60) {
    const operatorId = await floor.insertOperator();
    await floor.operators.signIn(operatorId, 1, campaignId);
    await floor.rows(
      `insert into campaign_loops (campaign_id, owner, fence, expires_at) values ($1, 'test', 1, $2)
       on conflict (campaign_id) do update set expires_at = excluded.expires_at, fence = 1`,
      [campaignId, new Date(floor.clock.now().getTime() + HOUR_MS)],
    );
    const attemptId = await floor.connectCall(campaignId, operatorId);
    await floor.clock.run(talkSeconds * 1_000);
    await floor.endCall(attemptId, operatorId);
    await floor.dispositions.record(operatorId, attemptId, { outcome: 'sale' });
    await floor.operators.signOut(operatorId);
  }

  describe('what is set', () => {
    it('is kept as it was said, and comes back', async () => {
      const offer = await floor.offers.create(1, { name: 'Gold', price: 9.5, currency: 'EUR' });
      const set = {
        offerId: offer.id,
        listMode: 'live',
        listOrder: { by: 'attribute', attribute: 'age', descending: true },
        retryShare: 0.25,
        startsAt: at(HOUR_MS),
        endsAt: at(9 * HOUR_MS),
        endAction: 'pause',
        goals: { sales: 10, budget: 99.5, action: 'alert' },
        costPerDial: 0.0125,
        competitors: ['Orange', 'Мегафон'],
      } as const;
      const { id } = await draft({ ...set, competitors: [...set.competitors] });
      expect(await get(id)).toMatchObject({
        ...set,
        currency: 'EUR',
        goalsProgress: [
          { goal: 'sales', value: 0, target: 10, share: 0 },
          { goal: 'budget', value: 0, target: 99.5 },
        ],
        goalReachedAt: null,
      });
    });

    it.each<[string, Partial<NewCampaign>, string]>([
      ['a start that has passed', { startsAt: at(-HOUR_MS) }, 'schedule_past'],
      ['an end that has passed', { endsAt: at(-HOUR_MS) }, 'schedule_past'],
      ['an end before the start', { startsAt: at(2 * HOUR_MS), endsAt: at(HOUR_MS) }, 'schedule_reversed'],
      ['goals without any', { goals: { action: 'finish' } }, 'goal_target_missing'],
      ['a budget of free calls', { goals: { budget: 5, action: 'finish' } }, 'goal_cost_missing'],
      ['costs in no currency', { costPerDial: 1 }, 'currency_missing'],
      ['an order by no attribute', { listOrder: { by: 'attribute' } }, 'order_attribute_missing'],
      ['outcomes that there are not', { outcomeSetId: 999_999 }, 'outcome_set_not_found'],
    ])('is refused with %s, at creation and later', async (_what, settings, code) => {
      await expect(draft(settings)).rejects.toMatchObject({ code, status: 422 });
      const { id } = await draft();
      await expect(floor.campaigns.update(manager, id, 1, settings)).rejects.toMatchObject({ code, status: 422 });
      expect(await get(id)).toMatchObject({ version: 1 });
    });

    it('is judged together with what stands', async () => {
      const { id } = await draft({ startsAt: at(120_000) });
      await expect(floor.campaigns.update(manager, id, 1, { endsAt: at(60_000) })).rejects.toMatchObject({
        code: 'schedule_reversed',
      });
      // An instant that has gone by meanwhile stands in the way of no other change.
      await floor.clock.run(300_000);
      expect(await floor.campaigns.update(manager, id, 1, { maxLines: 3 })).toMatchObject({ maxLines: 3 });
    });

    it('weighs segments; ids alone keep the weights that there are', async () => {
      const other = await floor.segments.create(actor, { name: 'All', rule: { all: [] } });
      const { id } = await draft({ segmentIds: undefined, segments: [{ id: segmentId, weight: 3 }] });
      const weights = async () => (await get(id)).segments.map((segment) => [segment.id, segment.weight]);
      expect(await weights()).toEqual([[segmentId, 3]]);
      await floor.campaigns.update(manager, id, 1, { segmentIds: [other.id, segmentId] });
      expect(await weights()).toEqual([
        [segmentId, 3],
        [other.id, 1],
      ]);
      await floor.campaigns.update(manager, id, 2, { segments: [{ id: other.id, weight: 7 }] });
      expect(await weights()).toEqual([[other.id, 7]]);
      const both = { segments: [], segmentIds: [] };
      await expect(floor.campaigns.update(manager, id, 3, both)).rejects.toMatchObject({ code: 'segments_twice' });
    });

    it('holds for the next dial, also when it is changed while the campaign runs', async () => {
      const { id, version } = await running({ callerId: '+33199000001' }, 2);
      await floor.rows(
        `insert into campaign_loops (campaign_id, owner, fence, expires_at) values ($1, 'test', 1, $2)`,
        [...[id, at(HOUR_MS)]],
      );
      const first = await floor.reserve(id, 1);
      expect(first.reservations).toMatchObject([{ callerId: '+33199000001' }]);
      const changed = await floor.campaigns.update(manager, id, version, {
        callerId: '+33199000002',
        maxLines: 2,
        ringTimeoutMs: 30_000,
      });
      const second = await floor.reserve(id, 1);
      expect(second.reservations).toMatchObject([{ callerId: '+33199000002', ringTimeoutMs: 30_000 }]);
      await floor.insertEntry(id);
      await floor.campaigns.update(manager, id, changed.version, { hours: {} });
      const { hours } = await floor.campaigns.getCampaign(id);
      expect((await floor.reserve(id, 1, { hours })).reservations).toEqual([]);
    });

    it('takes another set of outcomes while it runs', async () => {
      const { id, version, outcomeSetId } = await running();
      const { id: other } = await floor.one<{ id: number }>(
        `insert into outcome_sets (organisation_id, name) values (1, 'Short') returning id`,
      );
      expect(other).not.toBe(outcomeSetId);
      const changed = await floor.campaigns.update(manager, id, version, { outcomeSetId: other });
      expect(changed.outcomeSetId).toBe(other);
      expect(await floor.outcomeSets.getOutcomeSet(id)).toEqual({ outcomes: [], refusalReasons: [] });
    });
  });

  describe('its trail', () => {
    it('says who, when, and what alone has changed', async () => {
      const { id } = await draft({ hours: { mon: ['09:00', '20:00'], fri: ['09:00', '18:00'] } });
      await floor.clock.run(1_000);
      await floor.campaigns.update(manager, id, 1, {
        name: 'Summer',
        maxLines: 7,
        hours: { fri: ['09:00', '18:00'], mon: ['09:00', '20:00'] },
        segments: [{ id: segmentId, weight: 2 }],
      });
      const [created, changed] = await trail(id);
      expect(created).toMatchObject({ action: 'campaign_created', actor: { id: managerId, name: 'Anna' }, at: MONDAY });
      expect(created!.changes).toContainEqual({ field: 'name', before: null, after: 'Spring' });
      expect(changed).toMatchObject({ actor: { name: 'Anna' }, at: at(1_000), cause: null });
      expect(changed!.changes).toEqual([
        { field: 'name', before: 'Spring', after: 'Summer' },
        { field: 'maxLines', before: 100, after: 7 },
        {
          field: 'segments',
          before: [{ id: segmentId, weight: 1, name: 'North' }],
          after: [{ id: segmentId, weight: 2, name: 'North' }],
        },
      ]);
    });

    it('is silent where nothing has changed', async () => {
      const campaign = await draft();
      const { name, maxLines, segmentIds } = campaign;
      await floor.campaigns.update(manager, campaign.id, 1, { name, maxLines, segmentIds });
      expect(await actions(campaign.id)).toEqual(['campaign_created']);
    });

    it('comes a page at a time, newest first, and to its own organisation', async () => {
      const { id } = await draft();
      for (let version = 1; version <= 4; version++)
        await floor.campaigns.update(manager, id, version, { maxLines: 100 + version });
      const first = await floor.campaigns.listChanges(1, id, { beforeId: null, limit: 3 });
      const rest = await floor.campaigns.listChanges(1, id, { beforeId: first[2]!.id, limit: 3 });
      const lines = [...first, ...rest].map(({ changes }) => changes.find(({ field }) => field === 'maxLines')?.after);
      expect(lines).toEqual([104, 103, 102, 101, 100]);
      await expect(floor.campaigns.listChanges(2, id, { beforeId: null, limit: 3 })).rejects.toMatchObject({
        code: 'campaign_not_found',
      });
    });

    it('has one of two who change the same version', async () => {
      const { id } = await running();
      const both = await Promise.allSettled([
        floor.campaigns.update(manager, id, 1, { maxLines: 5 }),
        floor.campaigns.update(manager, id, 1, { maxLines: 6 }),
      ]);
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const lost = both.find((result) => result.status === 'rejected');
      expect(lost?.reason).toMatchObject({ code: 'version_conflict', status: 409 });
      expect((await actions(id)).filter((action) => action === 'campaign_changed')).toHaveLength(1);
    });
  });

  describe('a copy', () => {
    it('has all that is set, and neither list nor dates nor past', async () => {
      const settings: Partial<NewCampaign> = {
        ...{ name: 'Autumn', mode: 'ratio', ratio: 1.5, callerId: '+33199000000', retryShare: 0.4 },
        ...{ listOrder: { by: 'random', seed: 4 }, competitors: ['Rival'], hours: { tue: ['10:00', '12:00'] } },
        ...{ goals: { sales: 1, action: 'alert' }, costPerDial: 0.5, currency: 'EUR' },
        ...{ segmentIds: undefined, segments: [{ id: segmentId, weight: 4 }] },
        ...{ startsAt: at(HOUR_MS), endsAt: at(2 * HOUR_MS), endAction: 'pause' },
      };
      const source = await ready(settings);
      const copy = await floor.campaigns.clone(manager, source.id);
      expect(copy).toMatchObject({
        ...{ name: 'Autumn 2', state: 'draft', version: 1, listed: 0, clonedFromId: source.id },
        ...{ startsAt: null, endsAt: null, goalReachedAt: null, startedAt: null, createdBy: managerId },
      });
      const same = [
        ...['mode', 'ratio', 'callerId', 'retryShare', 'listOrder', 'competitors', 'hours', 'goals', 'costPerDial'],
        ...['currency', 'segments', 'endAction', 'outcomeSetId', 'offerId', 'scriptId', 'simulatedOperators'],
      ] as const;
      for (const key of same) expect(copy[key as keyof typeof copy]).toEqual(source[key as keyof typeof source]);
      expect((await floor.campaigns.clone(manager, source.id)).name).toBe('Autumn 3');
      expect((await floor.campaigns.clone(manager, source.id, 'Winter')).name).toBe('Winter');
      expect((await trail(copy.id))[0]!.changes).toContainEqual({
        ...{ field: 'clonedFromId', before: null, after: { id: source.id, name: source.name } },
      });
      await expect(floor.campaigns.clone({ ...manager, organisationId: 2 }, source.id)).rejects.toMatchObject({
        code: 'campaign_not_found',
      });
    });
  });

  describe('the archive', () => {
    it('takes what is over or never ran, and keeps it out of the lists', async () => {
      const { id } = await running();
      await expect(floor.campaigns.archive(manager, id)).rejects.toMatchObject({ code: 'campaign_state', status: 409 });
      await floor.campaigns.finish(manager, id);
      expect(await floor.campaigns.archive(manager, id)).toMatchObject({ state: 'archived', archivedAt: MONDAY });
      const unused = await draft();
      await floor.campaigns.archive(manager, unused.id);
      const shown = (await floor.campaigns.listCampaigns(1)).map((campaign) => campaign.id);
      expect(shown).not.toContain(id);
      expect(shown).not.toContain(unused.id);
      const put = (await floor.campaigns.listCampaigns(1, ['archived'])).map((campaign) => campaign.id);
      expect(put).toEqual(expect.arrayContaining([id, unused.id]));
      await expect(floor.campaigns.update(manager, id, 1, { maxLines: 1 })).rejects.toMatchObject({
        code: 'campaign_state',
      });
    });
  });

  describe('the schedule', () => {
    it('starts what is ready and ends it, to the second, and says so', async () => {
      const { id } = await ready({ startsAt: at(90_000), endsAt: at(HOUR_MS + 1_000) });
      await floor.clock.runUntil(at(89_999));
      expect((await get(id)).state).toBe('ready');
      await floor.clock.runUntil(at(90_000));
      expect(await get(id)).toMatchObject({ state: 'running', startedAt: at(90_000) });
      await floor.clock.runUntil(at(HOUR_MS + 999));
      expect((await get(id)).state).toBe('running');
      await floor.clock.runUntil(at(HOUR_MS + 1_000));
      expect(await get(id)).toMatchObject({ state: 'finished', finishedAt: at(HOUR_MS + 1_000) });
      expect((await trail(id)).slice(2)).toMatchObject([
        { action: 'campaign_running', actor: null, cause: 'schedule', at: at(90_000) },
        { action: 'campaign_finished', actor: null, cause: 'schedule' },
      ]);
    });

    it('pauses at the end where it is told so, and leaves alone who starts it again', async () => {
      const { id } = await running({ endsAt: at(60_000), endAction: 'pause' });
      await floor.clock.runUntil(at(60_000));
      expect((await get(id)).state).toBe('paused');
      const { version } = await floor.campaigns.start(manager, id);
      await floor.clock.runUntil(at(120_000));
      expect((await get(id)).state).toBe('running');
      // Another end is to be kept again.
      await floor.campaigns.update(manager, id, version, { endsAt: at(180_000) });
      await floor.clock.runUntil(at(180_000));
      expect((await get(id)).state).toBe('paused');
    });

    it('ends what is paused', async () => {
      const { id } = await running({ endsAt: at(60_000) });
      await floor.campaigns.pause(manager, id);
      await floor.clock.runUntil(at(60_000));
      expect((await get(id)).state).toBe('finished');
    });

    it('acts once with several processes on one database', async () => {
      const { id } = await ready({ startsAt: at(60_000), endsAt: at(120_000) });
      const others = [newWatch(), newWatch()];
      await floor.clock.runUntil(at(59_000));
      floor.clock.after(1_000, async () => void (await Promise.all([watch, ...others].map((each) => each.look()))));
      await floor.clock.runUntil(at(60_000));
      floor.clock.after(60_000, async () => void (await Promise.all([watch, ...others].map((each) => each.look()))));
      await floor.clock.runUntil(at(120_000));
      expect((await actions(id)).slice(2)).toEqual(['campaign_running', 'campaign_finished']);
    });

    it('holds back what could not dial, says why once, and starts it when that is over', async () => {
      const { id } = await ready({ startsAt: at(60_000), simulatedOperators: 0 });
      await floor.clock.runUntil(at(200_000));
      expect(await get(id)).toMatchObject({ state: 'ready', startHeldBy: ['no_operators'] });
      expect((await trail(id)).slice(2)).toMatchObject([
        {
          action: 'campaign_start_held',
          actor: null,
          cause: 'schedule',
          changes: [{ field: 'startHeldBy', before: [], after: ['no_operators'] }],
        },
      ]);
      await floor.campaigns.update(manager, id, 1, { simulatedOperators: 1 });
      await floor.clock.run(70_000);
      expect(await get(id)).toMatchObject({ state: 'running', startHeldBy: [] });
    });

    it('starts late what became ready late, but not a day late', async () => {
      const soon = await draft({ startsAt: at(60_000) });
      const late = await draft({ startsAt: at(60_000) });
      const build = async (id: number) => {
        await floor.insertEntry(id);
        await test.database.transaction((tx) => floor.campaigns.markListBuilt(id, floor.clock.now(), tx));
        await floor.clock.run(10_000);
      };
      await floor.clock.runUntil(at(HOUR_MS));
      await build(soon.id);
      expect((await get(soon.id)).state).toBe('running');
      await watch.beforeApplicationShutdown();
      await floor.clock.runUntil(at(25 * HOUR_MS));
      watch = newWatch();
      watch.onApplicationBootstrap();
      await build(late.id);
      expect(await get(late.id)).toMatchObject({ state: 'ready', startHeldBy: ['schedule_past'] });
    });

    it('leaves alone what was started by hand and what is over', async () => {
      const { id } = await running({ startsAt: at(60_000), endsAt: at(120_000) });
      await floor.campaigns.pause(manager, id);
      await floor.clock.runUntil(at(70_000));
      expect((await get(id)).state).toBe('paused');
      await floor.campaigns.finish(manager, id);
      await floor.clock.runUntil(at(130_000));
      expect((await actions(id)).slice(2)).toEqual(['campaign_running', 'campaign_paused', 'campaign_finished']);
    });
  });

  describe('a goal', () => {
    it('ends the campaign when it is reached, once, with its figure in the trail', async () => {
      const { id } = await running({ goals: { sales: 2, contacts: 50, action: 'finish' } }, 3);
      await floor.clock.run(10_000);
      await sell(id);
      await floor.clock.run(10_000);
      expect(await get(id)).toMatchObject({
        state: 'running',
        goalReachedAt: null,
        goalsProgress: [
          { goal: 'sales', value: 1, target: 2, share: 0.5, reachedAt: null },
          { goal: 'contacts', value: 1, target: 50 },
        ],
      });
      await sell(id);
      const soldAt = floor.clock.now();
      await floor.clock.run(10_000);
      const { state, goalReachedAt, goalsProgress } = await get(id);
      expect(state).toBe('finished');
      expect(goalReachedAt!.getTime() - soldAt.getTime()).toBeLessThanOrEqual(2_000);
      expect(goalsProgress[0]).toMatchObject({ value: 2, reachedAt: goalReachedAt!.toISOString() });
      expect((await trail(id)).slice(3)).toMatchObject([
        {
          action: 'campaign_goal_reached',
          actor: null,
          cause: 'goal',
          changes: [{ field: 'goalsReached', before: {}, after: { sales: { value: 2 } } }],
        },
        { action: 'campaign_finished', actor: null, cause: 'goal' },
      ]);
    });

    it('only alerts where it is told so: each once, also with several processes', async () => {
      const { id } = await running(
        { goals: { sales: 1, budget: 3, action: 'alert' }, costPerDial: 1, costPerMinute: 1, currency: 'EUR' },
        3,
      );
      await floor.clock.run(10_000);
      await sell(id, 30);
      await Promise.all([1, 2, 3, 4].map(() => floor.campaigns.checkGoals(id)));
      await floor.clock.run(10_000);
      expect(await get(id)).toMatchObject({
        state: 'running',
        goalsProgress: [
          { goal: 'sales', value: 1 },
          { goal: 'budget', value: 1.5, reachedAt: null },
        ],
      });
      await sell(id, 30);
      await floor.clock.run(10_000);
      const campaign = await get(id);
      expect(campaign).toMatchObject({ state: 'running', goalsProgress: [{ value: 2 }, { value: 3 }] });
      expect((await actions(id)).slice(3)).toEqual(['campaign_goal_reached', 'campaign_goal_reached']);
      // A goal that rises is a new one, and one that stands is not announced again.
      await floor.campaigns.update(manager, id, campaign.version, { goals: { sales: 3, budget: 3, action: 'alert' } });
      await floor.clock.run(10_000);
      await sell(id, 30);
      await floor.clock.run(10_000);
      expect((await trail(id)).slice(5)).toMatchObject([
        { action: 'campaign_changed' },
        { action: 'campaign_goal_reached', changes: [{ after: { sales: { value: 3 }, budget: { value: 3 } } }] },
      ]);
    });

    it('counts a sale that was corrected no more', async () => {
      const { id } = await running({ goals: { sales: 5, action: 'finish' } }, 2);
      await sell(id);
      await floor.rows(`update dispositions set superseded_at = $2 where campaign_id = $1`, [id, floor.clock.now()]);
      expect((await get(id)).goalsProgress).toMatchObject([{ goal: 'sales', value: 0 }]);
    });

    it('is measured from what is added up and what came since, which is the same as counting all', async () => {
      const { id } = await running(
        { goals: { contacts: 1_000, budget: 1_000, action: 'finish' }, costPerMinute: 1, currency: 'EUR' },
        40,
      );
      const counted = () =>
        floor.one<{ dials: number; contacts: number }>(
          `select count(*) as dials, count(bridged_at) as contacts from attempts where campaign_id = $1`,
          [id],
        );
      const values = async () => (await get(id)).goalsProgress.map(({ value }) => value);
      const tally = () =>
        floor.rows<{ up_to: Date; dials: number }>(`select * from campaign_tallies where campaign_id = $1`, [id]);
      for (let i = 0; i < 5; i++) {
        await sell(id, 60);
        await floor.clock.run(4 * 60_000);
        expect(await values()).toEqual([i + 1, i + 1]);
      }
      const [{ up_to, dials }] = (await tally()) as [{ up_to: Date; dials: number }];
      expect(dials).toBeGreaterThan(0);
      expect(dials).toBeLessThan(5);
      expect((await counted()).contacts).toBe(5);
      expect(up_to < floor.clock.now()).toBe(true);
      // A call that is up holds the edge back, however long it lasts.
      const operatorId = await floor.insertOperator();
      await floor.operators.signIn(operatorId, 1, id);
      await floor.rows(`update campaign_loops set expires_at = $2 where campaign_id = $1`, [
        ...[id, new Date(floor.clock.now().getTime() + HOUR_MS)],
      ]);
      const reservedAt = floor.clock.now();
      const attemptId = await floor.connectCall(id, operatorId);
      await floor.clock.run(22 * 60_000);
      const [held] = await tally();
      expect(held!.up_to.getTime()).toBeLessThanOrEqual(reservedAt.getTime());
      await floor.endCall(attemptId, operatorId);
      expect(await values()).toEqual([6, 5 + 22]);
      await floor.clock.run(16 * 60_000);
      expect(await values()).toEqual([6, 5 + 22]);
      expect((await tally())[0]!.dials).toBe(6);
    });
  });

  describe('the preflight', () => {
    const found = async (id: number) =>
      (await preflight.check(1, id)).map(({ code, severity }) => `${severity} ${code}`);
    const UNDRESSED = ['warns offer_missing', 'warns script_missing', 'warns caller_id_missing'];

    it('names what an empty draft lacks', async () => {
      const { id } = await draft({ segmentIds: [], simulatedOperators: 0 });
      expect(await found(id)).toEqual(['blocks segments_missing', 'blocks no_operators', ...UNDRESSED]);
    });

    it('lets a campaign pass that can dial', async () => {
      const offer = await floor.offers.create(1, { name: 'Gold', price: 9.5, currency: 'EUR' });
      const { id } = await ready({ offerId: offer.id, callerId: '+33199000000' });
      expect(await found(id)).toEqual(['warns script_missing']);
    });

    it('sees a script of which nothing is published, and the campaign does not start with it', async () => {
      const { id: scriptId } = await floor.one<{ id: number }>(
        `insert into scripts (organisation_id, name, content, created_at, updated_at) values (1, 'Hello', '{}', $1, $1)
         returning id`,
        [MONDAY],
      );
      const { id } = await ready({ scriptId });
      expect(await found(id)).toContain('blocks script_unpublished');
      await expect(floor.campaigns.start(manager, id)).rejects.toMatchObject({
        code: 'campaign_blocked',
        status: 409,
        more: { findings: [{ code: 'script_unpublished', link: `/scripts/${scriptId}` }] },
      });
      await floor.rows(
        `insert into script_versions (script_id, version, content, published_at) values ($1, 1, '{}', $2)`,
        [...[scriptId, MONDAY]],
      );
      await floor.rows(`update scripts set published_version = 1 where id = $1`, [scriptId]);
      expect(await found(id)).toEqual(['warns offer_missing', 'warns caller_id_missing']);
      expect(await floor.campaigns.start(manager, id)).toMatchObject({ state: 'running' });
    });

    it('keeps a campaign from starting by hand, and says of each thing what to do about it and where', async () => {
      const { id } = await ready({ hours: { sun: ['09:00', '20:00'] }, simulatedOperators: 0 });
      const blocking = (await preflight.check(1, id)).filter(({ severity }) => severity === 'blocks');
      expect(blocking.map(({ code }) => code)).toEqual(['hours_never_open', 'no_operators']);
      await expect(floor.campaigns.start(manager, id)).rejects.toMatchObject({
        ...{ code: 'campaign_blocked', status: 409 },
        fix: blocking.map(({ fix }) => fix).join(' '),
        more: { findings: blocking },
      });
      expect(await get(id)).toMatchObject({ state: 'ready', startedAt: null });
      expect(await actions(id)).toEqual(['campaign_created', 'campaign_ready']);
    });

    it('keeps a campaign that was paused from going on, until it is mended', async () => {
      const { id } = await running();
      await floor.campaigns.pause(manager, id);
      await floor.rows(
        `update calling_list_entries set state = 'completed', completed_code = 'sale' where campaign_id = $1`,
        [id],
      );
      await expect(floor.campaigns.start(manager, id)).rejects.toMatchObject({
        code: 'campaign_blocked',
        more: { findings: [{ code: 'list_worked_off' }] },
      });
      expect((await get(id)).state).toBe('paused');
      await floor.insertEntry(id);
      expect(await floor.campaigns.start(manager, id)).toMatchObject({ state: 'running' });
    });

    it('asks nothing of a campaign that runs already', async () => {
      const { id } = await running();
      const { version } = await get(id);
      await floor.campaigns.update(manager, id, version, { simulatedOperators: 0 });
      expect(await floor.campaigns.start(manager, id)).toMatchObject({ state: 'running' });
    });

    it('sees hours that never meet those of the law where the leads are', async () => {
      const sundays = await ready({ hours: { sun: ['09:00', '20:00'] } });
      expect(await found(sundays.id)).toEqual(['blocks hours_never_open', ...UNDRESSED]);
      // Ten in the evening in Paris is the afternoon in New York.
      const { id } = await ready({ hours: { mon: ['18:00', '20:00'] } }, 0);
      await floor.insertEntry(id, { zones: ['Europe/Paris'] });
      await floor.insertEntry(id, { zones: ['Europe/Paris', 'Asia/Vladivostok'] });
      const findings = await preflight.check(1, id);
      expect(findings.find(({ code }) => code === 'hours_partly_closed')).toMatchObject({
        severity: 'warns',
        values: { leads: 1, countries: 'FR' },
      });
    });

    it('sees that every number is suppressed, and that one is not', async () => {
      const { id } = await ready({}, 0);
      const entries = [await floor.insertEntry(id), await floor.insertEntry(id)];
      const suppress = (matchHash: Buffer) =>
        test.database.transaction((tx) =>
          floor.compliance.suppress(tx, {
            ...{ organisationId: 1, scope: 'client', campaignId: null, matchHash, reason: 'request' },
            ...{ source: 'test', validTo: null, createdBy: null },
          }),
        );
      await suppress(entries[0]!.matchHash);
      expect(await found(id)).not.toContain('blocks all_suppressed');
      await suppress(entries[1]!.matchHash);
      expect(await found(id)).toContain('blocks all_suppressed');
    });

    it('sees a list that is worked off, or being built', async () => {
      const { id } = await ready();
      await floor.rows(
        `update calling_list_entries set state = 'completed', completed_code = 'sale' where campaign_id = $1`,
        [id],
      );
      expect(await found(id)).toContain('blocks list_worked_off');
      const empty = await draft();
      expect(await found(empty.id)).toContain('blocks list_empty');
      await floor.rows(
        `insert into jobs (organisation_id, kind, payload, state, created_at, run_at)
         values (1, 'build-list', jsonb_build_object('campaignId', $1::integer), 'queued', $2, $2)`,
        [empty.id, MONDAY],
      );
      expect(await found(empty.id)).toContain('blocks list_building');
      await floor.rows(`delete from jobs`);
    });

    it('sees the imports that the segments wait for', async () => {
      const [own, other] = [await insertBase(test.database), await insertBase(test.database)];
      const rule = { all: [{ field: 'base', is: 'equals', value: own } as const] };
      const segment = await floor.segments.create(actor, { name: 'Own', rule });
      const { id } = await ready({ segmentIds: [segment.id] });
      const importing = (baseId: number) =>
        floor.rows(`update imports set state = 'running' where base_id = $1`, [baseId]);
      await importing(other);
      expect(await found(id)).not.toContain('warns base_importing');
      await importing(own);
      expect(await found(id)).toContain('warns base_importing');
      await floor.rows(`update imports set state = 'done'`);
    });

    it('knows operators who can sign in', async () => {
      const { id, version } = await running();
      await floor.campaigns.update(manager, id, version, { simulatedOperators: 0 });
      expect(await found(id)).toContain('blocks no_operators');
      const operatorId = await floor.insertOperator();
      await floor.rows(`update users set password_hash = 'x' where id = $1`, [operatorId]);
      expect(await found(id)).toContain('warns nobody_signed_in');
      await floor.operators.signIn(operatorId, 1, id);
      expect(await found(id)).toEqual(UNDRESSED);
    });

    it('is only for those whose campaign it is', async () => {
      const { id } = await draft();
      await expect(preflight.check(2, id)).rejects.toMatchObject({ code: 'campaign_not_found' });
    });
  });
});
