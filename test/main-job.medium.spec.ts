import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { UserRole } from '../src/auth/access.js';
import { UsersService } from '../src/auth/users.service.js';
import { VirtualClock } from '../src/common/virtual-clock.js';
import { statement } from '../src/database/statement.js';
import { LocalHub } from '../src/realtime/hub.js';
import { createTestApp, type TestApp } from './test-app.js';

/** A Monday, 11:00 in Paris. */
const MONDAY = new Date('2026-03-02T10:00:00Z');
const FIXTURES = join(import.meta.dirname, '../fixtures');

// Answers are looked at field by field; what they lack fails the test.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
interface Answer<T = any> {
  status: number;
  body: T;
  type: string;
}

/** From an uploaded base to conversion, over HTTP, in one process on a virtual clock; and what bad input gets on the way. */
describe('The main job over HTTP', () => {
  const clock = new VirtualClock(MONDAY);
  const cookies = new Map<UserRole, string>();
  let test: TestApp;
  let baseId: number;
  let campaignId: number;

  beforeAll(async () => {
    test = await createTestApp({ clock, hub: new LocalHub(), settings: { role: 'all' } });
    const users = test.app.get(UsersService, { strict: false });
    for (const role of ['marketer', 'manager', 'operator'] as const) {
      await users.createUser({ organisationId: 1, login: role, name: role, role, password: 'a long password' });
      const answer = await fetch(`${test.url}/api/auth/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login: role, password: 'a long password' }),
      });
      cookies.set(role, answer.headers.get('set-cookie')!.split(';')[0]!);
    }
  }, 60_000);

  afterAll(() => test.close());

  const ask = async (role: UserRole, method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(`${test.url}/api${path}`, {
      method,
      headers: { cookie: cookies.get(role)!, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, body: text && /json/.test(type) ? JSON.parse(text) : text, type };
  };

  const upload = async (file: string, options: object, role: UserRole = 'marketer'): Promise<Answer> => {
    const form = new FormData();
    form.set('options', JSON.stringify(options));
    form.set('file', new Blob([readFileSync(join(FIXTURES, file))]), file);
    const answer = await fetch(`${test.url}/api/imports`, {
      method: 'POST',
      headers: { cookie: cookies.get(role)! },
      body: form,
    });
    return { status: answer.status, body: await answer.json(), type: answer.headers.get('content-type') ?? '' };
  };

  const expectProblem = (answer: Answer, status: number, code: string) => {
    expect(answer.type).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status, code, detail: expect.stringMatching(/\.$/) });
    expect(answer.status).toBe(status);
  };

  const count = async (table: string): Promise<number> => {
    const rows = await test.database.database.query<{ count: number }>(
      statement(`test.count_${table}`, `select count(*) as count from ${table}`),
    );
    return rows[0]!.count;
  };

  /** Let the engine work until something holds; a minute of its time at a time. */
  const until = async <T>(look: () => Promise<T | null | undefined | false>, minutes = 120): Promise<T> => {
    for (let minute = 0; minute < minutes * 12; minute++) {
      const found = await look();
      if (found) return found;
      await clock.run(5_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`Nothing came of it in ${minutes} minutes`);
  };

  it('refuses a file without a table, an empty one and one without phones, and keeps nothing of them', async () => {
    const base = { name: 'Never', country: 'FR' };
    expectProblem(await upload('binary-file.csv', { base }), 422, 'not_csv');
    expectProblem(await upload('excel-workbook.xlsx', { base }), 422, 'workbook_empty');
    expectProblem(await upload('open-document.ods', { base }), 422, 'open_document');
    expectProblem(await upload('empty-file.csv', { base }), 422, 'file_empty');
    expectProblem(await upload('missing-phone-column.csv', { base }), 422, 'phone_column_missing');
    expectProblem(await upload('demo-base.csv', { base }, 'operator'), 403, 'forbidden');
    expect(await count('bases')).toBe(0);
    expect(await count('imports')).toBe(0);
    expect(await count('jobs')).toBe(0);
  });

  it('imports an uploaded base and accounts for every row', async () => {
    const started = await upload('demo-base.csv', { base: { name: 'Households', country: 'FR', source: 'test' } });
    expect(started.status).toBe(202);
    const done = await until(async () => {
      const { body } = await ask('marketer', 'GET', `/imports/${started.body.id}`);
      return body.state === 'done' && body;
    });
    baseId = done.baseId;
    expect(done.rows).toBe(1200);
    expect(done.imported + done.updated + done.duplicate + done.suppressed + done.rejected).toBe(done.rows);
    expect(done.rejected).toBeGreaterThan(0);
    const rejects = await ask('marketer', 'GET', `/imports/${started.body.id}/rejects`);
    expect(rejects.type).toMatch(/^text\/csv/);
    expect(rejects.body.trim().split('\n')).toHaveLength(done.rejected + 1);
    expectProblem(await upload('demo-base.csv', { base: { id: baseId } }), 409, 'same_file_imported');
  });

  it('builds a list from a segment and starts the campaign', async () => {
    const rule = {
      all: [
        { field: 'base', is: 'equals', value: baseId },
        { field: 'attribute.age', is: 'greater_than', value: 30 },
      ],
    };
    const { body: counted } = await ask('marketer', 'POST', '/segments/count', { rule });
    const segment = await ask('marketer', 'POST', '/segments', { name: 'Over thirty', rule });
    expect(segment.status).toBe(201);
    const campaign = await ask('manager', 'POST', '/campaigns', {
      name: 'First',
      segmentIds: [segment.body.id],
      mode: 'progressive',
    });
    expect(campaign.status).toBe(201);
    campaignId = campaign.body.id;
    expectProblem(await ask('manager', 'POST', `/campaigns/${campaignId}/start`, {}), 409, 'campaign_list_empty');
    expectProblem(await ask('manager', 'POST', '/campaigns/999/start', {}), 404, 'campaign_not_found');
    expectProblem(await ask('operator', 'POST', `/campaigns/${campaignId}/start`, {}), 403, 'forbidden');
    expect((await ask('manager', 'POST', `/campaigns/${campaignId}/build-list`, {})).status).toBe(202);
    await until(async () => (await ask('manager', 'GET', `/campaigns/${campaignId}`)).body.state === 'ready');
    const ready = await ask('manager', 'GET', `/campaigns/${campaignId}`);
    expect(ready.body.listed).toBe(counted.count);
    expect((await ask('manager', 'POST', `/campaigns/${campaignId}/start`, {})).body.state).toBe('running');
  });

  it('puts answered calls in front of the operator and takes their outcomes', async () => {
    expectProblem(await ask('operator', 'POST', '/desk/sign-in', { campaignId: 999 }), 404, 'campaign_not_found');
    expect((await ask('operator', 'POST', '/desk/sign-in', { campaignId })).body.state).toBe('ready');
    const talk = async () => {
      const call = await until(async () => (await ask('operator', 'GET', '/desk')).body.call);
      expect(call.lead.maskedPhone).toMatch(/^\+33 [•‑ -]+\d\d$/u);
      return call;
    };

    const first = await talk();
    const say = (attemptId: number, words: object) =>
      ask('operator', 'POST', '/desk/disposition', { attemptId, ...words });
    const before = await count('dispositions');
    expectProblem(await say(first.attemptId + 1000, { outcome: 'sale' }), 403, 'not_your_call');
    expectProblem(await say(first.attemptId, { outcome: 'nothing' }), 422, 'unknown_outcome');
    expectProblem(await say(first.attemptId, { outcome: 'refusal' }), 422, 'refusal_reason_missing');
    expectProblem(
      await say(first.attemptId, { outcome: 'refusal', refusalReason: 'price' }),
      422,
      'refusal_reason_too_broad',
    );
    expectProblem(
      await say(first.attemptId, { outcome: 'callback', callback: { localTime: '2026-03-01T10:00' } }),
      422,
      'callback_in_past',
    );
    const night = await say(first.attemptId, { outcome: 'callback', callback: { localTime: '2026-03-03T03:00' } });
    expectProblem(night, 422, 'callback_outside_hours');
    expect(night.body.nearest).toBe('2026-03-03T09:00');
    expectProblem(await say(first.attemptId, { outcome: 'sale', surprise: 1 }), 422, 'validation_failed');
    expect(await count('dispositions')).toBe(before);
    expect(await count('callbacks')).toBe(0);

    const refused = await say(first.attemptId, {
      outcome: 'refusal',
      refusalReason: 'too_expensive',
      refusalDetail: { price: 39.5 },
    });
    expect(refused.status).toBe(200);
    expectProblem(await say(first.attemptId, { outcome: 'sale' }), 409, 'already_dispositioned');
    const second = await talk();
    expect(second.attemptId).not.toBe(first.attemptId);
    expect(
      (await say(second.attemptId, { outcome: 'callback', callback: { localTime: '2026-03-02T18:00' } })).status,
    ).toBe(200);
    const third = await talk();
    expect((await say(third.attemptId, { outcome: 'sale', note: 'Glad to.' })).status).toBe(200);
    const fourth = await talk();
    expect((await say(fourth.attemptId, { outcome: 'do_not_call' })).status).toBe(200);
    expect(await count('suppressions')).toBe(1);
    expect((await ask('operator', 'POST', '/desk/break', {})).status).toBe(200);
  });

  it('shows the conversion of the campaign, and the conversations behind it', async () => {
    await until(async () => (await ask('operator', 'GET', '/desk')).body.state === 'break');
    const { body: report } = await ask('manager', 'GET', `/campaigns/${campaignId}/report`);
    expect(report.contacts).toBeGreaterThanOrEqual(4);
    expect(report.conversionRate).toBeCloseTo(1 / report.contacts, 10);
    expect(report.refusalReasons).toEqual([{ code: 'too_expensive', count: 1 }]);
    expect(report.callbacks).toMatchObject({ promised: 1, open: 1 });
    const { list } = report;
    expect(list.total).toBe(list.completed + list.available);
    expectProblem(await ask('operator', 'GET', `/campaigns/${campaignId}/report`), 403, 'forbidden');
    expectProblem(await ask('manager', 'GET', '/campaigns/999/report'), 404, 'campaign_not_found');
  });

  it('stops dialling with the pause, and says so', async () => {
    await ask('operator', 'POST', '/desk/ready', {});
    expect((await ask('manager', 'POST', `/campaigns/${campaignId}/pause`, {})).body.state).toBe('paused');
    const dialled = await count('attempts');
    await clock.run(600_000);
    expect(await count('attempts')).toBe(dialled);
    const [summary] = (await ask('manager', 'GET', '/campaigns')).body;
    expect(summary.idle.code).toBe('paused');
  });
});
