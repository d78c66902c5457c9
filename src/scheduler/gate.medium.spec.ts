import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { replay } from '../compliance/decision.js';
import { HOUSE_PROFILE, type WeekHours } from '../compliance/profile.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, hashOf, MONDAY, type Entry, type Floor } from '../../test/floor.js';
import { loadFile } from '../../test/suppression-files.js';

const HOUR = 3_600_000;
const actor = { organisationId: 1, userId: null };
const after = (ms: number) => new Date(MONDAY.getTime() + ms);

interface StoredDecision {
  verdict: string;
  reasons: { code: string; sentence: string; nextAt: string | null }[];
  next_at: Date | null;
  at: Date;
  facts: unknown;
}

describe('the gate', () => {
  let test: TestDatabase;
  let floor: Floor;
  let campaignId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    campaignId = await floor.insertCampaign();
  });

  const decisionOf = (leadId: number) =>
    floor.one<StoredDecision>(
      `select verdict, reasons, next_at, at, facts from decisions where lead_id = $1 order by id desc limit 1`,
      [leadId],
    );
  const leadsOf = (answer: Awaited<ReturnType<Floor['reserve']>>) =>
    answer.reservations.map((reservation) => reservation.leadId);
  const suppress = (matchHash: Buffer, more: { scope?: 'campaign' | 'client'; campaignId?: number } = {}) =>
    floor.database.transaction((tx) =>
      floor.compliance.suppress(tx, {
        ...{ organisationId: 1, scope: more.scope ?? 'client', campaignId: more.campaignId ?? null, matchHash },
        ...{ reason: 'request', source: 'test', validTo: null, createdBy: null },
      }),
    );

  /** The entry was refused for this reason, its decision was stored and stands when taken again. */
  const expectRefused = async (entry: Entry, code: string, state: 'waiting' | 'completed', dueAt: Date | null) => {
    const { verdict, reasons, next_at, at, facts } = await decisionOf(entry.leadId);
    expect(reasons.map((reason) => reason.code)).toEqual([code]);
    expect(verdict).toBe(state === 'completed' ? 'deny' : 'defer');
    const again = replay(facts, at);
    expect(again).toMatchObject({ verdict, nextAt: next_at });
    expect(JSON.parse(JSON.stringify(again.reasons))).toEqual(reasons);
    const now = await floor.getEntry(entry.entryId);
    expect(now).toMatchObject({ state, attempts: 0, completed_code: state === 'completed' ? code : null });
    if (dueAt) expect(now.due_at).toEqual(dueAt);
  };

  it('reserves an attempt that must be dialled within five seconds, with the decision that allowed it', async () => {
    const entry = await floor.insertEntry(campaignId);
    const { reservations, shortage } = await floor.reserve(campaignId, 1);
    expect(shortage).toBeNull();
    expect(reservations).toMatchObject([
      { campaignId, leadId: entry.leadId, number: 1, dialBefore: after(5_000), ringTimeoutMs: 22_000 },
    ]);
    const attempt = await floor.one(`select * from attempts where id = $1`, [reservations[0]!.attemptId]);
    expect(attempt).toMatchObject({
      state: 'reserved',
      fence: 1,
      number: 1,
      reserved_at: MONDAY,
      dial_before: after(5_000),
      entry_id: entry.entryId,
    });
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'in_progress', attempts: 1 });
    const decision = await decisionOf(entry.leadId);
    expect(decision).toMatchObject({ verdict: 'allow', reasons: [], next_at: null });
    expect(replay(decision.facts, decision.at).verdict).toBe('allow');
  });

  it('goes down the ladder: the ready operator’s own callbacks, then tier, rank, due time, place on the list', async () => {
    const operator = await floor.insertOperator();
    const last = await floor.insertEntry(campaignId);
    const lastButOne = await floor.insertEntry(campaignId, { dueAt: after(-1) });
    const better = await floor.insertEntry(campaignId, { rank: -9 });
    const retry = await floor.insertEntry(campaignId, { tier: 4 });
    const shared = await floor.insertEntry(campaignId, { tier: 0, rank: 9 });
    const own = await floor.insertEntry(campaignId, { tier: 1, ownerId: operator });
    const twin = await floor.insertEntry(campaignId);
    const answer = await floor.reserve(campaignId, 10, { readyOperatorIds: [operator] });
    const ladder = [own, shared, retry, better, lastButOne, last, twin];
    expect(leadsOf(answer)).toEqual(ladder.map((entry) => entry.leadId));
    expect(answer.shortage).toEqual({ code: 'out_of_leads', opensAt: null });
  });

  it('takes the head of the list first when fewer are wanted, over several buckets', async () => {
    const low = await floor.insertEntry(campaignId, { rank: 3 });
    const high = await floor.insertEntry(campaignId, { rank: 1, zones: ['Europe/Berlin'] });
    const middle = await floor.insertEntry(campaignId, { rank: 2 });
    expect(leadsOf(await floor.reserve(campaignId, 2))).toEqual([high.leadId, middle.leadId]);
    expect(leadsOf(await floor.reserve(campaignId, 2))).toEqual([low.leadId]);
  });

  it('leaves a personal callback to its owner, and takes one for each owner who is ready', async () => {
    const [owner, other] = [await floor.insertOperator(), await floor.insertOperator()];
    const first = await floor.insertEntry(campaignId, { tier: 1, ownerId: owner });
    const second = await floor.insertEntry(campaignId, { tier: 1, ownerId: owner });
    expect(leadsOf(await floor.reserve(campaignId, 5, { readyOperatorIds: [other] }))).toEqual([]);
    const { reservations } = await floor.gate.reserve({
      campaignId,
      fence: 1,
      wanted: 1,
      readyOperatorIds: [owner],
      hours: EVERY_HOUR,
    });
    expect(reservations.map((reservation) => reservation.leadId)).toEqual([first.leadId]);
    expect(await floor.one(`select operator_id from attempts where lead_id = $1`, [first.leadId])).toEqual({
      operator_id: owner,
    });
    expect(await floor.getEntry(second.entryId)).toMatchObject({ state: 'ready' });
  });

  it('refuses a number that may not be called, and is done with it', async () => {
    const entry = await floor.insertEntry(campaignId);
    await suppress(entry.matchHash);
    expect(leadsOf(await floor.reserve(campaignId, 1))).toEqual([]);
    await expectRefused(entry, 'suppressed', 'completed', null);
  });

  it('holds a suppression of one campaign against that campaign alone', async () => {
    const other = await floor.insertCampaign();
    const phone = ['+33639981001'];
    const here = await floor.insertEntry(campaignId, { phones: phone });
    const there = await floor.insertEntry(other, { phones: phone });
    await suppress(here.matchHash, { scope: 'campaign', campaignId });
    expect(leadsOf(await floor.reserve(campaignId, 1))).toEqual([]);
    expect(leadsOf(await floor.reserve(other, 1))).toEqual([there.leadId]);
  });

  it('counts attempts at a phone from every campaign against the cap', async () => {
    const other = await floor.insertCampaign();
    const phones = ['+33639981002'];
    const here = await floor.insertEntry(campaignId, { phones });
    const there = await floor.insertEntry(other, { phones });
    for (const [campaign, entry, hours] of [
      [campaignId, here, -20],
      [other, there, -10],
      [other, there, -1],
    ] as const)
      await floor.insertAttempt(campaign, entry, after(hours * HOUR));
    expect(leadsOf(await floor.reserve(campaignId, 1))).toEqual([]);
    const { reasons, next_at } = await decisionOf(here.leadId);
    expect(reasons.map((reason) => reason.code)).toContain('cap_reached');
    expect(next_at).toEqual(after(4 * HOUR));
    expect(await floor.getEntry(here.entryId)).toMatchObject({ state: 'waiting', due_at: after(4 * HOUR) });
  });

  it('holds the campaign’s own cap, where it is narrower than the profile’s', async () => {
    const strict = await floor.insertCampaign({ maxAttemptsPerDay: 1 });
    const entry = await floor.insertEntry(strict);
    await floor.insertAttempt(strict, entry, after(-2 * HOUR));
    expect(leadsOf(await floor.reserve(strict, 1))).toEqual([]);
    await expectRefused(entry, 'cap_reached', 'waiting', after(22 * HOUR));
  });

  it('does not look at people outside their calling hours, and says when the first of them may be called', async () => {
    const entry = await floor.insertEntry(campaignId, { zones: ['Pacific/Auckland'] });
    expect((await floor.reserve(campaignId, 1)).shortage).toEqual({
      code: 'out_of_leads',
      opensAt: new Date('2026-03-02T20:00:00Z'),
    });
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'ready' });
    await floor.clock.runUntil(new Date('2026-03-08T12:00:00Z'));
    const sunday = await floor.reserve(campaignId, 1);
    // Nine on Monday morning in Auckland comes first of all buckets.
    expect(sunday).toEqual({
      reservations: [],
      shortage: { code: 'outside_hours', opensAt: new Date('2026-03-08T20:00:00Z') },
    });
  });

  it('reads the campaign’s hours again, whatever hours it was asked to look under', async () => {
    const evening = await floor.insertCampaign({ hours: { mon: [['18:00', '20:00']] } });
    const entry = await floor.insertEntry(evening);
    expect(leadsOf(await floor.reserve(evening, 1, { hours: EVERY_HOUR }))).toEqual([]);
    await expectRefused(entry, 'outside_window', 'waiting', after(7 * HOUR));
  });

  it('asks the clock of the phone that is next, not of the one before', async () => {
    const phones = ['+33639981003', '+33639981004'];
    const entry = await floor.insertEntry(campaignId, {
      phones,
      zonesOfPhones: [['Europe/Paris'], ['Pacific/Auckland']],
    });
    const [reservation] = (await floor.reserve(campaignId, 1)).reservations;
    await floor.rows(`update attempts set state = 'ended', result = 'invalid_number', ended_at = $2 where id = $1`, [
      reservation!.attemptId,
      MONDAY,
    ]);
    await floor.database.transaction((tx) =>
      floor.scheduler.settleResult(tx, entry.entryId, reservation!.attemptId, 'invalid_number'),
    );
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'waiting', phone_position: 2 });
    await floor.scheduler.promote(campaignId);
    expect(leadsOf(await floor.reserve(campaignId, 1))).toEqual([]);
    // Nine in the morning in Auckland: it waits for that.
    await floor.clock.runUntil(new Date('2026-03-02T20:00:00Z'));
    await floor.scheduler.promote(campaignId);
    const night = await floor.reserve(campaignId, 1);
    expect(night.reservations.map((next) => next.matchHash)).toEqual([hashOf(phones[1]!)]);
  });

  it.each([
    ['a paused campaign', 'campaign_not_running', { state: 'paused' }, {}],
    ['whoever lost the lease', 'lease_lost', {}, { fence: 0 }],
    ['whoever never had it', 'lease_lost', { leaseOwner: null }, {}],
  ] as const)('refuses %s, and leaves the entry in its place', async (_, code, settings, more) => {
    const troubled = await floor.insertCampaign(settings);
    const entry = await floor.insertEntry(troubled);
    expect(await floor.reserve(troubled, 1, more)).toMatchObject({
      reservations: [],
      shortage: { code, opensAt: null },
    });
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'ready', attempts: 0 });
    expect(await floor.rows(`select from attempts where campaign_id = $1`, [troubled])).toEqual([]);
  });

  it('refuses a lease that has run out, though nobody has taken it', async () => {
    await floor.insertEntry(campaignId);
    await floor.rows(`update campaign_loops set expires_at = $2 where campaign_id = $1`, [campaignId, MONDAY]);
    expect((await floor.reserve(campaignId, 1)).shortage).toMatchObject({ code: 'lease_lost' });
  });

  it('never goes over the lines of the campaign', async () => {
    const narrow = await floor.insertCampaign({ maxLines: 2 });
    for (let i = 0; i < 4; i++) await floor.insertEntry(narrow);
    const first = await floor.reserve(narrow, 4);
    expect(first.reservations).toHaveLength(2);
    expect(first.shortage).toMatchObject({ code: 'no_free_lines', opensAt: null });
    expect((await floor.reserve(narrow, 1)).reservations).toEqual([]);
    expect(
      await floor.rows(`select from calling_list_entries where campaign_id = $1 and state = 'ready'`, [narrow]),
    ).toHaveLength(2);
  });

  it('calls a household once at a time: the second lead on the same number waits', async () => {
    const phones = ['+33639981005'];
    const first = await floor.insertEntry(campaignId, { phones });
    const second = await floor.insertEntry(campaignId, { phones });
    expect(leadsOf(await floor.reserve(campaignId, 2))).toEqual([first.leadId]);
    await expectRefused(second, 'already_live', 'waiting', after(30_000));
  });

  it('completes a lead that has no phone left to try', async () => {
    const entry = await floor.insertEntry(campaignId, { phones: [] });
    expect(leadsOf(await floor.reserve(campaignId, 1))).toEqual([]);
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'completed', completed_code: 'no_phone' });
    expect(await decisionOf(entry.leadId)).toMatchObject({ verdict: 'deny' });
  });

  it('goes on to the next leads, in one call, when the first may not be dialled', async () => {
    const refused = [await floor.insertEntry(campaignId), await floor.insertEntry(campaignId)];
    for (const entry of refused) await suppress(entry.matchHash);
    const good = await floor.insertEntry(campaignId);
    expect(leadsOf(await floor.reserve(campaignId, 1))).toEqual([good.leadId]);
  });

  it('lets a promised call pass the limit of attempts, and no other', async () => {
    const tried = await floor.insertEntry(campaignId, { attempts: 5 });
    const promised = await floor.insertEntry(campaignId, { attempts: 5 });
    await floor.insertCallback(campaignId, promised, MONDAY);
    expect(leadsOf(await floor.reserve(campaignId, 2))).toEqual([promised.leadId]);
    expect(await floor.getEntry(tried.entryId)).toMatchObject({
      state: 'completed',
      completed_code: 'attempts_exhausted',
    });
  });

  it('cancels the promise of a person who may not be called any more: it does not disappear', async () => {
    const entry = await floor.insertEntry(campaignId);
    const callbackId = await floor.insertCallback(campaignId, entry, MONDAY);
    await suppress(entry.matchHash);
    expect(leadsOf(await floor.reserve(campaignId, 1))).toEqual([]);
    expect(await floor.one(`select state, ended_at from callbacks where id = $1`, [callbackId])).toEqual({
      state: 'cancelled',
      ended_at: MONDAY,
    });
  });

  it('refuses a number that a suppression list names, and says which', async () => {
    const entry = await floor.insertEntry(campaignId);
    const { id } = await floor.lists.createList(actor, { name: 'UK registry', kind: 'registry', registry: 'TPS' });
    await loadFile(floor.database, floor.lists, id, { hashes: [entry.matchHash], datedAt: MONDAY });
    expect(await floor.gate.explain(campaignId, entry.leadId)).toMatchObject({ verdict: 'deny' });
    expect(leadsOf(await floor.reserve(campaignId, 1))).toEqual([]);
    await expectRefused(entry, 'suppressed', 'completed', null);
    expect((await decisionOf(entry.leadId)).reasons[0]!.sentence).toContain('registry TPS, scope company');
    await floor.lists.retireList(actor, id, 'A test');
    expect(await floor.gate.explain(campaignId, entry.leadId)).toMatchObject({ verdict: 'allow' });
  });

  it('refuses where a registry is missing or stale, tries a few people a minute there, and goes on elsewhere', async () => {
    const profile = jest.spyOn(floor.compliance, 'profileOf');
    profile.mockReturnValue({ ...HOUSE_PROFILE, registries: [{ registry: 'CTPS', maxAgeDays: 28 }] });
    const phones = () => [...Array.from({ length: 3 }, () => ({})), { zones: ['Europe/Berlin'] }];
    const entries = [];
    for (const row of phones()) entries.push(await floor.insertEntry(campaignId, row));
    expect(await floor.reserve(campaignId, 1)).toMatchObject({
      reservations: [],
      shortage: { code: 'registry_stale', opensAt: null },
    });
    await expectRefused(entries[0]!, 'registry_stale', 'waiting', after(60_000));
    await expectRefused(entries[3]!, 'registry_stale', 'waiting', after(60_000));
    // The others of the first bucket were not even looked at.
    expect(await floor.getEntry(entries[1]!.entryId)).toMatchObject({ state: 'ready' });
    expect(await floor.getEntry(entries[2]!.entryId)).toMatchObject({ state: 'ready' });
    expect((await floor.reserve(campaignId, 1)).shortage).toMatchObject({ code: 'registry_stale' });

    const { id } = await floor.lists.createList(actor, { name: 'Companies', kind: 'registry', registry: 'CTPS' });
    const dated = (days: number) => ({ hashes: [hashOf('+33639990000')], datedAt: after(-days * 24 * HOUR) });
    await loadFile(floor.database, floor.lists, id, dated(29));
    await floor.clock.run(60_000);
    expect((await floor.reserve(campaignId, 1)).shortage).toMatchObject({ code: 'registry_stale' });
    expect((await decisionOf(entries[1]!.leadId)).reasons[0]!.sentence).toContain('CTPS is 29 days old');
    await loadFile(floor.database, floor.lists, id, dated(27));
    await floor.clock.run(60_000);
    expect(leadsOf(await floor.reserve(campaignId, 1))).toEqual([entries[2]!.leadId]);
    await floor.lists.retireList(actor, id, 'A test');
  });

  it('explains why a lead is not called now, and reserves nothing', async () => {
    const entry = await floor.insertEntry(campaignId);
    await floor.insertAttempt(campaignId, entry, after(-HOUR));
    expect(await floor.gate.explain(campaignId, entry.leadId)).toMatchObject({ verdict: 'allow', state: 'ready' });
    await suppress(entry.matchHash);
    expect(await floor.gate.explain(campaignId, entry.leadId)).toMatchObject({
      verdict: 'deny',
      reasons: [{ code: 'suppressed' }],
    });
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'ready' });
    expect(await floor.gate.explain(campaignId, 0)).toBeNull();
  });

  it('makes a promised call that waits too long climb the ladder', async () => {
    const late = await floor.insertEntry(campaignId, { state: 'waiting' });
    const onTime = await floor.insertEntry(campaignId, { state: 'waiting' });
    await floor.insertCallback(campaignId, late, after(-11 * 60_000));
    await floor.insertCallback(campaignId, onTime, after(-1_000));
    const later = await floor.insertEntry(campaignId, { state: 'waiting', dueAt: after(1) });
    expect(await floor.scheduler.promote(campaignId)).toBe(2);
    expect(await floor.getEntry(late.entryId)).toMatchObject({ state: 'ready', tier: 0 });
    expect(await floor.getEntry(onTime.entryId)).toMatchObject({ state: 'ready', tier: 1 });
    expect(await floor.getEntry(later.entryId)).toMatchObject({ state: 'waiting' });
  });
});

