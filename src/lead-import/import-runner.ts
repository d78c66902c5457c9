import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { ConsentsService } from '../compliance/consents.service.js';
import { SuppressionListsService } from '../compliance/suppression-lists.service.js';
import { Database, type Tx } from '../database/database.js';
import { LeadHistoryService } from '../leads/lead-history.service.js';
import { LeadsService } from '../leads/leads.service.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { FATE, judgeChunk, linesWith, updateRounds } from './chunk-fates.js';
import { givesConsent, type LeadImport, type RowCounts } from './import.js';
import { CHUNK_ROWS, type EncodedChunk } from './import-encoder.js';
import { LeadImportRepository } from './lead-import.repository.js';
import { readOnThread } from './reader-thread.js';

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

/** Shortest row: a digit and a line end. */
const SHORTEST_ROW_BYTES = 2;

/**
 * Reads a file into its base, or into its suppression list, chunk by chunk. Each chunk commits its leads, rejects and
 * counters together, or nothing.
 */
@Injectable()
export class ImportRunner {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LeadImportRepository) private readonly imports: LeadImportRepository,
    @Inject(LeadsService) private readonly leads: LeadsService,
    @Inject(LeadHistoryService) private readonly history: LeadHistoryService,
    @Inject(SuppressionListsService) private readonly lists: SuppressionListsService,
    @Inject(ConsentsService) private readonly consents: ConsentsService,
    @Inject(PhoneVault) private readonly vault: PhoneVault,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * From the last committed row to the end of the file. Throws upload_missing, upload_changed (409) and what the file's
   * reader finds; whatever a chunk's transaction throws has rolled that chunk back.
   */
  async run(job: LeadImport, hooks: ImportHooks): Promise<RunEnd> {
    const path = await this.checkFile(job);
    const { organisationId, options: plan } = job;
    const chunks = readOnThread(
      {
        importId: job.id,
        organisationId,
        baseId: job.baseId ?? 0,
        path,
        plan,
        skipRows: job.rows,
        keys: this.vault.share(),
        createdAt: job.createdAt.toISOString(),
        barredPrefixes: plan.load ? [] : await this.lists.activePrefixes(organisationId),
        ranges: plan.load ? {} : await this.leads.numberRanges(),
      },
      {
        reserveLeadIds: () => (plan.load ? Promise.resolve(0) : this.imports.reserveLeadIds(mostRows(job))),
        bucketIds: (keys) => this.leads.bucketIds(keys),
      },
    );
    for await (const chunk of chunks) {
      if (hooks.isStopping?.()) return 'stopped';
      if (!(await this.commit(job, chunk, hooks))) return 'stopped';
    }
    return 'read';
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
  private commit(job: LeadImport, chunk: EncodedChunk, hooks: ImportHooks): Promise<boolean> {
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
      const counts = await this.write(job, chunk, tx);
      if (chunk.rejected > 0) await this.imports.copyRejects(chunk.rejects, tx);
      await this.imports.addCounts(job.id, chunk, counts, tx);
      tx.afterCommit(() => this.hub.publish({ kind: 'import', id: job.id }));
      return true;
    });
  }

  private async write(job: LeadImport, chunk: EncodedChunk, tx: Tx): Promise<RowCounts> {
    const { load } = job.options;
    if (chunk.staged === 0) return NOTHING;
    if (load) {
      if (load.prefixes) await this.lists.copyPrefixes(tx, load.id, chunk.prefixes);
      else await this.lists.copyNumbers(tx, load.id, [chunk.leads]);
      return { ...NOTHING, imported: chunk.staged };
    }
    return this.writeLeads(job, chunk, tx);
  }

  private async writeLeads(job: LeadImport, chunk: EncodedChunk, tx: Tx): Promise<RowCounts> {
    const { dedupe } = job.options;
    const baseId = job.baseId!;
    await this.imports.lockBase(baseId, tx);
    const scope = { importId: job.id, organisationId: job.organisationId, baseId, at: this.clock.now() };
    const known = await this.imports.findKnown(scope, chunk, dedupe, tx);
    const { fates, updates, ...counts } = judgeChunk(chunk, known, dedupe.action);
    const linesOf = (fate: number) => ({
      leads: linesWith(fates, fate, chunk.leads, chunk.leadEnds),
      phones: linesWith(fates, fate, chunk.phones, chunk.phoneEnds),
    });
    if (counts.imported > 0) await this.imports.copyLeads(linesOf(FATE.imported), tx);
    if (updates.length > 0) {
      await this.imports.stageUpdates(linesOf(FATE.updated), tx);
      for (const round of updateRounds(updates)) {
        const pairs = round.map(({ at, leadId }) => ({ stagedId: chunk.firstLeadId + at, leadId }));
        await this.imports.applyUpdates(job, pairs, tx);
      }
      const ids = [...new Set(updates.map(({ leadId }) => leadId))];
      await this.history.noteChanged(tx, ids);
      await this.imports.dropErased(job.organisationId, { ids }, tx);
      await this.recordConsents(job, { ids }, tx);
    }
    if (counts.imported === 0) return { ...counts, updated: updates.length, firstLeadId: null, lastLeadId: null };
    const range = { firstLeadId: chunk.firstLeadId, lastLeadId: chunk.firstLeadId + chunk.staged - 1 };
    await this.history.noteRangeChanged(tx, range.firstLeadId, range.lastLeadId);
    const leads = { fromId: range.firstLeadId, toId: range.lastLeadId };
    if (job.options.mapping.phones.length > 1) await this.imports.dropErased(job.organisationId, leads, tx);
    await this.recordConsents(job, leads, tx);
    return { ...counts, updated: updates.length, ...range };
  }

  /** What these people agreed to, by the word of the file: one entry of the ledger for each of their numbers. */
  private async recordConsents(
    job: LeadImport,
    leads: { fromId: number; toId: number } | { ids: readonly number[] },
    tx: Tx,
  ): Promise<void> {
    const { consent, consentId: textId } = job.options;
    if (!consent || textId === null || !givesConsent(consent)) return;
    const { form, givenOn, dateAttribute } = consent;
    await this.consents.recordImported(
      tx,
      {
        ...{ organisationId: job.organisationId, importId: job.id, textId, form: form ?? 'prior', recordedBy: null },
        givenAt: givenOn ? new Date(`${givenOn}T00:00:00Z`) : null,
        dateAttribute: dateAttribute ?? null,
        at: this.clock.now(),
      },
      leads,
    );
  }
}

const NOTHING: RowCounts = {
  imported: 0,
  updated: 0,
  duplicate: 0,
  suppressed: 0,
  firstLeadId: null,
  lastLeadId: null,
};

/** Rows that one chunk of the file may have: a small file uses up few ids. */
function mostRows(job: LeadImport): number {
  if (job.options.format !== 'text') return CHUNK_ROWS;
  return Math.min(CHUNK_ROWS, Math.ceil(job.fileBytes / SHORTEST_ROW_BYTES));
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
