import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';

import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { Database } from '../database/database.js';
import type { Principal } from './access.js';
import { hashPassword, isOutdated, verifyPassword } from './password.js';
import { SessionsRepository, type SessionRow } from './sessions.repository.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { UsersRepository } from './users.repository.js';

/** A session that is not used for this long ends. */
export const SESSION_IDLE_MS = 8 * 3_600_000;
/** However much it is used, a session ends after this long. */
export const SESSION_LIFE_MS = 24 * 3_600_000;
/** Use is written down at most this often: a screen that asks ten times a second writes once a minute. */
const TOUCH_EVERY_MS = 60_000;
const TOKEN_BYTES = 32;
const CLEAN_EVERY_MS = 3_600_000;

export interface SignIn {
  login: string;
  password: string;
  address: string;
  userAgent: string | null;
  /** The token that the browser carried, if any: that session ends, so that nobody can hand a session to another. */
  formerToken: string | null;
}

/** Who is at the door. */
@Injectable()
export class AuthService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private cleaner: Timer | null = null;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(UsersRepository) private readonly users: UsersRepository,
    @Inject(SessionsRepository) private readonly sessions: SessionsRepository,
    @Inject(SignInThrottle) private readonly throttle: SignInThrottle,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.cleaner = this.clock.every(CLEAN_EVERY_MS, () => this.clean());
  }

  beforeApplicationShutdown(): void {
    this.cleaner?.cancel();
  }

  /** Begin a session. Throws wrong_credentials (401) and too_many_attempts (429). */
  async signIn(attempt: SignIn): Promise<{ token: string; expiresAt: Date; principal: Principal }> {
    const { login, password, address } = attempt;
    await this.throttle.begin(login, address);
    const user = await this.users.findByLogin(login);
    // The password is looked at whoever the login belongs to, so that the answer takes as long.
    const hash = user !== null && user.disabledAt === null ? user.passwordHash : null;
    const right = await verifyPassword(password, hash);
    if (!right || user === null || hash === null)
      throw new Problem('wrong_credentials', 401, 'The login or the password is wrong.');
    await this.throttle.succeed(login, address);
    if (isOutdated(hash)) await this.users.setPasswordHash(user.id, await hashPassword(password));

    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + SESSION_LIFE_MS);
    await this.database.transaction(async (tx) => {
      if (attempt.formerToken !== null) await this.sessions.delete(hashToken(attempt.formerToken), tx);
      const userAgent = attempt.userAgent?.slice(0, 300) ?? null;
      await this.sessions.insert({ tokenHash: hashToken(token), userId: user.id, createdAt, expiresAt, userAgent }, tx);
    });
    const { id: userId, organisationId, role, name, locale } = user;
    return { token, expiresAt, principal: { userId, organisationId, role, login: user.login, name, locale } };
  }

  /** Whose session this token opens; null when it has ended or never was. */
  async findPrincipal(token: string): Promise<Principal | null> {
    const now = this.clock.now();
    const tokenHash = hashToken(token);
    const session = await this.sessions.find(tokenHash);
    if (session === null || !isOpen(session, now)) return null;
    if (now.getTime() - session.lastSeenAt.getTime() >= TOUCH_EVERY_MS) await this.sessions.touch(tokenHash, now);
    const { userId, organisationId, role, login, name, locale } = session;
    return { userId, organisationId, role, login, name, locale };
  }

  /** Is it still open? Asking is no use of the session: a screen that stands open does not keep itself signed in. */
  async isOpen(token: string): Promise<boolean> {
    const session = await this.sessions.find(hashToken(token));
    return session !== null && isOpen(session, this.clock.now());
  }

  async signOut(token: string): Promise<void> {
    await this.sessions.delete(hashToken(token));
  }

  private async clean(): Promise<void> {
    const now = this.clock.now();
    await this.sessions.deleteEnded(now, new Date(now.getTime() - SESSION_IDLE_MS));
    await this.throttle.forgetOld();
  }
}

function isOpen(session: SessionRow, now: Date): boolean {
  const idleMs = now.getTime() - session.lastSeenAt.getTime();
  return now < session.expiresAt && idleMs < SESSION_IDLE_MS;
}

/** A token is 32 random bytes: a plain hash can't be turned back, and needs no salt. */
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
