import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { SystemClock, type Clock, type Timer, type TimerTask } from '../common/clock.js';
import type { VirtualClock } from '../common/virtual-clock.js';
import type { Settings } from '../config/settings.js';
import type { Rule } from '../segmentation/rule.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Floor } from '../../test/floor.js';
import { PacingRepository } from './pacing.repository.js';
import { PacingService } from './pacing.service.js';

const ACTOR = { organisationId: 1, userId: null };
const OPERATORS = 10;
const LEADS = 500;
/** No edit may be ignored for longer than this after its commit. */
const GOAL_MS = 1_000;

/** At the machine's pace, on a Monday morning. */
class MondayClock implements Clock {
  private readonly machine: SystemClock;
  private readonly aheadMs: number;

  constructor(onError: (error: unknown) => void) {
    this.machine = new SystemClock(onError);
    this.aheadMs = MONDAY.getTime() - this.machine.now().getTime();
  }

  now(): Date {
    return new Date(this.machine.now().getTime() + this.aheadMs);
  }

  after(ms: number, task: TimerTask): Timer {
    return this.machine.after(ms, task);
  }

  every(ms: number, task: TimerTask): Timer {
    return this.machine.every(ms, task);
  }
}

interface Dial {
  leadId: number;
  at: number;
}

describe('while a campaign dials, twenty times a second', () => {
  let test: TestDatabase;
  let floor: Floor;
  let pacing: PacingService;
  let campaignId: number;
  let segmentId: number;
  const faults: unknown[] = [];
  const dials: Dial[] = [];
  const leadOf = new Map<string, { leadId: number; region: string; matchHash: Buffer }>();

  beforeAll(async () => {
    test = await createTestDatabase();
    const clock = new MondayClock((error) => faults.push(error));
    floor = createFloor(test, {
      // It is only read and scheduled on here.
      clock: clock as unknown as VirtualClock,
      simulator: { customer: () => ({ setUpMs: 50, kind: 'busy', afterMs: 250 }) },
    });
    campaignId = await floor.insertCampaign({ leaseOwner: null, maxLines: 2_000 });
    const region = (place: number) => (place % 2 === 0 ? 'North' : 'South');
    for (let place = 0; place < LEADS; place++) {
      const number = `+33639${String(980_000 + place).padStart(6, '0')}`;
      const { leadId, matchHash } = await floor.insertEntry(campaignId, { phones: [number], rank: place });
      leadOf.set(number, { leadId, region: region(place), matchHash });
    }
    await floor.rows(
      `update leads set region = case when id % 2 = (select min(id) from leads) % 2 then 'North' else 'South' end`,
    );
    const segment = await floor.segments.create(ACTOR, { name: 'All', rule: { all: [] } });
    segmentId = segment.id;
    await floor.rows('insert into campaign_segments (campaign_id, segment_id) values ($1, $2)', [
      campaignId,
      segmentId,
    ]);
    await floor.rows(`update campaigns set list_mode = 'live' where id = $1`, [campaignId]);
    const { originate } = floor.telephony;
    floor.telephony.originate = (command) => {
      dials.push({ leadId: leadOf.get(command.to)!.leadId, at: performance.now() });
      return originate.call(floor.telephony, command);
    };
    for (let i = 0; i < OPERATORS; i++) await floor.operators.signIn(await floor.insertOperator(), 1, campaignId);
    pacing = new PacingService(
      ...([new PacingRepository(test.database), floor.gate, floor.scheduler, floor.newSwitchboard()] as const),
      ...([floor.callbacks, { nodeName: 'a' } as Settings, floor.clock, floor.hub] as const),
    );
    await pacing.onApplicationBootstrap();
  });

  afterAll(async () => {
    await pacing.beforeApplicationShutdown();
    await test.drop();
    expect(faults).toEqual([]);
  });

  /** Until so many more dials have been made. */
  const dialled = async (more: number) => {
    const wanted = dials.length + more;
    const deadline = performance.now() + 20_000;
    while (dials.length < wanted) {
      if (performance.now() > deadline)
        throw new Error(`Only ${dials.length} dials of ${wanted}`, { cause: faults[0] });
      await pause(10);
    }
  };
  /** How long after its commit an edit was ignored, in milliseconds, where it forbids the dials that `forbids` says. */
  const ignoredFor = async (
    edit: () => Promise<unknown>,
    forbids: (dial: Dial) => boolean,
    watch: () => Promise<void>,
  ) => {
    await edit();
    const committedAt = performance.now();
    await watch();
    const last = dials.findLast((dial) => dial.at > committedAt && forbids(dial));
    return last ? last.at - committedAt : 0;
  };

  it('a do-not-call, a pause and a filter each bind the very next dial', async () => {
    await dialled(20);
    const begun = { at: performance.now(), dials: dials.length };

    const forbidden: number[] = [];
    for (let i = 0; i < 15; i++) {
      // Whoever is next: no other is dialled sooner.
      const next = await floor.one<{ lead_id: number }>(
        `select lead_id from calling_list_entries where campaign_id = $1 and state = 'ready' order by tier, rank limit 1`,
        [campaignId],
      );
      const { matchHash } = [...leadOf.values()].find((lead) => lead.leadId === next.lead_id)!;
      const suppress = () =>
        floor.database.transaction((tx) =>
          floor.compliance.suppress(tx, {
            ...{ organisationId: 1, scope: 'company', campaignId: null, matchHash, reason: 'request' },
            ...{ source: 'test', validTo: null, createdBy: null },
          }),
        );
      forbidden.push(
        await ignoredFor(
          suppress,
          (dial) => dial.leadId === next.lead_id,
          () => dialled(5),
        ),
      );
    }
    const rate = ((dials.length - begun.dials) / (performance.now() - begun.at)) * 1_000;

    const paused: number[] = [];
    for (let i = 0; i < 5; i++) {
      paused.push(
        await ignoredFor(
          () => floor.campaigns.pause(ACTOR, campaignId),
          () => true,
          () => pause(400),
        ),
      );
      await floor.campaigns.start(ACTOR, campaignId);
      await dialled(10);
    }

    const north: Rule = { field: 'region', is: 'equals', value: 'North' };
    const south = new Set(
      (await floor.rows<{ id: number }>(`select id from leads where region = 'South'`)).map((row) => row.id),
    );
    expect(dials.slice(-10).some((dial) => south.has(dial.leadId))).toBe(true);
    const filtered = await ignoredFor(
      () => floor.segments.update(ACTOR, segmentId, 1, { name: 'North', rule: north }),
      (dial) => south.has(dial.leadId),
      () => dialled(40),
    );

    expect(rate).toBeGreaterThan(10);
    expect(Math.max(...forbidden)).toBeLessThanOrEqual(GOAL_MS);
    expect(Math.max(...paused)).toBeLessThanOrEqual(GOAL_MS);
    expect(filtered).toBeLessThanOrEqual(GOAL_MS);
  });
});
