import { describe, expect, it } from '@jest/globals';

import { SeededRandom } from '../common/random.js';
import { VirtualClock } from '../common/virtual-clock.js';
import { handleCall } from '../operators/simulated-operator.js';
import { SimulatedTelephony } from '../telephony/simulator/simulator.js';
import { DEFAULT_WORLD, muOfMean, type SimulatedWorld } from '../telephony/simulator/world.js';
import type { TelephonyEvent } from '../telephony/telephony.port.js';
import { decide, type PacingSettings } from './pacing-policy.js';

/** The study's world, in which every conversation lasts a lognormal time with a mean of 120 s. */
const talk = { mu: muOfMean(120, 0.8), sigma: 0.8 };
const STUDY: SimulatedWorld = {
  ...DEFAULT_WORLD,
  talk: {
    sale: talk,
    refusal: talk,
    callback: talk,
    wrong_person: talk,
    bad_data: talk,
    do_not_call: talk,
    complaint: talk,
    silent: talk,
  },
  talkHungUpEarly: talk,
  outcomes: { ...DEFAULT_WORLD.outcomes, silent: 0 },
};

const CONNECT_TIMEOUT_MS = 2_000;
const SHIFT_MS = 8 * 3_600_000;

/** One shift of `size` operators who stay, each number called once; the loop decides at each event and each second. */
async function shift(size: number, settings: PacingSettings, seed: string) {
  const clock = new VirtualClock(new Date('2026-11-23T09:00:00Z'));
  const random = new SeededRandom(seed);
  const switchboard = new SimulatedTelephony(clock, random.fork('telephony'), { world: STUDY });
  const idle = Array.from({ length: size }, (_, id) => id);
  const talking = new Map<number, { operatorId: number; bridgedAt: number }>();
  const waiting: number[] = [];
  const inFlight = new Set<number>();
  const totals = { dials: 0, persons: 0, abandoned: 0, busyMs: 0 };
  const endsAt = clock.now().getTime() + SHIFT_MS;
  const now = () => clock.now().getTime();
  const count = (fromMs: number, forMs: number) => (totals.busyMs += Math.max(0, Math.min(forMs, endsAt - fromMs)));

  const connect = async () => {
    while (waiting.length > 0 && idle.length > 0) {
      const attemptId = waiting.shift()!;
      const operatorId = idle.shift()!;
      expect(await switchboard.bridge(attemptId, operatorId)).toBe('bridged');
      talking.set(attemptId, { operatorId, bridgedAt: now() });
      const { hangUpAfterMs } = handleCall(random, operatorId, attemptId, switchboard.conversationOf(attemptId));
      if (hangUpAfterMs !== null) clock.after(hangUpAfterMs, () => switchboard.hangup(attemptId));
    }
  };
  const pace = async () => {
    const { dials } = decide(
      {
        at: clock.now(),
        operators: { ready: idle.length, inCall: talking.size, wrapUp: size - idle.length - talking.size, onBreak: 0 },
        calls: { inFlight: inFlight.size, waiting: waiting.length },
        callableNow: 'unknown',
        maxLines: 500,
        linesInUse: inFlight.size + waiting.length + talking.size,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
      },
      settings,
    );
    for (let i = 0; i < dials; i++) {
      const attemptId = ++totals.dials;
      inFlight.add(attemptId);
      const to = `+1202${String(attemptId).padStart(7, '0')}`;
      await switchboard.originate({ attemptId, to, from: null, ringTimeoutMs: 22_000, maxLifeMs: 7_200_000 });
    }
  };
  const hear = async (event: TelephonyEvent) => {
    const { attemptId } = event;
    if (event.type === 'ringing') return;
    inFlight.delete(attemptId);
    if (event.type === 'answered' && event.by === 'machine') await switchboard.hangup(attemptId);
    if (event.type === 'answered' && event.by === 'person') {
      totals.persons++;
      waiting.push(attemptId);
      await connect();
      clock.after(CONNECT_TIMEOUT_MS, async () => {
        const at = waiting.indexOf(attemptId);
        if (at < 0) return;
        waiting.splice(at, 1);
        totals.abandoned++;
        await switchboard.hangup(attemptId);
      });
    }
    const call = talking.get(attemptId);
    if (event.type === 'ended' && call) {
      talking.delete(attemptId);
      const { wrapUpMs } = handleCall(random, call.operatorId, attemptId, switchboard.conversationOf(attemptId));
      count(call.bridgedAt, now() - call.bridgedAt);
      count(now(), wrapUpMs);
      clock.after(wrapUpMs, async () => {
        idle.push(call.operatorId);
        await connect();
        await pace();
      });
    }
    await pace();
  };

  await switchboard.connect(hear);
  clock.every(1_000, pace);
  await clock.run(SHIFT_MS);
  for (const { bridgedAt } of talking.values()) count(bridgedAt, endsAt - bridgedAt);
  return { ...totals, occupancyRate: totals.busyMs / (size * SHIFT_MS) };
}

describe('progressive pacing, with simulated customers and operators', () => {
  it('abandons nobody while operators stay, at the occupancy that the study measured', async () => {
    // The study: 74.8% at 10 operators and 30% answered.
    const { persons, abandoned, occupancyRate } = await shift(10, { mode: 'progressive', ratio: 1 }, 'study');
    expect(persons).toBeGreaterThan(1_000);
    expect(abandoned).toBe(0);
    expect(occupancyRate).toBeGreaterThan(0.72);
    expect(occupancyRate).toBeLessThan(0.78);
  });

  it('keeps operators busier at a ratio of 2, and abandons for it', async () => {
    const { persons, abandoned, occupancyRate } = await shift(10, { mode: 'ratio', ratio: 2 }, 'study');
    expect(occupancyRate).toBeGreaterThan(0.78);
    expect(abandoned).toBeGreaterThan(0);
    expect(abandoned / persons).toBeLessThan(0.15);
  });
});
