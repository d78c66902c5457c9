import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { CallerIdsRepository, type Authority, type CallerIdInput, type CallerIdRow } from './caller-ids.repository.js';
import { readNumber } from './number-input.js';

/** On whose behalf something is changed. */
export interface Actor {
  organisationId: number;
  userId: number | null;
}

/** What a person says of a number that may be shown. */
export interface CallerIdSettings {
  number: string;
  name: string;
  authority: Authority;
  evidence?: string;
  countries?: string[];
  label?: string | null;
  validTo?: Date | null;
}

/** Numbers that we may show to whom we call, and by what right. A change binds the very next dial. */
@Injectable()
export class CallerIdsService {
  constructor(
    private readonly database: Database,
    private readonly repository: CallerIdsRepository,
    private readonly audit: AuditTrailService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(organisationId: number): Promise<CallerIdRow[]> {
    return this.repository.list(organisationId);
  }

  /** Throws caller_id_taken (409) and what is wrong with a number (422). */
  async create(actor: Actor, settings: CallerIdSettings): Promise<CallerIdRow> {
    const input = inputOf(settings);
    return this.database.transaction(async (tx) => {
      const { organisationId, userId } = actor;
      const id = await this.repository.insert(tx, organisationId, input, userId, this.clock.now());
      if (id === null) throw taken(input.number);
      await this.record(tx, actor, 'caller_id_created', id, null, input);
      return (await this.repository.find(tx, organisationId, id))!;
    });
  }

  /** Throws caller_id_not_found (404), version_conflict and caller_id_taken (409), and what is wrong with a number (422). */
  async update(actor: Actor, id: number, version: number, settings: CallerIdSettings): Promise<CallerIdRow> {
    const input = inputOf(settings);
    return this.database.transaction(async (tx) => {
      const before = await this.repository.lock(tx, actor.organisationId, id);
      if (!before) throw notFound('caller_id', id);
      if (before.version !== version)
        throw new Problem('version_conflict', 409, 'Somebody else has changed this number since you opened it.', {
          field: 'version',
          fix: 'Load it again and repeat your change.',
          more: { version: before.version },
        });
      const others = await this.repository.list(actor.organisationId, tx);
      if (others.some((other) => other.number === input.number && other.id !== id)) throw taken(input.number);
      await this.repository.update(tx, id, input, this.clock.now());
      await this.record(tx, actor, 'caller_id_changed', id, before, input);
      return (await this.repository.find(tx, actor.organisationId, id))!;
    });
  }

  /** It may not be shown any more. Throws caller_id_not_found (404). */
  async remove(actor: Actor, id: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      const before = await this.repository.lock(tx, actor.organisationId, id);
      if (!before) throw notFound('caller_id', id);
      await this.repository.remove(tx, id, this.clock.now());
      await this.record(tx, actor, 'caller_id_removed', id, before, null);
    });
  }

  private record(
    tx: Tx,
    { organisationId, userId }: Actor,
    action: string,
    id: number,
    was: CallerIdRow | null,
    after: CallerIdInput | null,
  ): Promise<void> {
    const at = this.clock.now();
    const subject = { kind: 'caller_id', id };
    const before = was && settingsOf(was);
    return this.audit.note(tx, { organisationId, userId, action, subject, before, after, at });
  }
}

function settingsOf({
  number,
  name,
  authority,
  evidence,
  countries,
  lineType,
  label,
  validTo,
}: CallerIdRow): CallerIdInput {
  return { number, name, authority, evidence, countries, lineType, label, validTo };
}

function inputOf(settings: CallerIdSettings): CallerIdInput {
  const { e164, lineType } = readNumber({ number: settings.number });
  return {
    ...{ number: e164, lineType, authority: settings.authority, name: settings.name.trim() },
    evidence: settings.evidence?.trim() ?? '',
    countries: [...new Set(settings.countries ?? [])].sort(),
    label: settings.label?.trim() || null,
    validTo: settings.validTo ?? null,
  };
}

function taken(number: string): Problem {
  return new Problem('caller_id_taken', 409, `${number} is on the list already.`, {
    field: 'number',
    fix: 'Change that entry.',
  });
}
