import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { VirtualClock } from '../common/virtual-clock.js';
import { statement } from '../database/statement.js';
import { AuthService, SESSION_IDLE_MS, SESSION_LIFE_MS, type SignIn } from './auth.service.js';
import { SessionsRepository } from './sessions.repository.js';
import {
  MAX_FAILURES_OF_ADDRESS,
  MAX_FAILURES_OF_LOGIN,
  SignInThrottle,
  THROTTLE_WINDOW_MS,
} from './sign-in-throttle.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

const START = new Date('2026-11-23T09:00:00Z');
const PASSWORD = 'a long password';
const CLEAR = statement('test.clear_users', 'delete from users');
const CLEAR_TRIES = statement('test.clear_tries', 'delete from sign_in_failures');
const SESSIONS = statement('test.sessions', 'select * from sessions');

describe('signing in', () => {
  let test: TestDatabase;
  let clock: VirtualClock;
  let auth: AuthService;
  let users: UsersService;
  let throttle: SignInThrottle;

  beforeAll(async () => {
    test = await createTestDatabase();
  });
  beforeEach(async () => {
    clock = new VirtualClock(START);
    const { database } = test;
    const sessions = new SessionsRepository(database);
    const repository = new UsersRepository(database);
    throttle = new SignInThrottle(sessions, clock, { secret: 'x'.repeat(32), dataDir: '' });
    auth = new AuthService(database, repository, sessions, throttle, clock);
    users = new UsersService(database, repository, sessions, clock);
    await users.createUser({ organisationId: 1, login: 'anna', name: 'Anna', role: 'manager', password: PASSWORD });
  });
  afterEach(async () => {
    await test.database.query(CLEAR);
    await test.database.query(CLEAR_TRIES);
  });
  afterAll(() => test.drop());

  const attempt = (changes: Partial<SignIn> = {}): SignIn => ({
    ...{ login: 'anna', password: PASSWORD, address: '192.0.2.1', userAgent: 'Browser', formerToken: null },
    ...changes,
  });

  it('gives a token that opens the session of this person', async () => {
    const { token } = await auth.signIn(attempt({ login: 'ANNA' }));
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await auth.findPrincipal(token)).toMatchObject({ login: 'anna', role: 'manager', organisationId: 1 });
  });

  it('keeps no token in the database, only its hash', async () => {
    const { token } = await auth.signIn(attempt());
    const rows = await test.database.query(SESSIONS);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(token).toString('hex'));
  });

  it.each([
    ['a wrong password', { password: 'another password' }],
    ['an unknown login', { login: 'nobody' }],
  ])('refuses %s in the same words', async (_what, changes) => {
    const refusal = auth.signIn(attempt(changes));
    await expect(refusal).rejects.toMatchObject({
      code: 'wrong_credentials',
      status: 401,
      message: 'The login or the password is wrong.',
    });
  });

  it('refuses somebody without a password and somebody who is disabled', async () => {
    await users.ensureSimulatedOperators(1, 1);
    await expect(auth.signIn(attempt({ login: 'sim-01', password: '' }))).rejects.toMatchObject({ status: 401 });
    const { principal } = await auth.signIn(attempt());
    await users.disableUser(1, principal.login);
    await expect(auth.signIn(attempt())).rejects.toMatchObject({ code: 'wrong_credentials' });
  });

  it('ends a session that nobody used for eight hours', async () => {
    const { token } = await auth.signIn(attempt());
    await clock.run(SESSION_IDLE_MS - 1);
    expect(await auth.findPrincipal(token)).not.toBeNull();
    await clock.run(SESSION_IDLE_MS - 1);
    expect(await auth.findPrincipal(token)).not.toBeNull();
    await clock.run(SESSION_IDLE_MS);
    expect(await auth.findPrincipal(token)).toBeNull();
  });

  it('does not count a screen that stands open as use', async () => {
    const { token } = await auth.signIn(attempt());
    for (let hour = 0; hour < 8; hour++) {
      expect(await auth.isOpen(token)).toBe(true);
      await clock.run(3_600_000);
    }
    expect(await auth.isOpen(token)).toBe(false);
  });

  it('ends a session after a day, however much it is used', async () => {
    const { token } = await auth.signIn(attempt());
    for (let hour = 0; hour < 24; hour++) {
      expect(await auth.findPrincipal(token)).not.toBeNull();
      await clock.run(SESSION_LIFE_MS / 24);
    }
    expect(await auth.findPrincipal(token)).toBeNull();
  });

  it('ends a session when its person signs out, or is disabled', async () => {
    const [one, two] = [await auth.signIn(attempt()), await auth.signIn(attempt())];
    await auth.signOut(one.token);
    expect(await auth.findPrincipal(one.token)).toBeNull();
    expect(await auth.findPrincipal(two.token)).not.toBeNull();
    await users.disableUser(1, two.principal.login);
    expect(await auth.findPrincipal(two.token)).toBeNull();
    expect(await auth.isOpen(two.token)).toBe(false);
  });

  it('gives a new token at each sign-in and ends the session that the browser had', async () => {
    const former = await auth.signIn(attempt());
    const next = await auth.signIn(attempt({ formerToken: former.token }));
    expect(next.token).not.toBe(former.token);
    expect(await auth.findPrincipal(former.token)).toBeNull();
  });

  it('knows no token that it did not give', async () => {
    expect(await auth.findPrincipal('')).toBeNull();
    expect(await auth.findPrincipal('A'.repeat(43))).toBeNull();
  });

  describe('by guessing', () => {
    const begin = (login: string, address: string) =>
      throttle.begin(login, address).then(
        () => 'looked at',
        (error: { code: string }) => error.code,
      );

    it('gets ten tries at a login, even when a thousand come at the same time', async () => {
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => begin('anna', '192.0.2.1')));
      expect(answers.filter((answer) => answer === 'looked at')).toHaveLength(MAX_FAILURES_OF_LOGIN);
      expect(new Set(answers)).toEqual(new Set(['looked at', 'too_many_attempts']));
    });

    it('does not get past by writing the login otherwise', async () => {
      for (let i = 0; i < MAX_FAILURES_OF_LOGIN; i++) await begin(i % 2 ? 'ANNA' : 'anna', '192.0.2.1');
      expect(await begin('Anna', '192.0.2.1')).toBe('too_many_attempts');
    });

    it('locks out neither the neighbours behind the same address nor the person at another one', async () => {
      for (let i = 0; i < 1_000; i++) await begin('anna', '192.0.2.1');
      for (let seat = 1; seat <= 100; seat++) expect(await begin(`operator-${seat}`, '192.0.2.1')).toBe('looked at');
      const { principal } = await auth.signIn(attempt({ address: '198.51.100.7' }));
      expect(principal.login).toBe('anna');
    });

    it('is stopped when one address tries login after login', async () => {
      const answers: string[] = [];
      for (let i = 0; i < MAX_FAILURES_OF_ADDRESS + 50; i++) answers.push(await begin(`login-${i}`, '192.0.2.1'));
      expect(answers.filter((answer) => answer === 'looked at')).toHaveLength(MAX_FAILURES_OF_ADDRESS);
    });

    it('may go on after a quarter of an hour, and is told so', async () => {
      for (let i = 0; i < MAX_FAILURES_OF_LOGIN; i++) await begin('anna', '192.0.2.1');
      await expect(auth.signIn(attempt())).rejects.toMatchObject({
        ...{ code: 'too_many_attempts', status: 429 },
        more: { retryAt: new Date(START.getTime() + THROTTLE_WINDOW_MS).toISOString() },
      });
      await clock.run(THROTTLE_WINDOW_MS);
      await auth.signIn(attempt());
    });

    it('is no guessing when it succeeds: a floor that signs in all day is never over the limit', async () => {
      for (let i = 0; i < MAX_FAILURES_OF_ADDRESS + 10; i++) {
        await throttle.begin('anna', '192.0.2.1');
        await throttle.succeed('anna', '192.0.2.1');
      }
      expect(await begin('anna', '192.0.2.1')).toBe('looked at');
    });
  });
});

