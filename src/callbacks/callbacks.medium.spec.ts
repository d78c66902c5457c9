import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Problem } from '../common/problem.js';
import type { DispositionInput } from '../dispositions/disposition-input.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, hashOf, MONDAY, type Entry, type Floor } from '../../test/floor.js';
import { KEPT_ON_TIME_FORMULA } from './callback-settings.js';
import type { Settings } from '../config/settings.js';
import { PacingRepository } from '../pacing/pacing.repository.js';
import { PacingService } from '../pacing/pacing.service.js';
import type { CallbackWatchService } from './callback-watch.service.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const after = (ms: number) => new Date(MONDAY.getTime() + ms);

interface Stored {
  id: number;
  state: string;
  due_at: Date;
  call_at: Date;
  owner_id: number | null;
  promised_to_id: number | null;
  end_reason: string | null;
  late_reason: string | null;
  offered_at: Date | null;
  escalated_at: Date | null;
  moved_from_id: number | null;
  phone_id: number | null;
}

describe('a promised call', () => {
  let test: TestDatabase;
  let floor: Floor;
  let watch: CallbackWatchService;
  let campaignId: number;
  let anna: number;
  let boris: number;

  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    // Of the tests before.
    await floor.rows(`update callbacks set state = 'cancelled', ended_at = $1 where ended_at is null`, [MONDAY]);
    watch = floor.newCallbackWatch();
    campaignId = await floor.insertCampaign({ maxAttemptsPerDay: 9 });
    anna = await floor.insertOperator('Anna');
    boris = await floor.insertOperator('Boris');
  });

  const getCallback = (id: number) => floor.one<Stored>(`select * from callbacks where id = $1`, [id]);
  const eventsOf = async (id: number) =>
    (await floor.callbackLists.listEvents(1, id)).map(
      ({ event, reason }) => event + (reason === null ? '' : ` (${reason})`),
    );
  const promise = async (
    dueInMs: number,
    ownerId: number | null = null,
    row: Parameters<Floor['insertEntry']>[1] = {},
  ) => {
    const entry = await floor.insertEntry(campaignId, { state: 'waiting', ...row });
    const id = await floor.insertCallback(campaignId, entry, after(dueInMs), ownerId);
    return { ...entry, id };
  };
  const signIn = (...operators: number[]) =>
    Promise.all(operators.map((operator) => floor.operators.signIn(operator, 1, campaignId)));
  const problemOf = (work: Promise<unknown>): Promise<Problem | null> =>
    work.then(
      () => null,
      (error: Problem) => error,
    );
  /** A call of a new lead, or of this entry, which has just ended with the operator in wrap-up. */
  const talk = async (operatorId: number, entry?: Entry, campaign = campaignId) => {
    const called = entry ?? (await floor.insertEntry(campaign));
    const attemptId = await floor.connectCall(campaign, operatorId);
    await floor.endCall(attemptId, operatorId);
    return { ...called, attemptId };
  };
  const say = (operatorId: number, attemptId: number, input: DispositionInput) =>
    floor.dispositions.record(operatorId, attemptId, input);
  const manager = { organisationId: 1, userId: 0, isManager: true };
  beforeEach(async () => {
    manager.userId = await floor.insertOperator('Manager');
    await floor.rows(`update users set role = 'manager' where id = $1`, [manager.userId]);
  });

  it('is made, its owner reminded, it comes due, is offered and kept; each step is on record', async () => {
    await signIn(anna);
    const first = await talk(anna);
    await say(anna, first.attemptId, {
      outcome: 'callback',
      callback: { localTime: '2026-03-02T12:00', personal: true },
      note: 'Ask for the son.',
    });
    const { callback_id: id } = await floor.getEntry(first.entryId);
    await floor.clock.run(56 * MINUTE);
    await watch.look();
    expect(await getCallback(id!)).toMatchObject({ state: 'reminded', owner_id: anna, due_at: after(HOUR) });
    expect(await floor.callbackLists.listReminders(anna)).toMatchObject([{ id, note: 'Ask for the son.' }]);
    await floor.clock.run(4 * MINUTE);
    await watch.look();
    await floor.scheduler.promote(campaignId);
    const second = await talk(anna, first);
    expect(await getCallback(id!)).toMatchObject({ state: 'offered', offered_at: after(HOUR) });
    await say(anna, second.attemptId, { outcome: 'sale' });
    expect(await getCallback(id!)).toMatchObject({ state: 'kept' });
    expect(await eventsOf(id!)).toEqual(['promised', 'reminded', 'due', 'offered', 'kept']);
    const [made] = await floor.callbackLists.listEvents(1, id!);
    expect(made).toMatchObject({ actor_name: 'Anna', at: MONDAY, from_state: null, to_state: 'scheduled' });
  });

  describe('whose owner', () => {
    const look = async (ms: number) => {
      await floor.clock.run(ms);
      await watch.look();
    };

    it('is there stays with the owner, who is ready', async () => {
      await signIn(anna);
      const { id, entryId } = await promise(-20 * MINUTE, anna);
      await look(0);
      expect(await getCallback(id)).toMatchObject({ owner_id: anna, state: 'due' });
      expect(await floor.getEntry(entryId)).toMatchObject({ owner_id: anna });
    });

    it.each<[string, () => Promise<unknown>, string, number]>([
      ['is off shift', async () => {}, 'owner_off_shift', 30],
      [
        'is on a break',
        async () => {
          await signIn(anna);
          await floor.operators.takeBreak(anna);
        },
        'owner_on_break',
        45,
      ],
      [
        'is at work for another campaign',
        async () => floor.operators.signIn(anna, 1, await floor.insertCampaign()),
        'owner_elsewhere',
        30,
      ],
      [
        'has left for good',
        () => floor.rows(`update users set disabled_at = $2 where id = $1`, [anna, MONDAY]),
        'owner_gone',
        0,
      ],
      [
        'is in another call for long',
        async () => {
          await signIn(anna);
          await talk(anna);
        },
        'owner_busy',
        300,
      ],
    ])('%s: after a while it is the campaign’s', async (_, arrange, reason, graceSeconds) => {
      await arrange();
      const { id, entryId } = await promise(MINUTE, anna);
      await look(MINUTE);
      if (graceSeconds > 0) {
        await look(graceSeconds * 1_000 - 1);
        expect(await getCallback(id)).toMatchObject({ state: 'due', owner_id: anna });
        await look(1);
      }
      expect(await getCallback(id)).toMatchObject({ state: 'due', owner_id: null, promised_to_id: anna });
      expect(await floor.getEntry(entryId)).toMatchObject({ owner_id: null, callback_id: id });
      expect(await eventsOf(id)).toEqual(['due', `handed_over (${reason})`]);
      await signIn(boris);
      await floor.scheduler.promote(campaignId);
      const { reservations } = await floor.reserve(campaignId, 1, { readyOperatorIds: [boris] });
      expect(reservations).toHaveLength(1);
    });

    it('gives it back to nobody when the call was reserved meanwhile', async () => {
      await signIn(anna);
      const { id } = await promise(-MINUTE, anna);
      await floor.scheduler.promote(campaignId);
      await floor.reserve(campaignId, 1, { readyOperatorIds: [anna] });
      await floor.operators.signOut(anna);
      await look(5 * MINUTE);
      expect(await getCallback(id)).toMatchObject({ state: 'offered', owner_id: anna });
    });
  });

  it('that nobody makes is called to managers’ attention, once', async () => {
    const { id } = await promise(0);
    await floor.clock.run(15 * MINUTE - 1);
    await watch.look();
    expect(await getCallback(id)).toMatchObject({ escalated_at: null });
    await floor.clock.run(1);
    await watch.look();
    await watch.look();
    expect(await getCallback(id)).toMatchObject({ escalated_at: after(15 * MINUTE), state: 'due' });
    expect(await eventsOf(id)).toEqual(['due', 'escalated']);
    const listed = await floor.callbackLists.list({
      ...{ organisationId: 1, states: null, campaignId, operatorId: null, escalated: true },
      ...{ from: null, to: null, limit: 10, offset: 0 },
    });
    expect(listed.map((row) => row.id)).toEqual([id]);
  });

  describe('on another number', () => {
    const promiseOn = async (phone: string) => {
      await signIn(anna);
      const call = await talk(anna);
      await say(anna, call.attemptId, { outcome: 'callback', callback: { localTime: '2026-03-02T12:00', phone } });
      return call;
    };

    it('goes to that number, which is the lead’s from now on, sealed', async () => {
      const { entryId, leadId } = await promiseOn('01 99 00 07 77');
      const entry = await floor.getEntry(entryId);
      const callback = await getCallback(entry.callback_id!);
      expect(entry).toMatchObject({ phone_position: 2, state: 'waiting', due_at: after(HOUR) });
      const phone = await floor.one(`select * from phones where lead_id = $1 and position = 2`, [leadId]);
      expect(phone).toMatchObject({ id: callback.phone_id, country: 'FR', line_type: 'fixed_line', last_digits: '77' });
      expect(phone['match_hash']).toEqual(hashOf('+33199000777'));
      await floor.clock.run(HOUR);
      await floor.scheduler.promote(campaignId);
      const { reservations } = await floor.reserve(campaignId, 1);
      expect(floor.leads.openNumber(reservations[0]!)).toBe('+33199000777');
    });

    it('uses the phone that the lead has already', async () => {
      await signIn(anna);
      const phones = ['+33199000701', '+33199000702'];
      const call = await talk(anna, await floor.insertEntry(campaignId, { phones }));
      const callback = { localTime: '2026-03-02T12:00', phone: '+33 1 99 00 07 02' };
      await say(anna, call.attemptId, { outcome: 'callback', callback });
      expect(await floor.getEntry(call.entryId)).toMatchObject({ phone_position: 2 });
      expect(await floor.rows(`select * from phones where lead_id = $1`, [call.leadId])).toHaveLength(2);
    });

    it('is refused when the number may not be called, or is none; nothing is written', async () => {
      await floor.database.transaction((tx) =>
        floor.compliance.suppress(tx, {
          ...{ organisationId: 1, scope: 'company', campaignId: null, matchHash: hashOf('+33199000703') },
          ...{ reason: 'request', source: 'test', validTo: null, createdBy: null },
        }),
      );
      const field = 'callback.phone';
      expect(await problemOf(promiseOn('+33199000703'))).toMatchObject({ code: 'callback_number_suppressed', field });
      const call = await floor.one<{ attempt_id: number }>(
        `select attempt_id from operator_states where operator_id = $1`,
        [anna],
      );
      const wrong = say(anna, call.attempt_id, {
        outcome: 'callback',
        callback: { localTime: '2026-03-02T12:00', phone: '12' },
      });
      expect(await problemOf(wrong)).toMatchObject({ code: 'phone_too_short', status: 422, field });
      expect(await floor.rows(`select * from callbacks where promised_in_attempt_id = $1`, [call.attempt_id])).toEqual(
        [],
      );
    });
  });

  describe('ends by rule, when the person meanwhile', () => {
    let PHONES: string[];
    let people = 0;
    let other: number;
    let offerId: number;

    /** The same person is called in another campaign. */
    const callOf = async () => {
      await floor.operators.signIn(boris, 1, other);
      return talk(boris, await floor.insertEntry(other, { phones: PHONES }), other);
    };
    beforeEach(async () => {
      PHONES = [`+336399808${String(10 + people++)}`];
      other = await floor.insertCampaign({ maxAttemptsPerDay: 9 });
      offerId = (await floor.offers.create(1, { name: 'Gold', price: 5, currency: 'EUR' })).id;
      await floor.rows(`update campaigns set offer_id = $2 where id = $1`, [other, offerId]);
    });

    it.each<[string, DispositionInput, string]>([
      ['asks not to be called', { outcome: 'do_not_call' }, 'do_not_call'],
      ['complains', { outcome: 'complaint' }, 'complaint'],
    ])('%s, in whichever campaign', async (_, input, rule) => {
      const { id, entryId } = await promise(HOUR, null, { phones: PHONES });
      const { attemptId } = await callOf();
      await say(boris, attemptId, input);
      expect(await getCallback(id)).toMatchObject({ state: 'cancelled', end_reason: rule });
      expect(await eventsOf(id)).toEqual([`cancelled (${rule})`]);
      expect(await floor.getEntry(entryId)).toMatchObject({ state: 'completed', completed_code: 'suppressed' });
    });

    it('buys the same offer, and not when it is another', async () => {
      const same = await promise(HOUR, null, { phones: PHONES });
      const third = await floor.insertCampaign();
      const entry = await floor.insertEntry(third, { phones: PHONES, state: 'waiting' });
      const elsewhere = await floor.insertCallback(third, entry, after(HOUR));
      await floor.rows(`update campaigns set offer_id = $2 where id = $1`, [campaignId, offerId]);
      const { attemptId } = await callOf();
      await say(boris, attemptId, { outcome: 'sale' });
      expect(await getCallback(same.id)).toMatchObject({ state: 'cancelled', end_reason: 'bought' });
      expect(await floor.getEntry(same.entryId)).toMatchObject({ completed_code: 'bought' });
      expect(await getCallback(elsewhere)).toMatchObject({ state: 'scheduled' });
    });

    it('refuses in the same campaign, and not when it is another', async () => {
      const { id } = await promise(HOUR, null, { phones: PHONES });
      const { attemptId } = await callOf();
      await say(boris, attemptId, { outcome: 'refusal', refusalReason: 'too_expensive' });
      expect(await getCallback(id)).toMatchObject({ state: 'scheduled' });
      // The same person, twice on the same list.
      const happening = { organisationId: 1, matchHash: hashOf(PHONES[0]!), leadId: null, campaignId };
      await floor.database.transaction((tx) =>
        floor.callbacks.obeyOutcome(tx, { category: 'refusal', result: 'failure', suppressScope: null }, happening),
      );
      expect(await getCallback(id)).toMatchObject({ state: 'cancelled', end_reason: 'refused' });
    });

    it('calls in and is talked to', async () => {
      const { id, entryId } = await promise(HOUR, null, { phones: PHONES });
      const ended = await floor.database.transaction((tx) =>
        floor.callbacks.obeyCallIn(tx, {
          ...{ organisationId: 1, matchHash: hashOf(PHONES[0]!), leadId: null, campaignId: null },
        }),
      );
      expect(ended).toBe(1);
      expect(await getCallback(id)).toMatchObject({ state: 'cancelled', end_reason: 'called_in' });
      expect(await floor.getEntry(entryId)).toMatchObject({ state: 'completed', completed_code: 'called_in' });
    });

    it('is suppressed by hand or by a list, once word of it has gone round', async () => {
      watch.onApplicationBootstrap();
      try {
        const asked = await promise(HOUR, null, { phones: PHONES });
        const wrong = await promise(HOUR, null, { phones: ['+33639980802', '+33639980803'] });
        // The promise stands on the first number; the second one is wrong.
        const suppress = (phone: string, reason: string) =>
          floor.database.transaction((tx) =>
            floor.compliance.suppress(tx, {
              ...{ organisationId: 1, scope: 'company', campaignId: null, matchHash: hashOf(phone) },
              ...{ reason, source: 'test', validTo: null, createdBy: null },
            }),
          );
        await suppress(PHONES[0]!, 'request');
        await suppress('+33639980803', 'wrong_person');
        await floor.clock.run(0);
        expect(await getCallback(asked.id)).toMatchObject({ state: 'cancelled', end_reason: 'do_not_call' });
        expect(await getCallback(wrong.id)).toMatchObject({ state: 'scheduled' });
        await suppress('+33639980802', 'wrong_person');
        await floor.clock.run(0);
        expect(await getCallback(wrong.id)).toMatchObject({ state: 'cancelled', end_reason: 'suppressed' });
      } finally {
        await watch.beforeApplicationShutdown();
      }
    });
  });

  describe('at the gate', () => {
    it('ends by the rule that denies it for good', async () => {
      const { id, matchHash } = await promise(-MINUTE);
      await floor.scheduler.promote(campaignId);
      await floor.database.transaction((tx) =>
        floor.compliance.suppress(tx, {
          ...{ organisationId: 1, scope: 'company', campaignId: null, matchHash },
          ...{ reason: 'request', source: 'test', validTo: null, createdBy: null },
        }),
      );
      await floor.reserve(campaignId, 1);
      expect(await getCallback(id)).toMatchObject({ state: 'cancelled', end_reason: 'suppressed' });
    });

    it('waits for the nearest instant that is allowed, and is late', async () => {
      const evening = await floor.insertCampaign({ hours: { mon: [['18:00', '20:00']] } });
      const entry = await floor.insertEntry(evening);
      const id = await floor.insertCallback(evening, entry, after(-MINUTE));
      const everyHour = Object.fromEntries(
        ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]]),
      );
      await floor.reserve(evening, 1, { hours: everyHour as never });
      expect(await getCallback(id)).toMatchObject({
        ...{ state: 'scheduled', late_reason: 'outside_window', due_at: after(-MINUTE), call_at: after(7 * HOUR) },
      });
      expect(await eventsOf(id)).toEqual(['deferred (outside_window)']);
      expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'waiting', due_at: after(7 * HOUR) });
    });

    it('ends, and does not vanish, when the lead has no phone', async () => {
      const { id } = await promise(-MINUTE, null, { phones: [] });
      await floor.scheduler.promote(campaignId);
      await floor.reserve(campaignId, 1);
      expect(await getCallback(id)).toMatchObject({ state: 'cancelled', end_reason: 'no_phone' });
    });
  });

  it('is due again after a call that reached nobody, and is missed after the last', async () => {
    const { id, entryId } = await promise(-MINUTE);
    for (const attempt of [1, 2, 3]) {
      await floor.scheduler.promote(campaignId);
      const { reservations } = await floor.reserve(campaignId, 1);
      expect(reservations).toHaveLength(1);
      const { attemptId } = reservations[0]!;
      await floor.database.transaction(async (tx) => {
        await floor.rows(`update attempts set originated_at = $2 where id = $1`, [attemptId, floor.clock.now()]);
        await floor.rows(`update attempts set state = 'ended', result = 'busy', ended_at = $2 where id = $1`, [
          ...[attemptId, floor.clock.now()],
        ]);
        await floor.scheduler.settleResult(tx, entryId, attemptId, 'busy');
      });
      expect(await getCallback(id)).toMatchObject({ state: attempt < 3 ? 'due' : 'missed' });
      await floor.clock.run(15 * MINUTE);
    }
    expect(await getCallback(id)).toMatchObject({ end_reason: 'busy', offered_at: MONDAY });
    const tries = ['offered', 'not_reached (busy)', 'offered', 'not_reached (busy)', 'offered', 'missed (busy)'];
    expect(await eventsOf(id)).toEqual(tries);
  });

  it('is as before when the call that was reserved for it was never made', async () => {
    const { id, entryId } = await promise(-MINUTE);
    await floor.scheduler.promote(campaignId);
    const { reservations } = await floor.reserve(campaignId, 1);
    await floor.database.transaction((tx) => floor.scheduler.putBack(tx, entryId, reservations[0]!.attemptId));
    expect(await getCallback(id)).toMatchObject({ state: 'due', offered_at: null });
    expect(await floor.getEntry(entryId)).toMatchObject({ state: 'ready', callback_id: id });
  });

  it('that came due on time climbs the ladder when nobody makes it', async () => {
    const { entryId } = await promise(0);
    await floor.scheduler.promote(campaignId);
    expect(await floor.getEntry(entryId)).toMatchObject({ state: 'ready', tier: 1 });
    await floor.clock.run(10 * MINUTE);
    expect(await floor.scheduler.climbOverdue(campaignId)).toBe(0);
    await floor.clock.run(1);
    expect(await floor.scheduler.climbOverdue(campaignId)).toBe(1);
    expect(await floor.getEntry(entryId)).toMatchObject({ state: 'ready', tier: 0 });
  });

  describe('changed by people', () => {
    const actor = (userId: number) => ({ organisationId: 1, userId, isManager: false });

    it('is moved: another one stands in its place, linked with it', async () => {
      const { id, entryId } = await promise(HOUR, anna);
      const moved = await floor.callbacks.move(actor(anna), id, { localTime: '2026-03-03T15:00', timeZone: null });
      expect(await getCallback(id)).toMatchObject({ state: 'moved', end_reason: 'by_operator' });
      expect(await getCallback(moved)).toMatchObject({
        ...{ state: 'scheduled', moved_from_id: id, owner_id: anna, promised_to_id: anna, due_at: after(28 * HOUR) },
      });
      expect(await floor.getEntry(entryId)).toMatchObject({
        ...{ state: 'waiting', callback_id: moved, owner_id: anna, due_at: after(28 * HOUR), tier: 1 },
      });
      expect(await eventsOf(moved)).toEqual(['promised (moved)']);
    });

    it('is moved to no time when the customer may not be called', async () => {
      const { id } = await promise(HOUR, anna);
      const night = floor.callbacks.move(actor(anna), id, { localTime: '2026-03-03T23:00', timeZone: null });
      expect(await problemOf(night)).toMatchObject({ code: 'callback_outside_hours' });
      expect(await getCallback(id)).toMatchObject({ state: 'scheduled' });
    });

    it('is handed over to a colleague or to all, and given to somebody by a manager', async () => {
      const { id, entryId } = await promise(HOUR, anna);
      await floor.callbacks.reassign(actor(anna), id, boris);
      expect(await getCallback(id)).toMatchObject({ owner_id: boris, promised_to_id: anna });
      expect(await problemOf(floor.callbacks.reassign(actor(anna), id, anna))).toMatchObject({
        code: 'callback_not_yours',
      });
      await floor.callbacks.reassign(actor(boris), id, null, 'Off to lunch.');
      expect(await floor.getEntry(entryId)).toMatchObject({ owner_id: null });
      await floor.callbacks.reassign(manager, id, anna);
      expect(await eventsOf(id)).toEqual([
        ...['reassigned (by_operator)', 'handed_over (Off to lunch.)', 'reassigned (by_manager)'],
      ]);
      expect(await problemOf(floor.callbacks.reassign(manager, id, manager.userId))).toMatchObject({
        code: 'operator_unknown',
      });
    });

    it('is cancelled with a reason in words, and the entry with it', async () => {
      const { id, entryId } = await promise(HOUR, anna);
      await floor.callbacks.cancel(actor(anna), id, 'Wrote that they have bought elsewhere.');
      expect(await getCallback(id)).toMatchObject({ state: 'cancelled', end_reason: 'by_operator' });
      const [, cancelled] = [null, ...(await floor.callbackLists.listEvents(1, id))].slice(-2);
      expect(cancelled).toMatchObject({
        detail: { words: 'Wrote that they have bought elsewhere.' },
        actor_name: 'Anna',
      });
      expect(await floor.getEntry(entryId)).toMatchObject({ completed_code: 'callback_cancelled', callback_id: null });
      expect(await problemOf(floor.callbacks.cancel(actor(anna), id, 'again'))).toMatchObject({
        code: 'callback_over',
      });
    });

    it('is left alone while the customer is being called', async () => {
      await signIn(anna);
      const { id } = await promise(-MINUTE, anna);
      await floor.scheduler.promote(campaignId);
      await floor.reserve(campaignId, 1, { readyOperatorIds: [anna] });
      expect(await problemOf(floor.callbacks.cancel(manager, id, 'no'))).toMatchObject({
        ...{ code: 'callback_in_call', status: 409 },
      });
    });
  });

  it('means another instant when the rules of its zone have changed', async () => {
    const due = new Date('2026-06-02T10:00:00Z');
    const { id, entryId } = await promise(due.getTime() - MONDAY.getTime());
    const stays = await promise(HOUR);
    // Paris gives up its summer time.
    const winter = (local: string) => new Date(Date.parse(`${local}Z`) - HOUR);
    expect(await floor.callbacks.deriveAnew()).toBe(0);
    expect(await floor.callbacks.deriveAnew(winter)).toBe(1);
    const moved = new Date('2026-06-02T11:00:00Z');
    expect(await getCallback(id)).toMatchObject({ due_at: moved, call_at: moved, state: 'scheduled' });
    expect(await floor.getEntry(entryId)).toMatchObject({ due_at: moved });
    expect(await getCallback(stays.id)).toMatchObject({ due_at: after(HOUR) });
    expect(await eventsOf(id)).toEqual(['derived_anew']);
    expect(await floor.callbacks.deriveAnew()).toBe(1);
    expect(await getCallback(id)).toMatchObject({ due_at: due });
  });

  it('of a campaign that ended while nobody ran it does not stay open', async () => {
    const { id } = await promise(HOUR);
    await floor.rows(`update campaigns set state = 'finished' where id = $1`, [campaignId]);
    watch.onApplicationBootstrap();
    try {
      await floor.clock.run(30_000);
    } finally {
      await watch.beforeApplicationShutdown();
    }
    expect(await getCallback(id)).toMatchObject({ state: 'cancelled', end_reason: 'campaign_finished' });
  });

  describe('that comes due soon', () => {
    const count = (ready: number[]) =>
      floor.callbacks.countSoon({ id: campaignId, organisationId: 1, hours: EVERY_DAY, purpose: 'sales' }, ready);

    it('wants its owner, who is ready, or anybody when it is shared', async () => {
      await promise(50_000, anna);
      await promise(55_000, anna);
      await promise(50_000, boris);
      await promise(30_000);
      await promise(61_000);
      expect(await count([anna])).toEqual({ due: 0, soon: 2 });
      expect(await count([anna, boris])).toEqual({ due: 0, soon: 3 });
      await floor.clock.run(50_000);
      await floor.scheduler.promote(campaignId);
      expect(await count([anna])).toEqual({ due: 2, soon: 1 });
    });

    it('is nobody’s business where the customer may not be called now', async () => {
      await promise(30_000, null, { zones: ['Pacific/Auckland'] });
      expect(await count([anna])).toEqual({ due: 0, soon: 0 });
    });

    it('keeps its owner free of new leads until it is made', async () => {
      floor = createFloor(test, { simulator: { customer: () => ({ setUpMs: 500, kind: 'no_answer' }) } });
      const own = await floor.insertCampaign({ leaseOwner: null });
      for (let i = 0; i < 5; i++) await floor.insertEntry(own);
      const entry = await floor.insertEntry(own, { state: 'waiting' });
      const id = await floor.insertCallback(own, entry, after(90_000), anna);
      await floor.operators.signIn(anna, 1, own);
      const pacing = new PacingService(
        ...([new PacingRepository(test.database), floor.gate, floor.scheduler, floor.newSwitchboard()] as const),
        ...([floor.callbacks, { nodeName: 'a' } as Settings, floor.clock, floor.hub] as const),
      );
      await pacing.onApplicationBootstrap();
      try {
        await floor.clock.run(100_000);
      } finally {
        await pacing.beforeApplicationShutdown();
      }
      const dials = await floor.rows<{ reserved_at: Date; callback_id: number | null }>(
        `select reserved_at, callback_id from attempts where campaign_id = $1 and fence > 0 and reserved_at >= $2 order by id`,
        [own, MONDAY],
      );
      const ofPromise = dials.filter((dial) => dial.callback_id === id);
      expect(ofPromise).toHaveLength(1);
      expect(ofPromise[0]!.reserved_at.getTime()).toBeGreaterThanOrEqual(after(90_000).getTime());
      expect(ofPromise[0]!.reserved_at.getTime()).toBeLessThan(after(96_000).getTime());
      // New leads before the last minute, none in it.
      const times = dials.filter((dial) => dial.callback_id === null).map((dial) => dial.reserved_at.getTime());
      expect(times.filter((at) => at <= after(30_000).getTime()).length).toBeGreaterThan(0);
      expect(times.filter((at) => at > after(30_000).getTime() && at <= after(90_000).getTime())).toEqual([]);
    });

    it('spares its owner the calls of others, while somebody else is free', async () => {
      await floor.operators.signIn(anna, 1, campaignId);
      await floor.clock.run(1_000);
      await floor.operators.signIn(boris, 1, campaignId);
      await promise(60_000, anna);
      const attempts = await Promise.all(
        [1, 2].map(async () => floor.insertAttempt(campaignId, await floor.insertEntry(campaignId), floor.clock.now())),
      );
      const assign = (attemptId: number) =>
        floor.database.transaction((tx) => floor.operators.assign(tx, campaignId, attemptId, null));
      expect(await assign(attempts[0]!)).toMatchObject({ operator_id: boris });
      expect(await assign(attempts[1]!)).toMatchObject({ operator_id: anna });
    });
  });

  it('is listed for its operator by time, and counted with all others that came due', async () => {
    const kept = await promise(-30 * MINUTE, anna);
    await floor.rows(
      `update callbacks set state = 'kept', ended_at = $2, kept_in_attempt_id = promised_in_attempt_id where id = $1`,
      [kept.id, after(-20 * MINUTE)],
    );
    const call = (ms: number) =>
      floor.rows(
        `update attempts set originated_at = $2 where id = (select kept_in_attempt_id from callbacks where id = $1)`,
        [kept.id, after(ms)],
      );
    const missed = await promise(-40 * MINUTE, anna);
    await floor.rows(`update callbacks set state = 'missed', ended_at = $2 where id = $1`, [missed.id, MONDAY]);
    const ruled = await promise(-50 * MINUTE, anna);
    await floor.rows(`update callbacks set state = 'cancelled', end_reason = 'bought', ended_at = $2 where id = $1`, [
      ...[ruled.id, MONDAY],
    ]);
    const given = await promise(-50 * MINUTE, anna);
    await floor.callbacks.cancel(manager, given.id, 'Too late.');
    const early = await promise(3 * HOUR, anna);
    await floor.callbacks.move(manager, early.id, { localTime: '2026-03-02T15:00', timeZone: null });
    const overdue = await promise(-5 * MINUTE, anna);
    const shared = await promise(-5 * MINUTE);

    const report = async () => {
      const { campaigns, operators, formula } = await floor.callbackLists.reportKept(1, after(-HOUR), after(6 * HOUR));
      expect(formula).toBe(KEPT_ON_TIME_FORMULA.replace('{minutes}', '10'));
      const own = operators.find(({ id }) => id === anna)!;
      return {
        campaign: campaigns.find(({ id }) => id === campaignId)!,
        own,
        shared: operators.find(({ id }) => id === null)!,
      };
    };
    await call(-20 * MINUTE);
    expect((await report()).own).toMatchObject({
      ...{ promised: 7, open: 2, overdue: 1, kept: 1, missed: 1, moved: 1, cancelledByRule: 1, cancelledByPeople: 1 },
      ...{ keptOnTime: 1, cameDueAndEnded: 3, keptOnTimeRate: 1 / 3 },
    });
    // A second later it was late.
    await call(-20 * MINUTE + 1_000);
    const { campaign, own } = await report();
    expect(own).toMatchObject({ keptOnTime: 0, keptOnTimeRate: 0, kept: 1 });
    expect(campaign).toMatchObject({ promised: 8, open: 3, cameDueAndEnded: 3 });
    expect((await floor.callbackLists.listOwn(1, anna)).map(({ id }) => id)).toEqual([overdue.id, expect.any(Number)]);
    const open = await floor.callbackLists.list({
      ...{ organisationId: 1, states: ['due', 'scheduled'], campaignId, operatorId: 0, escalated: false },
      ...{ from: null, to: null, limit: 10, offset: 0 },
    });
    expect(open.map(({ id }) => id)).toEqual([shared.id]);
  });

  it('obeys settings, which are audited', async () => {
    const settings = { ...(await floor.callbackLists.getSettings(1)), awayGraceSeconds: 0, escalateMinutes: 1 };
    await floor.callbackLists.changeSettings(manager, settings);
    expect(await floor.callbackLists.getSettings(1)).toEqual(settings);
    const { id } = await promise(0, anna);
    await watch.look();
    expect(await getCallback(id)).toMatchObject({ owner_id: null });
    await floor.callbackLists.changeSettings(manager, { ...settings, awayGraceSeconds: 30, escalateMinutes: 15 });
    expect(
      await floor.rows(`select after from audit_trail where subject_kind = 'callback_settings' order by id`),
    ).toHaveLength(2);
  });
});

const EVERY_DAY = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']] as [string, string][]]),
);
