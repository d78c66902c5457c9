import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestApp, type TestApp } from '../../test/test-app.js';
import { AuthService } from '../auth/auth.service.js';
import { UsersService } from '../auth/users.service.js';
import type { EffectiveRuleView, HolidayView, OverrideView, ProfileVersionView, ProfileView } from './profiles.dto.js';

const ROLES = ['marketer', 'manager', 'operator'] as const;

describe('the calling rules of the API', () => {
  let test: TestApp;
  const cookies: Record<string, string> = {};

  beforeAll(async () => {
    test = await createTestApp({ settings: { profiles: 'law' } });
    const password = 'a long password';
    for (const role of ROLES) {
      await test.app.get(UsersService).createUser({ organisationId: 1, login: role, name: role, role, password });
      const attempt = { login: role, password, address: '127.0.0.1', userAgent: null, formerToken: null };
      cookies[role] = `zvon_session=${(await test.app.get(AuthService).signIn(attempt)).token}`;
    }
  }, 60_000);

  afterAll(() => test.close());

  async function ask<Body>(
    role: (typeof ROLES)[number],
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Body & { code?: string } }> {
    const response = await fetch(`${test.url}/api${path}`, {
      method,
      headers: { cookie: cookies[role]!, origin: test.url, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body & { code?: string } };
  }

  const cell = (value: unknown) => ({ value, source: 'our own rule', date: '2026-11-22', confidence: 'house' });
  const document = (version: string) => ({
    ...{ code: 'ours', version, title: 'Ours', sources: [] },
    applies_when: { countries: ['FR'], purposes: ['sales'] },
    time: { hours: cell({ mon: [['11:00', '15:00']] }) },
    reviewed: { by: 'us', at: '2026-11-22' },
  });

  it('are read by marketers and managers, changed by managers, and nothing to operators', async () => {
    const paths = ['profiles', 'profile-versions', 'effective?country=FR', 'overrides', 'holiday-changes'];
    for (const path of paths) {
      expect([path, (await ask('marketer', 'GET', `/calling-rules/${path}`)).status]).toEqual([path, 200]);
      expect([path, (await ask('operator', 'GET', `/calling-rules/${path}`)).status]).toEqual([path, 403]);
    }
    expect((await ask('marketer', 'POST', '/calling-rules/profiles', { document: document('0') })).status).toBe(403);
    expect((await ask('marketer', 'POST', '/calling-rules/overrides', {})).status).toBe(403);
    expect((await ask('marketer', 'POST', '/calling-rules/holiday-changes', { changes: [] })).status).toBe(403);
  });

  it('say each rule with its source, date and confidence, and what is not known', async () => {
    const { body } = await ask<ProfileView[]>('marketer', 'GET', '/calling-rules/profiles');
    expect(body[0]).toMatchObject({ code: 'house', origin: 'house', countries: [] });
    const russia = body.find(({ code }) => code === 'ru-sales')!;
    expect(russia.cells.find((each) => each.cell === 'dialing.modes')).toMatchObject({
      ...{ value: ['manual', 'preview'], isKnown: true, confidence: 'A', date: '2026-11-22' },
    });
    expect(russia.cells.find((each) => each.cell === 'time.holidays')).toMatchObject({
      ...{ value: null, isKnown: false, holds: 'closed', source: null },
    });
  });

  it('take a profile, tell its versions, and say what then holds', async () => {
    expect(await ask('manager', 'POST', '/calling-rules/profiles', { document: document('1') })).toMatchObject({
      status: 201,
      body: { code: 'ours', origin: 'uploaded', version: '1' },
    });
    expect(await ask('manager', 'POST', '/calling-rules/profiles', { document: document('1') })).toMatchObject({
      status: 409,
      body: { code: 'profile_version_taken' },
    });
    expect((await ask('manager', 'POST', '/calling-rules/profiles', { document: document('2') })).status).toBe(201);
    const broken = await ask('manager', 'POST', '/calling-rules/profiles', { document: { ...document('3'), caps: 3 } });
    expect(broken).toMatchObject({ status: 422, body: { code: 'profile_invalid', field: 'caps' } });
    const rule = () => ask<EffectiveRuleView>('marketer', 'GET', '/calling-rules/effective?country=FR&purpose=sales');
    expect((await rule()).body.profiles.map(({ code }) => code)).toEqual(['fr', 'ours']);
    expect((await rule()).body.rule.hours).toEqual([
      {
        mon: [
          ['11:00', '13:00'],
          ['14:00', '15:00'],
        ],
      },
    ]);
    const { body } = await ask<ProfileVersionView[]>('marketer', 'GET', '/calling-rules/profile-versions');
    expect(body.map(({ version, isCurrent, createdBy }) => [version, isCurrent, createdBy])).toEqual([
      ['2', true, 'manager'],
      ['1', false, 'manager'],
    ]);
    expect((await ask('manager', 'POST', '/calling-rules/profiles/ours/retire', { reason: 'a trial' })).status).toBe(
      204,
    );
    expect((await rule()).body.profiles.map(({ code }) => code)).toEqual(['fr']);
  });

  it('are departed from by an override that says why and until when', async () => {
    const override = {
      ...{ profile: 'ru-sales', cell: 'dialing.modes', value: ['manual', 'preview', 'progressive'] },
      ...{ opinion: 'Opinion of counsel of 2026-11-20', validTo: new Date(Date.now() + 86_400_000).toISOString() },
    };
    const made = await ask<OverrideView>('manager', 'POST', '/calling-rules/overrides', override);
    expect(made).toMatchObject({ status: 201, body: { state: 'holds', isGenuine: true, createdBy: 'manager' } });
    const rule = () => ask<EffectiveRuleView>('marketer', 'GET', '/calling-rules/effective?country=RU');
    expect((await rule()).body.rule.modes).toEqual(['manual', 'preview', 'progressive']);
    expect((await rule()).body.rule.overrides).toMatchObject([{ id: made.body.id, opinion: override.opinion }]);
    expect((await ask('manager', 'POST', `/calling-rules/overrides/${made.body.id}/revoke`)).status).toBe(204);
    expect((await rule()).body.rule.modes).toEqual(['manual', 'preview']);
    const wrong = await ask('manager', 'POST', '/calling-rules/overrides', { ...override, value: null });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'override_value_invalid' } });
  });

  it('have holidays, with days that were moved', async () => {
    const days = () =>
      ask<HolidayView[]>('marketer', 'GET', '/calling-rules/holidays?country=RU&region=RU-MOW&year=2027');
    expect((await days()).body.map(({ day }) => day)).toContain('2027-01-01');
    const changes = [
      { country: 'RU', day: '2027-02-22', kind: 'holiday', name: 'Moved' },
      { country: 'RU', day: '2027-01-01', kind: 'working' },
    ];
    expect((await ask('manager', 'POST', '/calling-rules/holiday-changes', { changes })).status).toBe(200);
    const after = (await days()).body;
    expect(after.find(({ day }) => day === '2027-02-22')).toMatchObject({ name: 'Moved', imported: true });
    expect(after.map(({ day }) => day)).not.toContain('2027-01-01');
    const path = '/calling-rules/holiday-changes?country=RU&day=2027-01-01';
    expect((await ask('manager', 'DELETE', path)).status).toBe(204);
    expect(await ask('manager', 'DELETE', path)).toMatchObject({
      status: 404,
      body: { code: 'holiday_change_not_found' },
    });
    const wrong = await ask('manager', 'POST', '/calling-rules/holiday-changes', {
      changes: [{ country: 'RU', day: '2027-02-30', kind: 'holiday' }],
    });
    expect(wrong.status).toBe(422);
  });

  it('take a register of numbers as a file', async () => {
    const form = new FormData();
    const text =
      'АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН\n900;0000000;0999999;1;x;-;Томская область;1\n';
    form.append('file', new Blob([text]), 'DEF-9xx.csv');
    const sent = await fetch(`${test.url}/api/numbering-plans`, {
      ...{ method: 'POST', body: form, headers: { cookie: cookies['manager']!, origin: test.url } },
    });
    expect([sent.status, await sent.json()]).toEqual([
      200,
      { country: 'RU', series: '9', rows: 1, ranges: 1, unknown: [] },
    ]);
    const { body } = await ask<{ fileName: string }[]>('marketer', 'GET', '/numbering-plans');
    expect(body).toMatchObject([{ fileName: 'DEF-9xx.csv', country: 'RU', loadedBy: 'manager' }]);
  });
});
