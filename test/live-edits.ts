import { setTimeout as pause } from 'node:timers/promises';

import { SystemClock, type Clock, type Timer, type TimerTask } from '../src/common/clock.js';
import type { VirtualClock } from '../src/common/virtual-clock.js';
import type { Settings } from '../src/config/settings.js';
import { PacingRepository } from '../src/pacing/pacing.repository.js';
import { PacingService } from '../src/pacing/pacing.service.js';
import type { Rule } from '../src/segmentation/rule.js';
import type { TestDatabase } from './database.js';
import { createFloor, MONDAY } from './floor.js';

const ACTOR = { organisationId: 1, userId: null };
const OPERATORS = 10;
const REGIONS = ['North', 'South'] as const;
/** Dials that are watched after an edit of the rule. */
const WATCHED = 40;

export interface LiveEdits {
  /** Dials a second. */
  rate: number;
  /** Of each edit: from its commit to the last dial that ignored it, in milliseconds; 0 where none did. */
  doNotCall: number[];
  pause: number[];
  filter: number[];
}

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
  region: string;
  at: number;
}

/**
 * A campaign that dials about twenty times a second, and that many edits while it does: numbers that may not be called any
 * more, pauses, and other rules for its segment. Throws what went wrong meanwhile, and when dialling stands still.
 */
export async function measureLiveEdits(
  test: TestDatabase,
  edits: { doNotCalls: number; pauses: number; filters: number },
): Promise<LiveEdits> {
  const faults: unknown[] = [];
  const dials: Dial[] = [];
  const clock = new MondayClock((error) => faults.push(error));
  const floor = createFloor(test, {
    // It is only read and scheduled on here.
    clock: clock as unknown as VirtualClock,
    simulator: { customer: () => ({ setUpMs: 50, kind: 'busy', afterMs: 250 }) },
  });
  const campaignId = await floor.insertCampaign({ leaseOwner: null, maxLines: 2_000 });
  const called = await insertLeads();
  const segment = await floor.segments.create(ACTOR, { name: 'All', rule: { all: [] } });
  await floor.rows('insert into campaign_segments (campaign_id, segment_id) values ($1, $2)', [campaignId, segment.id]);
  await floor.rows(`update campaigns set list_mode = 'live' where id = $1`, [campaignId]);
  const { originate } = floor.telephony;
  floor.telephony.originate = (command) => {
    const { leadId, region } = called.get(command.to)!;
    dials.push({ leadId, region, at: performance.now() });
    return originate.call(floor.telephony, command);
  };
  for (let i = 0; i < OPERATORS; i++) await floor.operators.signIn(await floor.insertOperator(), 1, campaignId);
  await floor.rows(`update users set password_hash = 'x' where role = 'operator'`);
  const pacing = new PacingService(
    new PacingRepository(test.database),
    floor.gate,
    floor.scheduler,
    floor.newSwitchboard(),
    floor.callbacks,
    { nodeName: 'a' } as Settings,
    floor.clock,
    floor.hub,
  );
  await pacing.onApplicationBootstrap();
  const measured: LiveEdits = { rate: 0, doNotCall: [], pause: [], filter: [] };
  try {
    await dialled(20);
    const begun = { at: performance.now(), dials: dials.length };
    for (let i = 0; i < edits.doNotCalls; i++) measured.doNotCall.push(await forbidNext());
    measured.rate = ((dials.length - begun.dials) / (performance.now() - begun.at)) * 1_000;
    for (let i = 0; i < edits.pauses; i++) {
      const edit = () => floor.campaigns.pause(ACTOR, campaignId);
      const watch = () => pause(400);
      measured.pause.push(await ignoredFor(edit, () => true, watch));
      await floor.campaigns.start(ACTOR, campaignId);
      await dialled(10);
    }
    for (let i = 0; i < edits.filters; i++) measured.filter.push(await filter(i));
  } finally {
    await pacing.beforeApplicationShutdown();
  }
  if (faults.length > 0) throw new AggregateError(faults, 'While it was dialled');
  return measured;

  async function insertLeads() {
    const leads = new Map<string, { leadId: number; region: string; matchHash: Buffer }>();
    // Those whom a rule leaves out are passed over as fast as the others are dialled.
    const count = 100 + 5 * edits.doNotCalls + 20 * edits.pauses + 3 * WATCHED * edits.filters;
    for (let place = 0; place < count; place++) {
      const number = `+33639${String(980_000 + place).padStart(6, '0')}`;
      const { leadId, matchHash } = await floor.insertEntry(campaignId, { phones: [number], rank: place });
      leads.set(number, { leadId, region: REGIONS[place % 2]!, matchHash });
    }
    for (const region of REGIONS)
      await floor.rows('update leads set region = $1 where id = any($2)', [
        region,
        [...leads.values()].filter((lead) => lead.region === region).map((lead) => lead.leadId),
      ]);
    return leads;
  }

  /** Until so many more dials have been made. */
  async function dialled(more: number): Promise<void> {
    const wanted = dials.length + more;
    const deadline = performance.now() + 20_000;
    while (dials.length < wanted) {
      if (performance.now() > deadline)
        throw new Error(`Only ${dials.length} dials of ${wanted}`, { cause: faults[0] });
      await pause(10);
    }
  }

  /** How long after its commit an edit was ignored that forbids such dials. */
  async function ignoredFor(
    edit: () => Promise<unknown>,
    forbids: (dial: Dial) => boolean,
    watch: () => Promise<void>,
  ): Promise<number> {
    await edit();
    const committedAt = performance.now();
    await watch();
    const last = dials.findLast((dial) => dial.at > committedAt && forbids(dial));
    return last ? last.at - committedAt : 0;
  }

  /** Whoever is next may not be called: no other is dialled sooner. */
  async function forbidNext(): Promise<number> {
    const next = await floor.one<{ lead_id: number }>(
      `select lead_id from calling_list_entries where campaign_id = $1 and state = 'ready' order by tier, rank limit 1`,
      [campaignId],
    );
    const { matchHash } = [...called.values()].find((lead) => lead.leadId === next.lead_id)!;
    const suppress = () =>
      floor.database.transaction((tx) =>
        floor.compliance.suppress(tx, {
          ...{ organisationId: 1, scope: 'company', campaignId: null, matchHash, reason: 'request' },
          ...{ source: 'test', validTo: null, createdBy: null },
        }),
      );
    return ignoredFor(
      suppress,
      (dial) => dial.leadId === next.lead_id,
      () => dialled(5),
    );
  }

  /** The other region from now on. */
  async function filter(turn: number): Promise<number> {
    const region = REGIONS[turn % 2]!;
    if (!dials.slice(-10).some((dial) => dial.region !== region))
      throw new Error(`Nobody but those of ${region} is dialled: the rule forbids nothing`);
    const rule: Rule = { field: 'region', is: 'equals', value: region };
    return ignoredFor(
      () => floor.segments.update(ACTOR, segment.id, turn + 1, { name: region, rule }),
      (dial) => dial.region !== region,
      () => dialled(WATCHED),
    );
  }
}
