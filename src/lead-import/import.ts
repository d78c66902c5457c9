import { stateMachine } from '../common/state-machine.js';
import type { Dialect } from './csv-dialect.js';
import type { Mapping } from './mapping.js';

export const IMPORT_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const importStates = stateMachine<ImportState>('import', {
  queued: ['running', 'failed', 'cancelled'],
  running: ['done', 'failed', 'cancelled'],
  done: [],
  failed: [],
  cancelled: [],
});

/** Everything that decides how a file is read, fixed before its first row: a resumed import reads the same. */
export interface ImportPlan {
  dialect: Dialect;
  columns: string[];
  mapping: Mapping;
  /** Country of numbers that are written without one (ISO 3166-1). */
  country: string;
  /** Set when the file has no phones: rows get fictional ones. */
  generate: { seed: string; from: number } | null;
}

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
  baseId: number;
  baseName: string;
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
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Name of who started it; null for the engine itself. */
  createdBy: string | null;
}

/** Rows that are committed together. */
export interface ImportChunk {
  /** Data rows in it. */
  rows: number;
  /** Number of the last of them in the file, from 1. */
  lastRow: number;
  /** Bytes of the file that were read for it and all before it. */
  bytesRead: number;
  /** Lines of COPY text for the staging table. */
  staging: string;
  /** Rows in `staging`. */
  staged: number;
  /** Lines of COPY text for import_rejects. */
  rejects: string;
  rejected: number;
}
