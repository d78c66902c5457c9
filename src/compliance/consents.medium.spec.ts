import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Problem } from '../common/problem.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, hashOf, MONDAY, type Floor } from '../../test/floor.js';
import { currentConsent, type ConsentKind } from './consent.js';
import { ConsentsRepository, type NewConsentEntry } from './consents.repository.js';
import type { ConsentGrant } from './consents.service.js';

const ACTOR = { organisationId: 1, userId: null };
const DAY = 24 * 3_600_000;
const daysAgo = (days: number) => new Date(MONDAY.getTime() - days * DAY);

describe('the consent ledger', () => {
  let test: TestDatabase;
  let floor: Floor;
  let repository: ConsentsRepository;
  let campaigns: number[];
  let next = 0;

  beforeAll(async () => {
    test = await createTestDatabase();
    repository = new ConsentsRepository(test.database);
    floor = createFloor(test);
    campaigns = [await floor.insertCampaign(), await floor.insertCampaign()];
  });

  afterAll(() => test.drop());

  beforeEach(() => {
    floor = createFloor(test);
  });

  const newNumber = () => `+3319900${String(5_000 + ++next)}`;
  const grant = (number: string, changes: Partial<ConsentGrant> = {}) =>
    floor.consents.grant(ACTOR, {
      ...{ number, scope: 'company', form: 'prior', text: { source: 'A form', wording: 'You may call me.' } },
      ...{ proof: { kind: 'web_form', reference: 'form 17' }, at: daysAgo(3), validTo: null },
      ...changes,
    });
  const problemOf = (work: Promise<unknown>): Promise<Problem | null> =>
    work.then(
      () => null,
      (error: Problem) => error,
    );
  const question = { at: MONDAY, purpose: 'sales', neededForm: 'prior', maxAgeDays: null } as const;
  const held = async (number: string) =>
    currentConsent((await repository.listLedgers(1, [hashOf(number)]))[0]!, {
      ...question,
      campaignId: campaigns[0]!,
    });

  it('is written with wording and proof, and tells what holds', async () => {
    const number = newNumber();
    const row = await grant(number, { purpose: 'sales', validTo: new Date(MONDAY.getTime() + DAY) });
    expect(row).toMatchObject({
      ...{ kind: 'granted', form: 'prior', scope: 'company', purpose: 'sales', proven: true, at: daysAgo(3) },
      ...{ wording: 'You may call me.', textSource: 'A form', uses: [], source: 'person' },
      proof: { kind: 'web_form', reference: 'form 17' },
    });
    expect((await held(number))?.id).toBe(row.id);
    expect(await floor.consents.listOfNumber(1, { number })).toEqual([row]);
    expect(await floor.consents.listOfNumber(2, { number })).toEqual([]);
  });

  it('says renewed where one holds, and granted again after it was taken back', async () => {
    const number = newNumber();
    await grant(number, { at: daysAgo(9) });
    expect(await grant(number, { at: daysAgo(7) })).toMatchObject({ kind: 'renewed' });
    const withdrawal = { number, scope: 'company', source: 'A letter', at: daysAgo(5) } as const;
    expect(await floor.consents.withdraw(ACTOR, withdrawal)).toMatchObject({ kind: 'withdrawn', form: null });
    expect(await held(number)).toBeNull();
    // Written down late, said before: it does not bring the consent back.
    await grant(number, { at: daysAgo(6) });
    expect(await held(number)).toBeNull();
    expect(await grant(number, { at: daysAgo(4) })).toMatchObject({ kind: 'granted' });
    expect(await held(number)).not.toBeNull();
  });

  it('keeps one text for all who agreed to it', async () => {
    const text = { source: 'A form of its own', wording: 'Words.' };
    for (let i = 0; i < 3; i++) await grant(newNumber(), { text });
    await grant(newNumber(), { text: { ...text, wording: 'Other words.' } });
    expect(
      await floor.one(`select count(*)::int as texts from consent_texts where source = 'A form of its own'`),
    ).toEqual({
      ...{ texts: 2 },
    });
  });

  it('is never changed, and takes nothing that can’t be shown', async () => {
    await grant(newNumber());
    for (const change of [`update consents set at = at`, `delete from consents`, `delete from consent_uses`])
      await expect(floor.rows(change)).rejects.toThrow('are never changed');
    const unproved = `insert into consents (organisation_id, match_hash, kind, form, scope, source, at, created_at)
      values (1, $1, 'granted', 'prior', 'company', 'x', $2, $2)`;
    await expect(floor.rows(unproved, [hashOf(newNumber()), MONDAY])).rejects.toThrow('consents_check');
  });

  it.each([
    ['number', { number: '+33 1 99' }, 'phone_too_short'],
    ['number', { number: '06 39 98 00 01' }, 'phone_invalid'],
    ['at', { at: new Date(MONDAY.getTime() + 1) }, 'consent_in_future'],
    ['validTo', { validTo: daysAgo(4) }, 'consent_over'],
    ['campaignId', { scope: 'campaign' }, 'campaign_unclear'],
    ['campaignId', { scope: 'company', campaignId: 1 }, 'campaign_unclear'],
  ] as const)('refuses what makes no sense in %s: %j', async (field, changes, code) => {
    expect(await problemOf(grant(newNumber(), changes))).toMatchObject({ code, field, status: 422 });
  });

  it('knows no campaign of others', async () => {
    const found = await problemOf(grant(newNumber(), { scope: 'campaign', campaignId: 999_999 }));
    expect(found).toMatchObject({ code: 'campaign_not_found', status: 404 });
  });

  it('tells live lists whose consent has changed', async () => {
    const entry = await floor.insertEntry(campaigns[0]!, { phones: [newNumber()] });
    await floor.rows('delete from lead_changes');
    await grant(`+3319900${5_000 + next}`);
    expect(await floor.rows('select lead_id from lead_changes')).toEqual([{ lead_id: entry.leadId }]);
  });

  /** One of each: what is said, how far it reaches, when. */
  const entries = fc.array(
    fc.record({
      kind: fc.constantFrom<ConsentKind>('granted', 'renewed', 'withdrawn', 'expired'),
      form: fc.constantFrom('prior' as const, 'written' as const),
      reach: fc.constantFrom('company', 'client', 0, 1),
      purpose: fc.constantFrom('sales' as const, 'service' as const, null),
      days: fc.integer({ min: 0, max: 6 }),
      lasts: fc.option(fc.integer({ min: 1, max: 8 })),
    }),
    { maxLength: 6 },
  );

  it('reads the same by SQL as by the fold', async () => {
    const textId = await test.database.transaction((tx) =>
      repository.ensureText(tx, 1, { source: 'Fold', wording: 'Yes' }, null, MONDAY),
    );
    await fc.assert(
      fc.asyncProperty(entries, async (said) => {
        const matchHash = hashOf(newNumber());
        const rows = said.map(({ kind, form, reach, purpose, days, lasts }): NewConsentEntry => {
          const gives = kind === 'granted' || kind === 'renewed';
          const at = daysAgo(days);
          return {
            ...{ organisationId: 1, matchHash, leadId: null, kind, purpose, source: 'test', attemptId: null, at },
            ...(typeof reach === 'number'
              ? { scope: 'campaign', campaignId: campaigns[reach]! }
              : { scope: reach as 'company' | 'client', campaignId: null }),
            ...(gives
              ? { form, textId, proof: { kind: 'paper', reference: '1' } }
              : { form: null, textId: null, proof: null }),
            validTo: gives && lasts !== null ? new Date(at.getTime() + lasts * DAY) : null,
            ...{ recordedBy: null, createdAt: MONDAY },
          };
        });
        await test.database.transaction((tx) => repository.insertEntries(tx, rows));
        const [ledger] = await repository.listLedgers(1, [matchHash]);
        for (const purpose of ['sales', 'service'] as const) {
          const [standing] = await floor.rows<{ holds: boolean }>(
            `select exists (select from standing_consents k where k.match_hash = $1 and k.purpose = $2 and k.campaign_id is null
               and k.at <= $3 and (k.valid_to is null or k.valid_to > $3)) as holds`,
            [matchHash, purpose, MONDAY],
          );
          // Asked by nobody's campaign, only what reaches further than one counts.
          const fold = currentConsent(ledger!, { ...question, purpose, campaignId: 0 });
          expect(standing!.holds).toBe(fold !== null);
        }
      }),
      { numRuns: 60 },
    );
  });
});
