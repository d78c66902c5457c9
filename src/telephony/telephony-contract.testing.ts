import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { OriginateCommand, TelephonyEvent, TelephonyPort } from './telephony.port.js';

/** Customers that a lab can ring. Times are from the start of ringing, `talkMs` from the connection. */
export type LabCustomer =
  | { kind: 'person'; ringMs: number; patienceMs: number; talkMs: number }
  | { kind: 'machine'; ringMs: number; recordsMs: number }
  | { kind: 'busy' | 'invalid' | 'no_answer' };

/** A driver with a switch and customers behind it. A new one for each case. */
export interface TelephonyLab {
  port: TelephonyPort;
  /** A number whose holder behaves so, at each call. */
  number(customer: LabCustomer): string;
  /** Let this much of the lab's time go by, and everything that is due in it happen. */
  advance(ms: number): Promise<void>;
  now(): Date;
  /** Break the link to the switch, leaving the switch as it is. `connect` mends it. */
  loseLink(): Promise<void>;
  stop(): Promise<void>;
}

const ORDER = { ringing: 0, answered: 1, ended: 2 } as const;
/** No lab takes longer to set a call up. */
const SET_UP_MS = 5_000;

/**
 * What every driver guarantees to dialing, as cases. Instants are compared with a tolerance only: a real switch takes its
 * time. Customers, too, ring and talk for longer than any switch needs to set a call up.
 */
