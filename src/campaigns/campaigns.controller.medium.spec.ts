import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestApp, type TestApp } from '../../test/test-app.js';
import type { ChangeView } from '../audit/audit.dto.js';
import { AuthService } from '../auth/auth.service.js';
import { UsersService } from '../auth/users.service.js';
import { statement } from '../database/statement.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import type { CampaignView, PreflightFindingView } from './campaign.dto.js';

const HOUR_MS = 3_600_000;

describe('the campaigns of the API', () => {
  let test: TestApp;
  let segmentId: number;
  const cookies = { marketer: '', manager: '' };

  beforeAll(async () => {
    test = await createTestApp();
    const password = 'a long password';
    for (const role of ['marketer', 'manager'] as const) {
      await test.app.get(UsersService).createUser({ organisationId: 1, login: role, name: role, role, password });
      const attempt = { login: role, password, address: '127.0.0.1', userAgent: null, formerToken: null };
      cookies[role] = `zvon_session=${(await test.app.get(AuthService).signIn(attempt)).token}`;
    }
    const rule = { field: 'region', is: 'equals', value: 'North' } as const;
    const segments = test.app.get(SegmentsService, { strict: false });
    segmentId = (await segments.create({ organisationId: 1, userId: null }, { name: 'North', rule })).id;
  }, 60_000);

  afterAll(() => test.close());

  async function ask<Body = CampaignView & { code?: string }>(
    role: 'marketer' | 'manager',
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${test.url}/api/campaigns${path}`, {
      method,
      headers: { cookie: cookies[role], origin: test.url, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  it('are set up, looked over, copied and put away', async () => {
    const startsAt = new Date(Date.now() + HOUR_MS).toISOString();
    const made = await ask('manager', 'POST', '', {
      ...{ name: 'Spring', mode: 'ratio', ratio: 1.5, segments: [{ id: segmentId, weight: 3 }], startsAt },
      ...{ order: { by: 'random', seed: 5 }, listMode: 'live', retryShare: 0.5 },
      ...{ goals: { budget: 100, action: 'alert' }, costPerMinute: 0.05, currency: 'EUR' },
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{ state: 'draft', version: 1, startsAt, endsAt: null, endAction: 'finish', listMode: 'live' },
        ...{ order: { by: 'random', seed: 5 }, retryShare: 0.5, goals: { budget: 100, action: 'alert' } },
        goalsProgress: [{ goal: 'budget', value: 0, target: 100, share: 0, reachedAt: null }],
        segments: [{ id: segmentId, name: 'North', weight: 3 }],
      },
    });
    const { id } = made.body;

    const changed = await ask('manager', 'PATCH', `/${id}`, { version: 1, goals: null, startsAt: null });
    expect(changed.body).toMatchObject({ version: 2, goals: null, goalsProgress: [], startsAt: null });
    expect(await ask('manager', 'PATCH', `/${id}`, { version: 1, ratio: 2 })).toMatchObject({
      ...{ status: 409, body: { code: 'version_conflict', version: 2 } },
    });

    const findings = await ask<PreflightFindingView[]>('marketer', 'GET', `/${id}/preflight`);
    expect(findings.body.map(({ code, severity }) => [code, severity])).toEqual([
      ['list_empty', 'blocks'],
      ['no_operators', 'blocks'],
      ['offer_missing', 'warns'],
      ['script_missing', 'warns'],
      ['caller_id_missing', 'warns'],
    ]);
    expect(findings.body[0]).toMatchObject({ link: `/campaigns/${id}`, fix: expect.any(String), values: {} });

    const trail = await ask<ChangeView[]>('marketer', 'GET', `/${id}/audit`);
    expect(trail.body.map(({ action, actor }) => [action, actor?.name])).toEqual([
      ['campaign_changed', 'manager'],
      ['campaign_created', 'manager'],
    ]);
    expect(trail.body[0]!.changes).toEqual(
      expect.arrayContaining([
        { field: 'goals', before: { budget: 100, action: 'alert' }, after: null },
        { field: 'startsAt', before: startsAt, after: null },
      ]),
    );
    expect(trail.body[0]!.changes).toHaveLength(2);
    const earlier = await ask<ChangeView[]>('marketer', 'GET', `/${id}/audit?before=${trail.body[0]!.id}&limit=5`);
    expect(earlier.body).toEqual([trail.body[1]]);

    const copy = await ask('manager', 'POST', `/${id}/clone`, {});
    expect(copy).toMatchObject({ status: 201, body: { name: 'Spring 2', clonedFromId: id, state: 'draft' } });
    expect(await ask('manager', 'POST', `/${id}/archive`)).toMatchObject({ status: 200, body: { state: 'archived' } });
    const ids = async (query: string) =>
      (await ask<{ id: number }[]>('marketer', 'GET', query)).body.map((campaign) => campaign.id);
    expect(await ids('')).toEqual([copy.body.id]);
    expect(await ids('?archived=true')).toEqual([id]);
    expect(await ids('?archived=false')).toEqual([copy.body.id]);
  });

  it('name in their trail what they use, and say who had the list built', async () => {
    const session = { headers: { cookie: cookies.manager, 'content-type': 'application/json' } };
    const post = async (path: string, body: unknown) =>
      (await (
        await fetch(`${test.url}/api${path}`, { ...session, method: 'POST', body: JSON.stringify(body) })
      ).json()) as {
        id: number;
      };
    const gold = await post('/offers', { name: 'Gold', price: 9, currency: 'EUR' });
    const { body: made } = await ask('manager', 'POST', '', { name: 'Named', segmentIds: [], mode: 'progressive' });
    await ask('manager', 'PATCH', `/${made.id}`, { version: 1, offerId: gold.id, segmentIds: [segmentId] });
    const built = await ask<{ jobId: number }>('manager', 'POST', `/${made.id}/build-list`, {});
    expect(built.status).toBe(202);
    // What is put away has its name all the same; lists leave it out.
    await post(`/offers/${gold.id}/archive`, {});
    const { body: trail } = await ask<ChangeView[]>('marketer', 'GET', `/${made.id}/audit`);
    expect(trail.map(({ action, actor }) => [action, actor?.name])).toEqual([
      ['campaign_list_requested', 'manager'],
      ['campaign_changed', 'manager'],
      ['campaign_created', 'manager'],
    ]);
    expect(trail[0]!.changes).toEqual([{ field: 'jobId', before: null, after: built.body.jobId }]);
    expect(trail[1]!.changes).toEqual(
      expect.arrayContaining([
        { field: 'offerId', before: null, after: { id: gold.id, name: 'Gold' } },
        { field: 'segments', before: [], after: [{ id: segmentId, weight: 1, name: 'North' }] },
      ]),
    );
    expect(trail[2]!.changes).toContainEqual({
      ...{ field: 'outcomeSetId', before: null, after: { id: expect.any(Number), name: 'Standard' } },
    });
  });

  it('do not start while anything blocks them, and the answer says what, why and where to mend it', async () => {
    const { body: campaign } = await ask('manager', 'POST', '', {
      ...{ name: 'Blocked', segmentIds: [segmentId], mode: 'progressive' },
    });
    // As a list that everybody has left leaves it.
    await test.database.database.query(statement('', `update campaigns set state = 'ready' where id = $1`), [
      campaign.id,
    ]);
    const refused = await ask<{ code: string; findings: PreflightFindingView[] }>(
      'manager',
      'POST',
      `/${campaign.id}/start`,
    );
    expect(refused).toMatchObject({ status: 409, body: { code: 'campaign_blocked' } });
    expect(refused.body.findings).toEqual([
      expect.objectContaining({ code: 'list_empty', link: `/campaigns/${campaign.id}`, fix: expect.any(String) }),
      expect.objectContaining({ code: 'no_operators', link: `/campaigns/${campaign.id}/edit` }),
    ]);
    expect((await ask('manager', 'GET', `/${campaign.id}`)).body.state).toBe('ready');
  });

  it('may use the outcome sets that there are', async () => {
    const response = await fetch(`${test.url}/api/outcome-sets`, { headers: { cookie: cookies.marketer } });
    expect(await response.json()).toEqual([
      { id: expect.any(Number), name: 'Standard', refusalReasons: expect.any(Array) },
    ]);
  });

  it.each([
    ['GET', '/audit?limit=0', undefined],
    ['GET', '/audit?before=x', undefined],
    ['POST', '/clone', { name: '' }],
    ['PATCH', '', { version: 1, endsAt: 'tomorrow' }],
  ])('refuse %s %s with %j', async (method, path, body) => {
    const { body: campaign } = await ask('manager', 'POST', '', { name: 'C', mode: 'progressive', segmentIds: [] });
    expect(await ask('manager', method, `/${campaign.id}${path}`, body)).toMatchObject({
      ...{ status: 422, body: { code: 'validation_failed' } },
    });
  });
});
