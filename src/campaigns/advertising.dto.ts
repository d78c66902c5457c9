import { ArrayMaxSize, IsArray, IsISO8601, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';

import type { ClaimRow } from './advertising.repository.js';

// Two patterns rather than one, which would go back and forth over a long text.
const STORABLE = /^[^\0\p{Surrogate}]*$/u;
const SOMETHING = /\S/u;
const NOTHING = '$property must say something';

/** A claim that there is proof for. */
export class CreateClaimDto {
  /** As it is said, two words at least. */
  @IsString()
  @Length(1, 500)
  @Matches(STORABLE)
  @Matches(SOMETHING, { message: NOTHING })
  text!: string;

  /** By which measure it is true. */
  @IsString()
  @MaxLength(2000)
  @Matches(STORABLE)
  @Matches(SOMETHING, { message: NOTHING })
  criterion!: string;

  /** Where the proof lies. */
  @IsString()
  @MaxLength(2000)
  @Matches(STORABLE)
  @Matches(SOMETHING, { message: NOTHING })
  proof!: string;

  /** Its last day, `YYYY-MM-DD`. Left out: no end. */
  @IsOptional()
  @IsISO8601({ strict: true })
  @Length(10, 10, { message: '$property must be a day such as 2026-03-31' })
  validUntil?: string | null;
}

/** A claim of the register. */
export class ClaimView {
  /** Id of the claim. */
  id!: number;
  /** As it is said. */
  text!: string;
  /** By which measure it is true. */
  criterion!: string;
  /** Where the proof lies. */
  proof!: string;
  /** Its last day, `YYYY-MM-DD`; null: no end. */
  validUntil!: string | null;
  /** Who entered it. */
  createdBy!: string | null;
  /** When it was entered. */
  createdAt!: string;
  /** From then on it allows nothing. */
  withdrawnAt!: string | null;

  static of({ createdAt, withdrawnAt, ...claim }: ClaimRow): ClaimView {
    return Object.assign(new ClaimView(), claim, {
      createdAt: createdAt.toISOString(),
      withdrawnAt: withdrawnAt?.toISOString() ?? null,
    });
  }
}

/** Whom advertising may not be compared with. */
export class CompetitorsDto {
  /** Names, in any alphabet; each is found in all its forms. */
  @IsArray()
  @ArrayMaxSize(500)
  @IsString({ each: true })
  @Length(2, 100, { each: true })
  @Matches(STORABLE, { each: true })
  @Matches(SOMETHING, { each: true, message: NOTHING })
  names!: string[];
}
