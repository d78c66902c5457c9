import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Problem } from '../common/problem.js';
import { DeskWatchService } from '../desk/desk-watch.service.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, hashOf, MONDAY, type Entry, type Floor } from '../../test/floor.js';
import type { DispositionInput } from './disposition-input.js';

const HOUR = 3_600_000;
const TOMORROW = { localTime: '2026-03-03T14:30' };

describe('the outcome of a call', () => {
  let test: TestDatabase;
  let floor: Floor;
  let campaignId: number;
  let operatorId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    campaignId = await floor.insertCampaign();
    operatorId = await floor.insertOperator();
    await floor.operators.signIn(operatorId, 1, campaignId);
  });

  /** A call that has just ended, its operator in wrap-up. */
  const call = async (entry?: Entry): Promise<Entry & { attemptId: number }> => {
    const called = entry ?? (await floor.insertEntry(campaignId));
    const attemptId = await floor.connectCall(campaignId, operatorId);
    await floor.endCall(attemptId, operatorId);
    return { ...called, attemptId };
  };
  const record = (attemptId: number, input: DispositionInput, by = operatorId) =>
    floor.dispositions.record(by, attemptId, input);
  const problemOf = (work: Promise<unknown>): Promise<Problem | null> =>
    work.then(
      () => null,
      (error: Problem) => error,
    );
  const dispositionsOf = (attemptId: number) =>
    floor.rows(`select * from dispositions where attempt_id = $1`, [attemptId]);
  const callbacksOf = (entryId: number) =>
    floor.rows<{ id: number; state: string; due_at: Date; owner_id: number | null; kept_in_attempt_id: number | null }>(
      `select * from callbacks where entry_id = $1 order by id`,
      [entryId],
    );
  const stateOf = async () => (await floor.operators.findOperator(operatorId))!.state;
  const suppressionsOf = (entry: Entry) =>
    floor.rows(`select scope, campaign_id, reason, created_by from suppressions where match_hash = $1`, [
      entry.matchHash,
    ]);

  it('is written with the operator, ends the wrap-up and the entry', async () => {
    const { attemptId, entryId } = await call();
    await record(attemptId, { outcome: 'sale', note: '  Wants paper bills. ' });
    expect(await dispositionsOf(attemptId)).toMatchObject([
      {
        ...{ operator_id: operatorId, outcome_code: 'sale', category: 'success', result: 'success', right_party: true },
        ...{ note: 'Wants paper bills.', automatic: false, at: MONDAY, superseded_at: null },
      },
    ]);
    expect(await floor.getEntry(entryId)).toMatchObject({
      state: 'completed',
      completed_code: 'sale',
      last_result: 'sale',
    });
    expect(await stateOf()).toBe('ready');
  });

  it('may be given while the two still talk; the operator is free when the call ends', async () => {
    await floor.insertEntry(campaignId);
    const attemptId = await floor.connectCall(campaignId, operatorId);
    await record(attemptId, { outcome: 'refusal', refusalReason: 'too_expensive', refusalDetail: { price: 29 } });
    expect(await stateOf()).toBe('in_call');
    expect(await dispositionsOf(attemptId)).toMatchObject([
      { refusal_reason: 'too_expensive', refusal_detail: { price: 29 } },
    ]);
  });

  it('may say that it was not the right party, whatever the outcome implies', async () => {
    const { attemptId } = await call();
    await record(attemptId, { outcome: 'do_not_call', rightParty: false });
    expect(await dispositionsOf(attemptId)).toMatchObject([{ right_party: false }]);
  });

  it.each<[string, DispositionInput, code: string, more: object | undefined]>([
    ['that the campaign does not have', { outcome: 'maybe' }, 'unknown_outcome', undefined],
    ['of refusal without its reason', { outcome: 'refusal' }, 'refusal_reason_missing', undefined],
    ['of callback without a time', { outcome: 'callback' }, 'callback_missing', undefined],
    [
      'of callback in the past',
      { outcome: 'callback', callback: { localTime: '2026-03-02T10:59' } },
      'callback_in_past',
      { nearest: '2026-03-02T11:15' },
    ],
    [
      'of callback at night',
      { outcome: 'callback', callback: { localTime: '2026-03-02T22:00' } },
      'callback_outside_hours',
      { nearest: '2026-03-03T09:00', timeZone: 'Europe/Paris' },
    ],
    [
      'of callback on a Sunday far ahead',
      { outcome: 'callback', callback: { localTime: '2026-06-14T11:00' } },
      'callback_outside_hours',
      { nearest: '2026-06-15T09:00' },
    ],
    [
      'of callback at no time at all',
      { outcome: 'callback', callback: { localTime: '2026-02-30T11:00' } },
      'callback_time_invalid',
      undefined,
    ],
    [
      'of callback in no zone at all',
      { outcome: 'callback', callback: { ...TOMORROW, timeZone: 'Mars/Olympus' } },
      'unknown_time_zone',
      undefined,
    ],
  ])('%s is refused, and nothing is written', async (_, input, code, more) => {
    const { attemptId, entryId } = await call();
    const problem = await problemOf(record(attemptId, input));
    expect(problem).toMatchObject({ code, status: 422, ...(more && { more }) });
    expect(await dispositionsOf(attemptId)).toEqual([]);
    expect(await callbacksOf(entryId)).toEqual([]);
    expect(await floor.getEntry(entryId)).toMatchObject({ state: 'in_progress' });
    expect(await stateOf()).toBe('wrap_up');
  });

  it('of somebody else’s call, of none, and of one that was never connected is refused', async () => {
    const { attemptId } = await call();
    const other = await floor.insertOperator();
    expect(await problemOf(record(attemptId, { outcome: 'sale' }, other))).toMatchObject({
      code: 'not_your_call',
      status: 403,
    });
    expect(await problemOf(record(987_654, { outcome: 'sale' }))).toMatchObject({ code: 'not_your_call' });
    await floor.rows(`update attempts set bridged_at = null where id = $1`, [attemptId]);
    expect(await problemOf(record(attemptId, { outcome: 'sale' }))).toMatchObject({ code: 'not_your_call' });
    expect(await dispositionsOf(attemptId)).toEqual([]);
  });

  it('is given once: the second is refused and changes nothing', async () => {
    const { attemptId, entryId } = await call();
    await record(attemptId, { outcome: 'sale' });
    expect(await problemOf(record(attemptId, { outcome: 'do_not_call' }))).toMatchObject({
      code: 'already_dispositioned',
      status: 409,
    });
    expect(await dispositionsOf(attemptId)).toHaveLength(1);
    expect(await floor.getEntry(entryId)).toMatchObject({ completed_code: 'sale' });
  });

  it('is given once also when two are sent at the same time', async () => {
    const { attemptId } = await call();
    const sent = await Promise.all([1, 2, 3].map(() => problemOf(record(attemptId, { outcome: 'sale' }))));
    expect(sent.map((problem) => problem?.code ?? 'accepted').sort()).toEqual([
      'accepted',
      'already_dispositioned',
      'already_dispositioned',
    ]);
    expect(await dispositionsOf(attemptId)).toHaveLength(1);
  });

  it('do not call suppresses the number for the client with the same commit', async () => {
    const entry = await call();
    const heard: string[] = [];
    floor.hub.subscribe(({ kind }) => void heard.push(kind));
    await record(entry.attemptId, { outcome: 'do_not_call' });
    expect(await suppressionsOf(entry)).toEqual([
      { scope: 'client', campaign_id: null, reason: 'request', created_by: operatorId },
    ]);
    expect(heard).toContain('suppression');
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ completed_code: 'do_not_call' });
  });

  it('do not call holds for all numbers of the person, and takes back what they agreed to, with the same commit', async () => {
    const phones = ['+33199007101', '+33199007102'];
    const entry = await call(await floor.insertEntry(campaignId, { phones }));
    await record(entry.attemptId, { outcome: 'do_not_call' });
    const source = `disposition of attempt ${entry.attemptId}`;
    const { attemptId, leadId } = entry;
    for (const number of phones) {
      expect(
        await floor.rows(`select scope, reason, source, lead_id, attempt_id from suppressions where match_hash = $1`, [
          hashOf(number),
        ]),
      ).toEqual([{ scope: 'client', reason: 'request', source, lead_id: leadId, attempt_id: attemptId }]);
      expect(await floor.consents.listOfNumber(1, { number })).toMatchObject([
        { kind: 'withdrawn', scope: 'client', purpose: null, source, attemptId, leadId, at: MONDAY },
      ]);
    }
  });

  it('wrong person is that number’s fault only', async () => {
    const phones = ['+33199007103', '+33199007104'];
    const entry = await call(await floor.insertEntry(campaignId, { phones }));
    await record(entry.attemptId, { outcome: 'wrong_person' });
    expect(await suppressionsOf(entry)).toMatchObject([{ scope: 'campaign', reason: 'wrong_person' }]);
    expect(await floor.rows(`select from suppressions where match_hash = $1`, [hashOf(phones[1]!)])).toEqual([]);
    expect(await floor.consents.listOfNumber(1, { number: phones[0]! })).toMatchObject([
      { kind: 'expired', scope: 'campaign', campaignId },
    ]);
    expect(await floor.consents.listOfNumber(1, { number: phones[1]! })).toEqual([]);
  });

  it.each([
    ['too_expensive', []],
    ['bad_timing', []],
    ['has_supplier', []],
    ['other', []],
    ['no_need', ['campaign']],
    ['distrust', ['campaign']],
  ])('a refusal for %s leaves the person alone only where it says so', async (refusalReason, scopes) => {
    await floor.rows(`update campaigns set cool_down_days = 5 where id = $1`, [campaignId]);
    const entry = await call();
    await record(entry.attemptId, { outcome: 'refusal', refusalReason });
    const found = await floor.rows(`select scope, reason, valid_to from suppressions where match_hash = $1`, [
      entry.matchHash,
    ]);
    const validTo = new Date(MONDAY.getTime() + 5 * 24 * HOUR);
    expect(found).toEqual(scopes.map((scope) => ({ scope, reason: 'refusal_cooldown', valid_to: validTo })));
    const declined = await floor.rows(
      `select declined_at from lead_history h where lead_id = $1 and refused_at is not null`,
      [entry.leadId],
    );
    expect(declined).toEqual([{ declined_at: scopes.length > 0 ? MONDAY : null }]);
  });

  it('a refusal where neither profile nor campaign knows a pause suppresses nothing', async () => {
    const entry = await call();
    await record(entry.attemptId, { outcome: 'refusal', refusalReason: 'no_need' });
    expect(await suppressionsOf(entry)).toEqual([]);
  });

  it('a refusal pauses all numbers of the person for as long as the law of the place says', async () => {
    // A Monday in France, under its profile: sixty days after a refusal, for the whole company.
    const ruleOf = floor.compliance.ruleOf.bind(floor.compliance);
    floor.compliance.ruleOf = async (...asked) => ({
      ...(await ruleOf(...asked)),
      coolDowns: [{ after: 'refusal', hours: 60 * 24, scope: 'company' }],
    });
    const phones = ['+33199007105', '+33199007106'];
    const entry = await call(await floor.insertEntry(campaignId, { phones }));
    await record(entry.attemptId, { outcome: 'refusal', refusalReason: 'no_need' });
    const validTo = new Date(MONDAY.getTime() + 60 * 24 * HOUR);
    for (const number of phones)
      expect(
        await floor.rows(`select scope, reason, valid_to from suppressions where match_hash = $1`, [hashOf(number)]),
      ).toEqual([{ scope: 'company', reason: 'refusal_cooldown', valid_to: validTo }]);
  });

  it('complaint opens a ticket that refers to the call', async () => {
    const entry = await call();
    await record(entry.attemptId, { outcome: 'complaint', note: 'Called at dinner.' });
    expect(await floor.rows(`select * from complaints where attempt_id = $1`, [entry.attemptId])).toMatchObject([
      {
        ...{ state: 'open', lead_id: entry.leadId, campaign_id: campaignId, note: 'Called at dinner.' },
        ...{ opened_by: operatorId, opened_at: MONDAY, closed_at: null },
      },
    ]);
    const numbers = await floor.rows(`select kind, scope from consents where match_hash = $1`, [entry.matchHash]);
    expect(numbers).toEqual([{ kind: 'withdrawn', scope: 'company' }]);
  });

  it('of somebody who was erased meanwhile is written down without a word', async () => {
    const entry = await call();
    await floor.rows(`delete from leads where id = $1`, [entry.leadId]);
    await record(entry.attemptId, {
      ...{ outcome: 'refusal', refusalReason: 'other', note: 'Anna, at work' },
      refusalDetail: { note: 'Anna' },
    });
    expect(await dispositionsOf(entry.attemptId)).toMatchObject([
      { outcome_code: 'refusal', note: null, refusal_detail: null },
    ]);
  });

  it('do not call leaves no trace of either when it fails', async () => {
    const entry = await call();
    // The wrap-up can't be ended: somebody has signed the operator out by force.
    await floor.rows(`update operator_states set state = 'offline', attempt_id = null where operator_id = $1`, [
      operatorId,
    ]);
    expect(await problemOf(record(entry.attemptId, { outcome: 'do_not_call' }))).not.toBeNull();
    expect(await suppressionsOf(entry)).toEqual([]);
    expect(await floor.rows(`select from consents where match_hash = $1`, [entry.matchHash])).toEqual([]);
    expect(await dispositionsOf(entry.attemptId)).toEqual([]);
  });

  it('complaint suppresses the number for the whole company', async () => {
    const entry = await call();
    await record(entry.attemptId, { outcome: 'complaint' });
    expect(await suppressionsOf(entry)).toMatchObject([{ scope: 'company', reason: 'complaint' }]);
  });

  it('callback makes a promise in the customer’s time, and the entry waits for it', async () => {
    const { attemptId, entryId } = await call();
    await record(attemptId, { outcome: 'callback', callback: { ...TOMORROW, personal: true }, note: 'Ask for Anna.' });
    const dueAt = new Date('2026-03-03T13:30:00Z');
    const [promise] = await callbacksOf(entryId);
    expect(promise).toMatchObject({
      state: 'scheduled',
      due_at: dueAt,
      owner_id: operatorId,
      note: 'Ask for Anna.',
      promised_in_attempt_id: attemptId,
    });
    expect(await floor.getEntry(entryId)).toMatchObject({
      state: 'waiting',
      tier: 1,
      due_at: dueAt,
      owner_id: operatorId,
      callback_id: promise!.id,
    });
  });

  it('callback far ahead is promised for a time that is within the hours then', async () => {
    const { attemptId, entryId } = await call();
    await record(attemptId, { outcome: 'callback', callback: { localTime: '2026-06-15T09:00' } });
    expect(await callbacksOf(entryId)).toMatchObject([{ due_at: new Date('2026-06-15T07:00:00Z'), owner_id: null }]);
    expect(await floor.getEntry(entryId)).toMatchObject({ due_at: new Date('2026-06-15T07:00:00Z') });
  });

  it('of a promised call keeps the promise', async () => {
    const entry = await floor.insertEntry(campaignId);
    await floor.insertCallback(campaignId, entry, MONDAY);
    const { attemptId } = await call(entry);
    await record(attemptId, { outcome: 'sale' });
    expect(await callbacksOf(entry.entryId)).toMatchObject([
      { state: 'kept', kept_in_attempt_id: attemptId, ended_at: MONDAY },
    ]);
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'completed', callback_id: null });
  });

  it('of a promised call may be another promise: the one is kept, the other stands', async () => {
    const entry = await floor.insertEntry(campaignId);
    await floor.insertCallback(campaignId, entry, MONDAY);
    const { attemptId } = await call(entry);
    await record(attemptId, { outcome: 'callback', callback: TOMORROW });
    const promises = await callbacksOf(entry.entryId);
    expect(promises.map((promise) => promise.state)).toEqual(['kept', 'scheduled']);
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'waiting', callback_id: promises[1]!.id });
  });

  it('of a promised call leaves the promise standing when the next one can’t be made', async () => {
    const entry = await floor.insertEntry(campaignId);
    await floor.insertCallback(campaignId, entry, MONDAY);
    const { attemptId } = await call(entry);
    const night = { localTime: '2026-03-03T03:00' };
    expect(await problemOf(record(attemptId, { outcome: 'callback', callback: night }))).toMatchObject({
      code: 'callback_outside_hours',
    });
    expect(await callbacksOf(entry.entryId)).toMatchObject([{ state: 'offered' }]);
  });

  it('wrong person goes on with the lead’s next phone, and bans the wrong one from this campaign', async () => {
    const entry = await floor.insertEntry(campaignId, { phones: ['+33639983001', '+33639983002'] });
    const { attemptId } = await call(entry);
    await record(attemptId, { outcome: 'wrong_person' });
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'waiting', phone_position: 2, due_at: MONDAY });
    expect(await suppressionsOf(entry)).toMatchObject([
      { scope: 'campaign', campaign_id: campaignId, reason: 'wrong_person' },
    ]);
    await floor.scheduler.promote(campaignId);
    expect((await floor.reserve(campaignId, 1)).reservations).toMatchObject([{ leadId: entry.leadId, number: 2 }]);
  });

  it('wrong person ends the entry where there is no other phone', async () => {
    const { attemptId, entryId } = await call();
    await record(attemptId, { outcome: 'wrong_person' });
    expect(await floor.getEntry(entryId)).toMatchObject({ state: 'completed', completed_code: 'wrong_person' });
  });

  it('is never due at night', async () => {
    const { attemptId, entryId } = await call();
    await floor.clock.runUntil(new Date('2026-03-06T18:30:00Z'));
    await record(attemptId, { outcome: 'silent' });
    // A day later is Saturday, half past seven in the evening: Monday morning, then.
    expect(await floor.getEntry(entryId)).toMatchObject({ state: 'waiting', due_at: new Date('2026-03-09T08:00:00Z') });
  });

  it('is put down by the machine, once, when the operator is gone; the lead is tried again', async () => {
    const watch = new DeskWatchService(floor.database, floor.operators, floor.dialing, floor.dispositions, floor.clock);
    const { attemptId, entryId } = await call();
    await floor.clock.run(59_000);
    await watch.look();
    expect(await stateOf()).toBe('wrap_up');
    await floor.clock.run(2_000);
    await watch.look();
    await watch.look();
    expect(await stateOf()).toBe('offline');
    expect(await dispositionsOf(attemptId)).toMatchObject([
      { outcome_code: 'operator_gone', category: 'automatic', automatic: true, operator_id: operatorId },
    ]);
    expect(await floor.getEntry(entryId)).toMatchObject({
      state: 'waiting',
      due_at: new Date(MONDAY.getTime() + HOUR + 61_000),
    });
    expect(await problemOf(record(attemptId, { outcome: 'sale' }))).toMatchObject({ code: 'already_dispositioned' });
  });

  it('of an operator who is gone in the middle of a call: the customer is not left talking to nobody', async () => {
    const watch = new DeskWatchService(floor.database, floor.operators, floor.dialing, floor.dispositions, floor.clock);
    await floor.insertEntry(campaignId);
    const attemptId = await floor.connectCall(campaignId, operatorId);
    await floor.clock.run(61_000);
    await watch.look();
    const asked = await floor.one(`select state, hangup_requested_at from attempts where id = $1`, [attemptId]);
    expect(asked).toEqual({ state: 'bridged', hangup_requested_at: floor.clock.now() });
    await floor.endCall(attemptId, operatorId);
    await floor.clock.run(61_000);
    await watch.look();
    expect(await dispositionsOf(attemptId)).toMatchObject([{ outcome_code: 'operator_gone' }]);
    expect(await stateOf()).toBe('offline');
  });
});
