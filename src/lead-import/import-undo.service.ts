import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { JobsService } from '../jobs/jobs.service.js';
import { LeadHistoryService } from '../leads/lead-history.service.js';
import type { Actor } from '../leads/leads.service.js';
import { HUB, type Hub } from '../realtime/hub.js';
import type { ImportProblem, LeadImport } from './import.js';
import { ImportUndoRepository } from './import-undo.repository.js';
import { LeadImportRepository } from './lead-import.repository.js';
import { LeadImportService } from './lead-import.service.js';

/** Kind of the job that undoes an import. */
export const IMPORT_UNDO_JOB = 'import-undo';

export interface ImportUndoPayload {
  importId: number;
}

/** How far an undo is. Changed leads are put back first: some of them may be the import's own. */
export interface UndoCursor {
  phase: 'restore' | 'remove';
  /** Row or lead that was seen last. */
  after: number;
}

const SLICE = 2_000;

/** Takes back what an import made, and puts back what it changed. */
@Injectable()
export class ImportUndoService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LeadImportService) private readonly imports: LeadImportService,
    @Inject(ImportUndoRepository) private readonly undos: ImportUndoRepository,
    @Inject(LeadImportRepository) private readonly repository: LeadImportRepository,
    @Inject(LeadHistoryService) private readonly history: LeadHistoryService,
    @Inject(JobsService) private readonly jobs: JobsService,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Have an import undone in the background (`enqueue: false`: the caller does it with `undoImport`). People who have been
   * called since stay, as do those whom a later import changed; they are listed. Throws import_not_found (404),
   * import_not_over, import_undone_already, import_not_undoable, base_importing (409).
   */
  async startUndo(actor: Actor, id: number, { enqueue = true }: { enqueue?: boolean } = {}): Promise<LeadImport> {
    const found = await this.imports.getImport(actor.organisationId, id);
    await this.database.transaction(async (tx) => {
      if (found.baseId !== null) await this.repository.lockBase(found.baseId, tx);
      if (!(await this.undos.begin(id, actor.userId, this.clock.now(), tx))) throw refusal(found);
      await this.refuseWhileImporting(found.baseId!, tx);
      if (enqueue) {
        const { organisationId, userId: createdBy } = actor;
        const payload: ImportUndoPayload = { importId: id };
        await this.undos.setJob(
          id,
          await this.jobs.enqueue(tx, { organisationId, kind: IMPORT_UNDO_JOB, payload, createdBy }),
          tx,
        );
      }
      tx.afterCommit(() => this.hub.publish({ kind: 'import', id }));
    });
    return this.imports.getImport(actor.organisationId, id);
  }

  /** Undo it here and now, to its end. Safe to break off and to repeat. */
  async undoImport(id: number): Promise<LeadImport> {
    let cursor: UndoCursor | null = null;
    do cursor = await this.database.transaction((tx) => this.undoSlice(tx, id, cursor));
    while (cursor);
    return this.imports.getImport(null, id);
  }

  /** One bounded step in the caller's transaction; null when it was the last. */
  async undoSlice(tx: Tx, id: number, cursor: UndoCursor | null): Promise<UndoCursor | null> {
    const found = await this.imports.getImport(null, id);
    if (found.state !== 'undoing') return null;
    const { phase, after } = cursor ?? { phase: 'restore' as const, after: 0 };
    tx.afterCommit(() => this.hub.publish({ kind: 'import', id }));
    // No import looks for duplicates among people who are about to go.
    await this.repository.lockBase(found.baseId!, tx);
    if (phase === 'restore') {
      const { next, leadIds } = await this.undos.restoreLeads({ importId: id, afterRow: after, limit: SLICE }, tx);
      await this.history.noteChanged(tx, leadIds);
      return next === null ? { phase: 'remove', after: (found.firstLeadId ?? 1) - 1 } : { phase, after: next };
    }
    const lastLeadId = found.lastLeadId ?? 0;
    const { next } = await this.undos.removeLeads({ importId: id, afterLeadId: after, lastLeadId, limit: SLICE }, tx);
    if (next !== null) return { phase, after: next };
    await this.undos.finish(id, tx);
    return null;
  }

  /** Its rows would be told for duplicates of people who are about to go. */
  private async refuseWhileImporting(baseId: number, tx: Tx): Promise<void> {
    const importId = await this.repository.findInBase(baseId, ['queued', 'running'], tx);
    if (importId === null) return;
    throw new Problem('base_importing', 409, 'Another file is still on its way into this base.', {
      fix: 'Wait until that import has ended, or cancel it.',
      more: { importId },
    });
  }

  /** Its job was cancelled or given up: the import stands, as far as it was not undone yet, and may be undone again. */
  async breakOff(tx: Tx, id: number, problem: ImportProblem | null): Promise<void> {
    await this.undos.breakOff(id, problem, tx);
    tx.afterCommit(() => this.hub.publish({ kind: 'import', id }));
  }
}

function refusal(found: LeadImport): Problem {
  if (found.kind !== 'leads')
    return new Problem('import_not_undoable', 409, 'The loading of a suppression list is not undone.', {
      fix: 'Load the file that should stand there with "replace", or retire the list.',
    });
  if (found.state === 'undoing' || found.state === 'undone')
    return new Problem('import_undone_already', 409, 'This import is undone already, or is being undone.', {
      fix: 'Look at what was kept, and why.',
    });
  return new Problem('import_not_over', 409, 'The import is still running.', {
    fix: 'Cancel it first: the rows that are in can be undone then.',
  });
}
