import { ApiProperty } from '@nestjs/swagger';

import { RecyclingDto } from '../campaigns/retry-plan.dto.js';
import type { RecycleCount, RecyclePreview } from './recycle.service.js';

/** Who would come back with one code, and who not. */
export class RecycleCountView {
  /** An outcome's code, or the result of the last try. */
  code!: string;
  /** Days since it was over. */
  afterDays!: number;
  /** Those who would come back now. */
  eligible!: number;
  /** They may not be called. */
  suppressed!: number;
  /** It went well with them, or they asked to be left alone. */
  settled!: number;
  /** No phone of theirs is left to try. */
  noPhone!: number;
  /** Not long enough ago. */
  later!: number;
  /** When the first of those may come back. */
  nextAt!: string | null;
  /** They came back as often as they may. */
  usedUp!: number;

  static of(count: RecycleCount): RecycleCountView {
    return Object.assign(new RecycleCountView(), { ...count, nextAt: count.nextAt?.toISOString() ?? null });
  }
}

/** Who would come back onto a campaign's list now. */
export class RecyclePreviewView {
  /** The rule; null: the campaign's plan brings nobody back. */
  @ApiProperty({ type: () => RecyclingDto, nullable: true })
  recycling!: RecyclingDto | null;
  /** Those who would come back now, with all codes. */
  eligible!: number;
  /** By how their calls ended. */
  codes!: RecycleCountView[];
  /** The job that is at it: see `/jobs/{id}`. */
  jobId!: number | null;

  static of(preview: RecyclePreview): RecyclePreviewView {
    const codes = preview.codes.map((count) => RecycleCountView.of(count));
    return Object.assign(new RecyclePreviewView(), { ...preview, codes });
  }
}
