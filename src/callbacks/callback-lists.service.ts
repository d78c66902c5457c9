import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound } from '../common/problem.js';
import { Database } from '../database/database.js';
import { DEFAULT_CALLBACK_SETTINGS, KEPT_ON_TIME_FORMULA, type CallbackSettings } from './callback-settings.js';
import {
  CallbacksRepository,
  type CallbackEventRow,
  type CallbackFilter,
  type CallbackRow,
  type KeptCountsRow,
} from './callbacks.repository.js';

/** More than an operator could ever call. */
const OWN_LIMIT = 500;

/** Of a group of promises: how many there were, what became of them, and which share was kept on time. */
export interface KeptCounts {
  promised: number;
  open: number;
  overdue: number;
  escalated: number;
  kept: number;
  missed: number;
  moved: number;
  cancelledByRule: number;
  cancelledByPeople: number;
  /** The numerator and the denominator of the share. */
  keptOnTime: number;
  cameDueAndEnded: number;
  /** Null: nothing came due yet. */
  keptOnTimeRate: number | null;
}

export interface KeptReport {
  from: Date;
  to: Date;
  /** Up to so long after its time a promise is kept on time. */
  onTimeMinutes: number;
  /** In words, with the minutes filled in. */
  formula: string;
  total: KeptCounts;
  campaigns: (KeptCounts & { id: number; name: string })[];
  /** By who promised in person; without an id: shared from the start. */
  operators: (KeptCounts & { id: number | null; name: string | null })[];
}

/** Promises to look at: operators' own, managers' all, and how well they are kept. */
@Injectable()
export class CallbackListsService {
  constructor(
    private readonly database: Database,
    private readonly repository: CallbacksRepository,
    private readonly audit: AuditTrailService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What an operator has promised and not done yet, by time. */
  listOwn(organisationId: number, operatorId: number): Promise<CallbackRow[]> {
    return this.repository.listOwn(organisationId, operatorId, OWN_LIMIT);
  }

  /** Of those, what comes due within the time of a reminder, or is due. */
  listReminders(operatorId: number): Promise<CallbackRow[]> {
    return this.repository.listReminders(operatorId, this.clock.now());
  }

  list(filter: CallbackFilter): Promise<CallbackRow[]> {
    return this.repository.list(filter);
  }

  /** Throws callback_not_found (404). */
  async getCallback(organisationId: number, id: number): Promise<CallbackRow> {
    const row = await this.repository.find(organisationId, id);
    if (!row) throw notFound('callback', id);
    return row;
  }

  /** Every step of its life. Throws callback_not_found (404). */
  async listEvents(organisationId: number, id: number): Promise<CallbackEventRow[]> {
    await this.getCallback(organisationId, id);
    return this.repository.listEvents(id);
  }

  /** Promises that were due in the period. */
  async reportKept(organisationId: number, from: Date, to: Date): Promise<KeptReport> {
    const { onTimeMinutes } = await this.getSettings(organisationId);
    const at = this.clock.now();
    const rows = await this.repository.countKept({ organisationId, from, to, at, onTimeMinutes });
    const total = rows.find((row) => row.kind === 'total');
    return {
      from,
      to,
      onTimeMinutes,
      formula: KEPT_ON_TIME_FORMULA.replace('{minutes}', String(onTimeMinutes)),
      total: total ? countsOf(total) : NOTHING,
      campaigns: rows
        .filter((row) => row.kind === 'campaign')
        .map((row) => ({ id: row.id!, name: row.name ?? '', ...countsOf(row) })),
      operators: rows
        .filter((row) => row.kind === 'operator')
        .map((row) => ({ id: row.id, name: row.name, ...countsOf(row) })),
    };
  }

  async getSettings(organisationId: number): Promise<CallbackSettings> {
    return (await this.repository.findSettings(organisationId)) ?? DEFAULT_CALLBACK_SETTINGS;
  }

  /** In force with the next look of the watch. */
  async changeSettings(
    actor: { organisationId: number; userId: number },
    settings: CallbackSettings,
  ): Promise<CallbackSettings> {
    const { organisationId, userId } = actor;
    await this.database.transaction(async (tx) => {
      const at = this.clock.now();
      const before = await this.repository.findSettings(organisationId, tx);
      await this.repository.saveSettings(tx, { ...settings, organisationId, updatedBy: userId, at });
      await this.audit.note(tx, {
        ...{ organisationId, userId, action: 'edit', subject: { kind: 'callback_settings', id: organisationId } },
        ...{ before: before && { ...before }, after: { ...settings }, at },
      });
    });
    return this.getSettings(organisationId);
  }
}

const NOTHING: KeptCounts = {
  ...{ promised: 0, open: 0, overdue: 0, escalated: 0, kept: 0, missed: 0, moved: 0 },
  ...{ cancelledByRule: 0, cancelledByPeople: 0, keptOnTime: 0, cameDueAndEnded: 0, keptOnTimeRate: null },
};

function countsOf(row: KeptCountsRow): KeptCounts {
  return {
    ...{ promised: row.promised, open: row.open, overdue: row.overdue, escalated: row.escalated },
    ...{ kept: row.kept, missed: row.missed, moved: row.moved },
    ...{ cancelledByRule: row.cancelled_by_rule, cancelledByPeople: row.cancelled_by_people },
    ...{ keptOnTime: row.kept_on_time, cameDueAndEnded: row.base },
    keptOnTimeRate: row.base === 0 ? null : row.kept_on_time / row.base,
  };
}
