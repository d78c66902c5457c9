import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Problem } from '../common/problem.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Floor } from '../../test/floor.js';

const MINUTE = 60_000;

describe('operators', () => {
  let test: TestDatabase;
  let floor: Floor;
  let campaignId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    campaignId = await floor.insertCampaign();
  });

  const signIn = async () => {
    const id = await floor.insertOperator();
    await floor.operators.signIn(id, 1, campaignId);
    return id;
  };
  const stateOf = async (id: number) => (await floor.operators.findOperator(id))!.state;
  const assign = async (preferred: number | null = null) => {
    const { entryId, leadId, matchHash } = await floor.insertEntry(campaignId);
    const attemptId = await floor.insertAttempt(campaignId, { entryId, leadId, matchHash }, MONDAY);
    const found = await floor.database.transaction((tx) =>
      floor.operators.assign(tx, campaignId, attemptId, preferred),
    );
    return found ? { operatorId: found.operator_id, attemptId } : null;
  };
  const wrapUp = (call: { operatorId: number; attemptId: number }) =>
    floor.database.transaction((tx) => floor.operators.startWrapUp(tx, call.operatorId, call.attemptId, MINUTE));
  const endWrapUp = (operatorId: number) =>
    floor.database.transaction((tx) => floor.operators.endWrapUp(tx, operatorId));
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: Problem) => error.code,
    );

  it('get the next call in the order in which they have waited', async () => {
    const first = await signIn();
    await floor.clock.run(1_000);
    const second = await signIn();
    await floor.clock.run(1_000);
    const third = await signIn();
    expect((await assign())!.operatorId).toBe(first);
    expect((await assign())!.operatorId).toBe(second);
    expect((await assign())!.operatorId).toBe(third);
    expect(await assign()).toBeNull();
  });

  it('get the calls that are theirs first, when they are ready; else whoever is there does', async () => {
    const first = await signIn();
    await floor.clock.run(1_000);
    const preferred = await signIn();
    expect((await assign(preferred))!.operatorId).toBe(preferred);
    expect((await assign(preferred))!.operatorId).toBe(first);
  });

  it('of another campaign get none', async () => {
    await signIn();
    const other = await floor.insertCampaign();
    expect(await floor.database.transaction((tx) => floor.operators.assign(tx, other, 1, null))).toBeNull();
  });

  it('are never in two calls: many calls at once find as many operators', async () => {
    const staff = [await signIn(), await signIn(), await signIn()];
    const found = await Promise.all(Array.from({ length: 8 }, () => assign()));
    expect(found.flatMap((call) => (call ? [call.operatorId] : [])).sort()).toEqual([...staff].sort());
  });

  it('take a break at once when nothing is in hand', async () => {
    const id = await signIn();
    expect(await floor.operators.takeBreak(id)).toMatchObject({ state: 'break' });
    expect(await assign()).toBeNull();
    expect(await floor.operators.becomeReady(id)).toMatchObject({ state: 'ready' });
  });

  it('get the break that they asked for during a call when its outcome is in', async () => {
    const id = await signIn();
    const call = (await assign())!;
    expect(await floor.operators.takeBreak(id)).toMatchObject({ state: 'in_call', break_requested: true });
    expect(await wrapUp(call)).toMatchObject({ state: 'wrap_up', break_requested: true });
    expect(await endWrapUp(id)).toMatchObject({ state: 'break', break_requested: false });
  });

  it('get the break that they asked for in wrap-up, and no other after it', async () => {
    const id = await signIn();
    await wrapUp((await assign())!);
    await floor.operators.takeBreak(id);
    expect(await endWrapUp(id)).toMatchObject({ state: 'break' });
    await floor.operators.becomeReady(id);
    await wrapUp((await assign())!);
    expect(await endWrapUp(id)).toMatchObject({ state: 'ready' });
  });

  it('get the break also when the customer was gone before the two were connected', async () => {
    const id = await signIn();
    await assign();
    await floor.operators.takeBreak(id);
    await floor.database.transaction((tx) => floor.operators.giveBack(tx, id));
    expect(await stateOf(id)).toBe('break');
  });

  it('neither become ready, nor leave, nor change campaigns with a call in hand', async () => {
    const id = await signIn();
    const call = (await assign())!;
    const other = await floor.insertCampaign();
    const tryAll = async () => [
      await refusal(floor.operators.becomeReady(id)),
      await refusal(floor.operators.signOut(id)),
      await refusal(floor.operators.signIn(id, 1, other)),
    ];
    expect(await tryAll()).toEqual(['operator_state', 'operator_state', 'call_in_hand']);
    await wrapUp(call);
    // The outcome is owed still.
    expect(await tryAll()).toEqual(['operator_state', 'operator_state', 'call_in_hand']);
    expect(await stateOf(id)).toBe('wrap_up');
  });

  it('who have not signed in are neither ready nor on a break', async () => {
    const stranger = await floor.insertOperator();
    expect(await refusal(floor.operators.becomeReady(stranger))).toBe('operator_offline');
    const gone = await signIn();
    await floor.operators.signOut(gone);
    expect(await refusal(floor.operators.becomeReady(gone))).toBe('operator_offline');
    expect(await refusal(floor.operators.takeBreak(gone))).toBe('operator_offline');
    expect(await stateOf(gone)).toBe('offline');
  });

  it('may press a button twice', async () => {
    const id = await signIn();
    const since = (await floor.operators.findOperator(id))!.since_at;
    await floor.clock.run(1_000);
    expect((await floor.operators.signIn(id, 1, campaignId)).since_at).toEqual(since);
    await floor.operators.takeBreak(id);
    await floor.operators.takeBreak(id);
    await floor.operators.signOut(id);
    await floor.operators.signOut(id);
    expect(await stateOf(id)).toBe('offline');
  });

  it('leave a record of their time without gap or overlap, whatever they do', async () => {
    const step = fc.constantFrom('signIn', 'ready', 'break', 'signOut', 'call', 'wrapUp', 'endWrapUp');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const id = await signIn();
        const startAt = floor.clock.now();
        let call: { operatorId: number; attemptId: number } | null = null;
        let signedInMs = 0;
        for (const next of steps) {
          const before = await stateOf(id);
          await floor.clock.run(MINUTE);
          if (before !== 'offline') signedInMs += MINUTE;
          const deeds: Record<typeof next, () => Promise<unknown>> = {
            signIn: () => floor.operators.signIn(id, 1, campaignId),
            ready: () => floor.operators.becomeReady(id),
            break: () => floor.operators.takeBreak(id),
            signOut: () => floor.operators.signOut(id),
            call: async () => {
              if (before === 'ready') call = await assign(id);
            },
            wrapUp: async () => {
              if (before === 'in_call') await wrapUp(call!);
            },
            endWrapUp: async () => {
              if (before === 'wrap_up') await endWrapUp(id);
            },
          };
          await deeds[next]().catch((error: unknown) => {
            if (!(error instanceof Problem)) throw error;
          });
        }
        const intervals = await floor.rows<{ from_at: Date; to_at: Date | null; state: string }>(
          `select from_at, to_at, state from operator_intervals where operator_id = $1 order by from_at, id`,
          [id],
        );
        const state = await stateOf(id);
        expect(intervals.filter((interval) => interval.to_at === null).map((interval) => interval.state)).toEqual(
          state === 'offline' ? [] : [state],
        );
        let sum = 0;
        intervals.forEach(({ from_at, to_at }, i) => {
          const end = to_at ?? floor.clock.now();
          sum += end.getTime() - from_at.getTime();
          if (i > 0) expect(from_at.getTime()).toBeGreaterThanOrEqual(intervals[i - 1]!.to_at!.getTime());
        });
        expect(intervals[0]!.from_at).toEqual(startAt);
        expect(sum).toBe(signedInMs);
        // Out of the way of the next one.
        await floor.rows(`update operator_states set state = 'offline', attempt_id = null where operator_id = $1`, [
          id,
        ]);
      }),
      { numRuns: 25 },
    );
  });
});
