import { Inject, Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';

import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { openingAt } from '../compliance/calling-hours.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import type { WeekHours } from '../compliance/profile.js';
import { Database, type Tx } from '../database/database.js';
import { LeadHistoryService } from '../leads/lead-history.service.js';
import { CallbacksRepository } from './callbacks.repository.js';
import { checkPromise } from './promise-time.js';

export interface PromiseRequest {
  organisationId: number;
  campaignId: number;
  entryId: number;
  leadId: number;
  attemptId: number;
  bucketId: number;
  campaignHours: WeekHours;
  /** `YYYY-MM-DDTHH:mm` in the customer's time. */
  localTime: string;
  /** One of the customer's possible zones; null: the first of them. */
  timeZone: string | null;
  /** The operator who promised it in person; null: any operator of the campaign. */
  ownerId: number | null;
  note: string | null;
}

/** Promises cancelled in one transaction. */
const CANCEL_AT_ONCE = 1_000;

/** Promises to call: made in the customer's local time, kept, missed or cancelled, never lost. */
@Injectable()
export class CallbacksService {
  constructor(
    private readonly database: Database,
    private readonly repository: CallbacksRepository,
    private readonly compliance: ComplianceService,
    private readonly history: LeadHistoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws a problem, with the nearest time that is allowed, when the promise can't be made. */
  async promise(tx: Tx, request: PromiseRequest): Promise<{ callbackId: number; dueAt: Date; ownerId: number | null }> {
    const now = this.clock.now();
    const bucket = await this.compliance.getBucket(request.bucketId);
    const zone = request.timeZone ?? bucket.zones[0]!;
    if (!DateTime.local({ zone }).isValid)
      throw new Problem('unknown_time_zone', 422, `${zone} is no time zone.`, {
        field: 'callback.timeZone',
        fix: 'Give an IANA name such as Europe/Paris, or leave it out.',
      });
    const open = await this.compliance.openIntervalsOf(request.bucketId, request.campaignHours);
    let time = checkPromise(request.localTime, zone, open, now);
    // Beyond the days that are compiled ahead: look at the days around the promised one.
    if (time.ok && !openingAt(open, time.dueAt).open) {
      const around = await this.compliance.openIntervalsAround(request.bucketId, request.campaignHours, time.dueAt);
      time = checkPromise(request.localTime, zone, around, now);
    }
    if (!time.ok) throw problemOf(time.code, time.nearestAt, zone);
    const callbackId = await this.repository.insert(tx, { ...request, timeZone: zone, dueAt: time.dueAt, at: now });
    this.history.refresh(tx, [request.leadId]);
    return { callbackId, dueAt: time.dueAt, ownerId: request.ownerId };
  }

  /** End a promise. One that has ended already stays as it is. */
  async close(
    tx: Tx,
    callbackId: number,
    state: 'kept' | 'missed' | 'cancelled',
    attemptId: number | null,
  ): Promise<void> {
    const closed = await this.repository.close(tx, callbackId, state, attemptId, this.clock.now());
    if (closed) this.history.refresh(tx, [closed.lead_id]);
  }

  /** The campaign is over: what it still promised will not be. Returns how many. */
  async cancelOpen(campaignId: number): Promise<number> {
    for (let cancelled = 0; ;) {
      const count = await this.database.transaction(async (tx) => {
        const leadIds = await this.repository.cancelOpen(tx, campaignId, this.clock.now(), CANCEL_AT_ONCE);
        if (leadIds.length > 0) this.history.refresh(tx, leadIds);
        return leadIds.length;
      });
      cancelled += count;
      if (count < CANCEL_AT_ONCE) return cancelled;
    }
  }
}

const SENTENCES = {
  callback_time_invalid: 'There is no such date or time.',
  callback_in_past: 'That time has passed where the customer is.',
  callback_outside_hours: 'The customer may not be called at that time.',
  callback_too_far: 'A callback can be promised for at most a year ahead.',
} as const;

function problemOf(code: keyof typeof SENTENCES, nearestAt: Date | null, zone: string): Problem {
  const nearest = nearestAt && DateTime.fromJSDate(nearestAt, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");
  return new Problem(code, 422, SENTENCES[code], {
    field: 'callback.localTime',
    fix: nearest ? `The nearest time that is allowed is ${nearest} (${zone}).` : 'Choose another time.',
    more: { nearest, timeZone: zone },
  });
}
