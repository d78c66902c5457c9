import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';

import { UsersService } from '../auth/users.service.js';
import { CallingListService } from '../campaigns/calling-list.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { SuppressionListsService } from '../compliance/suppression-lists.service.js';
import { Database, type Tx } from '../database/database.js';
import { JobsService } from '../jobs/jobs.service.js';
import { checkBase, LeadsService, type Actor, type BaseInput } from '../leads/leads.service.js';
import { checkCountry } from '../leads/phone-number.js';
import { PhoneVault } from '../leads/phone-vault.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { readHead, scanFile, type AskedReading, type FileReading, type FileScan } from './file-analysis.js';
import { csvLine } from './spreadsheet-safe.js';
import {
  importStates,
  isOver,
  PLAN_DEFAULTS,
  type Consent,
  type Dedupe,
  type ImportKind,
  type ImportPlan,
  type ImportProblem,
  type ImportState,
  type LeadImport,
} from './import.js';
import { rejectPlace } from './import-encoder.js';
import { ImportRunner, type ImportHooks } from './import-runner.js';
import { LeadImportRepository, type RejectRow, type RowLead } from './lead-import.repository.js';
import {
  mappingSignature,
  phonesMissing,
  proposeMapping,
  resolveMapping,
  type AskedMapping,
  type ColumnGuess,
  type Mapping,
  type MappingProposal,
} from './mapping.js';
import { numbersMapping } from './number-row.js';
import { UploadStore } from './upload-store.js';

/** Kind of the job that runs an import. */
export const LEAD_IMPORT_JOB = 'lead-import';

export interface LeadImportPayload {
  importId: number;
}

export interface ImportOptions extends AskedReading {
  /** An existing base, or a new one. */
  base: { id: number } | BaseInput;
  /** Guessed when left out: from the last import with this header, else from names and contents. */
  mapping?: AskedMapping;
  /** Of numbers that are written without one (ISO 3166-1); the base's when left out. */
  country?: string;
  /** By phone, in the base, skipped, when left out. */
  dedupe?: Dedupe;
  consent?: Consent | null;
  /** Of rows that state none; 0 when left out. */
  priority?: number;
  /** The operator whose customers they are. */
  ownerId?: number | null;
  /** They go on this campaign's calling list when the import is done. */
  campaignId?: number | null;
  /** Give each row a number that is reserved for fiction when no column holds phones. For simulated telephony. */
  generatePhones?: boolean;
  /** What the generated numbers depend on besides the row; the base's id when left out. */
  seed?: string;
}

/** How a file of numbers that must not be called is loaded. */
export interface ListFileOptions extends AskedReading {
  listId: number;
  /** In place of what the list holds, or besides it. */
  mode: 'replace' | 'add';
  /** When the registry gave the file out; now when left out. */
  datedAt?: Date;
  /** Of numbers that are written without one; the list's when left out. */
  country?: string;
  mapping?: Pick<AskedMapping, 'phone' | 'phones'>;
}

export interface ImportFile {
  /** As its owner calls it. */
  fileName?: string;
  /** Where it lies until the import has ended. */
  path: string;
}

/** How an import ends. */
export interface ImportEnd {
  state: 'done' | 'failed' | 'cancelled';
  problem?: ImportProblem;
}

/** A file that has been looked at: how it is read, and what its columns hold. */
export interface ReadFile {
  scan: FileScan;
  reading: FileReading;
  proposal: MappingProposal;
  /** Of the last import with this header. */
  saved: { mapping: Mapping; usedAt: Date } | null;
  /** Who may own its leads. */
  operators: Operators;
}

/** Operators who can sign in, by login in small letters. */
export type Operators = Record<string, number>;

const LISTED_IMPORTS = 50;
const PAGE = 1_000;
const ABANDONED_AFTER_MS = 86_400_000;
/** Scans kept, so that a file which is looked at again with other options isn't read again. */
const SCANS_KEPT = 20;

