import type { BucketKey } from '../leads/leads.service.js';
import type { NumberRanges } from '../leads/number-ranges.js';
import { PhoneVault, type SharedKeys } from '../leads/phone-vault.js';
import type { Whereabouts } from '../leads/whereabouts.js';
import { prefixMatcher } from '../compliance/prefixes.js';
import { bucketName, CHUNK_ROWS, ChunkEncoder, type EncodedChunk, type EncoderContext } from './import-encoder.js';
import type { ImportPlan } from './import.js';
import { numberReader } from './number-row.js';
import type { FileRecord } from './record.js';
import { readRecords } from './record-source.js';
import { isRowFault, rowReader, type LeadRow } from './row.js';

/** All that it takes to read one file, wherever that happens. Can be sent to another thread. */
export interface ReaderTask {
  importId: number;
  organisationId: number;
  /** 0 for a suppression list. */
  baseId: number;
  path: string;
  plan: ImportPlan;
  /** Data rows that are committed already, passed over. */
  skipRows: number;
  keys: SharedKeys;
  /** ISO 8601. */
  createdAt: string;
  /** Beginnings of numbers that must not be called. */
  barredPrefixes: readonly string[];
  /** Where the ranges of numbers belong, by country. */
  ranges: Readonly<Record<string, NumberRanges>>;
}

/** What the reader asks of whoever commits its chunks. */
export interface ReaderDesk {
  /** The id of the next chunk's first lead, once another chunk is wanted; null when no more are. */
  nextLeadId(): Promise<number | null>;
  /** Ids of buckets, in the order asked. */
  bucketIds(keys: readonly BucketKey[]): Promise<number[]>;
}

/**
 * Read a file into chunks that are ready for COPY. Chunks always end at the same rows, so that an import which is taken up
 * again commits what it would have committed. Throws what the file's reader throws.
 */
export async function* readChunks(task: ReaderTask, desk: ReaderDesk): AsyncGenerator<EncodedChunk> {
  const { plan } = task;
  const vault = PhoneVault.fromShared(task.keys);
  const { importId, organisationId, baseId, createdAt } = task;
  const isBarred = prefixMatcher(task.barredPrefixes);
  const context: EncoderContext = { importId, organisationId, baseId, plan, vault, createdAt, isBarred };
  const fill = plan.load ? numberFiller(plan) : leadFiller(plan, task.ranges, desk);
  const firstRecord = plan.headerAt === null ? 0 : plan.headerAt + 1;
  let place = 0;
  let rowNumber = 0;
  let draft: ChunkEncoder | null = null;
  let bytesRead = 0;
  for await (const slice of readRecords(task.path, { format: plan.format, dialect: plan.dialect, sheet: plan.sheet })) {
    let from = 0;
    const { records } = slice;
    if (place < firstRecord) {
      from = Math.min(firstRecord - place, records.length);
      place += from;
    }
    if (rowNumber < task.skipRows) {
      const passed = Math.min(task.skipRows - rowNumber, records.length - from);
      rowNumber += passed;
      from += passed;
    }
    while (from < records.length) {
      if (draft === null) {
        const firstLeadId = await desk.nextLeadId();
        if (firstLeadId === null) return;
        draft = new ChunkEncoder(context, firstLeadId);
      }
      const to = Math.min(records.length, from + CHUNK_ROWS - (rowNumber % CHUNK_ROWS));
      await fill(draft, records, from, to, rowNumber + 1);
      rowNumber += to - from;
      from = to;
      if (rowNumber % CHUNK_ROWS === 0) {
        yield draft.finish(slice.bytesRead);
        draft = null;
      }
    }
    bytesRead = slice.bytesRead;
  }
  if (draft !== null) yield draft.finish(bytesRead);
}

/** Adds records `from` up to `to` to a chunk, the first of them as data row `rowNumber`. */
type Filler = (
  draft: ChunkEncoder,
  records: readonly FileRecord[],
  from: number,
  to: number,
  rowNumber: number,
) => Promise<void>;

function leadFiller(plan: ImportPlan, ranges: ReaderTask['ranges'], desk: ReaderDesk): Filler {
  const readRow = rowReader({ ...plan, defaultPriority: plan.priority, ranges });
  const known = new Map<string, number>();
  // Most rows have one of a few hundred places, which are the same objects again and again.
  const byPlace = new Map<Whereabouts, Map<string, string>>();
  const nameOf = (country: string, place: Whereabouts): string => {
    let names = byPlace.get(place);
    if (!names) byPlace.set(place, (names = new Map<string, string>()));
    let name = names.get(country);
    if (name === undefined) names.set(country, (name = bucketName({ country, ...place })));
    return name;
  };
  return async (draft, records, from, to, rowNumber) => {
    const rows = new Array<LeadRow | null>(to - from);
    const wanted = new Map<string, BucketKey>();
    for (let i = from; i < to; i++) {
      const record = records[i]!;
      const row = readRow(record, rowNumber + i - from);
      if (isRowFault(row)) {
        draft.addReject(record, rowNumber + i - from, row);
        rows[i - from] = null;
        continue;
      }
      rows[i - from] = row;
      for (let p = 0; p < row.phones.length; p++) {
        const { country } = row.phones[p]!;
        const place = row.places[p]!;
        const name = nameOf(country, place);
        if (!known.has(name)) wanted.set(name, { country, ...place });
      }
    }
    if (byPlace.size > PLACES_KEPT) byPlace.clear();
    if (wanted.size > 0) {
      const ids = await desk.bucketIds([...wanted.values()]);
      let at = 0;
      for (const name of wanted.keys()) known.set(name, ids[at++]!);
    }
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (!row) continue;
      const bucketIds = row.phones.map((phone, p) => known.get(nameOf(phone.country, row.places[p]!))!);
      draft.addLead(row, rowNumber + i, bucketIds);
    }
  };
}

const PLACES_KEPT = 10_000;

function numberFiller(plan: ImportPlan): Filler {
  const { prefixes } = plan.load!;
  const readNumber = numberReader(plan, prefixes);
  return async (draft, records, from, to, rowNumber) => {
    for (let i = from; i < to; i++) {
      const record = records[i]!;
      const number = readNumber(record);
      if (typeof number !== 'string') draft.addReject(record, rowNumber + i - from, number);
      else if (prefixes) draft.addPrefix(number, rowNumber + i - from);
      else draft.addNumber(number, rowNumber + i - from);
    }
  };
}
