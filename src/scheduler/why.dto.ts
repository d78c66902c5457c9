import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

import type { HistoryCursor } from './why.repository.js';

export class WhyReasonView {
  /** Stable code: of the list, or of the gate. */
  code!: string;
  sentence!: string;
  /** When this reason ends by itself, where that is known. */
  nextAt!: Date | null;
}

/** Why the next try is when it is, or why there is none: by the retry plan. */
export class WhyPlannedView {
  code!: string;
  sentence!: string;
  /** The result or outcome that it follows. */
  because!: string;
  /** What holds it back beyond its delay. */
  held!: string[];
  dueAt!: string | null;
}

/** The promise that an entry carries. */
export class WhyCallbackView {
  id!: number;
  state!: string;
  /** As promised. */
  dueAt!: string;
  /** When the call is planned. */
  callAt!: string;
  /** As promised, by the customer's clock. */
  localTime!: string;
  timeZone!: string;
  /** Null: shared. */
  owner!: string | null;
  note!: string | null;
}

/** The operator who alone may have the call. */
export class WhyOwnerView {
  name!: string;
  /** Ready for a call of this campaign now. */
  ready!: boolean;
}

/** The lead's entry on the list. */
export class WhyEntryView {
  state!: 'ready' | 'waiting' | 'in_progress' | 'completed';
  /** Rung of the ladder: 0 callback overdue, 1 callback, 2 abandoned, 3 hot, 4 retry, 5 new. */
  tier!: number;
  dueAt!: Date;
  attempts!: number;
  /** How often it came back after it was completed. */
  rounds!: number;
  phonePosition!: number;
  /** The phone that is next. */
  maskedPhone!: string | null;
  owner!: WhyOwnerView | null;
  lastResult!: string | null;
  /** The rule that the gate held it back by, until it is due. */
  heldBy!: string | null;
  completedCode!: string | null;
  completedAt!: Date | null;
  planned!: WhyPlannedView | null;
  callback!: WhyCallbackView | null;
}

/** Why a lead is, or is not, called in a campaign now. */
export class WhyView {
  leadId!: number;
  leadName!: string | null;
  at!: Date;
  /** May be called now, by the next operator who is free. */
  mayBeCalled!: boolean;
  /** allow: now · defer: not now · deny: not in this campaign, as things are. */
  verdict!: 'allow' | 'defer' | 'deny';
  /** Every reason why not, the list's before the gate's. */
  reasons!: WhyReasonView[];
  /** When none of the reasons stands any more, where that is known. */
  nextAt!: Date | null;
  listMode!: string;
  /** Fits a segment of the campaign, by its rules as they are now. */
  fits!: boolean;
  /** Null: not on the list. */
  entry!: WhyEntryView | null;
  /** Profiles of rules that bind the call, as code@version#hash. */
  profiles!: string[];
}

/** One thing that happened with a lead. */
export class LeadEventView {
  at!: Date;
  /** attempt: a call · refusal: the gate said not now, or no · callback: a step of a promise · suppression. */
  kind!: 'attempt' | 'refusal' | 'callback' | 'suppression';
  id!: number;
  campaignId!: number | null;
  campaignName!: string | null;
  /** By its kind. */
  detail!: Record<string, unknown>;
}

/** A page of what happened with a lead. */
export class LeadHistoryView {
  events!: LeadEventView[];
  /** `after` of the next page; null: there is none. */
  next!: string | null;
}

/** Somebody who waits. */
export class WaitingLeadView {
  leadId!: number;
  leadName!: string | null;
  state!: string;
  tier!: number;
  dueAt!: Date;
  attempts!: number;
  heldBy!: string | null;
  promised!: boolean;
}

const CURSOR = /^(\d{1,15})-(attempt|refusal|callback|suppression)-(\d{1,15})$/;

/** Which page of a history. */
export class LeadHistoryDto {
  /** `next` of the page before; the newest when left out. */
  @IsOptional()
  @Matches(CURSOR)
  after?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;

  static cursorOf(after: string | undefined): HistoryCursor | null {
    const known = after === undefined ? null : CURSOR.exec(after);
    return known && { at: new Date(Number(known[1])), kind: known[2]!, id: Number(known[3]) };
  }

  static textOf({ at, kind, id }: HistoryCursor): string {
    return `${at.getTime()}-${kind}-${id}`;
  }
}

/** How many to list. */
export class WaitingLeadsDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;
}
