import { Type } from 'class-transformer';
import { IsInt, IsNumber, IsObject, IsOptional, IsString, Length, Max, Min } from 'class-validator';

import { MAX_ID } from '../common/parse-id.pipe.js';
import type { ShownType } from './fields.js';
import type { Segment, SegmentVersion } from './segment.entity.js';

/** A rule to try, before it is saved. */
export class TryRuleDto {
  /** `{ all | any | none: Rule[] }` or a condition `{ field, is, value? }`. */
  @IsObject()
  rule!: Record<string, unknown>;
}

/** A new segment. */
export class CreateSegmentDto extends TryRuleDto {
  /** What people call it. */
  @IsString()
  @Length(1, 200)
  name!: string;
}

/** A segment's new name and rule. */
export class UpdateSegmentDto extends CreateSegmentDto {
  /** The version that was edited. */
  @IsInt()
  @Min(1)
  version!: number;
}

/** What the copy of a segment is called. */
export class CloneSegmentDto {
  /** Left out: the segment's own name and (2). */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;
}

/** A rule whose leads are to be called. */
export class FunnelDto extends TryRuleDto {
  /** As seen from this campaign: its own suppressions count, its own list does not. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  campaignId?: number;
}

/** How long it takes to call so many leads. */
export class BurnDownDto {
  /** Leads to call; left out: those who fit `rule`. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_ID)
  count?: number;

  /** A rule, where `count` is left out. */
  @IsOptional()
  @IsObject()
  rule?: Record<string, unknown>;

  /** Operators at their desks. */
  @IsInt()
  @Min(1)
  @Max(100_000)
  operators!: number;

  /** Share of the dials that a person answers; left out: as measured so far. */
  @IsOptional()
  @IsNumber()
  @Min(0.001)
  @Max(1)
  contactRate?: number;

  /** Hours at the desk a day. */
  @IsOptional()
  @IsNumber()
  @Min(0.25)
  @Max(24)
  hoursPerDay?: number;
}

/** Which fields to list. */
export class ListFieldsDto {
  /** Only what leads of this base have. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  baseId?: number;
}

/** A segment. */
export class SegmentView {
  /** Id of the segment. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** Grows with each change. */
  version!: number;
  /** `{ all | any | none: Rule[] }` or a condition `{ field, is, value? }`. */
  rule!: Record<string, unknown>;
  /** When it was made. */
  createdAt!: string;
  /** When it was last changed. */
  updatedAt!: string;

  static of(segment: Segment): SegmentView {
    const { id, name, version, rule, createdAt, updatedAt } = segment;
    return Object.assign(new SegmentView(), {
      id,
      name,
      version,
      rule,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    });
  }
}

/** A segment as it was. */
export class SegmentVersionView {
  /** Grows with each change. */
  version!: number;
  /** What it was called. */
  name!: string;
  /** Its rule then. */
  rule!: Record<string, unknown>;
  /** Who saved it; null: the engine. */
  createdBy!: number | null;
  /** When it was saved. */
  createdAt!: string;

  static of({ version, name, rule, createdBy, createdAt }: SegmentVersion): SegmentVersionView {
    const view = { version, name, rule, createdBy, createdAt: createdAt.toISOString() };
    return Object.assign(new SegmentVersionView(), view);
  }
}

/** How many leads fit a rule. */
export class SegmentCountView {
  /** How many. */
  count!: number;
  /** False: reckoned from a share of the leads. */
  exact!: boolean;
  /** How long counting took. */
  elapsedMs!: number;
}

/** Of the leads that fit a rule, who can't be called now; each once, so that all but `matched` sum to it. */
export class SegmentFunnelView {
  /** Leads that fit. */
  matched!: number;
  /** All of their numbers may not be called. */
  suppressed!: number;
  /** No consent is known, and the profile asks for it. */
  noConsent!: number;
  /** They have no number. */
  noPhone!: number;
  /** Their numbers were tried as often as is allowed for now. */
  capped!: number;
  /** They wait on the list of another campaign that calls or soon will. */
  inOtherCampaign!: number;
  /** The rest. */
  callable!: number;
}

/** A campaign that calls, or soon will, and has some of the same leads. */
export class SegmentOverlapView {
  /** Id of the campaign. */
  campaignId!: number;
  /** What it is called. */
  name!: string;
  /** Leads that fit the rule and wait on its list. */
  leads!: number;
}

/** What a burn-down was reckoned with. */
export class BurnDownAssumptions {
  /** Share of the dials that a person answers. */
  contactRate!: number;
  /** Where that is from: the question, all calls so far, or a usual value. */
  contactRateFrom!: 'given' | 'measured' | 'assumed';
  /** Hours at the desk a day. */
  hoursPerDay!: number;
  /** Dials at one lead before it is given up. */
  maxAttempts!: number;
  /** Of these in a day at most. */
  maxAttemptsPerDay!: number;
  /** Talk and wrap-up with somebody who answers. */
  handleSeconds!: number;
  /** How long a dial rings that nobody answers. */
  ringSeconds!: number;
  /** Dials at once for each operator who waits. */
  linesPerOperator!: number;
  /** Dials at one lead, on average. */
  attemptsPerLead!: number;
  /** Share of the leads of whom somebody answers. */
  reachRate!: number;
}

/** How long it takes to call a number of leads to the end. */
export class BurnDownView {
  /** Leads to call. */
  leads!: number;
  /** Days of so many hours, rounded up to a tenth. */
  days!: number;
  /** Leads called to the end in a day. */
  perDay!: number;
  /** What it was reckoned with. */
  assumptions!: BurnDownAssumptions;
}

/** One lead that fits a rule. */
export class SampledLeadView {
  /** Id of the lead. */
  id!: number;
  /** As imported. */
  name!: string | null;
  /** Country code and last two digits only. */
  maskedPhone!: string;
  /** As imported. */
  region!: string | null;
  /** Further columns of the import. */
  attributes!: Record<string, unknown>;
}

/** Some leads that fit a rule. */
export class SegmentSampleView {
  /** Ten at most. */
  leads!: SampledLeadView[];
}

/** A field that rules may ask. */
export class SegmentFieldView {
  /** As it is written in a rule. */
  field!: string;
  /** What may be asked of it. */
  type!: ShownType;
  /** What it is called. */
  label!: string;
  /** Values that leads have, the most frequent first. */
  samples!: string[];
}
