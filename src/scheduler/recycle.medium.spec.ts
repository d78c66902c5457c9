import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor, MONDAY, type Entry, type Floor } from '../../test/floor.js';
import { STANDARD_RETRY_PLAN, type Recycling, type RetryPlan } from '../campaigns/retry-settings.js';
import { recycleSpans } from './recycle.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const before = (ms: number) => new Date(MONDAY.getTime() - ms);
const actor = { organisationId: 1, userId: null };

const RECYCLING: Recycling = {
  automatic: false,
  rounds: 2,
  rules: [
    { codes: ['no_answer', 'busy'], afterDays: 7 },
    { codes: ['refusal'], afterDays: 60 },
  ],
};

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

const setPlan = (changes: Partial<RetryPlan>, id = campaignId) =>
  floor.rows(`update campaigns set retry_plan = $2 where id = $1`, [
    id,
    JSON.stringify({ ...STANDARD_RETRY_PLAN, ...changes }),
  ]);

interface Over {
  code?: string;
  result?: string;
  at?: Date;
  rounds?: number;
  attempts?: number;
  phones?: string[];
}

/** An entry whose calls are over. */
const insertOver = async (over: Over = {}): Promise<Entry> => {
  const entry = await floor.insertEntry(campaignId, { attempts: over.attempts ?? 5, phones: over.phones });
  await floor.rows(
    `update calling_list_entries set state = 'completed', completed_code = $2, last_result = $3, completed_at = $4, rounds = $5
     where id = $1`,
    [
      ...[entry.entryId, over.code ?? 'attempts_exhausted', over.result ?? 'no_answer'],
      ...[over.at ?? before(10 * DAY), over.rounds ?? 0],
    ],
  );
  return entry;
};

const suppress = (entry: Entry, reason: string) =>
  floor.database.transaction((tx) =>
    floor.compliance.suppress(tx, {
      ...{ organisationId: 1, scope: 'company' as const, campaignId: null, matchHash: entry.matchHash },
      ...{ reason, source: 'test', validTo: null, createdBy: null },
    }),
  );

const dispose = async (entry: Entry, category: string, result: string) => {
  const attemptId = await floor.insertAttempt(campaignId, entry, before(20 * DAY));
  await floor.rows(
    `insert into dispositions (organisation_id, campaign_id, attempt_id, lead_id, outcome_code, category, result, right_party,
       automatic, at)
     values (1, $1, $2, $3, $4, $4, $5, true, false, $6)`,
    [campaignId, attemptId, entry.leadId, category, result, before(20 * DAY)],
  );
};

const recycle = (recycling = RECYCLING) =>
  floor.recycling.recycleAll({ campaignId, spans: recycleSpans(recycling, floor.clock.now()) });

const stateOf = async (entry: Entry) => (await floor.getEntry(entry.entryId)).state;

