import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { SimulatedCall } from '../telephony/simulator/customer.js';
import type { SimulatedFaults } from '../telephony/simulator/simulator.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, numberOf, type Floor } from '../../test/floor.js';
import { loadFile } from '../../test/suppression-files.js';
import type { SwitchboardService } from './switchboard.service.js';

const person = (changes: { ringMs?: number; patienceMs?: number; talkMs?: number } = {}): SimulatedCall => ({
  setUpMs: 1_000,
  kind: 'person',
  ringMs: changes.ringMs ?? 5_000,
  patienceMs: changes.patienceMs ?? 60_000,
  conversation: { outcome: 'sale', talkMs: changes.talkMs ?? 30_000 },
});

describe('the switchboard', () => {
  let test: TestDatabase;
  let floor: Floor;
  let switchboard: SwitchboardService;
  let campaignId: number;
  let customer: (callNumber: number) => SimulatedCall;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  const open = async (faults?: SimulatedFaults) => {
    let calls = 0;
    floor = createFloor(test, { simulator: { customer: () => customer(calls++), ...(faults && { faults }) } });
    switchboard = floor.newSwitchboard();
    await switchboard.start();
    campaignId = await floor.insertCampaign();
    customer = () => person();
  };

  beforeEach(() => open());

  afterEach(() => switchboard.stop());

  const reserve = async () => {
    await floor.insertEntry(campaignId);
    return (await floor.reserve(campaignId, 1)).reservations[0]!;
  };
  const dial = async () => {
    const reservation = await reserve();
    await switchboard.dial(reservation);
    return reservation.attemptId;
  };
  const signIn = async () => {
    const id = await floor.insertOperator();
    await floor.operators.signIn(id, 1, campaignId);
    return id;
  };
  const attempt = (id: number) =>
    floor.one(`select state, result, ended_by, operator_id, answered_by from attempts where id = $1`, [id]);
  const outcomes = async (id: number) =>
    (
      await floor.rows<{ outcome_code: string }>(`select outcome_code from dispositions where attempt_id = $1`, [id])
    ).map((row) => row.outcome_code);
  const stateOf = async (operatorId: number) => (await floor.operators.findOperator(operatorId))!.state;
  const entryOf = (id: number) =>
    floor.one(
      `select e.state, e.tier, e.due_at, e.last_result from calling_list_entries e join attempts a on a.entry_id = e.id where a.id = $1`,
      [id],
    );

  it('rings, connects whoever answers to an operator, and leaves the operator in wrap-up when they have talked', async () => {
    const operator = await signIn();
    const id = await dial();
    expect(await attempt(id)).toMatchObject({ state: 'dialing' });
    await floor.clock.run(2_000);
    expect(await attempt(id)).toMatchObject({ state: 'ringing' });
    await floor.clock.run(5_000);
    expect(await attempt(id)).toMatchObject({ state: 'bridged', operator_id: operator, answered_by: 'person' });
    expect(await stateOf(operator)).toBe('in_call');
    await floor.clock.run(30_000);
    expect(await attempt(id)).toMatchObject({ state: 'ended', result: 'answered', ended_by: 'customer' });
    expect(await stateOf(operator)).toBe('wrap_up');
    expect(await outcomes(id)).toEqual([]);
    await floor.dispositions.record(operator, id, { outcome: 'sale' });
    expect(await outcomes(id)).toEqual(['sale']);
    expect(await stateOf(operator)).toBe('ready');
  });

  it('frees the operator at once when the outcome was given while the two talked', async () => {
    const operator = await signIn();
    const id = await dial();
    await floor.clock.run(10_000);
    await floor.dispositions.record(operator, id, { outcome: 'sale' });
    await floor.dialing.requestHangup(id);
    await floor.clock.run(1_000);
    expect(await attempt(id)).toMatchObject({ state: 'ended', result: 'answered', ended_by: 'dialer' });
    expect(await stateOf(operator)).toBe('ready');
    expect(await outcomes(id)).toEqual(['sale']);
  });

  it('abandons a call that no operator took within the time, and leaves the person alone for three days', async () => {
    const id = await dial();
    await floor.clock.run(7_900);
    expect(await attempt(id)).toMatchObject({ state: 'answered' });
    await floor.clock.run(200);
    expect(await attempt(id)).toMatchObject({
      state: 'ended',
      result: 'abandoned',
      ended_by: 'dialer',
      operator_id: null,
    });
    expect(await outcomes(id)).toEqual(['abandoned']);
    expect(await entryOf(id)).toMatchObject({
      state: 'waiting',
      tier: 2,
      due_at: new Date(MONDAY.getTime() + 8_000 + 72 * 3_600_000),
    });
    expect((await floor.telephony.snapshot()).calls).toEqual([]);
  });

  it('gives a call that waits to the operator who becomes free in time', async () => {
    const id = await dial();
    await floor.clock.run(7_000);
    const operator = await signIn();
    await switchboard.assignWaiting(campaignId, 1);
    expect(await attempt(id)).toMatchObject({ state: 'bridged', operator_id: operator });
    await floor.clock.run(5_000);
    expect(await attempt(id)).toMatchObject({ state: 'bridged' });
  });

  it('tells a call that hung up before anybody could speak from an abandoned one', async () => {
    customer = () => person({ patienceMs: 500 });
    const id = await dial();
    await floor.clock.run(20_000);
    expect(await attempt(id)).toMatchObject({ result: 'answered', ended_by: 'customer' });
    expect(await outcomes(id)).toEqual(['hung_up_before']);
  });

  it('hangs up on a machine and spends no operator on it', async () => {
    const operator = await signIn();
    customer = () => ({ setUpMs: 1_000, kind: 'machine', ringMs: 5_000, recordsMs: 30_000 });
    const id = await dial();
    await floor.clock.run(7_000);
    expect(await attempt(id)).toMatchObject({
      state: 'ended',
      result: 'machine',
      answered_by: 'machine',
      operator_id: null,
    });
    expect(await outcomes(id)).toEqual(['machine']);
    expect(await stateOf(operator)).toBe('ready');
    expect((await floor.telephony.snapshot()).calls).toEqual([]);
  });

  it.each<[string, SimulatedCall]>([
    ['busy', { setUpMs: 500, kind: 'busy', afterMs: 500 }],
    ['invalid_number', { setUpMs: 500, kind: 'invalid', afterMs: 500 }],
    ['no_answer', { setUpMs: 500, kind: 'no_answer' }],
  ])('ends a call as %s, without a disposition, and plans the entry', async (result, call) => {
    customer = () => call;
    const id = await dial();
    await floor.clock.run(30_000);
    expect(await attempt(id)).toMatchObject({ state: 'ended', result, ended_by: 'switch' });
    expect(await outcomes(id)).toEqual([]);
    expect(await entryOf(id)).toMatchObject({ last_result: result });
  });

  it('never dials a reservation that has lapsed', async () => {
    const reservation = await reserve();
    await floor.clock.run(5_001);
    await switchboard.dial(reservation);
    expect(await attempt(reservation.attemptId)).toMatchObject({ state: 'ended', result: 'cancelled' });
    expect((await floor.telephony.snapshot()).calls).toEqual([]);
  });

  it('ends reservations that nobody dialled, and only those that have lapsed', async () => {
    const { attemptId } = await reserve();
    await floor.clock.run(5_000);
    await switchboard.endLapsed(campaignId);
    expect(await attempt(attemptId)).toMatchObject({ state: 'reserved' });
    await floor.clock.run(1);
    await switchboard.endLapsed(campaignId);
    expect(await attempt(attemptId)).toMatchObject({ state: 'ended', result: 'cancelled', ended_by: 'reconciliation' });
  });

  it('dials a reservation once: the second order is a no-op, the call goes on', async () => {
    const reservation = await reserve();
    await switchboard.dial(reservation);
    await floor.clock.run(2_000);
    await switchboard.dial(reservation);
    expect(await attempt(reservation.attemptId)).toMatchObject({ state: 'ringing' });
    expect((await floor.telephony.snapshot()).calls).toHaveLength(1);
  });

  it('calls nobody when the number can’t be opened, and says so in the ledger', async () => {
    const reservation = await reserve();
    await switchboard.dial({ ...reservation, sealed: Buffer.from('broken') });
    expect(await attempt(reservation.attemptId)).toMatchObject({ state: 'ended', result: 'failed' });
    expect((await floor.telephony.snapshot()).calls).toEqual([]);
  });

  it('hangs up what rings at any number of a person who is suppressed by hand, and does not dial what is reserved', async () => {
    const operator = await signIn();
    const talking = await dial();
    await floor.clock.run(10_000);
    const phones = ['+33199007201', '+33199007202'];
    await floor.insertEntry(campaignId, { phones });
    const ringing = (await floor.reserve(campaignId, 1)).reservations[0]!;
    await switchboard.dial(ringing);
    await floor.clock.run(2_000);
    expect(await attempt(ringing.attemptId)).toMatchObject({ state: 'ringing' });
    const other = await dial();
    await floor.suppressions.add(
      { organisationId: 1, userId: null },
      { number: phones[1]!, scope: 'global', reason: 'request', evidence: 'A call to the office' },
    );
    await floor.clock.run(1_000);
    expect(await attempt(ringing.attemptId)).toMatchObject({ state: 'ended', result: 'cancelled', ended_by: 'dialer' });
    expect(await attempt(talking)).toMatchObject({ state: 'bridged', operator_id: operator });
    expect(await attempt(other)).not.toMatchObject({ state: 'ended' });

    await floor.insertEntry(campaignId, { phones: ['+33199007203'] });
    const reserved = (await floor.reserve(campaignId, 1)).reservations[0]!;
    await floor.suppressions.add(
      { organisationId: 1, userId: null },
      { number: '+33199007203', scope: 'campaign', campaignId, reason: 'carrier_block', evidence: 'A letter' },
    );
    await floor.clock.run(1);
    await switchboard.dial(reserved);
    expect(await attempt(reserved.attemptId)).toMatchObject({ state: 'ended', result: 'cancelled' });
  });

  it('hangs up what rings on the ground of a consent that is taken back, and nothing that rests on none', async () => {
    const number = '+33199007204';
    const consent = { number, scope: 'company', form: 'prior', at: MONDAY } as const;
    const granted = await floor.consents.grant(
      { organisationId: 1, userId: null },
      { ...consent, text: { source: 'Form', wording: 'Yes' }, proof: { kind: 'web_form', reference: '1' } },
    );
    const dialOne = async () => {
      await floor.insertEntry(campaignId, { phones: [number] });
      const reservation = (await floor.reserve(campaignId, 1)).reservations[0]!;
      await switchboard.dial(reservation);
      await floor.clock.run(2_000);
      return reservation.attemptId;
    };
    const withdraw = () =>
      floor.consents.withdraw({ organisationId: 1, userId: null }, { number, scope: 'company', source: 'A letter' });
    const unneeded = await dialOne();
    await withdraw();
    await floor.clock.run(500);
    expect(await attempt(unneeded)).toMatchObject({ state: 'ringing' });
    await floor.rows(`insert into consent_uses (attempt_id, consent_id, at) values ($1, $2, $3)`, [
      ...[unneeded, granted.id, MONDAY],
    ]);
    await withdraw();
    await floor.clock.run(500);
    expect(await attempt(unneeded)).toMatchObject({ state: 'ended', result: 'cancelled', ended_by: 'dialer' });
  });

  describe('and suppression lists', () => {
    const actor = { organisationId: 1, userId: null };
    let listId: number;

    beforeEach(async () => {
      listId = (await floor.lists.createList(actor, { name: 'A list', kind: 'do_not_call' })).id;
    });

    afterEach(() => floor.lists.retireList(actor, listId, 'The test is over'));

    const load = (file: { hashes?: Buffer[]; prefixes?: string[] }) =>
      loadFile(floor.database, floor.lists, listId, { ...file, datedAt: MONDAY });
    const suppressionsOf = (matchHash: Buffer) =>
      floor.rows(`select scope, reason, source, revoked_at from suppressions where match_hash = $1`, [matchHash]);

    it('does not dial a number with a prefix that may not be called, and suppresses it', async () => {
      const reservation = await reserve();
      const prefix = numberOf(reservation.leadId).slice(1, 10);
      await load({ prefixes: [prefix] });
      await switchboard.dial(reservation);
      expect(await attempt(reservation.attemptId)).toMatchObject({
        ...{ state: 'ended', result: 'cancelled', ended_by: 'dialer' },
      });
      expect((await floor.telephony.snapshot()).calls).toEqual([]);
      const banned = { scope: 'company', reason: 'imported', source: `suppression list ${listId}`, revoked_at: null };
      expect(await suppressionsOf(reservation.matchHash)).toEqual([banned]);
      // It counts as no attempt, and the gate refuses it from now on.
      expect(await floor.gate.explain(campaignId, reservation.leadId)).toMatchObject({
        ...{ verdict: 'deny', state: 'ready', reasons: [{ code: 'suppressed' }] },
      });
      await floor.lists.retireList(actor, listId, 'A mistake');
      expect(await floor.gate.explain(campaignId, reservation.leadId)).toMatchObject({ verdict: 'allow' });
      listId = (await floor.lists.createList(actor, { name: 'Another list', kind: 'do_not_call' })).id;
    });

    it('lets a call alone that it has placed already, whatever it is told to dial again', async () => {
      const reservation = await reserve();
      await switchboard.dial(reservation);
      await load({ prefixes: [numberOf(reservation.leadId).slice(1)] });
      await switchboard.dial(reservation);
      expect(await attempt(reservation.attemptId)).toMatchObject({ state: 'dialing' });
    });

    it('dials numbers with other prefixes', async () => {
      const reservation = await reserve();
      await load({ prefixes: [`${numberOf(reservation.leadId).slice(1)}0`, '44'] });
      await switchboard.dial(reservation);
      expect(await attempt(reservation.attemptId)).toMatchObject({ state: 'dialing' });
      expect(await suppressionsOf(reservation.matchHash)).toEqual([]);
    });

    it.each(['number', 'prefix'])('hangs up what rings when a list with its %s comes into force', async (what) => {
      const operator = await signIn();
      const talking = await dial();
      await floor.clock.run(10_000);
      const ringing = await reserve();
      await switchboard.dial(ringing);
      const other = await dial();
      await floor.clock.run(2_000);
      const talker = await floor.one<{ match_hash: Buffer; lead_id: number }>(
        `select match_hash, lead_id from attempts where id = $1`,
        [talking],
      );
      await load(
        what === 'number'
          ? { hashes: [ringing.matchHash, talker.match_hash] }
          : { prefixes: [numberOf(ringing.leadId).slice(1), numberOf(talker.lead_id).slice(1)] },
      );
      await floor.clock.run(1_000);
      expect(await attempt(ringing.attemptId)).toMatchObject({ state: 'ended', result: 'cancelled' });
      expect(await attempt(other)).toMatchObject({ state: 'ringing' });
      // Whoever talks already ends the call like people do.
      expect(await attempt(talking)).toMatchObject({ state: 'bridged', operator_id: operator });
    });
  });

  it('does not give an order twice that was not answered: nobody knows whether it rings', async () => {
    const reservation = await reserve();
    floor.telephony.loseLink();
    await switchboard.dial(reservation);
    expect(await attempt(reservation.attemptId)).toMatchObject({
      state: 'ended',
      result: 'indeterminate',
      ended_by: 'reconciliation',
    });
  });

  it('cancels a call that rings when somebody asks for its end', async () => {
    const id = await dial();
    await floor.clock.run(3_000);
    await floor.dialing.requestHangup(id);
    await floor.clock.run(1_000);
    expect(await attempt(id)).toMatchObject({ state: 'ended', result: 'cancelled', ended_by: 'dialer' });
    expect(await outcomes(id)).toEqual([]);
  });

  it('finds by itself a request whose word was lost', async () => {
    const id = await dial();
    await floor.clock.run(3_000);
    await floor.rows(`update attempts set hangup_requested_at = $2 where id = $1`, [id, floor.clock.now()]);
    await floor.clock.run(5_000);
    expect(await attempt(id)).toMatchObject({ state: 'ended', ended_by: 'dialer' });
  });

  it('brings the ledger in line with a switch that lost its calls: nobody knows how they ended, and operators wrap up', async () => {
    const operator = await signIn();
    const talking = await dial();
    await floor.clock.run(10_000);
    const ringing = await dial();
    await floor.clock.run(2_000);
    const fresh = await reserve();
    floor.telephony.restart();
    await switchboard.stop();
    switchboard = floor.newSwitchboard();
    await switchboard.start();
    await switchboard.reconcile(campaignId);
    expect(await attempt(talking)).toMatchObject({ state: 'ended', result: 'answered', ended_by: 'reconciliation' });
    expect(await stateOf(operator)).toBe('wrap_up');
    expect(await attempt(ringing)).toMatchObject({
      state: 'ended',
      result: 'indeterminate',
      ended_by: 'reconciliation',
    });
    // Not lapsed yet, and not dialled: it is left for whoever holds it.
    expect(await attempt(fresh.attemptId)).toMatchObject({ state: 'reserved' });
    await floor.dispositions.record(operator, talking, { outcome: 'silent' });
    expect(await outcomes(talking)).toEqual(['silent']);
  });

  it('leaves alone what the switch still has when it reconciles', async () => {
    await signIn();
    const id = await dial();
    await floor.clock.run(10_000);
    await switchboard.reconcile(campaignId);
    expect(await attempt(id)).toMatchObject({ state: 'bridged' });
  });

  it('comes to exactly one end and one disposition for each call, however late, often and mixed the events come', async () => {
    await switchboard.stop();
    await open({ delayRate: 0.5, repeatRate: 0.5, maxDelayMs: 8_000, rejectRate: 0.1 });
    const kinds: SimulatedCall[] = [
      person({ talkMs: 2_000 }),
      person({ patienceMs: 1_000 }),
      { setUpMs: 1_000, kind: 'machine', ringMs: 0, recordsMs: 9_000 },
      { setUpMs: 500, kind: 'busy', afterMs: 500 },
      person({ ringMs: 0, talkMs: 9_000 }),
    ];
    customer = (n) => kinds[n % kinds.length]!;
    const staff = [await signIn(), await signIn(), await signIn()];
    const disposeAll = async () => {
      for (const id of staff) {
        const operator = (await floor.operators.findOperator(id))!;
        if (operator.state === 'wrap_up')
          await floor.dispositions.record(id, operator.attempt_id!, { outcome: 'sale' });
      }
    };
    const ids: number[] = [];
    for (let i = 0; i < 40; i++) {
      ids.push(await dial());
      await floor.clock.run(1_500);
      await switchboard.assignWaiting(campaignId, 3);
      await disposeAll();
    }
    await floor.clock.run(120_000);
    await disposeAll();
    const ledger = await floor.rows<{
      id: number;
      state: string;
      answered: boolean;
      dispositions: number;
      bridged: boolean;
      automatic: boolean;
    }>(
      `select a.id, a.state, a.answered_at is not null as answered, a.bridged_at is not null as bridged,
         count(d.id) as dispositions, coalesce(bool_or(d.automatic), false) as automatic
       from attempts a left join dispositions d on d.attempt_id = a.id where a.id = any($1) group by a.id order by a.id`,
      [ids],
    );
    expect(ledger).toHaveLength(40);
    for (const { state, answered, dispositions, bridged, automatic } of ledger) {
      expect(state).toBe('ended');
      expect(dispositions).toBe(answered ? 1 : 0);
      expect(automatic).toBe(answered && !bridged);
    }
    expect(ledger.some((row) => row.bridged)).toBe(true);
    expect(ledger.some((row) => row.answered && !row.bridged)).toBe(true);
    for (const id of staff) expect(await stateOf(id)).toBe('ready');
    // An operator is in one call at a time.
    const overlaps = await floor.rows(
      `select from operator_intervals a join operator_intervals b on b.operator_id = a.operator_id and b.id > a.id
       where a.operator_id = any($1) and b.from_at < coalesce(a.to_at, 'infinity')`,
      [staff],
    );
    expect(overlaps).toEqual([]);
    expect(
      await floor.rows(`select from calling_list_entries where campaign_id = $1 and state = 'in_progress'`, [
        campaignId,
      ]),
    ).toEqual([]);
  });
});
