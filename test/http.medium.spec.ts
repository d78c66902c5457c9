import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { UsersService } from '../src/auth/users.service.js';
import { createTestApp, type TestApp } from './test-app.js';

interface Document {
  code: string;
  status: number;
  requestId: string;
}

describe('The HTTP API', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await createTestApp({ settings: { metricsToken: 'a token of tests' } });
    const users = test.app.get(UsersService);
    await users.createUser({
      organisationId: 1,
      login: 'anna',
      name: 'Anna',
      role: 'manager',
      password: 'a long password',
    });
  }, 60_000);
  afterAll(() => test.close());

  function post(path: string, body: string | undefined, headers: Record<string, string> = {}): Promise<Response> {
    const type = { 'content-type': 'application/json' };
    return fetch(`${test.url}${path}`, { method: 'POST', headers: { ...type, ...headers }, ...(body && { body }) });
  }

  async function problemOf(response: Response): Promise<Document> {
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const document = (await response.json()) as Document;
    expect(document.status).toBe(response.status);
    expect(document.requestId).toBe(response.headers.get('x-request-id'));
    return document;
  }

  it('signs a person in with a cookie that scripts and other sites can not use, and out again', async () => {
    const signIn = await post('/api/auth/sign-in', JSON.stringify({ login: 'anna', password: 'a long password' }));
    expect(signIn.status).toBe(200);
    expect(await signIn.json()).toMatchObject({ login: 'anna', role: 'manager', locale: 'en' });
    const setCookie = signIn.headers.get('set-cookie')!;
    expect(setCookie).toMatch(/^zvon_session=[\w-]{43}; /);
    for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(setCookie).toContain(attribute);
    const cookie = setCookie.split(';', 1)[0]!;

    const change = {
      method: 'PATCH',
      headers: { cookie, 'content-type': 'application/json' },
      body: '{"locale":"vi"}',
    };
    expect(await (await fetch(`${test.url}/api/auth/me`, change)).json()).toMatchObject({ locale: 'vi' });
    expect(await (await fetch(`${test.url}/api/auth/me`, { headers: { cookie } })).json()).toMatchObject({
      locale: 'vi',
    });

    // As the console sends it: it says JSON, and has nothing to say.
    const signOut = await post('/api/auth/sign-out', undefined, { cookie });
    expect(signOut.status).toBe(204);
    expect(signOut.headers.get('set-cookie')).toMatch(/^zvon_session=;/);
    const after = await fetch(`${test.url}/api/auth/me`, { headers: { cookie } });
    expect(await problemOf(after)).toMatchObject({ status: 401, code: 'not_signed_in' });
  });

  it.each([
    ['what is no JSON', '{"login":', {}, 400, 'invalid_json'],
    ['nothing where something belongs', undefined, {}, 422, 'validation_failed'],
    ['fields that it does not know', '{"login":"a","password":"b","admin":true}', {}, 422, 'validation_failed'],
    ['a body beyond a megabyte', JSON.stringify({ login: 'x'.repeat(1_100_000) }), {}, 413, 'body_too_large'],
    [
      'a form',
      'login=a&password=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    ['plain text', 'login', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
  ])('answers %s with a problem', async (_what, body, headers, status, code) => {
    expect(await problemOf(await post('/api/auth/sign-in', body, headers))).toMatchObject({ status, code });
  });

  it('answers an address where there is nothing with a problem that does not repeat it', async () => {
    const response = await fetch(`${test.url}/api/nothing?token=hidden`);
    expect(JSON.stringify(await problemOf(response))).not.toContain('hidden');
    expect(response.status).toBe(404);
  });

  it('takes over a request id that has the form of one, and makes its own otherwise', async () => {
    const idOf = async (given: string) =>
      (await fetch(`${test.url}/health/live`, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await idOf('abc-12345')).toBe('abc-12345');
    expect(await idOf('a b"c\tdefgh')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('lets no page of ours load or run anything from elsewhere, and no answer of the API be kept', async () => {
    const response = await fetch(`${test.url}/api/about`);
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is alive and ready, with the schema and the clock that it needs', async () => {
    expect(await (await fetch(`${test.url}/health/live`)).json()).toEqual({ status: 'ok' });
    const ready = await fetch(`${test.url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ok', checks: { database: 'ok', migrations: 'ok', clock: 'ok' } });
  });

  it('shows its metrics to this machine, and to others only with the token', async () => {
    const metrics = (headers: Record<string, string>) => fetch(`${test.url}/metrics`, { headers });
    const local = await metrics({});
    expect(local.status).toBe(200);
    expect(await local.text()).toContain('zvon_http_request_duration_seconds_count{method="GET",route="/health/live"');
    expect((await metrics({ 'x-forwarded-for': '203.0.113.9' })).status).toBe(403);
    expect((await metrics({ authorization: 'Bearer wrong' })).status).toBe(403);
    const authorization = 'Bearer a token of tests';
    expect((await metrics({ 'x-forwarded-for': '203.0.113.9', authorization })).status).toBe(200);
  });

  it('tells nothing about sign-ins outside a demonstration', async () => {
    const about = await (await fetch(`${test.url}/api/about`)).json();
    expect(about).toMatchObject({ name: 'Zvon', demo: false, signIns: [] });
  });
});

describe('A stream of events', () => {
  it('begins with the truth, carries our headers, and ends with the application', async () => {
    const test = await createTestApp();
    const users = test.app.get(UsersService);
    await users.createUser({
      organisationId: 1,
      login: 'oleg',
      name: 'Oleg',
      role: 'operator',
      password: 'a long password',
    });
    const signIn = await fetch(`${test.url}/api/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'oleg', password: 'a long password' }),
    });
    const cookie = signIn.headers.get('set-cookie')!.split(';', 1)[0]!;
    const response = await fetch(`${test.url}/api/desk/events`, { headers: { cookie } });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toContain('no-store');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('\n\n', 2)) text += (await reader.read()).value ?? '';
    expect(text).toMatch(/event: desk\n/);
    const began = performance.now();
    const closed = test.close();
    while (!(await reader.read()).done);
    await closed;
    expect(performance.now() - began).toBeLessThan(5_000);
  }, 30_000);
});

describe('The HTTP API behind https', () => {
  it('uses a cookie that the browser itself binds to this host', async () => {
    const test = await createTestApp({ settings: { publicUrl: 'https://calls.example' } });
    const users = test.app.get(UsersService);
    await users.createUser({
      organisationId: 1,
      login: 'anna',
      name: 'Anna',
      role: 'manager',
      password: 'a long password',
    });
    const response = await fetch(`${test.url}/api/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://calls.example' },
      body: JSON.stringify({ login: 'anna', password: 'a long password' }),
    });
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^__Host-zvon=/);
    expect(cookie).toContain('Secure');
    expect(cookie).not.toContain('Domain');
    expect(response.headers.get('strict-transport-security')).not.toBeNull();
    await test.close();
  }, 30_000);
});
