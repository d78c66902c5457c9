import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import type { Locale, UserRole } from './access.js';
import { hashPassword, MAX_PASSWORD_LENGTH, verifyPassword } from './password.js';
import { SessionsRepository } from './sessions.repository.js';
import { simulatedOperator } from './simulated-names.js';
import type { User } from './user.entity.js';
import { UsersRepository, type OperatorRow } from './users.repository.js';

const MIN_PASSWORD_LENGTH = 8;
const UNIQUE_VIOLATION = '23505';

export interface NewUser {
  organisationId: number;
  login: string;
  name: string;
  role: UserRole;
  /** Null: nobody can sign in as this person. */
  password: string | null;
  locale?: Locale;
}

/** Who works here. */
@Injectable()
export class UsersService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(UsersRepository) private readonly users: UsersRepository,
    @Inject(SessionsRepository) private readonly sessions: SessionsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the new user's id. Throws password_too_short or password_too_long (422) and login_taken (409). */
  async createUser(user: NewUser, tx?: Tx): Promise<number> {
    if (user.password !== null) checkPassword(user.password);
    const passwordHash = user.password === null ? null : await hashPassword(user.password);
    const { organisationId, login, name, role } = user;
    const row = {
      ...{ organisationId, login, name, role, passwordHash },
      locale: user.locale ?? 'en',
      simulated: false,
      disabledAt: null,
      createdAt: this.clock.now(),
    };
    try {
      return (await this.users.insert(row, tx)).id;
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
      throw new Problem('login_taken', 409, `Somebody signs in as ${login} already.`, { field: 'login' });
    }
  }

  /** Throws user_not_found (404). */
  async getUser(organisationId: number, id: number): Promise<User> {
    const user = await this.users.findById(organisationId, id);
    if (!user) throw notFound('user', id);
    return user;
  }

  async setLocale(organisationId: number, id: number, locale: Locale): Promise<User> {
    const user = await this.getUser(organisationId, id);
    await this.users.setLocale(id, locale);
    return Object.assign(user, { locale });
  }

  /** From now on the user signs in with this password, and whoever knew another one is signed out. No-op when it is so. */
  async ensurePassword(organisationId: number, login: string, password: string): Promise<void> {
    const user = await this.users.findByLogin(login);
    if (!user || user.organisationId !== organisationId || (await verifyPassword(password, user.passwordHash))) return;
    checkPassword(password);
    const hash = await hashPassword(password);
    await this.database.transaction(async (tx) => {
      await this.users.setPasswordHash(user.id, hash, tx);
      await this.sessions.deleteOfUser(user.id, tx);
    });
  }

  /** A new user (true), or a new password for one of that login (false). */
  async createOrReset(user: NewUser & { password: string }): Promise<boolean> {
    if (await this.users.findByLogin(user.login)) {
      await this.ensurePassword(user.organisationId, user.login, user.password);
      return false;
    }
    await this.createUser(user);
    return true;
  }

  /** Nobody signs in as this user any more, and whoever is signed in is no longer. */
  async disableUser(organisationId: number, login: string): Promise<void> {
    const user = await this.users.findByLogin(login);
    if (!user || user.organisationId !== organisationId) throw notFound('user', login);
    await this.database.transaction(async (tx) => {
      await this.users.setDisabledAt(user.id, this.clock.now(), tx);
      await this.sessions.deleteOfUser(user.id, tx);
    });
  }

  /** Operators who may work, by name. */
  async listOperators(organisationId: number): Promise<OperatorRow[]> {
    return this.users.listOperators(organisationId);
  }

  /** The first `count` simulated operators, made where they are missing, always in the same order. */
  async ensureSimulatedOperators(
    organisationId: number,
    count: number,
    on: Queryable = this.database,
  ): Promise<{ id: number; name: string }[]> {
    const wanted = Array.from({ length: count }, (_, index) => simulatedOperator(index + 1));
    const logins = wanted.map((operator) => operator.login);
    const known = await this.users.listSimulated(organisationId, logins, on);
    if (known.length === count) return known;
    await this.users.insertSimulatedOperators(organisationId, wanted, this.clock.now(), on);
    return this.users.listSimulated(organisationId, logins, on);
  }

  /** How many users an organisation has. None: the installation is new. */
  async countUsers(organisationId: number): Promise<number> {
    return this.users.countUsers(organisationId);
  }
}

function checkPassword(password: string): void {
  if (password.length < MIN_PASSWORD_LENGTH)
    throw new Problem('password_too_short', 422, `A password has at least ${MIN_PASSWORD_LENGTH} characters.`, {
      field: 'password',
    });
  if (password.length > MAX_PASSWORD_LENGTH)
    throw new Problem('password_too_long', 422, `A password has at most ${MAX_PASSWORD_LENGTH} characters.`, {
      field: 'password',
    });
}
