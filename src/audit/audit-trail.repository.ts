import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';

/** What a change was made to. */
export interface AuditSubject {
  kind: string;
  /** A number’s is its 64-bit lock key, which a double does not hold. */
  id: number | bigint;
}

/** The state of a subject, as far as a change touched it. */
export type AuditState = Readonly<Record<string, unknown>>;

/** A change to be noted. */
export interface AuditNote {
  organisationId: number;
  /** Null: the engine itself. */
  userId: number | null;
  action: string;
  subject: AuditSubject;
  /** Null where there was nothing, or where it does not matter. */
  before: AuditState | null;
  after: AuditState | null;
  at: Date;
}

/** A change as it is read again. */
export interface AuditEntry {
  id: number;
  at: Date;
  /** Null: the engine itself. */
  userId: number | null;
  userName: string | null;
  action: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** Entries newest first: those with ids below `beforeId` alone, where that is given. */
export interface AuditPage {
  beforeId: number | null;
  limit: number;
}

@Injectable()
export class AuditTrailRepository {
  constructor(private readonly database: Database) {}

  async insert(note: AuditNote, on: Queryable): Promise<void> {
    const { organisationId, at, userId, action, subject, before, after } = note;
    await on.query(INSERT, [organisationId, at, userId, action, subject.kind, subject.id, before, after]);
  }

  list(organisationId: number, subject: AuditSubject, page: AuditPage): Promise<AuditEntry[]> {
    const { beforeId, limit } = page;
    return this.database.query<AuditEntry>(LIST, [organisationId, subject.kind, subject.id, beforeId, limit]);
  }
}

const INSERT = statement(
  'audit.insert',
  `insert into audit_trail (organisation_id, at, actor_id, action, subject_kind, subject_id, before, after)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

// audit_trail_subject (subject_kind, subject_id, id), read from its end.
const LIST = statement(
  'audit.list',
  `select t.id, t.at, t.actor_id as "userId", u.name as "userName", t.action, t.before, t.after
   from audit_trail t left join users u on u.id = t.actor_id
   where t.subject_kind = $2 and t.subject_id = $3 and t.organisation_id = $1 and ($4::bigint is null or t.id < $4)
   order by t.id desc limit $5`,
);
