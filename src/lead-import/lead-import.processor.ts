import { Inject, Injectable } from '@nestjs/common';

import type { Tx } from '../database/database.js';
import type { Job, JobEnd } from '../jobs/job.js';
import type { JobProcessor, Turn } from '../jobs/job-processor.js';
import { isOver } from './import.js';
import { LEAD_IMPORT_JOB, LeadImportService, type LeadImportPayload } from './lead-import.service.js';

/** Runs imports as jobs. */
@Injectable()
export class LeadImportProcessor implements JobProcessor<LeadImportPayload> {
  readonly kind = LEAD_IMPORT_JOB;

  constructor(@Inject(LeadImportService) private readonly imports: LeadImportService) {}

  /** One turn reads on to the end of the file: another turn would have to read all that was read again, to find its place. */
  async run(job: Job<LeadImportPayload>, turn: Turn): Promise<'done' | 'again'> {
    await this.imports.sweepUploads();
    const { state } = await this.imports.runImport(job.payload.importId, {
      isStopping: () => turn.signal.aborted || turn.cancelRequested,
      inChunk: (tx, progress) => turn.advance(tx, { ...progress }),
    });
    return isOver(state) ? 'done' : 'again';
  }

  /** A job that was given up, or cancelled where it was asked for as a job, takes its import along. */
  async ended(tx: Tx, job: Job<LeadImportPayload>, end: JobEnd): Promise<void> {
    const { state } = end;
    if (state === 'succeeded') return;
    const found = await this.imports.getImport(job.organisationId, job.payload.importId);
    await this.imports.end(found, { state, problem: end.problem ?? undefined }, tx);
  }
}
