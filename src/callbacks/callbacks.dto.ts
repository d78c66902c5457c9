import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

import { CALLBACK_STATES, OPEN_STATES, type CallbackState } from './callback-states.js';
import type { CallbackSettings } from './callback-settings.js';
import type { KeptCounts, KeptReport } from './callback-lists.service.js';
import type { CallbackEventRow, CallbackRow } from './callbacks.repository.js';

const LOCAL_TIME = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/;

/** Groups of states, to look at. */
export const CALLBACK_GROUPS = ['open', 'overdue', ...CALLBACK_STATES.states] as const;
export type CallbackGroup = (typeof CALLBACK_GROUPS)[number];

/** Another time for a promise. */
export class MoveCallbackDto {
  /** `YYYY-MM-DDTHH:mm` in the customer's time. */
  @Matches(LOCAL_TIME)
  localTime!: string;

  /** IANA; left out: as it was promised. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  timeZone?: string;

  /** Left out: the note stays. */
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  note?: string;
}

/** Whose a promise is to be. */
export class AssignCallbackDto {
  /** An operator; null or left out: all of the campaign. */
  @IsOptional()
  @IsInt()
  @Min(1)
  operatorId?: number | null;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string;
}

/** Why the call is not wanted any more. */
export class CancelCallbackDto {
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** Which promises to list. */
export class ListCallbacksDto {
  /** `open`: all that have not ended · `overdue`: of those, the ones whose time has passed · else one state. All when left out. */
  @IsOptional()
  @IsIn(CALLBACK_GROUPS)
  state?: CallbackGroup;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  campaignId?: number;

  /** The owner; 0: those that are the campaign's. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  operatorId?: number;

  /** Only those that were called to managers' attention. */
  @IsOptional()
  @Transform(({ value }) => value === true || value === 'true')
  @IsBoolean()
  escalated?: boolean;

  /** How many at most, 50 when left out. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  offset?: number;

  /** The states that `state` means; null: all. */
  static statesOf(group: CallbackGroup | undefined): readonly CallbackState[] | null {
    if (group === undefined) return null;
    return group === 'open' || group === 'overdue' ? OPEN_STATES : [group];
  }
}

/** Which promises to count: by the time that was promised. */
export class KeptPeriodDto {
  /** Left out: 30 days before `to`. */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;

  /** Left out: now. */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;
}

export class CallbackCampaign {
  id!: number;
  name!: string;
}

export class CallbackPerson {
  id!: number;
  name!: string | null;
}

export class CallbackLead {
  id!: number;
  name!: string | null;
  /** Country and last digits of the number that will be called. */
  maskedPhone!: string | null;
}

/** A promise. */
export class CallbackView {
  id!: number;
  state!: CallbackState;
  campaign!: CallbackCampaign;
  lead!: CallbackLead;
  /** Whose it is now; null: all of the campaign. */
  owner!: CallbackPerson | null;
  /** Who promised it in person; null: shared from the start. */
  promisedTo!: CallbackPerson | null;
  /** `YYYY-MM-DDTHH:mm` as promised, in the customer's time. */
  localTime!: string;
  timeZone!: string;
  /** The same, as an instant. */
  dueAt!: Date;
  /** When the call is planned; later than `dueAt` after a call that reached nobody, or where a rule says so. */
  callAt!: Date;
  createdAt!: Date;
  /** It goes to a number that the customer named for it. */
  otherPhone!: boolean;
  note!: string | null;
  remindedAt!: Date | null;
  /** When the first call for it was reserved. */
  offeredAt!: Date | null;
  /** When the call that kept it was dialled. */
  dialledAt!: Date | null;
  /** The rule that let the call be made only later than promised. */
  lateReason!: string | null;
  handedOverAt!: Date | null;
  escalatedAt!: Date | null;
  endedAt!: Date | null;
  /** A rule, a result, or who ended it. */
  endReason!: string | null;
  /** The promise that this one replaces. */
  movedFromId!: number | null;

