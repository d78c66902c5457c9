import { describe, expect, it } from '@jest/globals';

import type { Clock, TimerTask } from '../../common/clock.js';
import { SeededRandom } from '../../common/random.js';
import { VirtualClock } from '../../common/virtual-clock.js';
import { describeTelephonyContract, type LabCustomer } from '../telephony-contract.testing.js';
import type { OriginateCommand, TelephonyEvent } from '../telephony.port.js';
import type { SimulatedCall } from './customer.js';
import { LinkDown, SimulatedTelephony, type SimulatedFaults, type SimulatorOptions } from './simulator.js';

const START = new Date('2026-11-23T09:00:00Z');

function scripted(customer: LabCustomer): SimulatedCall {
  const setUpMs = 1_500;
  switch (customer.kind) {
    case 'busy':
    case 'invalid':
      return { setUpMs, kind: customer.kind, afterMs: 2_000 };
    case 'no_answer':
      return { setUpMs, kind: 'no_answer' };
    case 'machine':
      return { setUpMs, ...customer };
    case 'person': {
      const { kind, ringMs, patienceMs, talkMs } = customer;
      return { setUpMs, kind, ringMs, patienceMs, conversation: { outcome: 'sale', talkMs } };
    }
  }
}

function makeLab(faults?: SimulatedFaults) {
  const clock = new VirtualClock(START);
  const numbers = new Map<string, SimulatedCall>();
  const simulator = new SimulatedTelephony(clock, new SeededRandom('lab'), {
    faults,
    customer: (to) => numbers.get(to)!,
  });
  return {
    port: simulator,
    number(customer: LabCustomer) {
      const to = `+1202555${String(100 + numbers.size).padStart(4, '0')}`;
      numbers.set(to, scripted(customer));
      return to;
    },
    advance: (ms: number) => clock.run(ms),
    now: () => clock.now(),
    loseLink: async () => simulator.loseLink(),
    stop: async () => {
      await simulator.disconnect();
      simulator.restart();
      expect((await simulator.connect(async () => undefined)).calls).toEqual([]);
    },
  };
}

describeTelephonyContract('the simulator', async () => makeLab());
describeTelephonyContract('the simulator with repeated events', async () =>
  makeLab({ repeatRate: 0.5, maxDelayMs: 2_000 }),
);

const order = (attemptId: number, more: Partial<OriginateCommand> = {}): OriginateCommand => ({
  attemptId,
  to: `+1202555${String(attemptId).padStart(4, '0')}`,
  from: null,
  ringTimeoutMs: 22_000,
  maxLifeMs: 7_200_000,
  ...more,
});

const PERSON = scripted({ kind: 'person', ringMs: 3_000, patienceMs: 6_000, talkMs: 30_000 });

function simulate(options: SimulatorOptions = {}, seed = 'seed') {
  const clock = new VirtualClock(START);
  return { clock, simulator: new SimulatedTelephony(clock, new SeededRandom(seed), options) };
}

/** A clock that, like the machine's, does not wait for what it started. */
function careless(clock: VirtualClock): Clock {
  return {
    now: () => clock.now(),
    after: (ms: number, task: TimerTask) => clock.after(ms, () => void task()),
    every: (ms: number, task: TimerTask) => clock.every(ms, () => void task()),
  };
}

/** Let everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

/** Place `count` calls, 100 ms apart, bridge whatever a person answers, and write down what is heard. */
async function shift(options: SimulatorOptions, seed: string, count = 300): Promise<TelephonyEvent[]> {
  const { clock, simulator } = simulate(options, seed);
  const heard: TelephonyEvent[] = [];
  await simulator.connect(async (event) => {
    heard.push(event);
    if (event.type === 'answered' && event.by === 'person') await simulator.bridge(event.attemptId, event.attemptId);
  });
  for (let id = 1; id <= count; id++) {
    await simulator.originate(order(id));
    await clock.run(100);
  }
  await clock.run(7_300_000);
  return heard;
}