describe('users', () => {
  let test: TestDatabase;
  let users: UsersService;

  beforeAll(async () => {
    test = await createTestDatabase();
    const { database } = test;
    const clock = new VirtualClock(START);
    users = new UsersService(database, new UsersRepository(database), new SessionsRepository(database), clock);
  });
  afterAll(() => test.drop());

  it('have a login that nobody else has, in any case', async () => {
    const user = { organisationId: 1, name: 'B', role: 'operator', password: null } as const;
    await users.createUser({ ...user, login: 'boris' });
    await expect(users.createUser({ ...user, login: 'Boris' })).rejects.toMatchObject({ code: 'login_taken' });
  });

  it('have a password of a reasonable length', async () => {
    const user = { organisationId: 1, login: 'c', name: 'C', role: 'operator' } as const;
    await expect(users.createUser({ ...user, password: 'short' })).rejects.toMatchObject({
      code: 'password_too_short',
    });
    const long = 'x'.repeat(257);
    await expect(users.createUser({ ...user, password: long })).rejects.toMatchObject({ code: 'password_too_long' });
  });

  it('who are simulated are made once, and are the same in the same order ever after', async () => {
    const three = await users.ensureSimulatedOperators(1, 3);
    const five = await users.ensureSimulatedOperators(1, 5);
    expect(five.slice(0, 3)).toEqual(three);
    expect(await users.ensureSimulatedOperators(1, 5)).toEqual(five);
    expect(new Set(five.map((operator) => operator.name)).size).toBe(5);
    const listed = await users.listOperators(1);
    expect(listed.filter((operator) => operator.simulated)).toHaveLength(5);
    expect(listed.filter((operator) => !operator.simulated).map((operator) => operator.name)).toEqual(['B']);
  });
});
