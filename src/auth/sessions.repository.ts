import { Inject, Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { Principal } from './access.js';

const INSERT = statement(
  'sessions.insert',
  `insert into sessions (token_hash, user_id, created_at, last_seen_at, expires_at, user_agent)
   values ($1, $2, $3, $3, $4, $5)`,
);

// Served by the primary keys of sessions and users.
const FIND = statement(
  'sessions.find',
  `select u.id as "userId", u.organisation_id as "organisationId", u.role, u.login, u.name, u.locale,
     s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt"
   from sessions s join users u on u.id = s.user_id
   where s.token_hash = $1 and u.disabled_at is null`,
);

// Served by the primary key.
const TOUCH = statement(
  'sessions.touch',
  'update sessions set last_seen_at = greatest(last_seen_at, $2) where token_hash = $1',
);

// Served by the primary key.
const DELETE = statement('sessions.delete', 'delete from sessions where token_hash = $1');

// Served by sessions_user.
const DELETE_OF_USER = statement('sessions.delete_of_user', 'delete from sessions where user_id = $1');

// A few thousand rows, looked through once an hour: no index.
const DELETE_ENDED = statement(
  'sessions.delete_ended',
  'delete from sessions where expires_at <= $1 or last_seen_at <= $2',
);

// Served by the primary key. One statement, so that guesses sent at the same time are counted one by one; a window that
// has passed begins anew.
const COUNT_TRY = statement(
  'sign_in_failures.count',
  `insert into sign_in_failures as f (key_hash, failures, window_started_at) values ($1, 1, $2)
   on conflict (key_hash) do update set
     failures = case when f.window_started_at <= $3 then 1 else f.failures + 1 end,
     window_started_at = case when f.window_started_at <= $3 then $2 else f.window_started_at end
   returning failures, window_started_at as "windowStartedAt"`,
);

// Served by the primary key.
const TAKE_BACK_TRY = statement(
  'sign_in_failures.take_back',
  'update sign_in_failures set failures = greatest(failures - 1, 0) where key_hash = $1',
);

// Served by the primary key.
const FORGET_TRIES = statement('sign_in_failures.forget', 'delete from sign_in_failures where key_hash = $1');

// Looked through once an hour: no index.
const FORGET_OLD_TRIES = statement(
  'sign_in_failures.forget_old',
  'delete from sign_in_failures where window_started_at <= $1',
);

export interface SessionRow extends Principal {
  lastSeenAt: Date;
  expiresAt: Date;
}

export interface Tries {
  failures: number;
  windowStartedAt: Date;
}

/** Sessions by the hash of their token, and the tries to begin one. */
@Injectable()
export class SessionsRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async insert(
    session: { tokenHash: Buffer; userId: number; createdAt: Date; expiresAt: Date; userAgent: string | null },
    on: Queryable = this.database,
  ): Promise<void> {
    const { tokenHash, userId, createdAt, expiresAt, userAgent } = session;
    await on.query(INSERT, [tokenHash, userId, createdAt, expiresAt, userAgent]);
  }

  /** The session and its user, unless the user is disabled. Whether it has ended is the caller's to judge. */
  async find(tokenHash: Buffer, on: Queryable = this.database): Promise<SessionRow | null> {
    const [row] = await on.query<SessionRow>(FIND, [tokenHash]);
    return row ?? null;
  }

  async touch(tokenHash: Buffer, at: Date, on: Queryable = this.database): Promise<void> {
    await on.query(TOUCH, [tokenHash, at]);
  }

  async delete(tokenHash: Buffer, on: Queryable = this.database): Promise<void> {
    await on.query(DELETE, [tokenHash]);
  }

  async deleteOfUser(userId: number, on: Queryable = this.database): Promise<void> {
    await on.query(DELETE_OF_USER, [userId]);
  }

  async deleteEnded(now: Date, idleSince: Date, on: Queryable = this.database): Promise<void> {
    await on.query(DELETE_ENDED, [now, idleSince]);
  }

  /** Count one more try under a key and say how many there were in its window, this one included. */
  async countTry(keyHash: Buffer, now: Date, windowBegan: Date, on: Queryable = this.database): Promise<Tries> {
    const [row] = await on.query<Tries>(COUNT_TRY, [keyHash, now, windowBegan]);
    return row!;
  }

  async takeBackTry(keyHash: Buffer, on: Queryable = this.database): Promise<void> {
    await on.query(TAKE_BACK_TRY, [keyHash]);
  }

  async forgetTries(keyHash: Buffer, on: Queryable = this.database): Promise<void> {
    await on.query(FORGET_TRIES, [keyHash]);
  }

  async forgetTriesBefore(at: Date, on: Queryable = this.database): Promise<void> {
    await on.query(FORGET_OLD_TRIES, [at]);
  }
}
