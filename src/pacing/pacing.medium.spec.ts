import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Settings } from '../config/settings.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Floor } from '../../test/floor.js';
import { PacingRepository } from './pacing.repository.js';
import { PacingService } from './pacing.service.js';

interface Node {
  floor: Floor;
  pacing: PacingService;
}

describe('two dialers on one database', () => {
  let test: TestDatabase;
  let a: Node;
  let b: Node;
  let campaignId: number;

  /** A process of its own: its own clock, which stands still when the process is dead. */
  const startNode = async (nodeName: string): Promise<Node> => {
    const floor = createFloor(test, { simulator: { customer: () => ({ setUpMs: 500, kind: 'no_answer' }) } });
    const pacing = new PacingService(
      new PacingRepository(test.database),
      floor.gate,
      floor.scheduler,
      floor.newSwitchboard(),
      floor.callbacks,
      { nodeName } as Settings,
      floor.clock,
      floor.hub,
    );
    await pacing.onApplicationBootstrap();
    return { floor, pacing };
  };
  const lease = () =>
    a.floor.one<{ owner: string; fence: number }>(`select owner, fence from campaign_loops where campaign_id = $1`, [
      campaignId,
    ]);
  const dials = async () => (await a.floor.rows(`select from attempts where campaign_id = $1`, [campaignId])).length;
  const runBoth = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) for (const node of [a, b]) await node.floor.clock.run(1_000);
  };

  beforeEach(async () => {
    test = await createTestDatabase();
    a = await startNode('a');
    b = await startNode('b');
    campaignId = await a.floor.insertCampaign({ leaseOwner: null });
    for (let i = 0; i < 12; i++) await a.floor.insertEntry(campaignId);
    await a.floor.operators.signIn(await a.floor.insertOperator(), 1, campaignId);
  });

  afterEach(async () => {
    for (const node of [a, b]) await node.pacing.beforeApplicationShutdown();
    await test.drop();
  });

  it('one of them owns the campaign’s loop, and keeps it while it lives', async () => {
    await runBoth(3);
    expect(await lease()).toEqual({ owner: 'a', fence: 1 });
    await runBoth(30);
    expect(await lease()).toEqual({ owner: 'a', fence: 1 });
    expect(await dials()).toBeGreaterThan(0);
    expect((await b.floor.telephony.snapshot()).calls).toEqual([]);
  });

  it('the other takes over within ten seconds of its death, and the dead one’s fence opens no gate any more', async () => {
    await runBoth(4);
    expect(await lease()).toEqual({ owner: 'a', fence: 1 });
    for (let second = 0; second < 10; second++) await b.floor.clock.run(1_000);
    expect(await lease()).toEqual({ owner: 'b', fence: 2 });
    const before = await dials();
    expect(await a.floor.reserve(campaignId, 1, { fence: 1 })).toMatchObject({
      reservations: [],
      shortage: { code: 'lease_lost', opensAt: null },
    });
    expect(await dials()).toBe(before);
    // What the dead one had in flight is over: how, nobody knows.
    expect(await a.floor.one(`select state, result from attempts where fence = 1`)).toEqual({
      state: 'ended',
      result: 'indeterminate',
    });
    await b.floor.clock.run(20_000);
    expect((await a.floor.rows(`select from attempts where fence = 2`)).length).toBeGreaterThan(0);
  });

  it('one that was only asleep learns that it has lost the loop, and dials no more', async () => {
    await runBoth(4);
    await b.floor.clock.run(10_000);
    await a.floor.clock.run(10_000);
    await runBoth(10);
    expect(await lease()).toEqual({ owner: 'b', fence: 2 });
    expect(await a.floor.rows(`select from attempts where fence = 1`)).toHaveLength(1);
  });

  it('one that is stopped properly hands the loop over at once', async () => {
    await runBoth(4);
    await a.pacing.beforeApplicationShutdown();
    await b.floor.clock.run(2_000);
    expect(await lease()).toEqual({ owner: 'b', fence: 2 });
  });

  describe('when nobody is called, the loop says why, and until when', () => {
    const idleOf = async (entry: Parameters<Node['floor']['insertEntry']>[1]) => {
      await a.floor.rows(
        `update calling_list_entries set state = 'completed', completed_code = 'sale' where campaign_id = $1`,
        [campaignId],
      );
      if (entry) await a.floor.insertEntry(campaignId, entry);
      await runBoth(3);
      const { idle } = await a.floor.one<{ idle: { code: string; until: string | null } }>(
        `select decision -> 'idle' as idle from campaign_loops where campaign_id = $1`,
        [campaignId],
      );
      return idle;
    };

    it('the list is worked out', async () => {
      expect(await idleOf(undefined)).toMatchObject({ code: 'out_of_leads', until: null });
    });

    it('the next one is due later', async () => {
      const dueAt = new Date(MONDAY.getTime() + 3_600_000);
      expect(await idleOf({ state: 'waiting', dueAt })).toMatchObject({
        code: 'out_of_leads',
        until: expect.stringContaining(dueAt.toISOString().slice(0, 19)),
      });
    });

    it('everybody is on a break; but not when everybody is in a call', async () => {
      const [operator] = await a.floor.rows<{ operator_id: number }>(`select operator_id from operator_states`);
      await a.floor.operators.takeBreak(operator!.operator_id);
      expect(await idleOf({})).toMatchObject({ code: 'no_operators_ready' });
      const { campaign_id } = (await a.floor.operators.findOperator(operator!.operator_id))!;
      await a.floor.operators.becomeReady(operator!.operator_id);
      await a.floor.connectCall(campaign_id!, operator!.operator_id);
      await runBoth(3);
      expect(await a.floor.one(`select decision -> 'idle' as idle from campaign_loops`)).toEqual({ idle: null });
    });

    it('those who are left live where it is night, while the day is open elsewhere', async () => {
      // Eleven in the morning in Paris; in New York it opens at nine, at two in the afternoon UTC.
      await a.floor.insertEntry(campaignId, {
        zones: ['Europe/Paris'],
        state: 'waiting',
        dueAt: new Date('2026-04-01T10:00:00Z'),
      });
      expect(await idleOf({ zones: ['America/New_York'] })).toMatchObject({
        code: 'outside_hours',
        until: expect.stringContaining('2026-03-02T14:00:00'),
      });
    });
  });
});
