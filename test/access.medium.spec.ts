import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer, Reflector } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { OUTSIDE_API } from '../src/app.js';
import { ACCESS, USER_ROLES, type UserRole } from '../src/auth/access.js';
import { AuthService } from '../src/auth/auth.service.js';
import { UsersService } from '../src/auth/users.service.js';
import { createTestApp, type TestApp } from './test-app.js';

interface Route {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  access: readonly UserRole[] | 'public' | undefined;
}

interface Answer {
  status: number;
  code: string | null;
}

describe('Access to the HTTP API', () => {
  let test: TestApp;
  let routes: Route[];
  const cookies = new Map<UserRole, string>();

  beforeAll(async () => {
    test = await createTestApp();
    routes = listRoutes(test.app);
    const users = test.app.get(UsersService);
    for (const role of USER_ROLES) {
      await users.createUser({ organisationId: 1, login: role, name: role, role, password: 'a long password' });
      cookies.set(role, await signIn(test.app, role));
    }
  }, 60_000);

  afterAll(() => test.close());

  it('finds the routes', () => {
    expect(routes.length).toBeGreaterThan(5);
  });

  it('every route says who may call it', () => {
    expect(routes.filter((route) => route.access === undefined).map((route) => route.name)).toEqual([]);
  });

  it('nobody gets past the door of a route that is not public', async () => {
    const open: string[] = [];
    for (const route of routes.filter((each) => each.access !== 'public')) {
      const answer = await call(test.url, route, null);
      if (answer.status !== 401 || answer.code !== 'not_signed_in') open.push(`${route.name}: ${answer.status}`);
    }
    expect(open).toEqual([]);
  });

  it('a public route asks nobody to sign in', async () => {
    const shut: string[] = [];
    for (const route of routes.filter((each) => each.access === 'public')) {
      const answer = await call(test.url, route, null);
      if (answer.code === 'not_signed_in' || answer.code === 'forbidden') shut.push(route.name);
    }
    expect(shut).toEqual([]);
  });

  it.each([...USER_ROLES])('a %s is refused what is for other roles, and nothing else', async (role) => {
    const wrong: string[] = [];
    for (const route of routes) {
      if (route.access === 'public' || route.access === undefined) continue;
      const allowed = route.access.includes(role);
      const answer = await call(test.url, route, cookies.get(role)!);
      const refused = answer.status === 403 && answer.code === 'forbidden';
      const signedOut = answer.code === 'not_signed_in';
      if (refused === allowed || signedOut || answer.status >= 500)
        wrong.push(`${route.name}: ${answer.status} ${answer.code}, ${allowed ? 'allowed' : 'not allowed'}`);
    }
    expect(wrong).toEqual([]);
  });

  it('a change that another site asks for is refused, even with a session', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter((each) => each.method !== 'GET')) {
      for (const [header, value] of [
        ['sec-fetch-site', 'cross-site'],
        ['origin', 'https://evil.example'],
      ] as const) {
        const answer = await call(test.url, route, cookies.get('manager')!, { [header]: value });
        if (answer.status !== 403 || answer.code !== 'cross_origin') wrong.push(`${route.name}: ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Every handler of every controller. Signing out comes last: it ends the session that the others need. */
function listRoutes(app: NestFastifyApplication): Route[] {
  const reflector = app.get(Reflector);
  const routes: Route[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      const controller = metatype as new () => object;
      const [prefix] = paths(controller);
      for (const key of Object.getOwnPropertyNames(controller.prototype)) {
        const handler = (controller.prototype as Record<string, unknown>)[key];
        if (key === 'constructor' || typeof handler !== 'function') continue;
        const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
        if (method === undefined) continue;
        for (const path of paths(handler)) {
          const full = [prefix!, path]
            .filter((part) => part !== '' && part !== '/')
            .join('/')
            .replace(/\/+/g, '/');
          const url = `${OUTSIDE_API.includes(full) ? '' : '/api'}/${full.replace(/^\//, '')}`;
          routes.push({
            name: `${RequestMethod[method]} ${url} (${controller.name}.${key})`,
            method: RequestMethod[method] as Route['method'],
            url: url.replace(/:\w+/g, '1'),
            access: reflector.getAllAndOverride(ACCESS, [handler as () => unknown, controller]),
          });
        }
      }
    }
  }
  return routes.sort((a, b) => Number(a.url.endsWith('auth/sign-out')) - Number(b.url.endsWith('auth/sign-out')));
}

function paths(target: object): string[] {
  const path = Reflect.getMetadata(PATH_METADATA, target) as string | string[];
  return Array.isArray(path) ? path : [path];
}

async function call(
  address: string,
  route: Route,
  cookie: string | null,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const hasBody = route.method !== 'GET' && route.method !== 'DELETE';
  const leave = new AbortController();
  const response = await fetch(`${address}${route.url}`, {
    method: route.method,
    headers: { ...headers, ...(cookie && { cookie }), ...(hasBody && { 'content-type': 'application/json' }) },
    ...(hasBody && { body: '{}' }),
    redirect: 'manual',
    signal: leave.signal,
  });
  const type = response.headers.get('content-type') ?? '';
  const isProblem = type.startsWith('application/problem+json');
  const code = isProblem ? ((await response.json()) as { code: string }).code : null;
  // A stream of events goes on until we hang up.
  leave.abort();
  return { status: response.status, code };
}

async function signIn(app: NestFastifyApplication, login: string): Promise<string> {
  const attempt = { login, password: 'a long password', address: '127.0.0.1', userAgent: null, formerToken: null };
  const { token } = await app.get(AuthService).signIn(attempt);
  return `zvon_session=${token}`;
}
