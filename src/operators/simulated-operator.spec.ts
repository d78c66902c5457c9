import { describe, expect, it } from '@jest/globals';

import { SeededRandom } from '../common/random.js';
import { NO_PAST, placeCall } from '../telephony/simulator/customer.js';
import { DEFAULT_WORLD } from '../telephony/simulator/world.js';
import {
  DEFAULT_OPERATOR_WORLD,
  describeOperatorWorld,
  dispositionFor,
  handleCall,
  operatorPace,
  type DispositionContext,
} from './simulated-operator.js';

const random = new SeededRandom('operators');
const MOSCOW: DispositionContext = { now: new Date('2026-11-23T09:07:30Z'), timeZone: 'Europe/Moscow' };

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a simulated operator', () => {
  it('differs from the others in pace, by 15%, and keeps to it', () => {
    const paces = Array.from({ length: 5_000 }, (_, id) => operatorPace(random, id));
    const average = mean(paces);
    expect(average).toBeGreaterThan(0.99);
    expect(average).toBeLessThan(1.01);
    const deviation = Math.sqrt(mean(paces.map((pace) => (pace - average) ** 2)));
    expect(deviation).toBeGreaterThan(0.14);
    expect(deviation).toBeLessThan(0.16);
    expect(operatorPace(random, 17)).toBe(paces[17]);
  });

  it('wraps up in 30 s on average, times the own pace', () => {
    const wrapUp = (operatorId: number) =>
      mean(Array.from({ length: 5_000 }, (_, id) => handleCall(random, operatorId, id, null).wrapUpMs));
    for (const operatorId of [1, 2]) {
      const scaled = wrapUp(operatorId) / operatorPace(random, operatorId);
      expect(scaled).toBeGreaterThan(29_000);
      expect(scaled).toBeLessThan(31_000);
    }
  });

  it('says of every parameter where it comes from', () => {
    const named = describeOperatorWorld().map((line) => line.parameter);
    expect(named.sort()).toEqual(Object.keys(DEFAULT_OPERATOR_WORLD).sort());
    const changed = describeOperatorWorld({ ...DEFAULT_OPERATOR_WORLD, wrapUpMeanMs: 5_000 });
    expect(changed.find((line) => line.parameter === 'wrapUpMeanMs')).toMatchObject({
      value: '5000',
      origin: 'assumed',
    });
  });

  it('does the same with a call in whatever order calls come', () => {
    const talk = { outcome: 'sale', talkMs: 200_000 } as const;
    const forwards = [1, 2, 3].map((id) => handleCall(random, 7, id, talk));
    const backwards = [3, 2, 1].map((id) => handleCall(random, 7, id, talk)).reverse();
    expect(backwards).toEqual(forwards);
    expect(handleCall(random, 8, 1, talk)).not.toEqual(forwards[0]);
  });

  it('closes half of the conversations, never later than the customer would', () => {
    const handled = Array.from({ length: 1_000 }, (_, id) =>
      handleCall(random, 1, id, { outcome: 'refusal', talkMs: 1_000 + id, refusal: { reason: 'no_need' } }),
    );
    const closed = handled.filter(({ hangUpAfterMs }, id) => {
      if (hangUpAfterMs !== null) expect(hangUpAfterMs).toBeLessThan(1_000 + id);
      return hangUpAfterMs !== null;
    });
    expect(closed.length).toBeGreaterThan(430);
    expect(closed.length).toBeLessThan(570);
  });

  it('leaves the end to a customer who wants to be off, and gives up on silence', () => {
    for (let id = 0; id < 50; id++) {
      expect(handleCall(random, 1, id, { outcome: 'do_not_call', talkMs: 9_000 }).hangUpAfterMs).toBeNull();
      const early = { outcome: 'refusal', talkMs: 9_000, refusal: { reason: 'hung_up_early' } } as const;
      expect(handleCall(random, 1, id, early).hangUpAfterMs).toBeNull();
      expect(handleCall(random, 1, id, { outcome: 'silent', talkMs: 9_000 }).hangUpAfterMs).toBeLessThan(12_000);
      expect(handleCall(random, 1, id, null).hangUpAfterMs).toBeGreaterThan(2_000);
    }
  });

  it('puts down the reason of a refusal with the detail that it asks for', () => {
    const told = (refusal: { reason: string; price?: number; competitor?: string; inDays?: number }) =>
      dispositionFor({ outcome: 'refusal', talkMs: 1, refusal }, MOSCOW);
    expect(told({ reason: 'no_need' })).toEqual({ outcome: 'refusal', refusalReason: 'no_need' });
    expect(told({ reason: 'too_expensive', price: 25 })).toEqual({
      outcome: 'refusal',
      refusalReason: 'too_expensive',
      refusalDetail: { price: 25 },
    });
    expect(told({ reason: 'has_supplier', competitor: 'Nordline', price: 31 }).refusalDetail).toEqual({
      competitor: 'Nordline',
      price: 31,
    });
    expect(told({ reason: 'bad_timing', inDays: 30 }).refusalDetail).toEqual({ date: '2026-12-23' });
    expect(told({ reason: 'other' }).refusalDetail?.note).toBeTruthy();
  });

  it('reckons a date from the customer’s day, not from ours', () => {
    const late = { now: new Date('2026-11-23T22:00:00Z'), timeZone: 'Asia/Ho_Chi_Minh' };
    const talk = { outcome: 'refusal', talkMs: 1, refusal: { reason: 'bad_timing', inDays: 1 } } as const;
    expect(dispositionFor(talk, late).refusalDetail?.date).toBe('2026-11-25');
  });

  it('agrees on the next quarter of an hour in the customer’s time', () => {
    const talk = { outcome: 'callback', talkMs: 1, callback: { inMs: 3_600_000, personal: true } } as const;
    expect(dispositionFor(talk, MOSCOW)).toEqual({
      outcome: 'callback',
      callback: { inMs: 4_050_000, localTime: '2026-11-23T13:15', timeZone: 'Europe/Moscow', personal: true },
    });
  });

  it('puts a callback off until the customer may be called', () => {
    const talk = { outcome: 'callback', talkMs: 1, callback: { inMs: 9 * 3_600_000, personal: false } } as const;
    const isCallable = (at: Date) => at.getUTCHours() >= 6 && at.getUTCHours() < 17;
    expect(dispositionFor(talk, { ...MOSCOW, isCallable }).callback).toMatchObject({
      localTime: '2026-11-24T09:00',
      personal: false,
    });
    expect(dispositionFor(talk, { ...MOSCOW, isCallable: () => false }).callback?.localTime).toBe('2026-11-23T21:15');
  });

  it('has an outcome, complete, for whatever a simulated customer says', () => {
    const asks: Record<string, string[]> = {
      too_expensive: ['price'],
      pays_less_now: ['price'],
      has_supplier: ['competitor', 'price'],
      bad_timing: ['date'],
      other: ['note'],
    };
    const outcomes = new Set<string>();
    for (let i = 0; i < 4_000; i++) {
      const call = placeCall(random, `+1202${String(i).padStart(7, '0')}`, NO_PAST, DEFAULT_WORLD);
      if (call.kind !== 'person') continue;
      const put = dispositionFor(call.conversation, MOSCOW);
      outcomes.add(put.outcome);
      expect(put.outcome).toBe(call.conversation.outcome);
      expect(put.refusalReason !== undefined).toBe(put.outcome === 'refusal');
      expect(Object.keys(put.refusalDetail ?? {}).sort()).toEqual(asks[put.refusalReason ?? ''] ?? []);
      expect(put.callback !== undefined).toBe(put.outcome === 'callback');
      if (put.callback) expect(put.callback.inMs).toBeGreaterThan(0);
    }
    expect(outcomes.size).toBe(8);
    expect(dispositionFor(null, MOSCOW)).toEqual({ outcome: 'silent' });
  });
});
