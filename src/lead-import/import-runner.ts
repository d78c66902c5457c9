import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { LeadsService } from '../leads/leads.service.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { readRecords } from './file-analysis.js';
import type { ImportChunk, LeadImport } from './import.js';
import { readChunks } from './import-chunks.js';
import { LeadImportRepository } from './lead-import.repository.js';
import { rowReader } from './row.js';

/** What the caller of an import has a say in. */
export interface ImportHooks {
  /** Asked before each chunk: true stops the import there, to be taken up again by the next run. */
  isStopping?(): boolean;
  /** Inside the transaction of each chunk: what it throws rolls the chunk back and ends the run. */
  inChunk?(tx: Tx, progress: ImportProgress): Promise<void>;
}

export interface ImportProgress {
  rows: number;
  bytesRead: number;
  fileBytes: number;
}

/** How a run ended. `stopped`: it was asked to, or the import is no longer running (it was cancelled). */
export type RunEnd = 'read' | 'stopped';

/** Reads a file into its base, chunk by chunk. Each chunk commits its leads, rejects and counters together, or nothing. */
@Injectable()
export class ImportRunner {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LeadImportRepository) private readonly imports: LeadImportRepository,
    @Inject(LeadsService) private readonly leads: LeadsService,
    @Inject(PhoneVault) private readonly vault: PhoneVault,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * From the last committed row to the end of the file. Throws upload_missing, upload_changed (409); whatever a chunk's
   * transaction throws has rolled that chunk back.
   */
  async run(job: LeadImport, hooks: ImportHooks): Promise<RunEnd> {
    const path = await this.checkFile(job);
    const plan = job.options;
    const chunks = readChunks(readRecords(path, plan.dialect), job.rows, {
      importId: job.id,
      organisationId: job.organisationId,
      readRow: rowReader(plan),
      vault: this.vault,
      bucketIds: (keys) => this.leads.bucketIds(keys),
    });
    try {
      // The next chunk is made while Postgres works on this one.
      let next = prefetch(chunks);
      for (;;) {
        const chunk = await next();
        if (!chunk) return 'read';
        if (hooks.isStopping?.()) return 'stopped';
        next = prefetch(chunks);
        if (!(await this.commit(job, chunk, hooks))) return 'stopped';
      }
    } finally {
      await chunks.return(undefined);
    }
  }

  private async checkFile(job: LeadImport): Promise<string> {
    const { filePath } = job;
    const size = filePath === null ? null : await sizeOf(filePath);
    if (filePath === null || size === null)
      throw new Problem('upload_missing', 409, `The file ${job.fileName} is no longer where it was put.`, {
        fix: 'Drop it again: rows that came in already count as duplicates.',
      });
    if (size !== job.fileBytes)
      throw new Problem('upload_changed', 409, `The file ${job.fileName} has changed since the import began.`, {
        fix: 'Drop it again: rows that came in already count as duplicates.',
      });
    return filePath;
  }

  /** False when the import is no longer running. */
  private commit(job: LeadImport, chunk: ImportChunk, hooks: ImportHooks): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const progress = { rows: chunk.lastRow, bytesRead: chunk.bytesRead, fileBytes: job.fileBytes };
      // The job before the import: whoever cancels takes them in this order too.
      await hooks.inChunk?.(tx, progress);
      const locked = await this.imports.lockImport(job.id, tx);
      if (locked?.state !== 'running') return false;
      if (locked.rows !== chunk.lastRow - chunk.rows)
        throw new Error(
          `Import ${job.id} has ${locked.rows} rows where ${chunk.lastRow - chunk.rows} were expected: another run is at it`,
        );
      let counts = { imported: 0, duplicate: 0, suppressed: 0 };
      if (chunk.staged > 0) {
        await this.imports.lockBase(job.baseId, tx);
        const { id: importId, organisationId, baseId } = job;
        const merge = { importId, organisationId, baseId, at: this.clock.now(), staging: chunk.staging };
        counts = await this.imports.mergeStaged(merge, tx);
      }
      if (chunk.rejected > 0) await this.imports.copyRejects(chunk.rejects, tx);
      await this.imports.addCounts(job.id, chunk, counts, tx);
      tx.afterCommit(() => this.hub.publish({ kind: 'import', id: job.id }));
      return true;
    });
  }
}

/** Begin to make the next value now; its error, if there is one, is thrown to whoever takes it. */
function prefetch<T>(source: AsyncGenerator<T>): () => Promise<T | null> {
  const settled = source.next().then(
    (result) => () => (result.done ? null : result.value),
    (error: unknown) => () => {
      throw error;
    },
  );
  return async () => (await settled)();
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