/** What is in a file, and what became of each row. */
@Injectable()
export class LeadImportService {
  private readonly scans = new Map<string, FileScan>();

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LeadImportRepository) private readonly imports: LeadImportRepository,
    @Inject(ImportRunner) private readonly runner: ImportRunner,
    @Inject(LeadsService) private readonly leads: LeadsService,
    @Inject(SuppressionListsService) private readonly lists: SuppressionListsService,
    @Inject(CallingListService) private readonly callingLists: CallingListService,
    @Inject(UsersService) private readonly users: UsersService,
    @Inject(JobsService) private readonly jobs: JobsService,
    @Inject(UploadStore) private readonly uploads: UploadStore,
    @Inject(PhoneVault) private readonly vault: PhoneVault,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Look at a file: how it is read, and what its columns hold. Throws what its format or its start makes unreadable (422).
   * `country`: of numbers written without one. `known`: the operators, where the caller has asked for them already.
   */
  async readFile(
    actor: Actor,
    path: string,
    asked: AskedReading,
    country: string,
    known?: Operators,
  ): Promise<ReadFile> {
    const operators = known ?? (await this.listOperators(actor.organisationId));
    const scan = await this.scan(path);
    const reading = await readHead(path, scan, asked);
    const sample = reading.rows.filter((row) => row.fault === null).map((row) => row.fields);
    const own = ownColumns(reading.columns);
    const added = reading.columns.length - own.length;
    const values = added === 0 ? sample : sample.map((fields) => fields.slice(added));
    const proposal = proposeMapping(own, values, country, new Set(Object.keys(operators)));
    proposal.guesses.unshift(...reading.columns.slice(0, added).map(leftOut));
    // Without a header the columns of all files are called alike.
    const found = reading.header && (await this.imports.findSavedMapping(actor.organisationId, signatureOf(own)));
    const mapping = found && refit(found.mapping, own);
    return { scan, reading, proposal, saved: mapping && { ...found, mapping }, operators };
  }

  /**
   * Look at a file and, if it can be read, record its import and the job that will run it (`enqueue: false`: no job, the
   * caller runs it with `runImport`). Throws what readFile does, column_unknown, column_used_twice, attribute_name_taken,
   * phone_column_missing, country_unknown, currency_missing, base_name_invalid, owner_unknown, external_id_column_missing
   * (422), base_not_found, campaign_not_found (404), same_file_imported, import_unfinished, base_being_undone,
   * campaign_state (409); nothing is written then, and an upload is deleted.
   */
  async startImport(
    actor: Actor,
    file: ImportFile,
    options: ImportOptions,
    { enqueue = true }: { enqueue?: boolean } = {},
  ): Promise<LeadImport> {
    return this.keepOrDiscard(file, async () => {
      const operators = await this.listOperators(actor.organisationId);
      const country = await this.checkOptions(actor, options, operators);
      const read = await this.readFile(actor, file.path, options, country, operators);
      const mapping = this.mappingFor(read, options.mapping, options.generatePhones ?? false);
      const dedupe = options.dedupe ?? PLAN_DEFAULTS.dedupe;
      const dateAttribute = options.consent?.dateAttribute;
      if (dateAttribute && !mapping.attributes.some(({ name, type }) => name === dateAttribute && type === 'date'))
        throw new Problem('consent_attribute_unknown', 422, `No attribute ${dateAttribute} of this file holds dates.`, {
          field: 'options.consent.dateAttribute',
          fix: 'Map the column with the dates to an attribute of the type date, and name that.',
        });
      if (dedupe.key === 'external_id' && mapping.externalId === null)
        throw new Problem(
          'external_id_column_missing',
          422,
          'No column holds ids, by which duplicates are to be told.',
          {
            field: 'options.dedupe.key',
            fix: 'Say which column holds the ids, or tell duplicates by phone.',
          },
        );
      return this.database.transaction(async (tx) => {
        const baseId = 'id' in options.base ? options.base.id : await this.leads.createBase(actor, options.base, tx);
        await this.imports.lockBase(baseId, tx);
        await this.leads.getBase(actor.organisationId, baseId, tx);
        await this.refuseWhileUndoing(baseId, tx);
        await this.refuseSameFile(baseId, read.scan, tx);
        const importId = await this.insert(actor, file, read, { kind: 'leads', baseId, listId: null }, tx);
        const now = this.clock.now();
        const consent = options.consent ?? PLAN_DEFAULTS.consent;
        const { organisationId, userId: createdBy } = actor;
        const plan: ImportPlan = {
          ...PLAN_DEFAULTS,
          ...readingOf(read.reading),
          mapping,
          country,
          generate: mapping.phones.length === 0 ? await this.planGenerated(baseId, importId, options.seed, tx) : null,
          dedupe,
          priority: options.priority ?? PLAN_DEFAULTS.priority,
          ownerId: options.ownerId ?? PLAN_DEFAULTS.ownerId,
          owners: ownersFor(mapping, read),
          consentId: consent
            ? await this.imports.insertConsent({ ...consent, organisationId, createdBy, createdAt: now }, tx)
            : null,
          consent,
          campaignId: options.campaignId ?? PLAN_DEFAULTS.campaignId,
        };
        await this.imports.declareAttributes(baseId, mapping.attributes, tx);
        // What was guessed can be guessed again, and better from a better file.
        if (options.mapping && read.reading.header) {
          const signature = signatureOf(ownColumns(read.reading.columns));
          await this.imports.saveMapping(organisationId, signature, mapping, now, tx);
        }
        return this.enqueue(actor, importId, plan, enqueue, tx);
      });
    });
  }

  /**
   * The same for a file of numbers that must not be called. Throws what readFile does, column_unknown,
   * phone_column_missing, country_unknown (422), suppression_list_not_found (404), suppression_list_retired,
   * import_unfinished (409).
   */
  async startListLoad(
    actor: Actor,
    file: ImportFile,
    options: ListFileOptions,
    { enqueue = true }: { enqueue?: boolean } = {},
  ): Promise<LeadImport> {
    return this.keepOrDiscard(file, async () => {
      const list = await this.lists.getList(actor.organisationId, options.listId);
      const country = options.country ?? list.country ?? '';
      if (options.country) checkCountry(options.country, 'country');
      const read = await this.readFile(actor, file.path, options, country);
      const prefixes = list.kind === 'prefixes';
      const mapping = numbersMapping(read, options.mapping);
      if (mapping.phones.length === 0) throw phonesMissing(read.reading.columns);
      return this.database.transaction(async (tx) => {
        const listId = list.id;
        const importId = await this.insert(actor, file, read, { kind: 'suppression_list', baseId: null, listId }, tx);
        const { organisationId } = actor;
        const { mode, datedAt = this.clock.now() } = options;
        const loadId = await this.lists.beginLoad(tx, { organisationId, listId, importId, mode, datedAt });
        const load = { id: loadId, prefixes };
        const plan: ImportPlan = { ...PLAN_DEFAULTS, ...readingOf(read.reading), mapping, country, load };
        return this.enqueue(actor, importId, plan, enqueue, tx);
      });
    });
  }

  /** Run an import to its end, from where it was. Safe to call again after a crash, and on one that has ended. */
  async runImport(id: number, hooks: ImportHooks = {}): Promise<LeadImport> {
    const found = await this.getImport(null, id);
    if (isOver(found.state)) return found;
    await this.enter(id, 'running');
    try {
      if ((await this.runner.run(found, hooks)) === 'read') await this.endNow(found, { state: 'done' });
    } catch (error) {
      // Anything else may pass: whoever runs the import tries again.
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      const problem = { code: error.code, detail: error.message, fix: error.fix };
      await this.endNow(found, { state: 'failed', problem });
    }
    const ended = await this.getImport(null, id);
    // Also when somebody else has ended it.
    if (isOver(ended.state) && found.filePath !== null) await this.uploads.discard(found.filePath);
    return ended;
  }

  /** `organisationId` null: whose it is does not matter, as for the job that runs it. Throws import_not_found (404). */
  async getImport(organisationId: number | null, id: number): Promise<LeadImport> {
    const found = await this.imports.findImport(organisationId, id);
    if (!found) throw notFound('import', id);
    return found;
  }

  /** 50 of them, newest first, those with an id below `before`. */
  listImports(organisationId: number, before: number | null = null): Promise<LeadImport[]> {
    return this.imports.listImports(organisationId, before, LISTED_IMPORTS);
  }

  /** The newest import of each of the bases that has one. */
  async lastImports(organisationId: number, baseIds: readonly number[]): Promise<Map<number, LeadImport>> {
    const imports = await this.imports.listLastImports(organisationId, baseIds);
    return new Map(imports.map((each) => [each.baseId!, each]));
  }

  /** The newest import of each of the suppression lists that has one. */
  lastLoads(organisationId: number): Promise<LeadImport[]> {
    return this.imports.listLastOfLists(organisationId);
  }

  /** The newest import through which this very file came in, or comes: into the base, or into any. */
  async findSameFile(organisationId: number, baseId: number | null, scan: FileScan): Promise<LeadImport | null> {
    const id =
      baseId === null
        ? await this.imports.findSameFileAnywhere(organisationId, scan.sha256)
        : await this.imports.findSameFile(baseId, scan.sha256);
    return id === null ? null : this.getImport(organisationId, id);
  }

  /** Stop it before its next chunk. Rows that are in stay in. One that has ended stays as it ended. */
  async cancelImport(actor: Actor, id: number): Promise<LeadImport> {
    const found = await this.getImport(actor.organisationId, id);
    await this.database.transaction(async (tx) => {
      // The job before the import, in the order in which a running chunk takes them.
      if (found.jobId !== null && (!isOver(found.state) || found.state === 'undoing'))
        await this.jobs.requestCancel(tx, actor.organisationId, found.jobId);
      await this.end(found, { state: 'cancelled' }, tx);
    });
    if (found.filePath !== null) await this.uploads.discard(found.filePath);
    return this.getImport(actor.organisationId, id);
  }

  /** The import is over, in the caller's transaction. A no-op when it is over already. */
  async end(found: LeadImport, end: ImportEnd, tx: Tx): Promise<void> {
    const from = importStates.sourcesOf(end.state);
    if (!(await this.imports.setState(found.id, { ...end, from, at: this.clock.now() }, tx))) return;
    const { load } = found.options;
    if (load && end.state === 'done') {
      const { duplicates } = await this.lists.finishLoad(tx, load.id);
      await this.imports.moveToDuplicates(found.id, duplicates, tx);
    } else if (load) await this.lists.discardLoad(tx, load.id);
    if (end.state === 'done') await this.putOnCallingList(found, tx);
    tx.afterCommit(() => this.hub.publish({ kind: 'import', id: found.id }));
  }

  /** Delete uploads of a day ago and older that no import waits for: what a crash left behind, or nobody came back to. */
  async sweepUploads(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - ABANDONED_AFTER_MS);
    await this.imports.deleteUploads(before);
    await this.uploads.sweep(before, new Set(await this.imports.listFilePaths()));
  }

  /** The rejected rows as CSV, ready to be mended and dropped again: line, column, code, detail, then the columns as they were. */
  async *rejectsCsv(organisationId: number, id: number): AsyncGenerator<string> {
    const { options } = await this.getImport(organisationId, id);
    // The mark tells a spreadsheet that it is UTF-8.
    yield `\ufeff${csvLine([...REJECT_HEAD, ...options.columns])}`;
    let after = 0;
    for (;;) {
      const rejects = await this.imports.listRejects(id, after, PAGE);
      if (rejects.length === 0) return;
      after = rejects.at(-1)!.rowNumber;
      yield rejects.map((reject) => this.rejectLine(organisationId, id, reject)).join('');
    }
  }

  /** Which lead each row became or changed, as CSV, in the file's order: row, lead_id, result. */
  async *leadsCsv(organisationId: number, id: number): AsyncGenerator<string> {
    const found = await this.getImport(organisationId, id);
    yield csvLine(['row', 'lead_id', 'result']);
    const made = new Pages((after) => this.imports.listMade(found, after?.leadId ?? 0, PAGE));
    const changed = new Pages((after) => this.imports.listChanged(id, after?.row ?? 0, PAGE));
    let lines: string[] = [];
    for (;;) {
      const [one, other] = [await made.peek(), await changed.peek()];
      if (!one && !other) break;
      const isMade = one !== null && (other === null || one.row < other.row);
      const { row, leadId } = isMade ? made.take() : changed.take();
      lines.push(csvLine([String(row), String(leadId), isMade ? 'imported' : 'updated']));
      if (lines.length < PAGE) continue;
      yield lines.join('');
      lines = [];
    }
    yield lines.join('');
  }

  /** The leads that an undo left alone, as CSV: row, lead_id, reason. */
  async *keptCsv(organisationId: number, id: number): AsyncGenerator<string> {
    await this.getImport(organisationId, id);
    yield csvLine(['row', 'lead_id', 'reason']);
    const kept = await this.imports.listKept(id);
    for (const { row, leadId, reason } of kept) yield csvLine([String(row), String(leadId), reason]);
  }

  /** A campaign that was finished meanwhile keeps nobody from their base: the import is done, and says so. */
  private async putOnCallingList(found: LeadImport, tx: Tx): Promise<void> {
    const { campaignId } = found.options;
    if (campaignId === null) return;
    const actor = { organisationId: found.organisationId, userId: null };
    try {
      await this.callingLists.addBase(tx, actor, campaignId, { id: found.baseId!, name: found.baseName! });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await this.imports.setProblem(found.id, { code: error.code, detail: error.message, fix: error.fix }, tx);
    }
  }

  private rejectLine(organisationId: number, importId: number, reject: RejectRow): string {
    const place = rejectPlace(importId, reject.rowNumber);
    // Null: it held somebody who was erased since.
    const fields = reject.recordSealed
      ? (JSON.parse(this.vault.openText(organisationId, place, reject.recordSealed)) as string[])
      : [];
    return csvLine([String(reject.line), reject.columnName ?? '', reject.code, reject.detail, ...fields]);
  }

  /** An upload is deleted when nothing comes of it. */
  private async keepOrDiscard(file: ImportFile, start: () => Promise<LeadImport>): Promise<LeadImport> {
    try {
      return await start();
    } catch (error) {
      // A file that was uploaded by itself waits for other options.
      if (!(await this.imports.isUpload(file.path))) await this.uploads.discard(file.path);
      throw error;
    }
  }

  private async scan(path: string): Promise<FileScan> {
    const key = await this.uploads.stampOf(path);
    const known = this.scans.get(key);
    if (known) return known;
    const scan = await scanFile(path);
    if (this.scans.size >= SCANS_KEPT) this.scans.delete(this.scans.keys().next().value!);
    this.scans.set(key, scan);
    return scan;
  }

  /** Throws before anything is read or written; returns the country of numbers that are written without one. */
  private async checkOptions(actor: Actor, options: ImportOptions, operators: Operators): Promise<string> {
    if (!('id' in options.base)) checkBase(options.base);
    if (options.country !== undefined) checkCountry(options.country, 'options.country');
    const ownerId = options.ownerId ?? null;
    if (ownerId !== null && !Object.values(operators).includes(ownerId))
      throw new Problem('owner_unknown', 422, `There is no operator ${ownerId}.`, {
        field: 'options.ownerId',
        fix: 'Choose an operator who can sign in.',
      });
    this.checkConsent(options.consent ?? null);
    const campaignId = options.campaignId ?? null;
    if (campaignId !== null) await this.callingLists.checkOpen(actor, campaignId);
    if (options.country !== undefined) return options.country;
    if (!('id' in options.base)) return options.base.country;
    return (await this.leads.getBase(actor.organisationId, options.base.id)).country;
  }

  private checkConsent(consent: Consent | null): void {
    const { givenOn, dateAttribute } = consent ?? {};
    if (!givenOn) return;
    const at = new Date(`${givenOn}T00:00:00Z`);
    const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(givenOn);
    if (dateAttribute || !isDay || at > this.clock.now())
      throw new Problem('consent_day_invalid', 422, 'Nobody agreed on that day, or another day is said elsewhere.', {
        field: 'options.consent.givenOn',
        fix: 'Give the day that all of them agreed on, not one to come; or the attribute that holds each one’s day.',
      });
  }

  /** Nobody signs in as a simulated one. */
  private async listOperators(organisationId: number): Promise<Operators> {
    const operators = await this.users.listOperators(organisationId);
    return Object.fromEntries(
      operators.filter((each) => !each.simulated).map(({ id, login }) => [login.toLowerCase(), id]),
    );
  }

  private mappingFor(read: ReadFile, asked: AskedMapping | undefined, generatePhones: boolean): Mapping {
    const proposal = read.saved ? { ...read.proposal, mapping: read.saved.mapping } : read.proposal;
    return resolveMapping(read.reading.columns, asked ?? null, generatePhones, proposal);
  }

  private async insert(
    actor: Actor,
    file: ImportFile,
    read: ReadFile,
    target: { kind: ImportKind; baseId: number | null; listId: number | null },
    tx: Tx,
  ): Promise<number> {
    const id = await this.imports.insertImport(
      {
        organisationId: actor.organisationId,
        ...target,
        fileName: (file.fileName ?? basename(file.path)).slice(0, 255),
        filePath: file.path,
        fileBytes: read.scan.bytes,
        fileSha256: read.scan.sha256,
        createdBy: actor.userId,
        createdAt: this.clock.now(),
      },
      tx,
    );
    await this.imports.takeUpload(file.path, tx);
    return id;
  }

  private async enqueue(
    actor: Actor,
    importId: number,
    plan: ImportPlan,
    withJob: boolean,
    tx: Tx,
  ): Promise<LeadImport> {
    await this.imports.setPlan(importId, plan, tx);
    if (withJob) {
      const payload: LeadImportPayload = { importId };
      const { organisationId, userId: createdBy } = actor;
      const jobId = await this.jobs.enqueue(tx, { organisationId, kind: LEAD_IMPORT_JOB, payload, createdBy });
      await this.imports.setJob(importId, jobId, tx);
    }
    tx.afterCommit(() => this.hub.publish({ kind: 'import', id: importId }));
    return (await this.imports.findImport(actor.organisationId, importId, tx))!;
  }

  /** Rows would be told for duplicates of people who are about to go. */
  private async refuseWhileUndoing(baseId: number, tx: Tx): Promise<void> {
    const importId = await this.imports.findInBase(baseId, ['undoing'], tx);
    if (importId === null) return;
    throw new Problem('base_being_undone', 409, 'Another import of this base is being undone.', {
      field: 'options.base',
      fix: 'Wait until that has ended.',
      more: { importId },
    });
  }

  private async refuseSameFile(baseId: number, scan: FileScan, tx: Tx): Promise<void> {
    const importId = await this.imports.findSameFile(baseId, scan.sha256, tx);
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
    importId: number,
    seed: string | undefined,
    tx: Tx,
  ): Promise<{ seed: string; from: number }> {
    const { rows, unfinished } = await this.imports.countGenerated(baseId, importId, tx);
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

  private endNow(found: LeadImport, end: ImportEnd): Promise<void> {
    return this.database.transaction((tx) => this.end(found, end, tx));
  }

  private async enter(id: number, state: ImportState): Promise<void> {
    await this.imports.setState(id, { state, from: importStates.sourcesOf(state), at: this.clock.now() });
    this.hub.publish({ kind: 'import', id });
  }
}

