import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';

import { WIN_BACK_REASONS, type WinBackReason } from './win-back.js';
import type { CountedProposal } from './win-back.service.js';

/** Who is left alone, and how far ahead is looked. */
export class WinBackOptionsDto {
  /** Whoever was called within so many days is left alone; 14 when left out, 0 for nobody. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(3650)
  coolDownDays?: number;

  /** Contracts elsewhere that end within so many days are worth a call; 30 when left out. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(3650)
  endsWithinDays?: number;
}

/** The campaign to be made. */
export class BuildWinBackDto extends WinBackOptionsDto {
  /** Which proposals to take; all of them when left out. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(WIN_BACK_REASONS, { each: true })
  reasons?: WinBackReason[];

  /** What segment and campaign are called; made from the offer's name when left out. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;
}

/** What a proposal rests on. */
export class WinBackDetailView {
  /** Codes of the refusal reasons that the offer answers. */
  refusalReasons!: string[];
  /** With `price`: the offer's price, below what these people named or, where they named nothing, were asked for. */
  price!: number | null;
  /** ISO 4217. */
  currency!: string | null;
  /** With `competitor`: their contract ends within so many days, or has ended. */
  endsWithinDays!: number | null;
  /** Whoever was called within so many days is left alone. */
  coolDownDays!: number;
}

/** People whom an offer may win back. */
export class WinBackProposalView {
  /** `price`: it was too expensive. `competitor`: their contract elsewhere ends. `timing`: the day they named has come. */
  reason!: WinBackReason;
  /** What it rests on. */
  detail!: WinBackDetailView;
  /** Whom to call: a rule as segments have it. */
  rule!: Record<string, unknown>;
  /** Leads that fit. */
  leads!: number;
  /** Of these, whom nothing keeps from being called: no suppression, no missing phone, no other campaign. */
  callable!: number;

  static of({ reason, detail, rule, leads, callable }: CountedProposal): WinBackProposalView {
    return Object.assign(new WinBackProposalView(), { reason, detail, rule, leads, callable });
  }
}

/** What was made to win people back. */
export class WinBackView {
  /** Id of the segment. */
  segmentId!: number;
  /** Id of the campaign, a draft until its list is there. */
  campaignId!: number;
  /** Id of the job that fills the calling list: see `/jobs/{id}`. */
  jobId!: number;
}
