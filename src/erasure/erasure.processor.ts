import { Inject, Injectable } from '@nestjs/common';

import { Database, type Tx } from '../database/database.js';
import type { JobProcessor, Turn } from '../jobs/job-processor.js';
import type { Job, JobEnd } from '../jobs/job.js';
import { ERASURE_JOB, ErasuresService, type ErasureCursor, type ErasurePayload } from './erasures.service.js';

/** Steps in one turn: other jobs get theirs in between. */
const STEPS_A_TURN = 10;

/** Erases people as jobs, slice by slice. */
@Injectable()
export class ErasureProcessor implements JobProcessor<ErasurePayload> {
  readonly kind = ERASURE_JOB;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ErasuresService) private readonly erasures: ErasuresService,
  ) {}

  async run(job: Job<ErasurePayload>, turn: Turn): Promise<'done' | 'again'> {
    let cursor = (job.progress['cursor'] as ErasureCursor | undefined) ?? null;
    for (let step = 0; step < STEPS_A_TURN && !turn.signal.aborted; step++) {
      cursor = await this.database.transaction(async (tx) => {
        const from = cursor;
        await turn.advance(tx, { cursor: from });
        const next = await this.erasures.eraseSlice(tx, job.payload.erasureId, from);
        await turn.advance(tx, { cursor: next });
        return next;
      });
      if (cursor === null) return 'done';
    }
    return 'again';
  }

  async ended(tx: Tx, job: Job<ErasurePayload>, end: JobEnd): Promise<void> {
    await this.erasures.finish(tx, job.payload.erasureId, end.state === 'succeeded' ? 'done' : 'failed');
  }
}
