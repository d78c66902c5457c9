import { IsIn, IsNotEmpty, IsOptional, IsString, Length, Matches } from 'class-validator';

import { LIST_KINDS, type ListKind, type SuppressionListRow } from './suppression-lists.repository.js';

/** A new list of numbers that may not be called. */
export class CreateSuppressionListDto {
  /** What people call it. */
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'name must not be blank' })
  name!: string;

  /** What is in it: numbers, the numbers of a national registry, or first digits of numbers. */
  @IsIn(LIST_KINDS)
  kind!: ListKind;

  /** Code of the registry, such as TPS; for the kind `registry` only. */
  @IsOptional()
  @Matches(/^[A-Z0-9][A-Z0-9_-]{1,19}$/, { message: 'registry must be capital letters and digits, such as TPS' })
  registry?: string | null;

  /** Country that it speaks of (ISO 3166-1). */
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters, such as GB' })
  country?: string | null;
}

/** Why a list is to bind nobody any more. */
export class RetireSuppressionListDto {
  /** Kept in the audit trail. */
  @IsString()
  @IsNotEmpty()
  @Length(1, 1000)
  @Matches(/\S/, { message: 'reason must not be blank' })
  reason!: string;
}

/** A list of numbers that may not be called. */
export class SuppressionListView {
  /** Id of the list. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** What is in it. */
  kind!: ListKind;
  /** Code of the registry, such as TPS. */
  registry!: string | null;
  /** Country that it speaks of (ISO 3166-1). */
  country!: string | null;
  /** Numbers, or prefixes, that bind now. */
  numbers!: number;
  /** Of the newest file in it. */
  datedAt!: string | null;
  /** Whole days since then. */
  ageDays!: number | null;
  /** When it was made. */
  createdAt!: string;
  /** From then on it binds nobody. */
  retiredAt!: string | null;

  static of(row: SuppressionListRow, now: Date): SuppressionListView {
    const { id, name, kind, registry, country, numbers, datedAt, createdAt, retiredAt } = row;
    const age = datedAt === null ? null : Math.max(0, Math.floor((now.getTime() - datedAt.getTime()) / DAY_MS));
    return Object.assign(new SuppressionListView(), {
      ...{ id, name, kind, registry, country, numbers },
      datedAt: datedAt?.toISOString() ?? null,
      ageDays: age,
      createdAt: createdAt.toISOString(),
      retiredAt: retiredAt?.toISOString() ?? null,
    });
  }
}

const DAY_MS = 24 * 3_600_000;
