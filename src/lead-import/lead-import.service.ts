import { basename } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { JobsService } from '../jobs/jobs.service.js';
import { checkBase, LeadsService, type Actor, type BaseInput } from '../leads/leads.service.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { HUB, type Hub } from '../realtime/hub.js';
import type { Delimiter } from './csv-dialect.js';
import { analyseFile, type FileAnalysis } from './file-analysis.js';
import { importStates, type ImportPlan, type ImportProblem, type ImportState, type LeadImport } from './import.js';
import { rejectPlace } from './import-chunks.js';
import { ImportRunner, type ImportHooks } from './import-runner.js';
import { LeadImportRepository, type RejectRow } from './lead-import.repository.js';
import { resolveMapping, type AskedMapping } from './mapping.js';
import { csvLine } from './spreadsheet-safe.js';
import { UploadStore } from './upload-store.js';

/** Kind of the job that runs an import. */
export const LEAD_IMPORT_JOB = 'lead-import';

export interface LeadImportPayload {
  importId: number;
}

export interface ImportOptions {
  /** An existing base, or a new one. */
  base: { id: number } | BaseInput;
  /** Column names; guessed from the header when left out. Columns that are not mapped become attributes. */
  mapping?: AskedMapping;
  /** Guessed when left out. */
  delimiter?: Delimiter;
  /** Give each row a number that is reserved for fiction when no column holds phones. For simulated telephony. */
  generatePhones?: boolean;
  /** What the generated numbers depend on besides the row; the base's id when left out. */
  seed?: string;
}

export interface ImportFile {
  /** As its owner calls it. */
  fileName?: string;
  /** Where it lies until the import has ended. */
  path: string;
}

/** How an import ends. */
export interface ImportEnd {
  state: Exclude<ImportState, 'queued' | 'running'>;
  problem?: ImportProblem;
}

const LISTED_IMPORTS = 50;
const REJECTS_PAGE = 1_000;
const ABANDONED_AFTER_MS = 86_400_000;

