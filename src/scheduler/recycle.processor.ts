import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import type { JobProcessor, Turn } from '../jobs/job-processor.js';
import type { Job } from '../jobs/job.js';
import { RECYCLE_LIST, type RecycleCursor, type RecyclePayload } from './recycle.job.js';
import { RecycleService } from './recycle.service.js';

/** Steps in one turn: other jobs get theirs in between. */
const STEPS_A_TURN = 20;

/** Brings people back onto a list, slice by slice. What a slice did and how far it came commit together. */
@Injectable()
export class RecycleProcessor implements JobProcessor<RecyclePayload> {
  readonly kind = RECYCLE_LIST;

  constructor(
    private readonly database: Database,
    private readonly recycling: RecycleService,
  ) {}

  async run(job: Job<RecyclePayload>, turn: Turn): Promise<'done' | 'again'> {
    const { payload, organisationId, createdBy: userId } = job;
    let cursor = (job.progress['cursor'] as RecycleCursor | undefined) ?? null;
    for (let step = 0; step < STEPS_A_TURN && !turn.signal.aborted; step++) {
      const from = cursor;
      cursor = await this.database.transaction(async (tx) => {
        const next = await this.recycling.step(tx, payload, from);
        if (next.span >= payload.spans.length)
          await this.recycling.record(tx, { organisationId, userId }, payload.campaignId, next.recycled);
        await turn.advance(tx, { recycled: next.recycled, cursor: next });
        return next;
      });
      if (cursor.span >= payload.spans.length) return 'done';
    }
    return 'again';
  }
}
