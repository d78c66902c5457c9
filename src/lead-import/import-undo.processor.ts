import { Inject, Injectable } from '@nestjs/common';

import { Database, type Tx } from '../database/database.js';
import type { JobProcessor, Turn } from '../jobs/job-processor.js';
import type { Job, JobEnd } from '../jobs/job.js';
import { IMPORT_UNDO_JOB, ImportUndoService, type ImportUndoPayload, type UndoCursor } from './import-undo.service.js';

/** Steps in one turn: other jobs get theirs in between. */
const STEPS_A_TURN = 10;

/** Undoes imports as jobs, slice by slice. */
@Injectable()
export class ImportUndoProcessor implements JobProcessor<ImportUndoPayload> {
  readonly kind = IMPORT_UNDO_JOB;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ImportUndoService) private readonly undos: ImportUndoService,
  ) {}

  async run(job: Job<ImportUndoPayload>, turn: Turn): Promise<'done' | 'again'> {
    let cursor = (job.progress['cursor'] as UndoCursor | undefined) ?? null;
    for (let step = 0; step < STEPS_A_TURN && !turn.signal.aborted; step++) {
      cursor = await this.database.transaction(async (tx) => {
        const from = cursor;
        await turn.advance(tx, { cursor: from });
        const next = await this.undos.undoSlice(tx, job.payload.importId, from);
        await turn.advance(tx, { cursor: next });
        return next;
      });
      if (cursor === null) return 'done';
    }
    return 'again';
  }

  async ended(tx: Tx, job: Job<ImportUndoPayload>, end: JobEnd): Promise<void> {
    if (end.state !== 'succeeded') await this.undos.breakOff(tx, job.payload.importId, end.problem);
  }
}
