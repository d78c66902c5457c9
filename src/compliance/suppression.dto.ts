import { Type } from 'class-transformer';
import { IsIn, IsInt, IsISO8601, IsOptional, IsString, Length, Matches, Max, MaxLength, Min } from 'class-validator';

import { MAX_ID } from '../common/parse-id.pipe.js';
import { maskPhone } from '../leads/phone-number.js';
import {
  SUPPRESSION_REASONS,
  SUPPRESSION_SCOPES,
  type SuppressionReason,
  type SuppressionRow,
  type SuppressionScope,
} from './suppressions.repository.js';
import { GIVEN_REASONS, type GivenReason } from './suppressions.service.js';

/** A number. It never stands in an address. */
export class NumberDto {
  /** As it is written; with a plus, or in its country's way. */
  @IsString()
  @Length(1, 40)
  number!: string;

  /** Of a number that is written without one (ISO 3166-1). */
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters, such as GB' })
  country?: string | null;
}

/** A number that may not be called. */
export class AddSuppressionDto extends NumberDto {
  /** How far it reaches. */
  @IsIn(SUPPRESSION_SCOPES)
  scope!: SuppressionScope;

  /** With scope `campaign` only. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  campaignId?: number | null;

  /** Why. A request and a complaint hold for all numbers of the people who have this one. */
  @IsIn(GIVEN_REASONS)
  reason!: GivenReason;

  /** By what it can be shown. */
  @IsString()
  @Length(1, 2_000)
  @Matches(/\S/, { message: 'evidence must not be blank' })
  evidence!: string;

  /** Left out or null: until it is taken back. */
  @IsOptional()
  @IsISO8601({ strict: true })
  @MaxLength(40)
  validTo?: string | null;
}

/** Why a suppression is taken back. */
export class RevokeSuppressionDto {
  /** What shows that the number may be called again. Kept with it and in the audit trail. */
  @IsString()
  @Length(1, 2_000)
  @Matches(/\S/, { message: 'evidence must not be blank' })
  evidence!: string;
}

/** Which suppressions to list. */
export class ListSuppressionsDto {
  /** Those with an id below this one: the last of the page before. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  before?: number;

  /** Only those with this reason. */
  @IsOptional()
  @IsIn(SUPPRESSION_REASONS)
  reason?: SuppressionReason;
}

/** A number that may not be called, and why. */
export class SuppressionView {
  /** Id of the suppression. */
  id!: number;
  /** Masked, where a lead with the number is there; the number itself is not kept. */
  maskedPhone!: string | null;
  /** How far it reaches. */
  scope!: SuppressionScope;
  /** With scope `campaign` only. */
  campaignId!: number | null;
  /** Its name. */
  campaignName!: string | null;
  /** Why. */
  reason!: SuppressionReason;
  /** A disposition, a list, a rule or a person. */
  source!: string;
  /** By what it can be shown. */
  evidence!: string | null;
  /** Whose number it was. */
  leadId!: number | null;
  /** The call in which it was said. */
  attemptId!: number | null;
  /** From when. */
  validFrom!: string;
  /** Until when; null: until it is taken back. */
  validTo!: string | null;
  /** Name of who recorded it; null for the engine itself. */
  createdBy!: string | null;
  /** When it was taken back. */
  revokedAt!: string | null;
  /** By whom. */
  revokedBy!: string | null;
  /** By what that can be shown. */
  revokeEvidence!: string | null;

  static of(row: SuppressionRow): SuppressionView {
    const { country, lastDigits, validFrom, validTo, revokedAt, ...rest } = row;
    return Object.assign(new SuppressionView(), {
      ...rest,
      maskedPhone: country !== null && lastDigits !== null ? maskPhone(country, lastDigits) : null,
      validFrom: validFrom.toISOString(),
      validTo: validTo?.toISOString() ?? null,
      revokedAt: revokedAt?.toISOString() ?? null,
    });
  }
}

/** What was made of a number: one for each number that it concerns. */
export class AddedSuppressionView {
  /** Of the number itself. */
  suppression!: SuppressionView;
  /** How many numbers it holds for: other phones of the same people are among them. */
  numbers!: number;
}