describe('a further round of a list', () => {
  it('brings back whose calls ended so, long enough ago, and says before whom it would', async () => {
    await setPlan({ recycling: RECYCLING });
    const unanswered = await insertOver();
    const byPlan = await insertOver({ code: 'retries_exhausted', result: 'busy' });
    const lately = await insertOver({ at: before(6 * DAY) });
    const otherwise = await insertOver({ result: 'machine' });
    const refused = await insertOver({ code: 'refusal', result: 'refusal', at: before(61 * DAY) });
    const refusedLately = await insertOver({ code: 'refusal', result: 'refusal', at: before(59 * DAY) });
    const usedUp = await insertOver({ rounds: 2 });

    const preview = await floor.recycling.preview(1, campaignId);
    const nothing = { suppressed: 0, settled: 0, noPhone: 0, later: 0, nextAt: null, usedUp: 0 };
    expect(preview).toMatchObject({ eligible: 3, jobId: null, recycling: RECYCLING });
    expect(preview.codes).toEqual([
      {
        ...{ ...nothing, code: 'no_answer', afterDays: 7, eligible: 1, later: 1, usedUp: 1 },
        nextAt: new Date(MONDAY.getTime() + DAY),
      },
      { ...nothing, code: 'busy', afterDays: 7, eligible: 1 },
      {
        ...{ ...nothing, code: 'refusal', afterDays: 60, eligible: 1, later: 1 },
        nextAt: new Date(MONDAY.getTime() + DAY),
      },
    ]);
    expect(await stateOf(unanswered)).toBe('completed');

    expect(await recycle()).toBe(3);
    for (const entry of [unanswered, byPlan, refused])
      expect(await floor.getEntry(entry.entryId)).toMatchObject({
        ...{ state: 'ready', tier: 4, due_at: MONDAY, completed_code: null, attempts: 5, rounds: 1, past_attempts: 5 },
      });
    for (const entry of [lately, otherwise, refusedLately, usedUp]) expect(await stateOf(entry)).toBe('completed');
  });

  it('has attempts of its own: the gate lets the campaign’s limit through again, and no further', async () => {
    await setPlan({ recycling: RECYCLING });
    const entry = await insertOver({ attempts: 5 });
    await recycle();
    const reserveOnce = async () => (await floor.reserve(campaignId, 1)).reservations[0];
    const reservation = await reserveOnce();
    expect(reservation).toMatchObject({ leadId: entry.leadId, number: 6 });
    await floor.rows(
      `update attempts set state = 'ended', result = 'no_answer', originated_at = $2, ended_at = $2 where id = $1`,
      [reservation!.attemptId, MONDAY],
    );
    await floor.database.transaction((tx) =>
      floor.scheduler.settleResult(tx, entry.entryId, reservation!.attemptId, 'no_answer'),
    );
    const planned = await floor.one<{ planned: object }>('select planned from attempts where id = $1', [
      reservation!.attemptId,
    ]);
    expect(planned.planned).toMatchObject({ code: 'again', because: 'no_answer', time: 1, attempt: 1, maxAttempts: 5 });
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ state: 'waiting', attempts: 6 });
    // Five in this round are as many as in the first.
    await floor.rows(`update calling_list_entries set attempts = 10, state = 'ready', due_at = $2 where id = $1`, [
      ...[entry.entryId, MONDAY],
    ]);
    expect(await reserveOnce()).toBeUndefined();
    expect(await floor.getEntry(entry.entryId)).toMatchObject({
      ...{ completed_code: 'attempts_exhausted', completed_at: MONDAY, rounds: 1 },
    });
  });

  it('leaves whoever may not be called, bought, asked to be left alone, or has no number that is good', async () => {
    const banned = await insertOver();
    await suppress(banned, 'request');
    const complained = await insertOver();
    await dispose(complained, 'complaint', 'failure');
    const bought = await insertOver();
    await dispose(bought, 'success', 'success');
    const dead = await insertOver();
    await floor.rows(
      `update attempts set result = 'invalid_number', phone_id = p.id from phones p where p.lead_id = $1 and attempts.id = $2`,
      [...[dead.leadId, await floor.insertAttempt(campaignId, dead, before(11 * DAY))]],
    );
    const phoneless = await insertOver({ phones: [] });
    await setPlan({ recycling: RECYCLING });

    const [count] = (await floor.recycling.preview(1, campaignId)).codes;
    expect(count).toMatchObject({ eligible: 0, suppressed: 1, settled: 2, noPhone: 2 });
    expect(await recycle()).toBe(0);
    for (const entry of [banned, complained, bought, dead, phoneless]) expect(await stateOf(entry)).toBe('completed');
  });

  it('takes another number where one alone is bad, and nobody whose wish it was, whatever the number', async () => {
    const phones = (place: number) => [
      `+3363997${String(place).padStart(4, '0')}`,
      `+3363997${String(place + 1).padStart(4, '0')}`,
    ];
    const wrong = await insertOver({ phones: phones(10) });
    await suppress(wrong, 'wrong_person');
    const asked = await insertOver({ phones: phones(20) });
    await suppress(asked, 'request');
    expect(await recycle()).toBe(1);
    expect(await floor.getEntry(wrong.entryId)).toMatchObject({ state: 'ready', phone_position: 2 });
    expect(await stateOf(asked)).toBe('completed');
  });

  it('is the same done twice: whatever is on the list, the second time brings nobody back, the rounds come to an end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record<Over>({
            code: fc.constantFrom('attempts_exhausted', 'retries_exhausted', 'refusal', 'sale', 'suppressed'),
            result: fc.constantFrom('no_answer', 'busy', 'machine', 'refusal'),
            at: fc.integer({ min: 0, max: 90 }).map((days) => before(days * DAY)),
            rounds: fc.integer({ min: 0, max: 3 }),
          }),
          { maxLength: 12 },
        ),
        async (overs) => {
          campaignId = await floor.insertCampaign();
          await setPlan({ recycling: RECYCLING });
          for (const over of overs) await insertOver(over);
          const { eligible } = await floor.recycling.preview(1, campaignId);
          expect(await recycle()).toBe(eligible);
          const rows = () =>
            floor.rows(`select * from calling_list_entries where campaign_id = $1 order by id`, [campaignId]);
          const once = await rows();
          expect(await recycle()).toBe(0);
          expect(await rows()).toEqual(once);
          const finish = () =>
            floor.rows(
              `update calling_list_entries set state = 'completed', completed_code = 'attempts_exhausted', completed_at = $2,
                 last_result = 'no_answer' where campaign_id = $1 and state = 'ready'`,
              [campaignId, before(8 * DAY)],
            );
          for (let round = 0; round < RECYCLING.rounds; round++) {
            await finish();
            await recycle();
          }
          await finish();
          expect(await recycle()).toBe(0);
          const beyond = await floor.rows<{ rounds: number }>(
            `select rounds from calling_list_entries where campaign_id = $1 and past_attempts > 0 and rounds > 2`,
            [campaignId],
          );
          expect(beyond).toEqual([]);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('goes on where it was broken off, slice by slice', async () => {
    const entries = [];
    for (let i = 0; i < 4; i++)
      entries.push(await insertOver({ at: before((20 - i) * DAY), result: i % 2 ? 'busy' : 'no_answer' }));
    const payload = { campaignId, spans: recycleSpans(RECYCLING, MONDAY) };
    const step = (from: Parameters<Floor['recycling']['step']>[2]) =>
      floor.database.transaction((tx) => floor.recycling.step(tx, payload, from));
    const first = await step(null);
    expect(first).toMatchObject({ span: 1, recycled: 2 });
    // Its commit was lost on the worker that died: it is done again, and finds nobody.
    expect(await step(null)).toMatchObject({ span: 1, recycled: 0 });
    let cursor = first;
    while (cursor.span < payload.spans.length) cursor = await step(cursor);
    expect(cursor.recycled).toBe(4);
  });

  it('is asked for once, and not for a campaign that is over or says nothing of it', async () => {
    await expect(floor.recycling.recycle(actor, campaignId)).rejects.toMatchObject({ code: 'recycling_missing' });
    await setPlan({ recycling: RECYCLING });
    const { jobId } = await floor.recycling.recycle(actor, campaignId);
    expect(await floor.recycling.recycle(actor, campaignId)).toEqual({ jobId });
    expect((await floor.recycling.preview(1, campaignId)).jobId).toBe(jobId);
    await floor.rows(`update campaigns set state = 'finished' where id = $1`, [campaignId]);
    await expect(floor.recycling.recycle(actor, campaignId)).rejects.toMatchObject({ code: 'campaign_state' });
  });

  it('begins by itself once the list is worked out, where the plan says so', async () => {
    const start = async (automatic: boolean) => {
      await setPlan({ recycling: { ...RECYCLING, automatic } });
      return floor.recycling.recycleWorkedOut({ id: campaignId, organisationId: 1 });
    };
    await insertOver();
    const open = await floor.insertEntry(campaignId);
    expect(await start(false)).toBe(false);
    expect(await start(true)).toBe(false);
    await floor.rows(`update calling_list_entries set state = 'completed', completed_code = 'sale' where id = $1`, [
      open.entryId,
    ]);
    expect((await floor.recycling.listAutomatic()).map(({ id }) => id)).toContain(campaignId);
    expect(await start(true)).toBe(true);
    const { payload } = await floor.one<{ payload: Parameters<Floor['recycling']['recycleAll']>[0] }>(
      `select payload from jobs where kind = 'recycle-list' and (payload ->> 'campaignId')::integer = $1`,
      [campaignId],
    );
    expect(await floor.recycling.recycleAll(payload)).toBe(1);
  });
});