describe('the simulated switch', () => {
  it('says the same for the same seed, and other things for another', async () => {
    const first = await shift({}, 'one', 100);
    expect(await shift({}, 'one', 100)).toEqual(first);
    expect(await shift({}, 'two', 100)).not.toEqual(first);
  });

  it('awaits the handler before time goes on', async () => {
    const { clock, simulator } = simulate({ customer: () => PERSON });
    const heard: string[] = [];
    await simulator.connect(async (event) => {
      const at = clock.now();
      await settle();
      expect(clock.now()).toEqual(at);
      expect(event.at).toEqual(at);
      heard.push(event.type);
    });
    await simulator.originate(order(1));
    await clock.run(60_000);
    expect(heard).toEqual(['ringing', 'answered', 'ended']);
  });

  it('hands over one event of a call at a time on a clock that waits for nobody', async () => {
    const clock = new VirtualClock(START);
    const simulator = new SimulatedTelephony(careless(clock), new SeededRandom('seed'), { customer: () => PERSON });
    const heard: string[] = [];
    const release: (() => void)[] = [];
    await simulator.connect(async (event) => {
      heard.push(`${event.type} in`);
      await new Promise<void>((resolve) => release.push(resolve));
      heard.push(`${event.type} out`);
    });
    await simulator.originate(order(1));
    await clock.run(60_000);
    await settle();
    expect(heard).toEqual(['ringing in']);
    while (release.length > 0) {
      release.shift()!();
      await settle();
    }
    expect(heard).toEqual(['ringing in', 'ringing out', 'answered in', 'answered out', 'ended in', 'ended out']);
  });

  it('speaks to the new handler at once, whatever the one before is still at', async () => {
    const clock = new VirtualClock(START);
    const simulator = new SimulatedTelephony(careless(clock), new SeededRandom('seed'), { customer: () => PERSON });
    const before: string[] = [];
    let release = () => {};
    await simulator.connect(async (event) => {
      before.push(event.type);
      await new Promise<void>((resolve) => (release = resolve));
    });
    await simulator.originate(order(1));
    await clock.run(2_000);
    await settle();
    const after: string[] = [];
    await simulator.connect(async (event) => void after.push(event.type));
    await clock.run(3_000);
    await settle();
    expect(after).toEqual(['answered']);
    release();
    await clock.run(60_000);
    await settle();
    expect(before).toEqual(['ringing']);
    expect(after).toEqual(['answered', 'ended']);
  });

  it('delivers an event again when the handler failed on it, before those that follow', async () => {
    const { clock, simulator } = simulate({ customer: () => PERSON });
    const heard: string[] = [];
    let failures = 0;
    await simulator.connect(async (event) => {
      if (event.type === 'answered' && failures++ === 0) throw new Error('the database is away');
      heard.push(event.type);
    });
    await simulator.originate(order(1));
    await expect(clock.run(60_000)).rejects.toThrow('the database is away');
    await clock.run(60_000);
    expect(heard).toEqual(['ringing', 'answered', 'ended']);
    expect(failures).toBe(2);
  });

  it('keeps each call in order under late and repeated events, while calls overtake one another', async () => {
    const heard = await shift({ faults: { delayRate: 0.3, repeatRate: 0.3, maxDelayMs: 10_000 } }, 'faults');
    const seen = new Map<number, string[]>();
    for (const event of heard) seen.set(event.attemptId, [...(seen.get(event.attemptId) ?? []), event.type]);
    expect(seen.size).toBe(300);
    let repeated = 0;
    for (const types of seen.values()) {
      const firsts = [...new Set(types)];
      expect(firsts).toEqual(['ringing', 'answered', 'ended'].filter((type) => firsts.includes(type)));
      expect(firsts).toContain('ended');
      repeated += types.length - firsts.length;
    }
    expect(repeated).toBeGreaterThan(50);
    const instants = heard.map((event) => event.at.getTime());
    expect(instants).not.toEqual([...instants].sort((a, b) => a - b));
  });

  it('refuses as many orders as it is told to', async () => {
    const { simulator } = simulate({ faults: { rejectRate: 0.25 } });
    await simulator.connect(async () => undefined);
    let rejected = 0;
    for (let id = 1; id <= 400; id++) if ((await simulator.originate(order(id))) === 'rejected') rejected++;
    expect(rejected).toBeGreaterThan(70);
    expect(rejected).toBeLessThan(130);
    const { calls } = await simulator.connect(async () => undefined);
    expect(calls).toHaveLength(400 - rejected);
    simulator.restart();
  });

  it('takes no command without a link', async () => {
    const { simulator } = simulate();
    await expect(simulator.originate(order(1))).rejects.toThrow(LinkDown);
    await expect(simulator.bridge(1, 1)).rejects.toThrow(LinkDown);
    await expect(simulator.hangup(1)).rejects.toThrow(LinkDown);
  });

  it('forgets every call without a word when the switch restarts', async () => {
    const { clock, simulator } = simulate({ customer: () => PERSON });
    const heard: string[] = [];
    await simulator.connect(async (event) => void heard.push(event.type));
    await simulator.originate(order(1));
    await clock.run(2_000);
    simulator.restart();
    expect(clock.nextAt()).toBeNull();
    expect(await simulator.connect(async (event) => void heard.push(event.type))).toEqual({ calls: [] });
    await clock.run(60_000);
    expect(heard).toEqual(['ringing']);
  });

  it('will not bridge a call that rings', async () => {
    const { clock, simulator } = simulate({ customer: () => PERSON });
    await simulator.connect(async () => undefined);
    await simulator.originate(order(1));
    await clock.run(2_000);
    await expect(simulator.bridge(1, 1)).rejects.toThrow('ringing');
  });

  it('knows what is said in a call from its answer until after its end, and nothing before', async () => {
    const { clock, simulator } = simulate({ customer: () => PERSON });
    await simulator.connect(async (event) => {
      if (event.type === 'answered') await simulator.bridge(1, 1);
    });
    await simulator.originate(order(1));
    await clock.run(2_000);
    expect(simulator.conversationOf(1)).toBeNull();
    await clock.run(60_000);
    expect(simulator.conversationOf(1)).toMatchObject({ outcome: 'sale' });
  });

  it('counts calls and conversations of a number, and goes on from the ledger after a fresh start', async () => {
    const pasts: unknown[] = [];
    const options: SimulatorOptions = {
      customer: (_, past) => {
        pasts.push(past);
        return PERSON;
      },
    };
    const { clock, simulator } = simulate(options);
    await simulator.connect(async (event) => {
      if (event.type === 'answered' && event.attemptId === 2) await simulator.bridge(2, 1);
    });
    for (let id = 1; id <= 3; id++) {
      await simulator.originate(order(id, { to: '+12025550100' }));
      await clock.run(60_000);
    }
    expect(pasts).toEqual([
      { calls: 0, contacts: 0, lastOutcome: null },
      { calls: 1, contacts: 0, lastOutcome: null },
      { calls: 2, contacts: 1, lastOutcome: 'sale' },
    ]);
    const fresh = simulate(options).simulator;
    await fresh.connect(async () => undefined);
    await fresh.originate(order(4, { to: '+12025550100', callNumber: 4 }));
    expect(pasts[3]).toMatchObject({ calls: 3 });
  });

  it('gives a quiet process back its timers when it is stopped', async () => {
    const { clock, simulator } = simulate();
    await simulator.connect(async () => undefined);
    for (let id = 1; id <= 20; id++) await simulator.originate(order(id));
    await simulator.disconnect();
    simulator.restart();
    expect(clock.nextAt()).toBeNull();
  });
});