/** What is in a file, and what became of each row. */
@Injectable()
export class LeadImportService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LeadImportRepository) private readonly imports: LeadImportRepository,
    @Inject(ImportRunner) private readonly runner: ImportRunner,
    @Inject(LeadsService) private readonly leads: LeadsService,
    @Inject(JobsService) private readonly jobs: JobsService,
    @Inject(UploadStore) private readonly uploads: UploadStore,
    @Inject(PhoneVault) private readonly vault: PhoneVault,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Look at a file and, if it can be read, record its import and the job that will run it (`enqueue: false`: no job, the
   * caller runs it with `runImport`). Throws file_empty, not_csv, duplicate_headers, too_many_columns, column_unknown,
   * phone_column_missing, country_unknown, currency_missing, base_name_invalid (422), base_not_found (404),
   * same_file_imported, import_unfinished (409); nothing is written then, and an upload is deleted.
   */
  async startImport(
    actor: Actor,
    file: ImportFile,
    options: ImportOptions,
    { enqueue = true }: { enqueue?: boolean } = {},
  ): Promise<LeadImport> {
    try {
      return await this.record(actor, file, options, enqueue);
    } catch (error) {
      await this.uploads.discard(file.path);
      throw error;
    }
  }

  /** Run an import to its end, from where it was. Safe to call again after a crash, and on one that has ended. */
  async runImport(id: number, hooks: ImportHooks = {}): Promise<LeadImport> {
    const found = await this.getImport(null, id);
    if (importStates.isFinal(found.state)) return found;
    await this.enter(id, 'running');
    let end: ImportEnd | null = null;
    try {
      if ((await this.runner.run(found, hooks)) === 'read') end = { state: 'done' };
    } catch (error) {
      // Anything else may pass: whoever runs the import tries again.
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      end = { state: 'failed', problem: { code: error.code, detail: error.message, fix: error.fix } };
    }
    if (end) await this.database.transaction((tx) => this.end(found, end, tx));
    const ended = await this.getImport(null, id);
    // Also when somebody else has ended it.
    if (importStates.isFinal(ended.state) && found.filePath !== null) await this.uploads.discard(found.filePath);
    return ended;
  }

  /** `organisationId` null: whose it is does not matter, as for the job that runs it. Throws import_not_found (404). */
  async getImport(organisationId: number | null, id: number): Promise<LeadImport> {
    const found = await this.imports.findImport(organisationId, id);
    if (!found) throw notFound('import', id);
    return found;
  }

  /** The latest 50, newest first. */
  listImports(organisationId: number): Promise<LeadImport[]> {
    return this.imports.listImports(organisationId, LISTED_IMPORTS);
  }

  /** The newest import of each of the bases that has one. */
  async lastImports(organisationId: number, baseIds: readonly number[]): Promise<Map<number, LeadImport>> {
    const imports = await this.imports.listLastImports(organisationId, baseIds);
    return new Map(imports.map((each) => [each.baseId, each]));
  }

  /** Stop it before its next chunk. Rows that are in stay in. One that has ended stays as it ended. */
  async cancelImport(actor: Actor, id: number): Promise<LeadImport> {
    const found = await this.getImport(actor.organisationId, id);
    await this.database.transaction(async (tx) => {
      // The job before the import, in the order in which a running chunk takes them.
      if (found.jobId !== null) await this.jobs.requestCancel(tx, actor.organisationId, found.jobId);
      await this.end(found, { state: 'cancelled' }, tx);
    });
    if (found.filePath !== null) await this.uploads.discard(found.filePath);
    return this.getImport(actor.organisationId, id);
  }

  /** The import is over, in the caller's transaction. A no-op when it is over already. */
  async end(found: LeadImport, end: ImportEnd, tx: Tx): Promise<void> {
    const from = importStates.sourcesOf(end.state);
    if (!(await this.imports.setState(found.id, { ...end, from, at: this.clock.now() }, tx))) return;
    tx.afterCommit(() => this.hub.publish({ kind: 'import', id: found.id }));
  }

  /** Delete uploads of a day ago and older that no import waits for: what a crash left behind. */
  async sweepUploads(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - ABANDONED_AFTER_MS);
    await this.uploads.sweep(before, new Set(await this.imports.listFilePaths()));
  }

  /** The rejected rows as CSV, ready to be mended and dropped again: line, column, code, detail, then the columns as they were. */
  async *rejectsCsv(organisationId: number, id: number): AsyncGenerator<string> {
    const { options } = await this.getImport(organisationId, id);
    yield csvLine(['line', 'column', 'code', 'detail', ...options.columns]);
    let after = 0;
    for (;;) {
      const rejects = await this.imports.listRejects(id, after, REJECTS_PAGE);
      if (rejects.length === 0) return;
      after = rejects.at(-1)!.rowNumber;
      yield rejects.map((reject) => this.rejectLine(organisationId, id, reject)).join('');
    }
  }

  private rejectLine(organisationId: number, importId: number, reject: RejectRow): string {
    const place = rejectPlace(importId, reject.rowNumber);
    const fields = JSON.parse(this.vault.openText(organisationId, place, reject.recordSealed)) as string[];
    return csvLine([String(reject.line), reject.columnName ?? '', reject.code, reject.detail, ...fields]);
  }

  private async record(actor: Actor, file: ImportFile, options: ImportOptions, enqueue: boolean): Promise<LeadImport> {
    if (!('id' in options.base)) checkBase(options.base);
    const analysis = await analyseFile(file.path, options.delimiter ?? null);
    const mapping = resolveMapping(analysis.columns, options.mapping ?? null, options.generatePhones ?? false);
    const id = await this.database.transaction(async (tx) => {
      const baseId = 'id' in options.base ? options.base.id : await this.leads.createBase(actor, options.base, tx);
      await this.imports.lockBase(baseId, tx);
      const base = await this.leads.getBase(actor.organisationId, baseId, tx);
      await this.refuseSameFile(baseId, analysis, tx);
      const plan: ImportPlan = {
        dialect: analysis.dialect,
        columns: analysis.columns,
        mapping,
        country: base.country,
        generate: mapping.phone === null ? await this.planGenerated(baseId, options.seed, tx) : null,
      };
      const importId = await this.imports.insertImport(
        {
          organisationId: actor.organisationId,
          baseId,
          fileName: (file.fileName ?? basename(file.path)).slice(0, 255),
          filePath: file.path,
          fileBytes: analysis.bytes,
          fileSha256: analysis.sha256,
          options: plan,
          createdBy: actor.userId,
          createdAt: this.clock.now(),
        },
        tx,
      );
      if (enqueue) {
        const payload: LeadImportPayload = { importId };
        const request = {
          organisationId: actor.organisationId,
          kind: LEAD_IMPORT_JOB,
          payload,
          createdBy: actor.userId,
        };
        await this.imports.setJob(importId, await this.jobs.enqueue(tx, request), tx);
      }
      tx.afterCommit(() => this.hub.publish({ kind: 'import', id: importId }));
      return importId;
    });
    return this.getImport(actor.organisationId, id);
  }

  private async refuseSameFile(baseId: number, analysis: FileAnalysis, tx: Tx): Promise<void> {
    const importId = await this.imports.findSameFile(baseId, analysis.sha256, tx);
    if (importId === null) return;
    throw new Problem('same_file_imported', 409, 'This very file was already imported into this base.', {
      field: 'file',
      fix: 'Look at the import of then, or choose another base.',
      more: { importId },
    });
  }

  /** Numbers go on where the base's earlier files left off. */
  private async planGenerated(
    baseId: number,
    seed: string | undefined,
    tx: Tx,
  ): Promise<{ seed: string; from: number }> {
    const { rows, unfinished } = await this.imports.countGenerated(baseId, tx);
    if (unfinished !== null)
      throw new Problem(
        'import_unfinished',
        409,
        'Another file that is given phones is still on its way into this base.',
        {
          fix: 'Wait until that import has ended.',
          more: { importId: unfinished },
        },
      );
    return { seed: seed ?? `base ${baseId}`, from: rows };
  }

  private async enter(id: number, state: ImportState): Promise<void> {
    await this.imports.setState(id, { state, from: importStates.sourcesOf(state), at: this.clock.now() });
    this.hub.publish({ kind: 'import', id });
  }
}
