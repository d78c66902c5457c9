import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { JobProcessor, Turn } from '../jobs/job-processor.js';
import type { Job } from '../jobs/job.js';
import { BUILD_LIST, type BuildListPayload } from './build-list.job.js';
import { CallingListService, type ListCursor } from './calling-list.service.js';

/** Steps in one turn: other jobs get theirs in between. */
const STEPS_A_TURN = 10;

/** Fills a calling list, slice by slice. What a slice added and how far it came commit together. */
@Injectable()
export class BuildListProcessor implements JobProcessor<BuildListPayload> {
  readonly kind = BUILD_LIST;

  constructor(
    private readonly database: Database,
    private readonly lists: CallingListService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(job: Job<BuildListPayload>, turn: Turn): Promise<'done' | 'again'> {
    let cursor = (job.progress['cursor'] as ListCursor | undefined) ?? null;
    for (let step = 0; step < STEPS_A_TURN && !turn.signal.aborted; step++) {
      cursor = await this.database.transaction(async (tx) => {
        const { added, total, next } = await this.lists.buildSlice(
          tx,
          job.payload.campaignId,
          cursor,
          this.clock.now(),
        );
        await turn.advance(tx, { added, total, cursor: next });
        return next;
      });
      if (!cursor) return 'done';
    }
    return 'again';
  }
}