function readingOf(reading: FileReading): Pick<ImportPlan, 'format' | 'dialect' | 'sheet' | 'headerAt' | 'columns'> {
  const { format, dialect, sheet, header, columns } = reading;
  return { format, dialect, sheet, headerAt: header?.at ?? null, columns };
}

/** The operators, where a column of the file names them. */
export function ownersFor(mapping: Mapping, { operators }: ReadFile): Operators | null {
  return mapping.owner === null ? null : operators;
}

function signatureOf(columns: readonly string[]): Buffer {
  return createHash('sha256').update(mappingSignature(columns)).digest();
}

/** What the file of rejects says of a row, before the row itself. */
const REJECT_HEAD = ['line', 'column', 'code', 'detail'] as const;

/** The columns of a file without those that its being a mended file of rejects has added. */
function ownColumns(columns: readonly string[]): readonly string[] {
  const isRejects = columns.length > REJECT_HEAD.length && REJECT_HEAD.every((name, i) => columns[i] === name);
  return isRejects ? columns.slice(REJECT_HEAD.length) : columns;
}

function leftOut(column: string): ColumnGuess {
  return { column, field: 'attribute', confidence: 0, by: 'none', type: 'text' };
}

/** A saved mapping with the names as this file writes them; null when it names a column that the file has not. */
function refit(mapping: Mapping, columns: readonly string[]): Mapping | null {
  const bySignature = new Map(columns.map((column) => [mappingSignature([column]), column]));
  let isWhole = true;
  const find = (column: string): string => {
    const found = columns.includes(column) ? column : bySignature.get(mappingSignature([column]));
    isWhole &&= found !== undefined;
    return found ?? column;
  };
  const maybe = (column: string | null) => column && find(column);
  const fitted: Mapping = {
    phones: mapping.phones.map(find),
    name: maybe(mapping.name),
    nameParts: mapping.nameParts.map(find),
    externalId: maybe(mapping.externalId),
    region: maybe(mapping.region),
    timeZone: maybe(mapping.timeZone),
    priority: maybe(mapping.priority),
    owner: maybe(mapping.owner),
    attributes: mapping.attributes.map((attribute) => ({ ...attribute, column: find(attribute.column) })),
  };
  return isWhole ? fitted : null;
}

/** Rows of a long list, a page at a time. */
class Pages {
  private page: RowLead[] = [];
  private at = 0;
  private last: RowLead | null = null;
  private isOver = false;

  constructor(private readonly read: (after: RowLead | null) => Promise<RowLead[]>) {}

  async peek(): Promise<RowLead | null> {
    if (this.at === this.page.length && !this.isOver) {
      this.page = await this.read(this.last);
      this.at = 0;
      this.isOver = this.page.length === 0;
    }
    return this.page[this.at] ?? null;
  }

  /** The row that was peeked at. */
  take(): RowLead {
    return (this.last = this.page[this.at++]!);
  }
}
