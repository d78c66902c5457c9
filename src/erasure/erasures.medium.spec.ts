import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createImportDesk, newBase, type ImportDesk } from '../../test/import-desk.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { hashOf, MONDAY } from '../../test/floor.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { JobsService } from '../jobs/jobs.service.js';
import { LocalWaker } from '../jobs/local-waker.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { ErasuresRepository } from './erasures.repository.js';
import { ErasuresService, type ErasureCursor } from './erasures.service.js';

const ACTOR = { organisationId: 1, userId: null };
const EVIDENCE = 'A letter of the first of March';

describe('an erasure', () => {
  let test: TestDatabase;
  let desk: ImportDesk;
  let erasures: ErasuresService;

  beforeAll(async () => {
    test = await createTestDatabase();
    desk = await createImportDesk(test);
    const { database, audit, suppressions, consents, callbacks, clock, hub } = desk;
    const jobs = new JobsService(new JobsRepository(database), new LocalWaker(), hub, clock);
    erasures = new ErasuresService(
      ...([database, new ErasuresRepository(database), audit, suppressions, consents, callbacks] as const),
      ...([jobs, PhoneVault.fromSecret(Buffer.alloc(32, 7)), clock, hub] as const),
    );
  });

  afterAll(() => desk.close());

  /** As its job does: step by step, the first of them twice, as after a crash. */
  const run = async (id: number) => {
    let cursor: ErasureCursor | null = null;
    const step = (from: ErasureCursor | null) => test.database.transaction((tx) => erasures.eraseSlice(tx, id, from));
    await step(cursor);
    do cursor = await step(cursor);
    while (cursor);
    await test.database.transaction((tx) => erasures.finish(tx, id, 'done'));
    return erasures.getErasure(1, id);
  };
  const erase = async (number: string) => run((await erasures.startErasure(ACTOR, { number, evidence: EVIDENCE })).id);
  const count = async (sql: string, values: readonly unknown[] = []) =>
    (await desk.rows<{ n: number }>(`select count(*)::int as n from ${sql}`, values))[0]!.n;

  it('takes the person out with all phones, notes and rows, and leaves the ledger and the keyed hashes', async () => {
    const base = await desk.importText(
      'phone,phone 2,name,id\n+33199008001,+33199008002,Anna Petit,C-1\n+33199008003,,Bruno,C-2\n12,,Anna again,C-1\n99,,Somebody at 01 99 00 80 02,\n13,,Nobody,C-9\n',
      {
        base: newBase('erasure'),
        mapping: { phones: ['phone', 'phone 2'], name: 'name', externalId: 'id' },
        consent: { source: 'Form', wording: 'Call me', proof: 'The archive', givenOn: '2026-02-01' },
      },
    );
    const [anna, bruno] = await desk.leadsOf(base.baseId);
    const campaignId = await desk.insertCampaign();
    const other = await desk.insertCampaign();
    const operatorId = await desk.insertOperator();
    const entryOf = async (campaign: number) =>
      (
        await desk.one<{ id: number }>(
          `insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at)
           values ($1, $2, 0, (select min(bucket_id) from phones where lead_id = $2), 'ready', 5, 0, $3) returning id`,
          [campaign, anna!.id, MONDAY],
        )
      ).id;
    await entryOf(other);
    const entryId = await entryOf(campaignId);
    const entry = { entryId, leadId: anna!.id, matchHash: hashOf('+33199008001') };
    const attemptId = await desk.insertAttempt(campaignId, entry, MONDAY);
    await desk.insertCallback(campaignId, entry, new Date(MONDAY.getTime() + 3_600_000));
    await desk.rows(`update callbacks set note = 'Ask for Anna'`);
    await desk.rows(
      `insert into dispositions (organisation_id, campaign_id, attempt_id, lead_id, operator_id, outcome_code, category, result,
         right_party, refusal_reason, refusal_detail, note, automatic, at)
       values (1, $1, $2, $3, $4, 'refusal', 'refusal', 'failure', true, 'other', '{"price": 5, "note": "Anna said"}', 'Anna!', false, $5)`,
      [campaignId, attemptId, anna!.id, operatorId, MONDAY],
    );

    const done = await erase('+33199008002');
    expect(done).toMatchObject({ state: 'done', leads: 1, phones: 2, rejects: 2, evidence: EVIDENCE });

    expect(await desk.leadsOf(base.baseId)).toMatchObject([{ id: bruno!.id, name: 'Bruno' }]);
    expect(await count('phones where lead_id = $1', [anna!.id])).toBe(0);
    expect(await desk.rows(`select campaign_id, state, completed_code from calling_list_entries`)).toEqual([
      { campaign_id: campaignId, state: 'completed', completed_code: 'erased' },
    ]);
    expect(await count('attempts where lead_id = $1', [anna!.id])).toBe(2);
    expect(await desk.rows(`select note, refusal_detail from dispositions`)).toEqual([
      { note: null, refusal_detail: { price: 5 } },
    ]);
    expect(await desk.rows(`select state, note from callbacks`)).toEqual([{ state: 'cancelled', note: null }]);
    // Rows that could not be imported: the one with her id and the one with her number are emptied, the third is not.
    expect(
      await desk.rows(
        `select row_number as row, record_sealed is null as empty from import_rejects where import_id = $1 order by 1`,
        [base.id],
      ),
    ).toEqual([3, 4, 5].map((row) => ({ row, empty: row < 5 })));
    const csv: string[] = [];
    for await (const line of desk.imports.rejectsCsv(1, base.id)) csv.push(line);
    expect(csv.join('')).toContain('Nobody');
    expect(csv.join('')).not.toContain('Anna');

    for (const number of ['+33199008001', '+33199008002']) {
      const suppressed = await desk.rows(`select scope, reason, evidence from suppressions where match_hash = $1`, [
        hashOf(number),
      ]);
      expect(suppressed).toEqual([{ scope: 'company', reason: 'erasure', evidence: EVIDENCE }]);
      expect((await desk.consents.listOfNumber(1, { number })).map(({ kind }) => kind)).toEqual([
        ...['granted', 'withdrawn'],
      ]);
    }
    expect(await count('erasure_numbers where sealed is not null')).toBe(0);
    // Nobody's name or note is left anywhere in the database.
    const tables = await desk.rows<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind = 'r'`,
    );
    for (const { name } of tables)
      expect([name, await count(`"${name}" t where t::text like '%Anna%'`)]).toEqual([name, 0]);
  });

  it('keeps the numbers from coming back by a file: the row counts as suppressed, a second number is dropped', async () => {
    await desk.importText('phone,name\n+33199008011,Clara\n', { base: newBase('first') });
    await erase('+33199008011');
    const again = await desk.importText(
      'phone,phone 2,phone 3,name\n+33199008011,,,Clara\n+33199008012,+33199008011,+33199008013,Somebody else\n',
      { base: newBase('second'), mapping: { phones: ['phone', 'phone 2', 'phone 3'], name: 'name' } },
    );
    expect(again).toMatchObject({ imported: 1, suppressed: 1 });
    const [left] = await desk.leadsOf(again.baseId);
    expect(left!.phones.map(({ e164, position }) => [e164, position])).toEqual([
      ['+33199008012', 1],
      ['+33199008013', 2],
    ]);
  });

  it('ends the calls of the person, also the one in which they talk', async () => {
    const campaignId = await desk.insertCampaign();
    const operatorId = await desk.insertOperator();
    await desk.operators.signIn(operatorId, 1, campaignId);
    const { leadId } = await desk.insertEntry(campaignId, { phones: ['+33199008021'] });
    const attemptId = await desk.connectCall(campaignId, operatorId);
    const heard: number[] = [];
    desk.hub.subscribe(({ kind, id }) => void (kind === 'hangup' && heard.push(id)));
    await erase('+33199008021');
    expect(heard).toEqual([attemptId]);
    expect(await count('attempts where id = $1 and hangup_requested_at is not null', [attemptId])).toBe(1);
    expect(await desk.leads.findLeadCard(1, leadId)).toBeNull();
    await desk.endCall(attemptId, operatorId);
    await desk.dispositions.record(operatorId, attemptId, { outcome: 'sale', note: 'Anna' });
    expect(await count(`dispositions where attempt_id = $1 and note is null`, [attemptId])).toBe(1);
  });

  it('of a number that nobody has suppresses it all the same, and of others’ people takes nobody', async () => {
    const base = await desk.importText('phone,name\n+33199008031,Dora\n', { base: newBase('others') });
    const done = await erase('+33199008032');
    expect(done).toMatchObject({ state: 'done', leads: 0, phones: 0 });
    expect(await count(`suppressions where match_hash = $1`, [hashOf('+33199008032')])).toBe(1);
    expect(await desk.leadsOf(base.baseId)).toHaveLength(1);
    await expect(erasures.getErasure(2, done.id)).rejects.toMatchObject({ code: 'erasure_not_found' });
  });

  it('is on the record, with its evidence and without the number', async () => {
    const { id } = await erase('+33199008041');
    expect(
      await desk.rows(`select action, after from audit_trail where subject_kind = 'erasure' and subject_id = $1`, [id]),
    ).toEqual([{ action: 'erasure_requested', after: { evidence: EVIDENCE, numbers: 1, people: 0 } }]);
  });
});
