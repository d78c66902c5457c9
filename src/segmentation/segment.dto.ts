import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, Length, Max, Min } from 'class-validator';

import { MAX_ID } from '../common/parse-id.pipe.js';
import type { FieldType } from './rule.js';
import type { Segment } from './segment.entity.js';

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

/** How many leads fit a rule. */
export class SegmentCountView {
  /** Exact. */
  count!: number;
  /** How long counting took. */
  elapsedMs!: number;
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
  type!: FieldType;
  /** What it is called. */
  label!: string;
  /** Values that leads have, the most frequent first. */
  samples!: string[];
}
