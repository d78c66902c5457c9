import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { replay } from '../compliance/decision.js';
import { HOUSE_PROFILE, ruleOfProfile, type EffectiveRule } from '../compliance/profile.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, hashOf, MONDAY, type Entry, type Floor } from '../../test/floor.js';

const HOUR = 3_600_000;
const after = (ms: number) => new Date(MONDAY.getTime() + ms);
const HOUSE = ruleOfProfile(HOUSE_PROFILE);
const OFFICE = { ...HOUSE_PROFILE.hours };

describe('what the gate reads under its locks', () => {
  let test: TestDatabase;
  let floor: Floor;
  let campaignId: number;
  let number = 0;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    campaignId = await floor.insertCampaign();
  });

  /** A number of France's for fiction, another one each time. */
  const newNumber = () => `+3363998${String(7000 + number++)}`;
  const setting = (id: number, changes: Record<string, unknown>) =>
    Promise.all(
      Object.entries(changes).map(([column, value]) =>
        floor.rows(`update campaigns set ${column} = $2 where id = $1`, [
          id,
          typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
        ]),
      ),
    );
  const obey = (rule: Partial<EffectiveRule>) =>
    jest.spyOn(floor.compliance, 'ruleOf').mockResolvedValue({ ...HOUSE, ...rule });
  const leadsOf = (answer: Awaited<ReturnType<Floor['reserve']>>) =>
    answer.reservations.map((reservation) => reservation.leadId);
  const take = async (id = campaignId, wanted = 1) => leadsOf(await floor.reserve(id, wanted));
  const change = (attemptId: number, changes: string) =>
    floor.rows(`update attempts set ${changes} where id = $1`, [attemptId]);
  /** A call that was talked, an hour long, until `hours` from now. */
  const spoke = async (campaign: number, entry: Entry, hours: number) => {
    const id = await floor.insertAttempt(campaign, entry, after((hours - 1) * HOUR));
    await change(
      id,
      `result = 'answered', answered_by = 'person', answered_at = reserved_at, bridged_at = reserved_at,
       ended_at = reserved_at + interval '1 hour'`,
    );
    return id;
  };

  /** Nobody was reserved, for this reason; and the decision replays. */
  const expectRefused = async (
    entry: Entry,
    code: string,
    { dueAt = null, id = campaignId, state = 'waiting' }: { dueAt?: Date | null; id?: number; state?: string } = {},
  ) => {
    expect(await take(id)).toEqual([]);
    const stored = await floor.one<{ verdict: string; reasons: { code: string }[]; at: Date; facts: unknown }>(
      `select verdict, reasons, at, facts from decisions where lead_id = $1 order by id desc limit 1`,
      [entry.leadId],
    );
    expect(stored.reasons.map((reason) => reason.code)).toEqual([code]);
    const again = replay(stored.facts, stored.at);
    expect({ verdict: again.verdict, reasons: JSON.parse(JSON.stringify(again.reasons)) }).toEqual({
      verdict: stored.verdict,
      reasons: stored.reasons,
    });
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state, ...(dueAt && { due_at: dueAt }) });
  };

  describe('a household', () => {
    it('waits out a pause after a conversation with another lead at the same phone, in whatever campaign, and says so', async () => {
      const phones = [newNumber()];
      const other = await floor.insertCampaign();
      const spoken = await floor.insertEntry(other, { phones, state: 'in_progress' });
      const waiting = await floor.insertEntry(campaignId, { phones });
      await spoke(other, spoken, -2);
      await expectRefused(waiting, 'household_spoken', { dueAt: after(22 * HOUR) });
    });

    it('waits as long as the campaign says, or not at all', async () => {
      const phones = [newNumber()];
      const spoken = await floor.insertEntry(campaignId, { phones, state: 'in_progress' });
      const waiting = await floor.insertEntry(campaignId, { phones });
      await spoke(campaignId, spoken, -2);
      await setting(campaignId, { household_pause_hours: 2 });
      expect(await floor.gate.explain(campaignId, waiting.leadId)).toMatchObject({ verdict: 'allow' });
      await setting(campaignId, { household_pause_hours: 3 });
      await expectRefused(waiting, 'household_spoken', { dueAt: after(HOUR) });
      await setting(campaignId, { household_pause_hours: 0 });
      expect(await floor.gate.explain(campaignId, waiting.leadId)).toMatchObject({ verdict: 'allow' });
    });

    it('does not wait for one’s own call, nor with a call that the person asked for', async () => {
      const own = await floor.insertEntry(campaignId);
      await spoke(campaignId, own, -2);
      expect(await take()).toEqual([own.leadId]);
      const phones = [newNumber()];
      const spoken = await floor.insertEntry(campaignId, { phones, state: 'in_progress' });
      const promised = await floor.insertEntry(campaignId, { phones });
      await spoke(campaignId, spoken, -2);
      await floor.insertCallback(campaignId, promised, MONDAY);
      expect(await take()).toEqual([promised.leadId]);
    });
  });

  it('leaves a phone alone for the profile’s hours after an abandoned call, in any campaign, and the person on other phones', async () => {
    const [first, second] = [newNumber(), newNumber()];
    const other = await floor.insertCampaign();
    const dropped = await floor.insertEntry(other, { phones: [first], state: 'in_progress' });
    const attemptId = await floor.insertAttempt(other, dropped, after(-70 * HOUR));
    await change(attemptId, `result = 'abandoned', answered_by = 'person'`);
    const twin = await floor.insertEntry(campaignId, { phones: [first] });
    await expectRefused(twin, 'abandoned_lately', { dueAt: after(2 * HOUR) });
    // The same person, in another campaign, on another phone of theirs.
    await floor.rows(
      `insert into phones (organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type, bucket_id, last_digits)
       select 1, lead_id, base_id, 2, sealed, $2, country, line_type, bucket_id, last_digits from phones where lead_id = $1`,
      [dropped.leadId, hashOf(second)],
    );
    const again = await floor.one<{ id: number }>(
      `insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at, phone_position)
       select $2, lead_id, 0, bucket_id, 'ready', 5, 0, due_at, 2 from calling_list_entries where lead_id = $1 returning id`,
      [dropped.leadId, campaignId],
    );
    await expectRefused({ ...dropped, entryId: again.id }, 'abandoned_lately', { dueAt: after(2 * HOUR) });
  });

  it('calls a person on one phone at a time, from all campaigns', async () => {
    const other = await floor.insertCampaign();
    const phones = [newNumber(), newNumber()];
    const here = await floor.insertEntry(campaignId, { phones });
    await floor.rows(
      `insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at, phone_position)
       select $2, lead_id, 0, bucket_id, 'ready', 5, 0, due_at, 2 from calling_list_entries where lead_id = $1`,
      [here.leadId, other],
    );
    expect(await take()).toEqual([here.leadId]);
    const [{ id }] = (await floor.rows<{ id: number }>(
      `select id from calling_list_entries where campaign_id = $1 and lead_id = $2`,
      [other, here.leadId],
    )) as [{ id: number }];
    await expectRefused({ ...here, entryId: id }, 'already_live', { id: other, dueAt: after(30_000) });
  });

  it('counts caps by person over all phones, by person in the campaign, and by answered calls alone', async () => {
    const other = await floor.insertCampaign();
    const cap = (key: 'person' | 'campaign', count: 'attempts' | 'contacts') =>
      obey({ caps: [{ key, count, max: 1, window: { hours: 24 } }] });
    const entry = await floor.insertEntry(campaignId);
    // On a phone that they no longer have, in another campaign.
    await floor.insertAttempt(other, { ...entry, matchHash: hashOf(newNumber()) }, after(-2 * HOUR));
    cap('campaign', 'attempts');
    expect((await floor.gate.explain(campaignId, entry.leadId))?.verdict).toBe('allow');
    cap('person', 'contacts');
    expect((await floor.gate.explain(campaignId, entry.leadId))?.verdict).toBe('allow');
    cap('person', 'attempts');
    await expectRefused(entry, 'cap_reached', { dueAt: after(22 * HOUR) });
  });

  it('counts days by the calendar of the recipient', async () => {
    obey({ caps: [{ key: 'phone', count: 'attempts', max: 1, window: { days: 1 } }] });
    const entry = await floor.insertEntry(campaignId);
    await floor.insertAttempt(campaignId, entry, after(-10 * HOUR));
    // Midnight in Paris, of a day that began thirteen hours ago.
    await expectRefused(entry, 'cap_reached', { dueAt: new Date('2026-03-02T23:00:00Z') });
    await floor.rows(`update calling_list_entries set state = 'ready' where id = $1`, [entry.entryId]);
    await floor.rows(`update attempts set reserved_at = $2 where lead_id = $1`, [
      entry.leadId,
      new Date('2026-03-01T22:59:59Z'),
    ]);
    expect(await take()).toEqual([entry.leadId]);
  });

  it('leaves who refused to be called alone, by the law in all campaigns, and not whom the offer did not suit', async () => {
    obey({ coolDowns: [{ after: 'refusal', hours: 60 * 24, scope: 'company' }] });
    const refusing = (column: string, entry: Entry) =>
      floor.rows(`insert into lead_history (lead_id, organisation_id, ${column}) values ($1, 1, $2)`, [
        entry.leadId,
        after(-59 * 24 * HOUR),
      ]);
    const entry = await floor.insertEntry(campaignId);
    await refusing('declined_at', entry);
    await expectRefused(entry, 'cooling_down', { dueAt: after(24 * HOUR) });
    const priced = await floor.insertEntry(campaignId);
    await refusing('refused_at', priced);
    expect(await take()).toEqual([priced.leadId]);
  });

  describe('consent', () => {
    const consent = async (entry: Entry, kind: 'granted' | 'withdrawn', at: Date) => {
      const text = await floor.one<{ id: number }>(
        `insert into consent_texts (organisation_id, source, wording, created_at) values (1, 'A form', 'Call me', $1) returning id`,
        [at],
      );
      await floor.rows(
        `insert into consents (organisation_id, match_hash, lead_id, kind, form, scope, text_id, proof, source, at, created_at)
         values (1, $1, $2, $3, $4, 'company', $5, $6, 'a test', $7, $7)`,
        [
          ...[entry.matchHash, entry.leadId, kind, kind === 'granted' ? 'prior' : null],
          ...[kind === 'granted' ? text.id : null, kind === 'granted' ? { kind: 'paper', reference: '7' } : null, at],
        ],
      );
    };

    it('is asked for where the rule says so, and what the call rests on is written down', async () => {
      obey({ consent: 'prior', consentMaxAgeDays: 30 });
      const [silent, agreed] = [
        await floor.insertEntry(campaignId, { rank: 1 }),
        await floor.insertEntry(campaignId, { rank: 2 }),
      ];
      await consent(agreed, 'granted', after(-24 * HOUR));
      expect(await take(campaignId, 2)).toEqual([agreed.leadId]);
      expect(await floor.getEntry(silent.entryId)).toMatchObject({ state: 'waiting', due_at: after(24 * HOUR) });
      const use = await floor.one<{ lead_id: number; at: Date }>(
        `select a.lead_id, u.at from consent_uses u join attempts a on a.id = u.attempt_id where a.campaign_id = $1`,
        [campaignId],
      );
      expect(use).toEqual({ lead_id: agreed.leadId, at: MONDAY });
    });

    it('that was taken back holds no more', async () => {
      obey({ consent: 'prior' });
      const entry = await floor.insertEntry(campaignId);
      await consent(entry, 'granted', after(-24 * HOUR));
      await consent(entry, 'withdrawn', after(-HOUR));
      await expectRefused(entry, 'no_consent', { dueAt: after(24 * HOUR) });
    });
  });

  it('refuses a mode that the rule forbids, tries a few people a minute, and says why the campaign stands still', async () => {
    obey({ modes: ['manual', 'preview'] });
    const [entry, next] = [
      await floor.insertEntry(campaignId, { rank: 1 }),
      await floor.insertEntry(campaignId, { rank: 2 }),
    ];
    expect(await floor.reserve(campaignId, 1)).toMatchObject({
      reservations: [],
      shortage: { code: 'mode_forbidden', sentence: expect.stringContaining('mode progressive') },
    });
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'waiting', due_at: after(60_000) });
    expect((await floor.reserve(campaignId, 1)).shortage).toMatchObject({ code: 'mode_forbidden' });
    expect(await floor.getEntry(next.entryId)).toMatchObject({ state: 'ready' });
  });

  describe('the number that is shown', () => {
    const RULE = { callerId: { required: true, mobileAllowed: false, prefixes: null, registered: false } };
    const insertNumber = (values: Record<string, unknown> = {}) => {
      const row = { number: '+33170000001', name: 'Us', authority: 'owned', line_type: 'fixed_line', ...values };
      const columns = Object.keys(row);
      return floor.rows(
        `insert into caller_ids (organisation_id, created_at, updated_at, ${columns.join(', ')})
         values (1, $1, $1, ${columns.map((_, place) => `$${place + 2}`).join(', ')})`,
        [MONDAY, ...Object.values(row)],
      );
    };

    it('must be there, and ours to show: what changes about it binds the next dial', async () => {
      obey(RULE);
      await floor.insertEntry(campaignId);
      const why = async () => {
        const { shortage, reservations } = await floor.reserve(campaignId, 1);
        await floor.clock.run(60_000);
        await floor.scheduler.promote(campaignId);
        return shortage?.code ?? reservations.length;
      };
      expect(await why()).toBe('caller_id_missing');
      await setting(campaignId, { caller_id: '+33170000001' });
      expect(await why()).toBe('caller_id_unauthorised');
      await insertNumber({ countries: ['BE'] });
      expect(await why()).toBe('caller_id_unauthorised');
      await floor.rows(`update caller_ids set countries = '{FR}', valid_to = $1`, [MONDAY]);
      expect(await why()).toBe('caller_id_unauthorised');
      await floor.rows(`update caller_ids set valid_to = null, removed_at = $1`, [MONDAY]);
      expect(await why()).toBe('caller_id_unauthorised');
      await floor.rows(`update caller_ids set removed_at = null`);
      expect(await why()).toBe(1);
    });

    it('is nobody’s business where the rule asks for none', async () => {
      await setting(campaignId, { caller_id: '+33170000009' });
      const entry = await floor.insertEntry(campaignId);
      expect(await take()).toEqual([entry.leadId]);
    });
  });

  describe('a ceiling of spending', () => {
    it('is held by the dial, within one answer and from one to the next', async () => {
      await setting(campaignId, { spend_ceiling_daily: 1, cost_per_dial: 0.4, currency: 'EUR' });
      for (let i = 0; i < 5; i++) await floor.insertEntry(campaignId);
      const first = await floor.reserve(campaignId, 2);
      expect(first.reservations).toHaveLength(2);
      const second = await floor.reserve(campaignId, 3);
      expect(second.reservations).toHaveLength(1);
      expect(second.shortage).toMatchObject({ code: 'spend_ceiling', opensAt: new Date('2026-03-03T00:00:00Z') });
      const left = `select from calling_list_entries where campaign_id = $1 and state = 'ready'`;
      expect(await floor.rows(left, [campaignId])).toHaveLength(2);
    });

    it('counts what was dialled and talked before, for the day and in all', async () => {
      await setting(campaignId, { spend_ceiling_total: 10, cost_per_dial: 1, cost_per_minute: 0.05, currency: 'EUR' });
      const spoken = await floor.insertEntry(campaignId, { state: 'in_progress' });
      await spoke(campaignId, spoken, -30);
      await spoke(campaignId, spoken, -2);
      const entry = await floor.insertEntry(campaignId);
      // Two dials and two hours of talk are 8; a third dial is 9, a fourth 10.
      const spending = async () => (await floor.gate.explain(campaignId, entry.leadId))?.facts.spending;
      expect(await spending()).toMatchObject({ today: 4, total: 8 });
      expect(await take()).toEqual([entry.leadId]);
      await floor.insertEntry(campaignId);
      expect((await floor.reserve(campaignId, 1)).reservations).toHaveLength(1);
      await floor.insertEntry(campaignId);
      expect(await floor.reserve(campaignId, 1)).toMatchObject({
        reservations: [],
        shortage: { code: 'spend_ceiling', opensAt: null },
      });
      // Another process counts the same.
      const twin = createFloor(test, { clock: floor.clock });
      expect((await twin.reserve(campaignId, 1)).shortage).toMatchObject({ code: 'spend_ceiling' });
    });
  });

  describe('kinds of phones', () => {
    const twoPhones = async (mobile: string, fixed: string) => {
      const entry = await floor.insertEntry(campaignId, { phones: [mobile, fixed] });
      await floor.rows(`update phones set line_type = 'fixed_line' where lead_id = $1 and position = 2`, [
        entry.leadId,
      ]);
      return entry;
    };
    const reserve = (phoneKinds: object) =>
      floor.gate.reserve({
        ...{ campaignId, wanted: 1, fence: 1, readyOperatorIds: [], hours: HOUSE_PROFILE.hours },
        phoneKinds,
      });

    it('start with the kind that comes first, and go on from there', async () => {
      const kinds = { first: 'fixed' };
      await setting(campaignId, { phone_kinds: kinds });
      const [mobile, fixed] = [newNumber(), newNumber()];
      const entry = await twoPhones(mobile, fixed);
      const { reservations } = await reserve(kinds);
      expect(reservations.map((each) => each.matchHash)).toEqual([hashOf(fixed)]);
      expect(await floor.getEntry(entry.entryId)).toMatchObject({ phone_position: 2 });
    });

    it('take the phone that may be called at this hour, and wait for the hours of the only one', async () => {
      // It is eleven in the morning.
      const kinds = { hours: { mobile: { mon: [['18:00', '20:00']] }, fixed: OFFICE } };
      await setting(campaignId, { phone_kinds: kinds });
      const [mobile, fixed, alone] = [newNumber(), newNumber(), newNumber()];
      await twoPhones(mobile, fixed);
      expect((await reserve(kinds)).reservations.map((each) => each.matchHash)).toEqual([hashOf(fixed)]);
      const single = await floor.insertEntry(campaignId, { phones: [alone] });
      await expectRefused(single, 'outside_window', { dueAt: new Date('2026-03-02T17:00:00Z') });
    });
  });

  describe('settings', () => {
    it('are read again whenever they change, by whatever way', async () => {
      for (let i = 0; i < 4; i++) await floor.insertEntry(campaignId);
      expect(await take()).toHaveLength(1);
      await setting(campaignId, { max_lines: 1 });
      expect(await take()).toEqual([]);
      await setting(campaignId, { max_lines: 5, caller_id: '+33170000042' });
      const { reservations } = await floor.reserve(campaignId, 1);
      expect(reservations).toMatchObject([{ callerId: '+33170000042' }]);
    });
  });

  describe('the ladder', () => {
    it('goes by due time for retries and those whom we abandoned, by rank for hot and new leads', async () => {
      const entry = (tier: number, rank: number, minutes: number) =>
        floor.insertEntry(campaignId, { tier, rank, dueAt: after(-minutes * 60_000) });
      const fresh = [await entry(5, 2, 90), await entry(5, 1, 0)];
      const retries = [await entry(4, 1, 1), await entry(4, 9, 60)];
      const hot = [await entry(3, 2, 9), await entry(3, 1, 1)];
      const abandoned = [await entry(2, 1, 1), await entry(2, 9, 60)];
      const late = await entry(0, 9, 0);
      const order = [
        late,
        abandoned[1]!,
        abandoned[0]!,
        hot[1]!,
        hot[0]!,
        retries[1]!,
        retries[0]!,
        fresh[1]!,
        fresh[0]!,
      ];
      expect(await take(campaignId, 9)).toEqual(order.map(({ leadId }) => leadId));
    });

    it('lets who is overdue climb, and gives new leads one dial of twenty while retries never end', async () => {
      for (let i = 0; i < 45; i++) await floor.insertEntry(campaignId, { tier: 4, dueAt: after(-60_000) });
      const fresh: number[] = [];
      for (let i = 0; i < 5; i++) fresh.push((await floor.insertEntry(campaignId, { rank: i })).leadId);
      const aged = await floor.insertEntry(campaignId, { tier: 4, dueAt: after(-5 * HOUR) });
      const hot = await floor.insertEntry(campaignId, { tier: 3, dueAt: after(-60_000) });
      expect(await take(campaignId, 2)).toEqual([aged.leadId, hot.leadId]);
      const taken: number[] = [];
      for (let i = 0; i < 40; i++) taken.push(...(await take()));
      expect(taken.filter((leadId) => fresh.includes(leadId))).toEqual(fresh.slice(0, 2));
    });
  });
});
