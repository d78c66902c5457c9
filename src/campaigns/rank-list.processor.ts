import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { JobProcessor, Turn } from '../jobs/job-processor.js';
import type { Job } from '../jobs/job.js';
import { CallingListService, type RankCursor } from './calling-list.service.js';
import { RANK_LIST, type RankListPayload } from './rank-list.job.js';

/** Steps in one turn: other jobs get theirs in between. */
const STEPS_A_TURN = 10;

/** Puts a calling list into another order, slice by slice, the new head first. */
@Injectable()
export class RankListProcessor implements JobProcessor<RankListPayload> {
  readonly kind = RANK_LIST;

  constructor(
    private readonly database: Database,
    private readonly lists: CallingListService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(job: Job<RankListPayload>, turn: Turn): Promise<'done' | 'again'> {
    let cursor = (job.progress['cursor'] as RankCursor | undefined) ?? null;
    for (let step = 0; step < STEPS_A_TURN && !turn.signal.aborted; step++) {
      cursor = await this.database.transaction(async (tx) => {
        const next = await this.lists.rankSlice(tx, job.payload.campaignId, cursor, this.clock.now());
        await turn.advance(tx, { ranked: next?.place ?? cursor?.total ?? 0, cursor: next });
        return next;
      });
      if (!cursor) return 'done';
    }
    return 'again';
  }
}
