import { Inject, Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import { User } from './user.entity.js';

// Served by users_login.
const FIND_BY_LOGIN = statement(
  'users.find_by_login',
  `select id, organisation_id as "organisationId", login, name, role, locale, password_hash as "passwordHash",
     simulated, disabled_at as "disabledAt", created_at as "createdAt"
   from users where lower(login) = lower($1)`,
);

// A few hundred rows: no index.
const LIST_OPERATORS = statement(
  'users.list_operators',
  `select id, login, name, simulated from users
   where organisation_id = $1 and role = 'operator' and disabled_at is null order by name, id`,
);

// Served by users_login for the conflicts.
const INSERT_SIMULATED = statement(
  'users.insert_simulated_operators',
  `insert into users (organisation_id, login, name, role, locale, simulated, created_at)
   select $1, login, name, 'operator', 'en', true, $4 from unnest($2::text[], $3::text[]) as wanted (login, name)
   on conflict (lower(login)) do nothing`,
);

// Served by users_login.
const LIST_BY_LOGINS = statement(
  'users.list_by_logins',
  `select u.id, u.name from unnest($2::text[]) with ordinality as wanted (login, position)
   join users u on lower(u.login) = lower(wanted.login)
   where u.organisation_id = $1 and u.role = 'operator' and u.simulated order by wanted.position`,
);

// A few hundred rows: no index.
const COUNT = statement('users.count', 'select count(*) as count from users where organisation_id = $1');

export interface OperatorRow {
  id: number;
  login: string;
  name: string;
  /** A made-up person who works the demonstration's calls. */
  simulated: boolean;
}

@Injectable()
export class UsersRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async insert(user: Omit<User, 'id'>, tx?: Tx): Promise<User> {
    const manager = tx?.manager ?? this.database.manager;
    return manager.save(manager.create(User, user));
  }

  async findById(organisationId: number, id: number): Promise<User | null> {
    return this.database.manager.findOneBy(User, { id, organisationId });
  }

  async findByLogin(login: string): Promise<User | null> {
    const [user] = await this.database.query<User>(FIND_BY_LOGIN, [login]);
    return user ?? null;
  }

  async setLocale(id: number, locale: User['locale']): Promise<void> {
    await this.database.manager.update(User, { id }, { locale });
  }

  async setPasswordHash(id: number, passwordHash: string, tx?: Tx): Promise<void> {
    await (tx?.manager ?? this.database.manager).update(User, { id }, { passwordHash });
  }

  async setDisabledAt(id: number, disabledAt: Date, tx: Tx): Promise<void> {
    await tx.manager.update(User, { id }, { disabledAt });
  }

  async listOperators(organisationId: number): Promise<OperatorRow[]> {
    return this.database.query<OperatorRow>(LIST_OPERATORS, [organisationId]);
  }

  async insertSimulatedOperators(
    organisationId: number,
    operators: readonly { login: string; name: string }[],
    at: Date,
    on: Queryable = this.database,
  ): Promise<void> {
    const logins = operators.map((operator) => operator.login);
    const names = operators.map((operator) => operator.name);
    await on.query(INSERT_SIMULATED, [organisationId, logins, names, at]);
  }

  /** Simulated operators with these logins, in this order. */
  async listSimulated(
    organisationId: number,
    logins: readonly string[],
    on: Queryable = this.database,
  ): Promise<{ id: number; name: string }[]> {
    return on.query(LIST_BY_LOGINS, [organisationId, logins]);
  }

  async countUsers(organisationId: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(COUNT, [organisationId]);
    return row!.count;
  }
}
