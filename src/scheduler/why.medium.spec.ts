import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { ReportsRepository } from '../reports/reports.repository.js';
import { ReportsService } from '../reports/reports.service.js';
import { StockRepository } from '../reports/stock.repository.js';
import { StockService } from '../reports/stock.service.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, sealOf, type Floor } from '../../test/floor.js';
import { ReplayRepository } from './replay.repository.js';
import { ReplayService } from './replay.service.js';
import { WhyRepository } from './why.repository.js';
import { WhyService } from './why.service.js';

const HOUR = 3_600_000;
const later = (hours: number) => new Date(MONDAY.getTime() + hours * HOUR);

describe('why somebody is not called', () => {
  let test: TestDatabase;
  let floor: Floor;
  let reasons: WhyService;
  let replays: ReplayService;
  let stock: StockService;
  let campaignId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    const { database, gate, campaigns, callingLists, clock, compliance } = floor;
    reasons = new WhyService(database, new WhyRepository(database), gate, campaigns, callingLists, clock);
    replays = new ReplayService(new ReplayRepository(database));
    const reports = new ReportsService(new ReportsRepository(database), clock);
    stock = new StockService(new StockRepository(database), campaigns, compliance, reports, clock);
    campaignId = await floor.insertCampaign();
  });

  const why = (leadId: number) => reasons.why(1, campaignId, leadId);
  const codes = async (leadId: number) => (await why(leadId)).reasons.map(({ code }) => code);
  const suppress = (e164: string) =>
    floor.database.transaction((tx) =>
      floor.compliance.suppress(tx, {
        ...{ organisationId: 1, scope: 'company', campaignId: null, matchHash: sealOf(e164).matchHash },
        ...{ reason: 'request', source: 'person', createdBy: null, validTo: null, evidence: null },
        ...{ leadId: null, attemptId: null },
      } as Parameters<typeof floor.compliance.suppress>[1]),
    );

  it('says that they may be called now', async () => {
    const { leadId } = await floor.insertEntry(campaignId);
    expect(await why(leadId)).toMatchObject({
      ...{ mayBeCalled: true, verdict: 'allow', reasons: [], nextAt: null, leadName: 'A lead', listMode: 'snapshot' },
      entry: { state: 'ready', tier: 5, maskedPhone: expect.stringContaining('00'), planned: null, callback: null },
    });
  });

  it('does not say so before their time has come, though no rule forbids it', async () => {
    const { leadId } = await floor.insertEntry(campaignId, { state: 'waiting', dueAt: later(2) });
    expect(await why(leadId)).toMatchObject({
      ...{ mayBeCalled: false, verdict: 'defer', nextAt: later(2) },
      reasons: [{ code: 'not_due', nextAt: later(2) }],
    });
  });

  it('names every reason, the list’s and the gate’s', async () => {
    const number = '+33639981111';
    const { leadId } = await floor.insertEntry(campaignId, {
      ...{ phones: [number], zones: ['America/New_York'], state: 'waiting', dueAt: later(1) },
    });
    await suppress(number);
    expect(await codes(leadId)).toEqual(['not_due', 'suppressed', 'outside_window']);
    expect(await why(leadId)).toMatchObject({ verdict: 'deny', nextAt: null });
  });

  it('tells of a promise, whose it is, and that the owner is not ready', async () => {
    const entry = await floor.insertEntry(campaignId);
    const operator = await floor.insertOperator('Olga');
    await floor.insertCallback(campaignId, entry, MONDAY, operator);
    const answer = await why(entry.leadId);
    expect(answer.reasons.map(({ code }) => code)).toEqual(['owner_only']);
    expect(answer.entry).toMatchObject({
      owner: { name: 'Olga', ready: false },
      callback: { owner: 'Olga', timeZone: 'Europe/Paris', localTime: '2026-03-02T11:00' },
    });
    await floor.operators.signIn(operator, 1, campaignId);
    expect(await codes(entry.leadId)).toEqual([]);
  });

  it('says of those who are not on the list why they are not', async () => {
    const other = await floor.insertCampaign();
    const { leadId } = await floor.insertEntry(other);
    expect(await codes(leadId)).toEqual(['not_fitting']);
    const { id } = await floor.one<{ id: number }>(
      `insert into segments (organisation_id, name, rule, created_at, updated_at)
       values (1, gen_random_uuid()::text, '{"all": []}', $1, $1) returning id`,
      [MONDAY],
    );
    await floor.rows('insert into campaign_segments (campaign_id, segment_id) values ($1, $2)', [campaignId, id]);
    expect(await codes(leadId)).toEqual(['not_listed']);
    const phoneless = await floor.insertEntry(campaignId, { phones: [] });
    expect(await codes(phoneless.leadId)).toContain('no_phone');
    await expect(why(999_999)).rejects.toMatchObject({ code: 'lead_not_found' });
  });

  it('says of a live list whose rule they fit no more that they leave it, and then that they have', async () => {
    const { leadId } = await floor.insertEntry(campaignId);
    await floor.rows(`update campaigns set list_mode = 'live' where id = $1`, [campaignId]);
    expect(await codes(leadId)).toEqual(['list_unfit']);
    expect((await floor.reserve(campaignId, 1)).reservations).toEqual([]);
    expect(await codes(leadId)).toEqual(['left_segment']);
  });

  it('says that a call is under way, and afterwards why the next one is when it is', async () => {
    const { entryId, leadId } = await floor.insertEntry(campaignId);
    const { reservations } = await floor.reserve(campaignId, 1);
    expect(await codes(leadId)).toEqual(['in_progress']);
    const { attemptId } = reservations[0]!;
    await floor.rows(
      `update attempts set state = 'ended', result = 'busy', originated_at = $2, ended_at = $2 where id = $1`,
      [attemptId, floor.clock.now()],
    );
    await floor.database.transaction((tx) => floor.scheduler.settleResult(tx, entryId, attemptId, 'busy'));
    const answer = await why(leadId);
    expect(answer.reasons[0]!.code).toBe('not_due');
    expect(answer.entry).toMatchObject({
      ...{ state: 'waiting', tier: 4, attempts: 1, lastResult: 'busy', heldBy: null },
      planned: { code: 'again', because: 'busy', sentence: expect.stringContaining('Busy') },
    });
  });

  it('keeps a lead’s whole history, newest first, page by page, with phones masked', async () => {
    const number = '+33639982222';
    const entry = await floor.insertEntry(campaignId, { phones: [number] });
    for (const hours of [-9, -8, -7]) await floor.insertAttempt(campaignId, entry, later(hours));
    expect((await floor.reserve(campaignId, 1)).reservations).toEqual([]);
    await floor.clock.run(1_000);
    await suppress(number);
    expect(await codes(entry.leadId)).toEqual(['not_due', 'suppressed', 'cap_reached']);
    const whole = await reasons.history(1, entry.leadId, null, 100);
    expect(whole.map(({ kind }) => kind)).toEqual(['suppression', 'refusal', 'attempt', 'attempt', 'attempt']);
    expect(whole[1]).toMatchObject({
      campaignName: 'A campaign',
      // The house's cap and the campaign's own.
      detail: {
        ...{ verdict: 'defer', maskedPhone: expect.stringContaining('00') },
        reasons: [{ code: 'cap_reached' }, { code: 'cap_reached' }],
      },
    });
    expect(JSON.stringify(whole)).not.toContain('39982222');
    const pages = [];
    for (let after = null as (typeof whole)[number] | null; ;) {
      const [next] = await reasons.history(1, entry.leadId, after, 1);
      if (!next) break;
      pages.push(next);
      after = next;
    }
    expect(pages).toEqual(whole);
    await expect(reasons.history(2, entry.leadId, null, 1)).rejects.toMatchObject({ code: 'lead_not_found' });
  });

  it('shows in the stock which rule holds whom back, and the numbers add up', async () => {
    const capped = await floor.insertEntry(campaignId);
    for (const hours of [-9, -8, -7]) await floor.insertAttempt(campaignId, capped, later(hours));
    await floor.reserve(campaignId, 1);
    await floor.insertEntry(campaignId, { zones: ['America/New_York'] });
    await floor.insertEntry(campaignId, { state: 'waiting', tier: 4, attempts: 1, dueAt: later(3) });
    await floor.insertEntry(campaignId);
    const shown = await stock.stockOf(campaignId, 1);
    expect(shown).toMatchObject({
      ...{ total: 4, completed: 0, available: 4, ready: 1, inProgress: 0, readyBy: [{ code: 'new', count: 1 }] },
      closed: [{ country: 'FR', zones: ['America/New_York'], count: 1, opensAt: later(4) }],
    });
    expect(shown.notNow).toEqual(
      expect.arrayContaining([
        { code: 'cap_reached', count: 1, nextAt: expect.any(Date) },
        { code: 'outside_window', count: 1, nextAt: later(4) },
        { code: 'retry', count: 1, nextAt: later(3) },
      ]),
    );
    await expect(stock.stockOf(campaignId, 2)).rejects.toMatchObject({ code: 'campaign_not_found' });
  });

  it('takes every stored decision again, and sees one whose facts were tampered with', async () => {
    const entries = [];
    for (let i = 0; i < 6; i++) entries.push(await floor.insertEntry(campaignId, { rank: i }));
    for (const hours of [-9, -8, -7]) await floor.insertAttempt(campaignId, entries[0]!, later(hours));
    await floor.insertEntry(campaignId, { phones: ['+33639983333'], rank: -1 });
    await floor.insertEntry(campaignId, { phones: [], rank: -2 });
    await suppress('+33639983333');
    await floor.reserve(campaignId, 5);
    const which = { campaignId, since: null };
    const replayed = await replays.replay(1, which);
    expect(replayed).toMatchObject({ byVerdict: { allow: 5, defer: 1, deny: 2 }, different: 0, examples: [] });
    await floor.rows(
      `update decisions set facts = jsonb_set(facts, '{clockSafe}', 'false')
       where id = (select min(id) from decisions where campaign_id = $1 and verdict = 'allow')`,
      [campaignId],
    );
    expect(await replays.replay(1, which)).toMatchObject({ different: 1, examples: [{ stored: 'allow' }] });
    expect(await replays.replay(1, { campaignId, since: later(1) })).toMatchObject({ decisions: 0 });
  });
});
