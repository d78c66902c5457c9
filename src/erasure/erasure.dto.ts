import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

import { MAX_ID } from '../common/parse-id.pipe.js';
import { NumberDto } from '../compliance/suppression.dto.js';
import type { ErasureRow } from './erasures.repository.js';
import type { ErasureCursor } from './erasures.service.js';

/** Whoever has this number is to be erased. */
export class EraseDto extends NumberDto {
  /** By what the person's wish can be shown. */
  @IsString()
  @Length(1, 2_000)
  @Matches(/\S/, { message: 'evidence must not be blank' })
  evidence!: string;
}

/** Which erasures to list. */
export class ListErasuresDto {
  /** Those with an id below this one: the last of the page before. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  before?: number;
}

/** An erasure, and how far it is. */
export class ErasureView {
  /** Id of the erasure. */
  id!: number;
  /** Where it stands. */
  state!: ErasureRow['state'];
  /** By what the wish can be shown. */
  evidence!: string;
  /** People who were taken out so far. */
  leads!: number;
  /** Their phones. */
  phones!: number;
  /** Rows of files that could not be imported and were emptied. */
  rejects!: number;
  /** Such rows looked at so far. */
  looked!: number;
  /** When it was asked for. */
  requestedAt!: string;
  /** By whom; null for the engine itself. */
  requestedBy!: string | null;
  /** When it ended. */
  finishedAt!: string | null;

  static of(row: ErasureRow): ErasureView {
    const { id, state, evidence, leads, phones, rejects, requestedBy, progress } = row;
    const cursor = progress?.['cursor'] as ErasureCursor | null | undefined;
    return Object.assign(new ErasureView(), {
      ...{ id, state, evidence, leads, phones, rejects, requestedBy },
      looked: cursor?.looked ?? 0,
      requestedAt: row.requestedAt.toISOString(),
      finishedAt: row.finishedAt?.toISOString() ?? null,
    });
  }
}