  static of(row: CallbackRow, mask: (country: string, lastDigits: string) => string): CallbackView {
    const phone = row.country !== null && row.last_digits !== null ? mask(row.country, row.last_digits) : null;
    return {
      id: row.id,
      state: row.state,
      campaign: { id: row.campaign_id, name: row.campaign_name },
      lead: { id: row.lead_id, name: row.lead_name, maskedPhone: phone },
      owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name },
      promisedTo: row.promised_to_id === null ? null : { id: row.promised_to_id, name: row.promised_to_name },
      localTime: row.local_time,
      timeZone: row.time_zone,
      dueAt: row.due_at,
      callAt: row.call_at,
      createdAt: row.created_at,
      otherPhone: row.other_phone,
      note: row.note,
      remindedAt: row.reminded_at,
      offeredAt: row.offered_at,
      dialledAt: row.dialled_at,
      lateReason: row.late_reason,
      handedOverAt: row.handed_over_at,
      escalatedAt: row.escalated_at,
      endedAt: row.ended_at,
      endReason: row.end_reason,
      movedFromId: row.moved_from_id,
    };
  }
}

/** One step in the life of a promise. */
export class CallbackEventView {
  at!: Date;
  event!: string;
  /** Null: it began. */
  fromState!: string | null;
  toState!: string;
  /** Null: the engine. */
  actor!: string | null;
  attemptId!: number | null;
  reason!: string | null;
  /** What belongs to it: `callAt`, `from`, `to`, `fromId`, `toId`, `words`. */
  detail!: Record<string, unknown> | null;

  static of(row: CallbackEventRow): CallbackEventView {
    const { from_state, to_state, actor_name, attempt_id, at, event, reason, detail } = row;
    return {
      at,
      event,
      fromState: from_state,
      toState: to_state,
      actor: actor_name,
      attemptId: attempt_id,
      reason,
      detail,
    };
  }
}

/** Whose day it is. */
export class OwnCallbacksDto {
  /** The operator's zone (IANA), in which today ends; UTC when left out or unknown. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  timeZone?: string;
}

/** What an operator has promised and not done yet. */
export class OwnCallbacksView {
  /** Their time has passed. */
  overdue!: CallbackView[];
  /** Until the end of the operator's day, 24 hours at most. */
  today!: CallbackView[];
  upcoming!: CallbackView[];
  /** To tell the time by. */
  serverNow!: Date;
}

export class KeptCountsView implements KeptCounts {
  promised!: number;
  /** Not ended. */
  open!: number;
  /** Of those, the ones whose time has passed. */
  overdue!: number;
  escalated!: number;
  kept!: number;
  missed!: number;
  moved!: number;
  cancelledByRule!: number;
  cancelledByPeople!: number;
  /** Numerator of the share. */
  keptOnTime!: number;
  /** Denominator of the share. */
  cameDueAndEnded!: number;
  /** keptOnTime / cameDueAndEnded, 0 to 1; null: nothing came due yet. */
  keptOnTimeRate!: number | null;
}

export class KeptOfCampaignView extends KeptCountsView {
  id!: number;
  name!: string;
}

export class KeptOfOperatorView extends KeptCountsView {
  /** Null: promises that were nobody's own. */
  id!: number | null;
  name!: string | null;
}

/** How well promises are kept. */
export class KeptReportView implements KeptReport {
  from!: Date;
  to!: Date;
  /** Up to so long after its time a promise is kept on time. */
  onTimeMinutes!: number;
  /** How the share is made, in words. */
  formula!: string;
  total!: KeptCountsView;
  campaigns!: KeptOfCampaignView[];
  operators!: KeptOfOperatorView[];
}

/** How long we wait, remind and look away. */
export class CallbackSettingsDto implements CallbackSettings {
  /** The owner of a promise is reminded so long before. */
  @IsInt()
  @Min(0)
  @Max(120)
  reminderMinutes!: number;

  /** Kept up to so long after the promised time, it was kept on time. */
  @IsInt()
  @Min(0)
  @Max(240)
  onTimeMinutes!: number;

  /** Once due, so long a promise waits for an owner who is not signed in. */
  @IsInt()
  @Min(0)
  @Max(3600)
  awayGraceSeconds!: number;

  /** … for one on a break. */
  @IsInt()
  @Min(0)
  @Max(3600)
  breakGraceSeconds!: number;

  /** … for one in another call. */
  @IsInt()
  @Min(0)
  @Max(3600)
  busyGraceSeconds!: number;

  /** Overdue by so much and not offered, it is called to managers' attention. */
  @IsInt()
  @Min(1)
  @Max(1440)
  escalateMinutes!: number;
}

/** The promise that a change left. */
export class CallbackIdView {
  id!: number;
}