describe('gates that race', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  it('never call a phone twice at once, over a cap, or after a do-not-call has committed', async () => {
    const floor = createFloor(test);
    const PHONES = 60;
    const campaigns = [await floor.insertCampaign(), await floor.insertCampaign({ maxAttemptsPerDay: 2 })];
    const number = (i: number) => `+33639982${String(i % PHONES).padStart(3, '0')}`;
    for (let i = 0; i < 300; i++)
      await floor.insertEntry(campaigns[i % 7 < 4 ? 0 : 1]!, { phones: [number(i)], rank: i % 5 });

    // The order in which Postgres lets them in: each reservation and each suppression reads the counter under the phone's lock.
    await floor.rows(`create sequence turns`);
    await floor.rows(`alter table attempts add column turn bigint default nextval('turns')`);
    await floor.rows(`alter table suppressions add column turn bigint default nextval('turns')`);

    const end = async () => {
      const over = `update attempts set state = 'ended', result = 'busy', originated_at = reserved_at, ended_at = $1 where id in (
        select id from attempts where state <> 'ended' order by random() limit 15) returning entry_id`;
      const ended = await floor.rows<{ entry_id: number }>(over, [floor.clock.now()]);
      await floor.rows(`update calling_list_entries set state = 'ready' where id = any($1)`, [
        ended.map((row) => row.entry_id),
      ]);
    };
    const gates = Array.from({ length: 8 }, () => createFloor(test, { clock: floor.clock }));
    let suppressed = 0;
    for (let round = 0; round < 14; round++) {
      await Promise.all([
        ...gates.map((gate, i) => gate.reserve(campaigns[i % 2]!, 6)),
        ...[0, 1].map((i) => {
          const matchHash = hashOf(number(round * 2 + i));
          suppressed++;
          return floor.database.transaction((tx) =>
            floor.compliance.suppress(tx, {
              ...{ organisationId: 1, scope: 'client', campaignId: null, matchHash },
              ...{ reason: 'request', source: 'test', validTo: null, createdBy: null },
            }),
          );
        }),
      ]);
      await floor.clock.run(20 * 60_000);
      await end();
      await floor.rows(`update calling_list_entries set state = 'ready' where state = 'waiting' and due_at <= $1`, [
        floor.clock.now(),
      ]);
    }

    const ledger = await floor.rows<{ phone: string; turn: number; at: Date; ended: Date | null; campaign_id: number }>(
      `select encode(match_hash, 'hex') as phone, turn, reserved_at as at, ended_at as ended, campaign_id from attempts order by id`,
    );
    expect(ledger.length).toBeGreaterThan(60);
    expect(suppressed).toBe(28);
    const bans = new Map(
      (
        await floor.rows<{ phone: string; turn: number }>(
          `select encode(match_hash, 'hex') as phone, turn from suppressions`,
        )
      ).map(({ phone, turn }) => [phone, turn]),
    );
    for (const attempt of ledger) expect(attempt.turn).toBeLessThan(bans.get(attempt.phone) ?? Infinity);
    for (const phone of new Set(ledger.map((attempt) => attempt.phone))) {
      const tried = ledger.filter((attempt) => attempt.phone === phone);
      for (let i = 1; i < tried.length; i++) {
        expect(tried[i - 1]!.ended).not.toBeNull();
        expect(tried[i]!.at.getTime()).toBeGreaterThanOrEqual(tried[i - 1]!.ended!.getTime());
      }
      for (const { at } of tried) {
        const window = tried.filter((other) => other.at >= at && other.at.getTime() < at.getTime() + 24 * HOUR);
        expect(window.length).toBeLessThanOrEqual(3);
        // The narrower campaign adds none once two are in the window that ends with its own.
        const before = tried.filter((other) => other.at <= at && other.at.getTime() > at.getTime() - 24 * HOUR);
        if (before.at(-1)!.campaign_id === campaigns[1]) expect(before.length).toBeLessThanOrEqual(2);
      }
    }
  });

  it('reserve nothing after a pause has committed, however many are at it', async () => {
    const floor = createFloor(test);
    const campaignId = await floor.insertCampaign({ maxLines: 500 });
    for (let i = 0; i < 120; i++) await floor.insertEntry(campaignId);
    let whenPaused: number | null = null;
    const keepAsking = async () => {
      const gate = createFloor(test);
      for (let more = 3; more > 0; more -= whenPaused === null ? 0 : 1) await gate.reserve(campaignId, 1);
    };
    const pause = async () => {
      while ((await floor.rows(`select from attempts where campaign_id = $1`, [campaignId])).length < 10);
      await floor.campaigns.pause({ organisationId: 1, userId: null }, campaignId);
      whenPaused = (await floor.rows(`select from attempts where campaign_id = $1`, [campaignId])).length;
    };
    await Promise.all([pause(), ...Array.from({ length: 6 }, keepAsking)]);
    const ready = await floor.rows(`select from calling_list_entries where campaign_id = $1 and state = 'ready'`, [
      campaignId,
    ]);
    expect(120 - ready.length).toBe(whenPaused);
    expect(whenPaused).toBeLessThan(120);
  });
});

const EVERY_HOUR: WeekHours = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]]),
);
