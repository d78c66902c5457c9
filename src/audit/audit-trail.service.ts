import { Injectable } from '@nestjs/common';

import type { Queryable } from '../database/database.js';
import {
  AuditTrailRepository,
  type AuditEntry,
  type AuditNote,
  type AuditPage,
  type AuditSubject,
} from './audit-trail.repository.js';

export type { AuditEntry, AuditNote, AuditPage, AuditState, AuditSubject } from './audit-trail.repository.js';

/** Who changed what, and when. What stands in it is never changed. */
@Injectable()
export class AuditTrailService {
  constructor(private readonly trail: AuditTrailRepository) {}

  /** In the caller's transaction, so that no change is without its note, and no note without its change. */
  note(on: Queryable, note: AuditNote): Promise<void> {
    return this.trail.insert(note, on);
  }

  /** A page of what was changed of one thing, newest first. */
  list(organisationId: number, subject: AuditSubject, page: AuditPage): Promise<AuditEntry[]> {
    return this.trail.list(organisationId, subject, page);
  }
}