describe('a campaign’s retry plan', () => {
  const endCall = async (entry: Entry, result: 'busy' | 'congestion' | 'no_answer') => {
    const reservation = (await floor.reserve(campaignId, 1)).reservations[0]!;
    await floor.rows(
      `update attempts set state = 'ended', result = $3, originated_at = $2, ended_at = $2 where id = $1`,
      [...[reservation.attemptId, floor.clock.now(), result]],
    );
    await floor.database.transaction((tx) =>
      floor.scheduler.settleResult(tx, entry.entryId, reservation.attemptId, result),
    );
    return reservation;
  };
  const rule = (delayMinutes: number, growth: number, limit: number | null = null) => ({
    ...{ delayMinutes, growth, limit, phone: 'same' as const },
  });

  it('holds from the next result on, and each attempt keeps what was planned after it', async () => {
    const entry = await floor.insertEntry(campaignId);
    await endCall(entry, 'busy');
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ due_at: new Date(MONDAY.getTime() + 10 * MINUTE) });
    await setPlan({ results: { busy: rule(3, 3, 3) } });
    await floor.clock.runUntil(new Date(MONDAY.getTime() + 10 * MINUTE));
    await floor.scheduler.promote(campaignId);
    const { attemptId } = await endCall(entry, 'busy');
    const dueAt = new Date(MONDAY.getTime() + 19 * MINUTE);
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ due_at: dueAt, state: 'waiting' });
    const { planned } = await floor.one<{ planned: object }>('select planned from attempts where id = $1', [attemptId]);
    expect(planned).toEqual({
      ...{ code: 'again', because: 'busy', time: 2, limit: 3, attempt: 2, maxAttempts: 5, held: [] },
      ...{ sentence: 'Busy (time 2 of 3): tried again.', dueAt: dueAt.toISOString() },
    });
  });

  it('skips the night of the phone that is next', async () => {
    const evening = new Date('2026-03-02T18:30:00Z');
    await setPlan({ results: { no_answer: rule(60, 1) } });
    const entry = await floor.insertEntry(campaignId);
    await floor.clock.runUntil(evening);
    const { attemptId } = await endCall(entry, 'no_answer');
    // Nine in the morning in Paris.
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ due_at: new Date('2026-03-03T08:00:00Z') });
    const { planned } = await floor.one<{ planned: object }>('select planned from attempts where id = $1', [attemptId]);
    expect(planned).toMatchObject({ held: ['calling_hours'], dueAt: '2026-03-03T08:00:00.000Z' });
  });

  it('goes round the phones of a person, and never to one that is dead', async () => {
    await setPlan({
      results: { no_answer: { ...rule(60, 1), phone: 'next' } },
      phones: { triesEach: null, wrap: true, delayMinutes: 0 },
    });
    const phones = ['+33639971001', '+33639971002', '+33639971003'];
    const entry = await floor.insertEntry(campaignId, { phones });
    await floor.rows(
      `insert into attempts (organisation_id, campaign_id, entry_id, lead_id, phone_id, match_hash, fence, mode, number,
         ring_timeout_ms, connect_timeout_ms, state, result, reserved_at, dial_before, originated_at, ended_at)
       select 1, $1, $2, p.lead_id, p.id, p.match_hash, 1, 'progressive', 1, 22000, 2000, 'ended', 'fax', $3, $3, $3, $3
       from phones p where p.lead_id = $4 and p.position = 2`,
      [campaignId, entry.entryId, before(DAY * 10), entry.leadId],
    );
    await endCall(entry, 'no_answer');
    expect(await floor.getEntry(entry.entryId)).toMatchObject({ phone_position: 3, due_at: MONDAY });
    await floor.scheduler.promote(campaignId);
    await endCall(entry, 'no_answer');
    expect(await floor.getEntry(entry.entryId)).toMatchObject({
      ...{ phone_position: 1, due_at: new Date(MONDAY.getTime() + 60 * MINUTE) },
    });
  });
});
