import { Problem } from '../common/problem.js';

/** One record of a file, be it a line of text or a row of a sheet: its fields, or why it has none. */
export interface FileRecord {
  /** Line of the file, or row of the sheet, where it starts, from 1. */
  line: number;
  fields: string[];
  /** Set: the line is no record, and `fields` holds its text as it was. */
  fault: RecordFault | null;
}

export interface RecordFault {
  code: 'quote_not_closed' | 'quote_misplaced' | 'row_too_long';
  /** Repeats nothing of the record: it is stored unsealed. */
  detail: string;
}

/** Some records of a file, in its order, with the number of the file's bytes that were read to have them and all before. */
export interface RecordSlice {
  records: FileRecord[];
  bytesRead: number;
}

/** Longest record. What is longer is a quote that is never closed, or not a list of people. */
export const MAX_RECORD_BYTES = 1_048_576;

/** 422: not a list of people. */
export function rowsTooLong(): Problem {
  return new Problem('rows_too_long', 422, 'The first rows of the file are longer than a list of people has them.', {
    field: 'file',
    fix: 'Look whether this is the right file, and whether its lines end where its rows do.',
  });
}
