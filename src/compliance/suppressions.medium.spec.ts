import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Problem } from '../common/problem.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, hashOf, MONDAY, type Floor } from '../../test/floor.js';
import type { SuppressionInput } from './suppressions.service.js';

const DAY = 24 * 3_600_000;

describe('a suppression', () => {
  let test: TestDatabase;
  let floor: Floor;
  let managerId: number;
  let campaignId: number;
  let next = 0;

  beforeAll(async () => {
    test = await createTestDatabase();
    floor = createFloor(test);
    managerId = await floor.insertOperator('Manager');
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    campaignId = await floor.insertCampaign();
  });

  const actor = () => ({ organisationId: 1, userId: managerId });
  const newNumber = () => `+3319900${String(6_000 + ++next)}`;
  const add = (number: string, changes: Partial<SuppressionInput> = {}) =>
    floor.suppressions.add(actor(), {
      ...{ number, scope: 'company', reason: 'request', evidence: 'A letter of today' },
      ...changes,
    });
  const problemOf = (work: Promise<unknown>): Promise<Problem | null> =>
    work.then(
      () => null,
      (error: Problem) => error,
    );
  const reasonsOf = async (leadId: number, campaign = campaignId) =>
    (await floor.gate.explain(campaign, leadId))!.reasons.map(({ code }) => code);

  it('by request holds for every phone of the people who have the number, and takes back what they agreed to', async () => {
    const [one, two, three] = [newNumber(), newNumber(), newNumber()];
    await floor.insertEntry(campaignId, { phones: [one, two] });
    const other = await floor.insertEntry(campaignId, { phones: [three] });
    const made = await add(two);
    expect(made).toHaveLength(2);
    expect(made[0]).toMatchObject({
      ...{ scope: 'company', reason: 'request', source: 'person', evidence: 'A letter of today' },
      ...{ validFrom: MONDAY, validTo: null, createdBy: 'Manager', country: 'FR', lastDigits: '00' },
    });
    const stored = await floor.rows(
      `select encode(match_hash, 'hex') as hash from suppressions where id = any($1) order by id`,
      [made.map(({ id }) => id)],
    );
    expect(stored).toEqual([two, one].map((number) => ({ hash: hashOf(number).toString('hex') })));
    for (const number of [one, two])
      expect(await floor.consents.listOfNumber(1, { number })).toMatchObject([{ kind: 'withdrawn', scope: 'company' }]);
    expect(await reasonsOf(other.leadId)).toEqual([]);
  });

  it('for a wrong number holds for that number only', async () => {
    const [one, two] = [newNumber(), newNumber()];
    await floor.insertEntry(campaignId, { phones: [one, two] });
    expect(await add(two, { reason: 'wrong_person' })).toHaveLength(1);
    expect(await floor.consents.listOfNumber(1, { number: two })).toEqual([]);
  });

  it('binds the next gate in every campaign, or in its own', async () => {
    const number = newNumber();
    const elsewhere = await floor.insertCampaign();
    const here = await floor.insertEntry(campaignId, { phones: [number] });
    const there = await floor.insertEntry(elsewhere, { phones: [number] });
    const [narrow] = await add(number, { scope: 'campaign', campaignId });
    expect(await reasonsOf(here.leadId)).toEqual(['suppressed']);
    expect(await reasonsOf(there.leadId, elsewhere)).toEqual([]);
    await add(number);
    expect(await reasonsOf(there.leadId, elsewhere)).toEqual(['suppressed']);
    expect(narrow).toMatchObject({ campaignId, campaignName: 'A campaign' });
  });

  it('is taken back with evidence, on the record; consent does not come back with it', async () => {
    const number = newNumber();
    const { leadId } = await floor.insertEntry(campaignId, { phones: [number] });
    const [made] = await add(number);
    const revoked = await floor.suppressions.revoke(actor(), made!.id, 'A mistake of the clerk');
    expect(revoked).toMatchObject({
      ...{ revokedAt: MONDAY, revokedBy: 'Manager', revokeEvidence: 'A mistake of the clerk' },
    });
    expect(await reasonsOf(leadId)).toEqual([]);
    expect(await floor.consents.listOfNumber(1, { number })).toMatchObject([{ kind: 'withdrawn' }]);
    expect(await problemOf(floor.suppressions.revoke(actor(), made!.id, 'Again'))).toMatchObject({
      ...{ code: 'suppression_revoked', status: 409 },
    });
    expect(
      await floor.rows(
        `select action, actor_id, after ->> 'evidence' as evidence from audit_trail
         where subject_kind = 'suppression' and subject_id = $1 order by id`,
        [made!.id],
      ),
    ).toEqual([
      { action: 'suppression_added', actor_id: managerId, evidence: 'A letter of today' },
      { action: 'suppression_revoked', actor_id: managerId, evidence: 'A mistake of the clerk' },
    ]);
  });

  it('ends by itself when it has an end', async () => {
    const number = newNumber();
    const { leadId } = await floor.insertEntry(campaignId, { phones: [number] });
    await add(number, { reason: 'carrier_block', validTo: new Date(MONDAY.getTime() + 7 * DAY) });
    expect(await floor.gate.explain(campaignId, leadId)).toMatchObject({
      ...{ verdict: 'defer', nextAt: new Date(MONDAY.getTime() + 7 * DAY) },
    });
    await floor.clock.run(7 * DAY);
    expect(await reasonsOf(leadId)).not.toContain('suppressed');
  });

  it('is never deleted', async () => {
    await add(newNumber());
    await expect(floor.rows('delete from suppressions')).rejects.toThrow('never deleted');
  });

  it.each([
    ['number', { number: 'x' }, 422, 'phone_invalid'],
    ['campaignId', { scope: 'campaign' }, 422, 'campaign_unclear'],
    ['validTo', { validTo: MONDAY }, 422, 'suppression_over'],
    [undefined, { scope: 'campaign', campaignId: 999_999 }, 404, 'campaign_not_found'],
  ] as const)('is refused for what makes no sense in %s: %j', async (field, changes, status, code) => {
    expect(await problemOf(add(newNumber(), changes))).toMatchObject({ code, status, ...(field && { field }) });
  });

  it('of others is not found', async () => {
    const [made] = await add(newNumber());
    const stranger = { organisationId: 2, userId: null };
    expect(await problemOf(floor.suppressions.revoke(stranger, made!.id, 'x'))).toMatchObject({
      ...{ code: 'suppression_not_found', status: 404 },
    });
  });

  it('is listed newest first, by reason if asked', async () => {
    await add(newNumber());
    const [wrong] = await add(newNumber(), { reason: 'wrong_person' });
    const [last] = await add(newNumber());
    const all = await floor.suppressions.list(1, {});
    expect(all[0]!.id).toBe(last!.id);
    expect((await floor.suppressions.list(1, { before: last!.id }))[0]!.id).toBe(wrong!.id);
    expect((await floor.suppressions.list(1, { reason: 'wrong_person' }))[0]!.id).toBe(wrong!.id);
  });
});
