import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

import type { AuditPage } from './audit-trail.service.js';
import { CHANGE_CAUSES, type Change, type ChangeCause } from './changes.js';

const CHANGES_A_PAGE = 50;

/** A page of changes. */
export class ChangesQueryDto {
  /** Only changes before the one with this id. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  before?: number;

  /** How many at most, 50 when left out. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;
}

/** The page that a query asks for. */
export function pageOf({ before, limit }: ChangesQueryDto): AuditPage {
  return { beforeId: before ?? null, limit: limit ?? CHANGES_A_PAGE };
}

/** Who changed something. */
export class ActorView {
  /** Id of the user. */
  id!: number;
  /** How they are called. */
  name!: string;
}

/** One thing that a change changed. */
export class FieldChangeView {
  /** Name of the field; dots between levels. */
  field!: string;
  /** Null: there was none. Of another thing, such as an offer: its id and the name that it has now. */
  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true })
  before!: unknown;
  /** Null: there is none. Of another thing: its id and name. */
  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true })
  after!: unknown;
}

/** One change of a thing. */
export class ChangeView {
  /** Id of the record: the next page is before it. */
  id!: number;
  /** When. */
  at!: string;
  /** Who; null: the engine itself. */
  actor!: ActorView | null;
  /** What was done, such as `campaign_changed` or `campaign_running`. */
  action!: string;
  /** Why, where no person did it. */
  @ApiProperty({ enum: CHANGE_CAUSES, nullable: true })
  cause!: ChangeCause | null;
  /** What changed, and nothing else. */
  changes!: FieldChangeView[];

  static of(this: void, change: Change): ChangeView {
    return Object.assign(new ChangeView(), { ...change, at: change.at.toISOString() });
  }
}
