import { describe, expect, it } from '@jest/globals';

import { SeededRandom } from '../../common/random.js';
import type { Conversation } from './conversation.js';
import {
  afterConversation,
  NO_PAST,
  placeCall,
  replayPast,
  type CustomerPast,
  type SimulatedCall,
} from './customer.js';
import { DEFAULT_WORLD } from './world.js';

const N = 20_000;
const random = new SeededRandom('customers');
const numberOf = (i: number) => `+1202${String(i).padStart(7, '0')}`;
const call = (i: number, past: CustomerPast = NO_PAST) => placeCall(random, numberOf(i), past, DEFAULT_WORLD);

const FIRST_CALLS: SimulatedCall[] = Array.from({ length: N }, (_, i) => call(i));
const PERSONS = FIRST_CALLS.filter((first) => first.kind === 'person');

/** Four standard errors of a share that was seen `n` times. */
const margin = (share: number, n: number) => 4 * Math.sqrt((share * (1 - share)) / n);
function expectShare(count: number, n: number, share: number): void {
  expect(Math.abs(count / n - share)).toBeLessThan(margin(share, n));
}
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Conversations of right parties with such a past. */
function talksAfter(past: CustomerPast, count = 4_000): Conversation[] {
  const talks: Conversation[] = [];
  for (let i = N; talks.length < count; i++) {
    const next = call(i, past);
    if (next.kind !== 'person') continue;
    if (next.conversation.outcome !== 'wrong_person' && next.conversation.outcome !== 'bad_data')
      talks.push(next.conversation);
  }
  return talks;
}

const saleRate = (talks: Conversation[]) => talks.filter((talk) => talk.outcome === 'sale').length / talks.length;

