import { stateMachine } from '../common/state-machine.js';
import type { ConsentForm } from '../compliance/consent.js';
import type { Dialect } from './csv-dialect.js';
import type { FileFormat } from './file-format.js';
import type { Mapping } from './mapping.js';

export const IMPORT_STATES = ['queued', 'running', 'done', 'failed', 'cancelled', 'undoing', 'undone'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const importStates = stateMachine<ImportState>('import', {
  queued: ['running', 'failed', 'cancelled'],
  running: ['done', 'failed', 'cancelled'],
  done: ['undoing'],
  failed: ['undoing'],
  cancelled: ['undoing'],
  // An undo that was cancelled or given up may be begun again.
  undoing: ['undone', 'done'],
  undone: [],
});

/** Has the import's own work ended? It may be undone yet. */
export function isOver(state: ImportState): boolean {
  return state !== 'queued' && state !== 'running';
}

export const IMPORT_KINDS = ['leads', 'suppression_list'] as const;
/** What the rows of a file become: people in a base, or numbers that must not be called. */
export type ImportKind = (typeof IMPORT_KINDS)[number];

export const DEDUPE_KEYS = ['phone', 'external_id'] as const;
export const DEDUPE_SCOPES = ['file', 'base', 'all_bases'] as const;
export const DEDUPE_ACTIONS = ['skip', 'update', 'keep_both'] as const;

/** Who counts as there already, and what becomes of the row then. */
export interface Dedupe {
  /** By the row's main phone, which may be any phone of a lead that is there; or by its id in the system it comes from. */
  key: (typeof DEDUPE_KEYS)[number];
  /** Looked for in this file, in the base, or in all bases of the organisation. */
  scope: (typeof DEDUPE_SCOPES)[number];
  /** Leave the row out, write what it says over the lead that is there, or make a second lead. */
  action: (typeof DEDUPE_ACTIONS)[number];
}

export const DEFAULT_DEDUPE: Dedupe = { key: 'phone', scope: 'base', action: 'skip' };

export const CONSENT_FORMS = ['prior', 'written'] as const;

/** What the people of a file agreed to. */
export interface Consent {
  /** Where it was given. */
  source: string;
  /** What was agreed to, word for word. */
  wording: string;
  /** Where the proof lies. Without it this is a claim, which gives no consent. */
  proof?: string | null;
  /** written: signed, on paper or by machine; prior, unless told: said yes before the call. */
  form?: ConsentForm | null;
  /** The day on which all of them gave it, `YYYY-MM-DD`; or the attribute that holds each one's day. With neither it is a claim too. */
  givenOn?: string | null;
  dateAttribute?: string | null;
}

/** Does the ledger take it, or is it a claim? */
export function givesConsent(consent: Consent): boolean {
  return Boolean(consent.proof) && Boolean(consent.givenOn ?? consent.dateAttribute);
}

/** Everything that decides how a file is read, fixed before its first row: a resumed import reads the same. */
export interface ImportPlan {
  format: FileFormat;
  /** Null for a workbook. */
  dialect: Dialect | null;
  /** Of a workbook; null: its first visible sheet with rows. */
  sheet: string | null;
  /** Place of the header among the records, from 0; null when the file has none. */
  headerAt: number | null;
  columns: string[];
  mapping: Mapping;
  /** Country of numbers that are written without one (ISO 3166-1). */
  country: string;
  /** Set when the file has no phones: rows get fictional ones. */
  generate: { seed: string; from: number } | null;
  dedupe: Dedupe;
  /** Of rows that state none. */
  priority: number;
  /** The operator whose customers they are. */
  ownerId: number | null;
  /** Operators by login in small letters, where a column names them. */
  owners: Record<string, number> | null;
  /** Row of consent_texts. */
  consentId: number | null;
  consent: Consent | null;
  /** They go on this campaign's calling list when the import is done. */
  campaignId: number | null;
  /** Set for a file of numbers not to be called: the load that it fills, and whether its rows are beginnings of numbers. */
  load: { id: number; prefixes: boolean } | null;
}

/** What a plan says of all that nobody asked for. */
export const PLAN_DEFAULTS = {
  generate: null,
  dedupe: DEFAULT_DEDUPE,
  priority: 0,
  ownerId: null,
  owners: null,
  consentId: null,
  consent: null,
  campaignId: null,
  load: null,
} as const satisfies Partial<ImportPlan>;

/** Why an import failed. */
export interface ImportProblem {
  code: string;
  detail: string;
  fix?: string;
}

/** The account of one file. imported + updated + duplicate + suppressed + rejected = rows, at every instant. */
export interface LeadImport {
  id: number;
  organisationId: number;
  kind: ImportKind;
  baseId: number | null;
  baseName: string | null;
  listId: number | null;
  listName: string | null;
  jobId: number | null;
  fileName: string;
  filePath: string | null;
  fileBytes: number;
  bytesRead: number;
  state: ImportState;
  rows: number;
  imported: number;
  updated: number;
  duplicate: number;
  suppressed: number;
  rejected: number;
  rejectsByCode: { code: string; count: number }[];
  problem: ImportProblem | null;
  options: ImportPlan;
  /** Leads that it made have ids from first to last; null while there are none. */
  firstLeadId: number | null;
  lastLeadId: number | null;
  /** Of its leads, an undo took out, put back, left alone. */
  removed: number;
  restored: number;
  kept: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Name of who started it; null for the engine itself. */
  createdBy: string | null;
  undoneBy: string | null;
}

/** Fates of the staged rows of one chunk, and the ids that its leads lie between. */
export interface RowCounts {
  imported: number;
  updated: number;
  duplicate: number;
  suppressed: number;
  firstLeadId: number | null;
  lastLeadId: number | null;
}
