import { HASH_BYTES } from '../leads/phone-vault.js';
import type { ReadFile } from './lead-import.service.js';
import type { Dedupe } from './import.js';
import { readRecords } from './record-source.js';
import { isRowFault, type ReadRow } from './row.js';

/** What would become of the rows of a file. valid + duplicate + suppressed + rejected = rows. */
export interface RowsEstimate {
  rows: number;
  /** Was every row looked at? */
  exact: boolean;
  sampledRows: number;
  valid: number;
  duplicate: number;
  suppressed: number;
  rejected: number;
  rejectsByCode: { code: string; count: number }[];
}

/** The rows that were looked at. */
export interface RowsSample {
  /** Numbers to be looked up, 16 bytes each, none twice. */
  matchHashes: Uint8Array;
  hashes: number;
  /** Id of each of them in the system it comes from, where duplicates are told by it; an empty text for none. */
  externalIds: string[] | null;
  estimate(known: { suppressed: number; duplicate: number }): RowsEstimate;
  /** Leads by where they may be, estimated for the whole file. */
  zones(): { country: string; zones: readonly string[]; leads: number }[];
}

/** So much of a file is looked at row by row: a second or two of work. */
const SAMPLED_BYTES = 16_777_216;
const SAMPLED_ROWS = 100_000;
/** Numbers that are looked up in the database. */
const LOOKED_UP = 20_000;
/** Repeats this far apart, as a share of the sample, are spread over the file and not neighbours. */
const SPREAD_SHARE = 0.1;

/** Read the first rows of a file, and say from them what all of it would come to. */
export async function estimateRows(
  path: string,
  { scan, reading }: Pick<ReadFile, 'scan' | 'reading'>,
  p: {
    readRow: ReadRow;
    dedupe: Dedupe;
    isBarred(e164: string): boolean;
    hashOf(e164: string): Buffer;
  },
): Promise<RowsSample> {
  const source = { format: reading.format, dialect: reading.dialect, sheet: reading.sheet };
  const skipped = reading.header === null ? 0 : reading.header.at + 1;
  const firstRow = new Map<string, number>();
  const rejects = new Map<string, number>();
  const places = new Map<string, { country: string; zones: readonly string[]; leads: number }>();
  const distances: number[] = [];
  const hashes = Buffer.alloc(LOOKED_UP * HASH_BYTES);
  const byId = p.dedupe.key === 'external_id';
  const externalIds: string[] | null = byId ? [] : null;
  let hashed = 0;
  let records = 0;
  let rows = 0;
  let rejected = 0;
  let barred = 0;
  let bytesRead = 0;
  let exact = true;
  for await (const slice of readRecords(path, source)) {
    ({ bytesRead } = slice);
    for (const record of slice.records) {
      if (records++ < skipped) continue;
      rows++;
      const row = p.readRow(record, rows);
      if (isRowFault(row)) {
        rejected++;
        rejects.set(row.code, (rejects.get(row.code) ?? 0) + 1);
        continue;
      }
      const { e164, country } = row.phones[0]!;
      if (p.isBarred(e164)) {
        barred++;
        continue;
      }
      const key = byId ? row.externalId : e164;
      const earlier = key === null || p.dedupe.action === 'keep_both' ? undefined : firstRow.get(key);
      if (earlier === undefined && key !== null) firstRow.set(key, rows);
      // Whoever is there is known by further phones too.
      if (!byId && (earlier === undefined || p.dedupe.action === 'update'))
        for (let i = 1; i < row.phones.length; i++) {
          const further = row.phones[i]!.e164;
          if (!firstRow.has(further)) firstRow.set(further, rows);
        }
      if (earlier !== undefined) {
        distances.push(rows - earlier);
        continue;
      }
      if (hashed < LOOKED_UP) {
        p.hashOf(e164).copy(hashes, hashed++ * HASH_BYTES);
        externalIds?.push(row.externalId ?? '');
      }
      const zones = row.places[0]!.zones;
      const name = `${country}:${zones.join()}`;
      const place = places.get(name);
      if (place) place.leads++;
      else places.set(name, { country, zones, leads: 1 });
    }
    if (rows >= SAMPLED_ROWS || bytesRead >= SAMPLED_BYTES) {
      exact = bytesRead >= scan.bytes;
      break;
    }
  }
  const scale = exact || bytesRead === 0 ? 1 : Math.max(1, scan.bytes / bytesRead);
  return {
    matchHashes: hashes.subarray(0, hashed * HASH_BYTES),
    hashes: hashed,
    externalIds,
    estimate: (known) => {
      const total = Math.round(rows * scale);
      const inFile = Math.min(repeatsOf(distances, rows, scale), total);
      const rejectedRows = Math.round(rejected * scale);
      const unique = rows - rejected - barred - distances.length;
      const share = (count: number) => (hashed === 0 ? 0 : (count / hashed) * unique * scale);
      const suppressed = Math.min(Math.round(barred * scale + share(known.suppressed)), total - rejectedRows);
      const room = total - rejectedRows - suppressed;
      // With keep_both, who is there already comes in all the same.
      const there = p.dedupe.action === 'keep_both' ? 0 : share(known.duplicate);
      const duplicate = Math.min(Math.round(inFile + there), room);
      return {
        rows: total,
        exact: exact && hashed === unique,
        sampledRows: rows,
        valid: room - duplicate,
        duplicate,
        suppressed,
        rejected: rejectedRows,
        rejectsByCode: [...rejects]
          .map(([code, count]) => ({ code, count: Math.round(count * scale) }))
          .sort((a, b) => b.count - a.count),
      };
    },
    zones: () => [...places.values()].map((place) => ({ ...place, leads: Math.round(place.leads * scale) })),
  };
}

/**
 * Repeats in the whole file. Repeats of neighbours grow with the file; repeats that are spread over it grow with its square,
 * since a sample of one tenth holds both rows of a pair for one pair in a hundred.
 */
function repeatsOf(distances: number[], rows: number, scale: number): number {
  if (distances.length === 0) return 0;
  const median = distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)]!;
  const isSpread = median > rows * SPREAD_SHARE;
  return Math.round(distances.length * scale * (isSpread ? scale : 1));
}