export function describeTelephonyContract(name: string, makeLab: () => Promise<TelephonyLab>): void {
  describe(`${name} as telephony`, () => {
    let lab: TelephonyLab;
    let events: TelephonyEvent[];
    let nextId: number;

    beforeEach(async () => {
      lab = await makeLab();
      events = [];
      nextId = 1;
    });
    afterEach(() => lab.stop());

    const listen = () =>
      lab.port.connect(async (event) => {
        events.push(event);
      });
    const command = (customer: LabCustomer, more: Partial<OriginateCommand> = {}): OriginateCommand => ({
      attemptId: nextId++,
      to: lab.number(customer),
      from: null,
      ringTimeoutMs: 20_000,
      maxLifeMs: 3_600_000,
      ...more,
    });
    /** What was said of an attempt, without repetitions. */
    const story = (attemptId: number) => {
      const told: TelephonyEvent[] = [];
      for (const event of events) {
        if (event.attemptId !== attemptId || told.some((other) => other.type === event.type)) continue;
        told.push(event);
      }
      return told;
    };
    const endOf = (attemptId: number) => {
      const ends = events.filter((event) => event.attemptId === attemptId && event.type === 'ended');
      expect(new Set(ends.map((event) => JSON.stringify(event))).size).toBe(1);
      return ends[0] as Extract<TelephonyEvent, { type: 'ended' }>;
    };
    const person = (more: Partial<Extract<LabCustomer, { kind: 'person' }>> = {}): LabCustomer => ({
      kind: 'person',
      ringMs: 3_000,
      patienceMs: 6_000,
      talkMs: 30_000,
      ...more,
    });
    /** Place a call and let it be answered. */
    const answered = async (customer: LabCustomer = person(), more: Partial<OriginateCommand> = {}) => {
      const order = command(customer, more);
      expect(await lab.port.originate(order)).toBe('accepted');
      for (let i = 0; i < 100 && !story(order.attemptId).some((event) => event.type === 'answered'); i++)
        await lab.advance(100);
      expect(story(order.attemptId).map((event) => event.type)).toEqual(['ringing', 'answered']);
      return order.attemptId;
    };

    it('knows of no call before the first', async () => {
      expect(await listen()).toEqual({ calls: [] });
    });

    it('says nothing of a call before originate has returned', async () => {
      await listen();
      const promise = lab.port.originate(command(person()));
      expect(events).toEqual([]);
      expect(await promise).toBe('accepted');
      expect(events).toEqual([]);
    });

    it('tells a call that a person answers and nobody takes: ringing, answered, ended by the customer', async () => {
      await listen();
      const order = command(person());
      const placedAt = lab.now().getTime();
      await lab.port.originate(order);
      await lab.advance(SET_UP_MS + 10_000);
      const told = story(order.attemptId);
      expect(told.map((event) => event.type)).toEqual(['ringing', 'answered', 'ended']);
      expect(told[1]).toMatchObject({ by: expect.stringMatching(/^(person|unknown)$/) });
      expect(endOf(order.attemptId)).toMatchObject({ result: 'answered', by: 'customer' });
      const instants = told.map((event) => event.at.getTime());
      expect(instants).toEqual([...instants].sort((a, b) => a - b));
      expect(instants[0]).toBeGreaterThanOrEqual(placedAt);
      expect(instants[2]).toBeLessThanOrEqual(lab.now().getTime());
    });

    it('refuses a second call of the same id while the first is alive, and rings once', async () => {
      await listen();
      const order = command(person());
      const answers = await Promise.all([lab.port.originate(order), lab.port.originate(order)]);
      expect([...answers].sort()).toEqual(['accepted', 'duplicate']);
      await lab.advance(SET_UP_MS);
      expect(await lab.port.originate(order)).toBe('duplicate');
      await lab.advance(SET_UP_MS + 10_000);
      expect(endOf(order.attemptId).result).toBe('answered');
    });

    it.each([
      ['a busy number', 'busy', 'busy'],
      ['a number that does not exist', 'invalid', 'invalid_number'],
    ] as const)('ends a call to %s without an answer', async (_, kind, result) => {
      await listen();
      const order = command({ kind });
      await lab.port.originate(order);
      await lab.advance(SET_UP_MS + 5_000);
      expect(story(order.attemptId).map((event) => event.type)).not.toContain('answered');
      expect(endOf(order.attemptId)).toMatchObject({ result, by: 'switch' });
    });

    it('lets a number ring for the whole ring timeout, and no longer', async () => {
      await listen();
      const order = command({ kind: 'no_answer' }, { ringTimeoutMs: 15_000 });
      await lab.port.originate(order);
      await lab.advance(SET_UP_MS + 16_000);
      const [ringing, ended] = story(order.attemptId);
      expect(ringing?.type).toBe('ringing');
      expect(ended).toMatchObject({ type: 'ended', result: 'no_answer', by: 'switch' });
      const rangForMs = ended!.at.getTime() - ringing!.at.getTime();
      expect(rangForMs).toBeGreaterThanOrEqual(14_900);
      expect(rangForMs).toBeLessThan(16_000);
    });

    it('does not take a machine for a person', async () => {
      await listen();
      const order = command({ kind: 'machine', ringMs: 2_000, recordsMs: 5_000 });
      await lab.port.originate(order);
      await lab.advance(SET_UP_MS + 8_000);
      const answer = story(order.attemptId).find((event) => event.type === 'answered');
      expect(answer).toMatchObject({ by: expect.stringMatching(/^(machine|unknown)$/) });
      const detected = answer?.type === 'answered' && answer.by === 'machine';
      expect(endOf(order.attemptId).result).toBe(detected ? 'machine' : 'answered');
    });

    it('bridges an answered call, and the customer ends it when all is said', async () => {
      await listen();
      const id = await answered();
      expect(await lab.port.bridge(id, 7)).toBe('bridged');
      await lab.advance(20_000);
      expect(story(id)).toHaveLength(2);
      await lab.advance(15_000);
      expect(endOf(id)).toMatchObject({ result: 'answered', by: 'customer' });
    });

    it('bridges once, however often it is told to', async () => {
      await listen();
      const id = await answered();
      expect(await lab.port.bridge(id, 7)).toBe('bridged');
      expect(await lab.port.bridge(id, 7)).toBe('bridged');
    });

    it('gives an operator one customer at a time', async () => {
      await listen();
      const [first, second] = [await answered(person()), await answered(person())];
      expect(await lab.port.bridge(first, 7)).toBe('bridged');
      expect(await lab.port.bridge(second, 7)).toBe('operator_gone');
      await lab.port.hangup(first);
      expect(await lab.port.bridge(second, 7)).toBe('bridged');
    });

    it('ends a bridged call for the operator who hangs up', async () => {
      await listen();
      const id = await answered();
      await lab.port.bridge(id, 7);
      await lab.advance(5_000);
      await lab.port.hangup(id);
      await lab.advance(1_000);
      expect(endOf(id)).toMatchObject({ result: 'answered', by: 'dialer' });
    });

    it('says that the customer is gone when a bridge comes too late', async () => {
      await listen();
      const id = await answered();
      await lab.advance(8_000);
      expect(endOf(id).by).toBe('customer');
      expect(await lab.port.bridge(id, 7)).toBe('customer_gone');
    });

    it('cancels a call that rings', async () => {
      await listen();
      const order = command({ kind: 'no_answer' });
      await lab.port.originate(order);
      await lab.advance(SET_UP_MS);
      await lab.port.hangup(order.attemptId);
      await lab.advance(30_000);
      expect(story(order.attemptId).map((event) => event.type)).toEqual(['ringing', 'ended']);
      expect(endOf(order.attemptId)).toMatchObject({ result: 'cancelled', by: 'dialer' });
    });

    it('cancels a call that does not ring yet', async () => {
      await listen();
      const order = command(person());
      await lab.port.originate(order);
      await lab.port.hangup(order.attemptId);
      await lab.advance(SET_UP_MS + 30_000);
      expect(endOf(order.attemptId)).toMatchObject({ result: 'cancelled', by: 'dialer' });
      expect(story(order.attemptId).map((event) => event.type)).not.toContain('answered');
    });

    it('takes commands on calls that are over, or never were, for no-ops', async () => {
      await listen();
      const id = await answered();
      await lab.port.hangup(id);
      await lab.port.hangup(id);
      await lab.port.hangup(987_654);
      await lab.advance(1_000);
      await lab.port.hangup(id);
      await lab.advance(1_000);
      expect(endOf(id).by).toBe('dialer');
      expect(await lab.port.bridge(987_654, 7)).toBe('customer_gone');
    });

    it('ends a call by itself at the end of its life, whatever becomes of us', async () => {
      await listen();
      const id = await answered(person({ talkMs: 600_000 }), { maxLifeMs: 60_000 });
      await lab.port.bridge(id, 7);
      await lab.advance(61_000);
      expect(endOf(id)).toMatchObject({ result: 'answered', by: 'switch' });
    });

    it('takes a command from within the handler of the same call', async () => {
      await lab.port.connect(async (event) => {
        events.push(event);
        if (event.type === 'answered') await lab.port.hangup(event.attemptId);
      });
      const order = command(person());
      await lab.port.originate(order);
      await lab.advance(SET_UP_MS + 5_000);
      expect(endOf(order.attemptId).by).toBe('dialer');
    });

    it('goes forward only, call by call, when many are alive at once', async () => {
      await listen();
      const kinds: LabCustomer[] = [
        person({ ringMs: 1_000 }),
        { kind: 'busy' },
        { kind: 'no_answer' },
        person({ ringMs: 9_000 }),
        { kind: 'machine', ringMs: 4_000, recordsMs: 3_000 },
        { kind: 'invalid' },
      ];
      const orders = Array.from({ length: 30 }, (_, i) => command(kinds[i % kinds.length]!));
      expect(new Set(await Promise.all(orders.map((order) => lab.port.originate(order))))).toEqual(
        new Set(['accepted']),
      );
      await lab.advance(60_000);
      for (const { attemptId } of orders) {
        const ranks = story(attemptId).map((event) => ORDER[event.type]);
        expect(ranks).toEqual([...ranks].sort());
        expect(endOf(attemptId)).toBeDefined();
      }
      await lab.loseLink();
      expect(await listen()).toEqual({ calls: [] });
    });

    it('keeps calls alive while the link is down, and tells on return which are', async () => {
      await listen();
      const talking = await answered();
      await lab.port.bridge(talking, 7);
      const waiting = await answered(person({ patienceMs: 8_000 }));
      const ringing = command({ kind: 'no_answer' }, { ringTimeoutMs: 60_000 });
      await lab.port.originate(ringing);
      await lab.advance(SET_UP_MS);
      await lab.loseLink();
      await expect(lab.port.originate(command(person()))).rejects.toThrow();
      await lab.advance(5_000);
      const snapshot = await listen();
      const states = new Map(snapshot.calls.map((call) => [call.attemptId, call.state]));
      expect(states).toEqual(
        new Map([
          [talking, 'bridged'],
          [ringing.attemptId, 'ringing'],
        ]),
      );
      expect(states.has(waiting)).toBe(false);
      await lab.advance(60_000);
      expect(endOf(talking)).toMatchObject({ result: 'answered', by: 'customer' });
      expect(endOf(ringing.attemptId).result).toBe('no_answer');
    });

    it('tells at any time which calls are alive, and how far they are', async () => {
      await listen();
      const talking = await answered();
      await lab.port.bridge(talking, 7);
      const waiting = await answered();
      const ended = command({ kind: 'busy' });
      const ringing = command({ kind: 'no_answer' });
      await lab.port.originate(ended);
      await lab.port.originate(ringing);
      await lab.advance(SET_UP_MS);
      const { calls } = await lab.port.snapshot();
      expect(new Map(calls.map((call) => [call.attemptId, call.state]))).toEqual(
        new Map([
          [talking, 'bridged'],
          [waiting, 'answered'],
          [ringing.attemptId, 'ringing'],
        ]),
      );
      await lab.advance(20_000);
      expect(endOf(waiting)).toMatchObject({ result: 'answered', by: 'customer' });
    });

    it('is quiet after disconnect, and can be connected again', async () => {
      await listen();
      const id = await answered();
      await lab.port.disconnect();
      const heard = events.length;
      await lab.advance(10_000);
      expect(events).toHaveLength(heard);
      expect((await listen()).calls.map((call) => call.attemptId)).not.toContain(id);
    });
  });
}
