import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { projectPath } from '../common/project-folder.js';
import { statement } from '../database/statement.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Entry, type Floor } from '../../test/floor.js';

const SECOND = 1_000;

describe('the history of a lead', () => {
  let test: TestDatabase;
  let floor: Floor;
  let campaignId: number;
  let operator: number;
  let offerId: number;
  let entry: Entry;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    floor = createFloor(test);
    campaignId = await floor.insertCampaign({ maxAttemptsPerDay: 10 });
    operator = await floor.insertOperator();
    await floor.operators.signIn(operator, 1, campaignId);
    const offer = await floor.one<{ id: number }>(
      `insert into offers (organisation_id, name, price, currency, created_at, updated_at) values (1, 'Gold', 500, 'EUR', $1, $1) returning id`,
      [MONDAY],
    );
    offerId = offer.id;
    await floor.rows('update campaigns set offer_id = $2 where id = $1', [campaignId, offerId]);
    entry = await floor.insertEntry(campaignId);
    await floor.rows('delete from lead_changes');
  });

  const historyOf = async (leadId: number) =>
    (await floor.rows('select * from lead_history where lead_id = $1', [leadId]))[0] ?? null;

  const changed = async () =>
    (await floor.rows<{ lead_id: number }>('select lead_id from lead_changes order by id')).map((row) => row.lead_id);

  /** A call in which the operator talked so long. */
  const talk = async (seconds: number) => {
    const attemptId = await floor.connectCall(campaignId, operator);
    await floor.clock.run(seconds * SECOND);
    await floor.endCall(attemptId, operator);
    return attemptId;
  };

  it('is none before the first call', async () => {
    expect(await historyOf(entry.leadId)).toBeNull();
  });

  it('tells of a refusal: why, at which price, against whom, until when, and of which offer', async () => {
    const attemptId = await talk(30);
    await floor.dispositions.record(operator, attemptId, {
      outcome: 'refusal',
      refusalReason: 'too_expensive',
      refusalDetail: { price: 400.5, competitor: 'Acme', date: '2026-06-01' },
    });
    expect(await historyOf(entry.leadId)).toMatchObject({
      ...{ organisation_id: 1, attempts: 1, contacts: 1, last_attempt_at: MONDAY, last_contact_at: MONDAY },
      ...{ longest_talk_seconds: 30, last_outcome: 'refusal', last_category: 'refusal' },
      ...{ refusal_reason: 'too_expensive', refusal_price: 400.5, refusal_currency: 'EUR', refusal_competitor: 'Acme' },
      ...{ refused_offer_id: offerId, callback_pending: false, bought_offer_ids: [], bought_at: null },
    });
    const { day } = await floor.one<{ day: string }>(
      `select reconsider_on::text as day from lead_history where lead_id = $1`,
      [entry.leadId],
    );
    expect(day).toBe('2026-06-01');
    expect(await changed()).toEqual([entry.leadId]);
  });

  it('takes whatever detail older outcomes have', async () => {
    const attemptId = await talk(1);
    await floor.dispositions.record(operator, attemptId, { outcome: 'refusal', refusalReason: 'too_expensive' });
    const made = async (detail: unknown) => {
      await floor.rows('update dispositions set refusal_detail = $2 where attempt_id = $1', [
        attemptId,
        JSON.stringify(detail),
      ]);
      await floor.database.transaction(async (tx) => floor.history.refresh(tx, [entry.leadId]));
      return floor.one(
        `select refusal_price as price, reconsider_on::text as day, refusal_competitor as competitor
         from lead_history where lead_id = $1`,
        [entry.leadId],
      );
    };
    expect(await made({ price: 1e300, date: '2026-02-31' })).toEqual({
      price: null,
      day: '2026-03-03',
      competitor: null,
    });
    expect(await made({ price: 'much', date: 'soon' })).toEqual({ price: null, day: null, competitor: null });
    expect(await made(null)).toEqual({ price: null, day: null, competitor: null });
    expect(await made({ price: 0, competitor: 'Acme' })).toEqual({ price: 0, day: null, competitor: 'Acme' });
  });

  it('remembers a promise while it stands, and what was bought when it was kept', async () => {
    const first = await talk(10);
    await floor.dispositions.record(operator, first, {
      outcome: 'callback',
      callback: { localTime: '2026-03-02T15:00' },
    });
    expect(await historyOf(entry.leadId)).toMatchObject({ callback_pending: true, last_outcome: 'callback' });
    await floor.clock.runUntil(new Date('2026-03-02T14:00:01Z'));
    await floor.scheduler.promote(campaignId);
    const second = await talk(90);
    await floor.dispositions.record(operator, second, { outcome: 'sale' });
    expect(await historyOf(entry.leadId)).toMatchObject({
      ...{ attempts: 2, contacts: 2, longest_talk_seconds: 90, last_outcome: 'sale', callback_pending: false },
      ...{ bought_offer_ids: [offerId], bought_at: floor.clock.now(), refusal_reason: null },
    });
  });

  it('counts a call that nobody answered, and not one that was never made', async () => {
    const switchboard = floor.newSwitchboard();
    await switchboard.start();
    const { reservations } = await floor.reserve(campaignId, 1);
    await floor.clock.run(6 * SECOND);
    await switchboard.endLapsed(campaignId);
    expect(await historyOf(entry.leadId)).toBeNull();
    expect(reservations).toHaveLength(1);
    const again = await floor.reserve(campaignId, 1);
    const attemptId = again.reservations[0]!.attemptId;
    await floor.rows(`update attempts set state = 'dialing', originated_at = $2 where id = $1`, [
      attemptId,
      floor.clock.now(),
    ]);
    await switchboard.reconcile(campaignId);
    await switchboard.stop();
    expect(await historyOf(entry.leadId)).toMatchObject({ attempts: 1, contacts: 0, last_outcome: null });
  });

  it('forgets promises of a campaign that is over', async () => {
    await floor.insertCallback(campaignId, entry, new Date('2026-03-02T15:00:00Z'));
    await floor.database.transaction(async (tx) => floor.history.refresh(tx, [entry.leadId]));
    expect(await historyOf(entry.leadId)).toMatchObject({ callback_pending: true });
    expect(await floor.callbacks.cancelOpen(campaignId)).toBe(1);
    expect(await historyOf(entry.leadId)).toMatchObject({ callback_pending: false });
  });

  it('is what a migration makes of the same calls', async () => {
    const attemptId = await talk(30);
    await floor.dispositions.record(operator, attemptId, { outcome: 'sale' });
    const kept = await historyOf(entry.leadId);
    const migration = readFileSync(projectPath('migrations', '1767225607000-lead-history.up.sql'), 'utf8');
    const backfill = /insert into lead_history[\s\S]*?;/.exec(migration)![0];
    await floor.rows('delete from lead_history');
    await floor.rows(backfill.slice(0, -1));
    expect(await historyOf(entry.leadId)).toEqual(kept);
  });

  it('loses nothing when two transactions learn of one lead at once', async () => {
    const other = await floor.insertCampaign();
    const at = new Date(MONDAY.getTime() - 3_600_000);
    const write = (campaign: number, wait: Promise<void>, inside: () => void) =>
      floor.database.transaction(async (tx) => {
        await tx.query(
          statement(
            '',
            `insert into attempts (organisation_id, campaign_id, entry_id, lead_id, phone_id, match_hash, fence, mode, number,
               ring_timeout_ms, connect_timeout_ms, state, result, reserved_at, dial_before, originated_at, ended_at)
             values (1, $1, $2, $3, 0, '', 1, 'progressive', 1, 22000, 2000, 'ended', 'busy', $4, $4, $4, $4)`,
          ),
          [campaign, entry.entryId, entry.leadId, at],
        );
        floor.history.refresh(tx, [entry.leadId]);
        inside();
        await wait;
      });
    let bothInside!: () => void;
    const both = new Promise<void>((resolve) => (bothInside = resolve));
    let inside = 0;
    const enter = () => void (++inside === 2 && bothInside());
    await Promise.all([write(campaignId, both, enter), write(other, both, enter)]);
    expect(await historyOf(entry.leadId)).toMatchObject({ attempts: 2 });
  });
});