describe('simulated customers', () => {
  it('meet first calls in the shares of the study', () => {
    const count = (kind: SimulatedCall['kind']) => FIRST_CALLS.filter((first) => first.kind === kind).length;
    expectShare(count('person'), N, 0.3);
    expectShare(count('busy'), N, 0.7 * 0.08);
    expectShare(count('invalid'), N, 0.7 * 0.07);
    expectShare(count('machine'), N, 0.7 * 0.45);
    expectShare(count('no_answer'), N, 0.7 * 0.4);
  });

  it('pick up after a mean of 9 s, and machines at once or after about 18 s', () => {
    expect(mean(PERSONS.map((first) => first.ringMs))).toBeGreaterThan(8_700);
    expect(mean(PERSONS.map((first) => first.ringMs))).toBeLessThan(9_300);
    const machines = FIRST_CALLS.filter((first) => first.kind === 'machine');
    const atOnce = machines.filter((first) => first.ringMs === 0);
    expectShare(atOnce.length, machines.length, 0.25);
    expect(mean(machines.filter((first) => first.ringMs > 0).map((first) => first.ringMs))).toBeCloseTo(18_000, -3);
  });

  it('stay inside their ranges', () => {
    const within = (value: number, [min, max]: readonly [number, number]) => value >= min && value <= max;
    const { setUpMs, busyAfterMs, invalidAfterMs, machineRecordsMs, patienceMs, longestTalkMs } = DEFAULT_WORLD;
    const outside = FIRST_CALLS.filter((first) => {
      if (!within(first.setUpMs, setUpMs)) return true;
      switch (first.kind) {
        case 'busy':
          return !within(first.afterMs, busyAfterMs);
        case 'invalid':
          return !within(first.afterMs, invalidAfterMs);
        case 'no_answer':
          return false;
        case 'machine':
          return !within(first.recordsMs, machineRecordsMs);
        case 'person':
          return !within(first.patienceMs, patienceMs) || !within(first.conversation.talkMs, [1, longestTalkMs]);
      }
    });
    expect(outside).toEqual([]);
  });

  it('say why they refuse and when to call back, and neither otherwise', () => {
    const muddled = PERSONS.filter(({ conversation: { outcome, refusal, callback } }) => {
      return (
        (refusal !== undefined) !== (outcome === 'refusal') || (callback !== undefined) !== (outcome === 'callback')
      );
    });
    expect(muddled).toEqual([]);
  });

  it('end first conversations in the stated shares', () => {
    const count = (outcome: Conversation['outcome']) =>
      PERSONS.filter((first) => first.conversation.outcome === outcome).length;
    expectShare(count('sale'), PERSONS.length, 0.0558);
    expectShare(count('callback'), PERSONS.length, 0.12);
    expectShare(count('wrong_person'), PERSONS.length, 0.07);
    expectShare(count('bad_data'), PERSONS.length, 0.02);
    expectShare(count('do_not_call'), PERSONS.length, 0.03);
    expectShare(count('complaint'), PERSONS.length, 0.004);
    expectShare(count('silent'), PERSONS.length, 0.03);
    expectShare(count('refusal'), PERSONS.length, 0.6702);
  });

  it('talk for as long as was measured: sales with a median of 434 s, refusals of 156 s', () => {
    const talks = talksAfter(NO_PAST);
    const seconds = (wanted: (talk: Conversation) => boolean) =>
      median(talks.filter(wanted).map((talk) => talk.talkMs / 1_000));
    const sale = seconds((talk) => talk.outcome === 'sale');
    expect(sale).toBeGreaterThan(350);
    expect(sale).toBeLessThan(530);
    const refusal = seconds((talk) => talk.refusal !== undefined && talk.refusal.reason !== 'hung_up_early');
    expect(refusal).toBeGreaterThan(145);
    expect(refusal).toBeLessThan(168);
    expect(seconds((talk) => talk.refusal?.reason === 'hung_up_early')).toBeLessThan(20);
  });

  it('give the details that belong to their reason, and no others', () => {
    const refusals = PERSONS.flatMap((first) => first.conversation.refusal ?? []);
    expect(new Set(refusals.map((refusal) => refusal.reason))).toEqual(
      new Set(Object.keys(DEFAULT_WORLD.refusalReasons)),
    );
    const muddled = refusals.filter(({ reason, competitor, price, inDays }) => {
      const hasPrice = ['has_supplier', 'too_expensive', 'pays_less_now'].includes(reason);
      return (
        (competitor !== undefined) !== (reason === 'has_supplier') ||
        (inDays !== undefined) !== (reason === 'bad_timing') ||
        (hasPrice ? !Number.isInteger(price) || price! < 1 : price !== undefined)
      );
    });
    expect(muddled).toEqual([]);
  });

  it('buy less at each contact, more in a promised call, and mostly again', () => {
    const after = (contacts: number, lastOutcome: CustomerPast['lastOutcome']) =>
      saleRate(talksAfter({ calls: contacts, contacts, lastOutcome }));
    const second = after(1, 'refusal');
    expect(Math.abs(second - 0.0514)).toBeLessThan(margin(0.0514, 4_000));
    expect(Math.abs(after(8, 'refusal') - 0.0123)).toBeLessThan(margin(0.0123, 4_000));
    expect(Math.abs(after(1, 'callback') - 0.2)).toBeLessThan(margin(0.2, 4_000));
    expect(Math.abs(after(1, 'sale') - 0.6511)).toBeLessThan(margin(0.6511, 4_000));
    expect(after(1, 'do_not_call')).toBe(0);
  });

  it('are who they are at every call: no number heals, changes hands or finds another objection', () => {
    for (let i = 0; i < 1_000; i++) {
      const calls = Array.from({ length: 6 }, (_, k) => call(i, { calls: k, contacts: k, lastOutcome: null }));
      const invalid = calls.filter((one) => one.kind === 'invalid').length;
      expect([0, 6]).toContain(invalid);
      const talks = calls.flatMap((one) => (one.kind === 'person' ? [one.conversation] : []));
      const strangers = talks.filter((talk) => talk.outcome === 'wrong_person' || talk.outcome === 'bad_data').length;
      expect([0, talks.length]).toContain(strangers);
      const objections = new Set(talks.flatMap((talk) => (talk.refusal ? [JSON.stringify(talk.refusal)] : [])));
      expect(objections.size).toBeLessThanOrEqual(1);
    }
  });

  it('do the same in whatever order they are called', () => {
    const backwards = Array.from({ length: 500 }, (_, i) => call(499 - i)).reverse();
    expect(backwards).toEqual(FIRST_CALLS.slice(0, 500));
    expect(placeCall(new SeededRandom('others'), numberOf(1), NO_PAST, DEFAULT_WORLD)).not.toEqual(FIRST_CALLS[1]);
  });

  it('behave differently from call to call', () => {
    const kinds = new Set(Array.from({ length: 20 }, (_, k) => call(3, { ...NO_PAST, calls: k }).kind));
    expect(kinds.size).toBeGreaterThan(1);
  });

  it('remember, after a fresh start, what an undisturbed run would have left', () => {
    for (let i = 0; i < 200; i++) {
      let past = NO_PAST;
      for (let k = 0; k < 5; k++) {
        expect(replayPast(random, numberOf(i), k, DEFAULT_WORLD)).toEqual(past);
        const next = call(i, past);
        past = { ...past, calls: past.calls + 1 };
        if (next.kind === 'person') past = afterConversation(past, next.conversation.outcome);
      }
    }
  });
});
