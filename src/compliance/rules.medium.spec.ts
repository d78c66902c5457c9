import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Floor } from '../../test/floor.js';
import { ProfilesRepository } from './profiles.repository.js';
import { ProfilesService, type NewOverride } from './profiles.service.js';
import { WEEKDAYS, type WeekHours } from './profile.js';

const HOUR_MS = 3_600_000;
const ALWAYS: WeekHours = Object.fromEntries(WEEKDAYS.map((day) => [day, [['00:00', '24:00']]]));
const actor = { organisationId: 1, userId: null };

describe('the law at the gate', () => {
  let test: TestDatabase;
  let floor: Floor;
  let profiles: ProfilesService;
  let campaignId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test, { profiles: 'law' });
    const repository = new ProfilesRepository(test.database);
    profiles = new ProfilesService(test.database, repository, floor.audit, floor.rules, floor.seal, floor.clock);
    campaignId = await floor.insertCampaign({ hours: ALWAYS, maxAttemptsPerDay: 9 });
  });

  afterEach(async () => {
    await floor.rows('update rule_overrides set revoked_at = $1 where revoked_at is null', [MONDAY]);
    await floor.rows('update profile_versions set retired_at = $1 where retired_at is null', [MONDAY]);
    await floor.rows('delete from holiday_changes');
    await floor.rows('update rules_stamps set stamp = stamp + 1');
  });

  const override = (cell: string, value: unknown, more: Partial<NewOverride> = {}) =>
    profiles.override(actor, {
      ...{ profile: 'fr', cell, value, opinion: 'Opinion of counsel, 2026-02-01, file 12' },
      ...{ validTo: new Date(MONDAY.getTime() + 30 * 24 * HOUR_MS), ...more },
    });
  /** Nothing but the hours is left of the French rules. */
  const ease = async () => {
    await override('consent.needed', 'none');
    await override('caller_id.required', false);
    await override('caller_id.mobile_allowed', true);
  };
  const codes = async (leadId: number) =>
    (await floor.gate.explain(campaignId, leadId))!.reasons.map(({ code }) => code);
  const mine = (version: string, hours: WeekHours) => ({
    ...{ code: 'mine', version, title: 'Mine', sources: [] },
    applies_when: { countries: ['FR'], regions: [], purposes: ['sales', 'service'] },
    time: {
      hours: { value: hours, source: 'our own rule', date: '2026-03', confidence: 'house' },
      closing_margin_seconds: { value: 0, source: 'our own rule', date: '2026-03', confidence: 'house' },
    },
    consent: { needed: { value: 'none', source: 'our own rule', date: '2026-03', confidence: 'house' } },
    caller_id: {
      required: { value: false, source: 'our own rule', date: '2026-03', confidence: 'house' },
      mobile_allowed: { value: true, source: 'our own rule', date: '2026-03', confidence: 'house' },
    },
    reviewed: { by: 'us', at: '2026-03-01' },
  });

  it('asks in France for consent and for a number to show, and calls whoever gave it where an opinion says so', async () => {
    const { leadId } = await floor.insertEntry(campaignId);
    expect(await codes(leadId)).toEqual(expect.arrayContaining(['no_consent', 'caller_id_missing']));
    await ease();
    expect(await codes(leadId)).toEqual([]);
    const { reservations } = await floor.reserve(campaignId, 1, { hours: ALWAYS });
    expect(reservations).toHaveLength(1);
    const { facts } = await floor.one<{ facts: { profiles: string[]; overrides: number[]; stamp: number } }>(
      'select facts from decisions where lead_id = $1',
      [leadId],
    );
    expect(facts.profiles).toEqual([expect.stringMatching(/^fr@2026-11#/)]);
    expect(facts.overrides).toHaveLength(3);
    expect(facts.stamp).toBeGreaterThan(1);
  });

  it('is changed for the very next gate: a window that shrinks, and one that opens again', async () => {
    await ease();
    const { leadId } = await floor.insertEntry(campaignId);
    expect(await codes(leadId)).toEqual([]);
    // 11:00 in Paris: the shop opens at noon.
    await profiles.upload(actor, mine('1', Object.fromEntries(WEEKDAYS.map((day) => [day, [['12:00', '20:00']]]))));
    const { reservations } = await floor.reserve(campaignId, 1, { hours: ALWAYS });
    expect(reservations).toEqual([]);
    const answer = await floor.gate.explain(campaignId, leadId);
    expect(answer!.reasons.map(({ code, nextAt }) => [code, nextAt])).toEqual([
      ['outside_window', new Date(MONDAY.getTime() + HOUR_MS)],
    ]);
    await profiles.upload(actor, mine('2', Object.fromEntries(WEEKDAYS.map((day) => [day, [['10:30', '20:00']]]))));
    expect(await codes(leadId)).toEqual([]);
    await profiles.retire(actor, 'mine', 'a trial');
    expect(await codes(leadId)).toEqual([]);
  });

  it('closes a holiday that was added, and opens one that is worked', async () => {
    await ease();
    const { leadId } = await floor.insertEntry(campaignId);
    const day = { country: 'FR', region: '', day: '2026-03-02', name: 'Inventory' };
    await profiles.putHolidayChanges(actor, [{ ...day, kind: 'holiday' }]);
    const answer = await floor.gate.explain(campaignId, leadId);
    // Tuesday, ten in the morning.
    expect(answer!.reasons).toMatchObject([{ code: 'outside_window', nextAt: new Date('2026-03-03T09:00:00Z') }]);
    await profiles.putHolidayChanges(actor, [{ ...day, kind: 'working' }]);
    expect(await codes(leadId)).toEqual([]);
    await profiles.deleteHolidayChange(actor, day);
    await expect(profiles.deleteHolidayChange(actor, day)).rejects.toMatchObject({ code: 'holiday_change_not_found' });
  });

  it('is departed from no longer than the override lasts', async () => {
    const { leadId } = await floor.insertEntry(campaignId);
    await override('caller_id.required', false);
    await override('caller_id.mobile_allowed', true);
    await override('consent.needed', 'none', { validTo: new Date(MONDAY.getTime() + 2 * HOUR_MS) });
    expect(await codes(leadId)).toEqual([]);
    await floor.clock.run(2 * HOUR_MS);
    expect(await codes(leadId)).toContain('no_consent');
  });

  it('is not departed from by a row that was written past the engine', async () => {
    const { leadId } = await floor.insertEntry(campaignId);
    await ease();
    const id = await override('consent.max_age_days', null);
    expect(await codes(leadId)).toEqual([]);
    await floor.rows(`update rule_overrides set valid_to = valid_to + interval '1 year' where cell = 'consent.needed'`);
    await floor.rows('update rules_stamps set stamp = stamp + 1');
    expect(await codes(leadId)).toContain('no_consent');
    await floor.rows(`update rule_overrides set cell = 'consent.needed', value = '"none"' where id = $1`, [id]);
    await floor.rows('update rules_stamps set stamp = stamp + 1');
    expect(await codes(leadId)).toContain('no_consent');
    expect((await profiles.listOverrides(1)).find((row) => row.id === id)).toMatchObject({ isGenuine: false });
  });

  it('stops where a profile of the organisation is not what was uploaded', async () => {
    await ease();
    const { leadId } = await floor.insertEntry(campaignId);
    await profiles.upload(actor, mine('forged', ALWAYS));
    await floor.rows(`update profile_versions set document = jsonb_set(document, '{title}', '"Other"')`);
    await floor.rows('update rules_stamps set stamp = stamp + 1');
    await expect(floor.gate.explain(campaignId, leadId)).rejects.toThrow(/is not what was uploaded/);
    await floor.rows(`update profile_versions set retired_at = $1 where retired_at is null`, [MONDAY]);
  });

  it('lets Russia be sold to by hand and in preview only, until an opinion allows more', async () => {
    const { leadId } = await floor.insertEntry(campaignId, { phones: ['+79161234567'], zones: ['Europe/Moscow'] });
    await floor.rows(
      `with made as (insert into buckets (country, zones, regions, zone_source)
         values ('RU', '{Europe/Moscow}', '{RU-MOW}', 'range')
         on conflict (country, zones, regions, zone_source) do update set country = 'RU' returning id)
       update phones set country = 'RU', bucket_id = made.id from made where lead_id = $1`,
      [leadId],
    );
    expect(await codes(leadId)).toContain('mode_forbidden');
    await override('dialing.modes', ['manual', 'preview', 'progressive'], { profile: 'ru-sales' });
    expect(await codes(leadId)).not.toContain('mode_forbidden');
    expect(await codes(leadId)).toContain('no_consent');
  });

  it('says what is wrong with what it is given', async () => {
    await expect(profiles.upload(actor, { code: 'mine' })).rejects.toMatchObject({ code: 'profile_invalid' });
    const taken = { ...mine('1', ALWAYS), code: 'fr' };
    await expect(profiles.upload(actor, taken)).rejects.toMatchObject({ code: 'profile_code_taken' });
    await profiles.upload(actor, mine('twice', ALWAYS));
    await expect(profiles.upload(actor, mine('twice', ALWAYS))).rejects.toMatchObject({
      code: 'profile_version_taken',
    });
    await expect(profiles.retire(actor, 'fr', 'no')).rejects.toMatchObject({ code: 'profile_not_found' });
    await expect(override('hours', {})).rejects.toMatchObject({ code: 'cell_unknown' });
    await expect(override('consent.needed', 'maybe')).rejects.toMatchObject({ code: 'override_value_invalid' });
    await expect(override('consent.needed', 'none', { profile: 'atlantis' })).rejects.toMatchObject({
      code: 'profile_not_found',
    });
    await expect(override('consent.needed', 'none', { opinion: '     yes      ' })).rejects.toMatchObject({
      code: 'override_opinion_missing',
    });
    const late = new Date(MONDAY.getTime() + 400 * 24 * HOUR_MS);
    for (const validTo of [MONDAY, late])
      await expect(override('consent.needed', 'none', { validTo })).rejects.toMatchObject({
        code: 'override_term_invalid',
      });
    await expect(profiles.revokeOverride(actor, 999_999)).rejects.toMatchObject({ code: 'rule_override_not_found' });
    const day = { country: 'FR', region: 'DE-BY', day: '2026-03-02', name: '', kind: 'holiday' as const };
    await expect(profiles.putHolidayChanges(actor, [day])).rejects.toMatchObject({ code: 'holiday_region_invalid' });
  });
});
