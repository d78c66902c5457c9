import type { PhoneVault } from '../leads/phone-vault.js';
import type { BucketKey } from '../leads/leads.service.js';
import { copyBytes, copyText } from './copy-text.js';
import type { CsvRecord } from './csv-reader.js';
import type { ImportChunk } from './import.js';
import { isRowFault, type LeadRow, type ReadRow, type RowFault } from './row.js';

/** Rows that are committed together. More are hardly faster, and a cancel or a crash would cost more of them. */
export const CHUNK_ROWS = 5_000;

export interface ChunkContext {
  importId: number;
  organisationId: number;
  readRow: ReadRow;
  vault: PhoneVault;
  /** Ids of buckets, in the order asked. */
  bucketIds(keys: readonly BucketKey[]): Promise<number[]>;
}

/** Where a rejected record's seal belongs. */
export function rejectPlace(importId: number, rowNumber: number): string {
  return `import:${importId}:row:${rowNumber}`;
}

/**
 * Group a file's records (the header left out) into chunks that are ready for COPY, `skipRows` of them passed over. Chunks
 * always end at the same rows, so that an import which is taken up again commits what it would have committed.
 */
export async function* readChunks(
  slices: AsyncIterable<{ records: CsvRecord[]; bytesRead: number }>,
  skipRows: number,
  context: ChunkContext,
): AsyncGenerator<ImportChunk> {
  const buckets = new Map<string, number>();
  let batch = new ChunkDraft(context);
  let rowNumber = -1;
  for await (const { records, bytesRead } of slices) {
    for (const record of records) {
      // The first record is the header.
      rowNumber++;
      if (rowNumber === 0 || rowNumber <= skipRows) continue;
      batch.add(record, rowNumber);
      if (rowNumber % CHUNK_ROWS === 0) {
        yield await batch.finish(bytesRead, buckets);
        batch = new ChunkDraft(context);
      }
    }
    batch.bytesRead = bytesRead;
  }
  if (batch.rows > 0) yield await batch.finish(batch.bytesRead, buckets);
}

class ChunkDraft {
  rows = 0;
  bytesRead = 0;
  private lastRow = 0;
  private readonly leads: string[] = [];
  private readonly leadBuckets: string[] = [];
  private readonly rejects: string[] = [];
  private readonly wanted = new Map<string, BucketKey>();

  constructor(private readonly context: ChunkContext) {}

  add(record: CsvRecord, rowNumber: number): void {
    this.rows++;
    this.lastRow = rowNumber;
    const row = this.context.readRow(record, rowNumber);
    if (isRowFault(row)) this.addReject(record, rowNumber, row);
    else this.addLead(row, rowNumber);
  }

  async finish(bytesRead: number, known: Map<string, number>): Promise<ImportChunk> {
    const missing = [...this.wanted].filter(([key]) => !known.has(key));
    if (missing.length > 0) {
      const ids = await this.context.bucketIds(missing.map(([, bucket]) => bucket));
      missing.forEach(([key], i) => known.set(key, ids[i]!));
    }
    return {
      rows: this.rows,
      lastRow: this.lastRow,
      bytesRead,
      staging: this.leads.map((line, i) => `${line}\t${known.get(this.leadBuckets[i]!)!}\n`).join(''),
      staged: this.leads.length,
      rejects: this.rejects.join(''),
      rejected: this.rejects.length,
    };
  }

  private addLead(row: LeadRow, rowNumber: number): void {
    const { phone } = row;
    const key = `${phone.country}:${row.zones.join()}`;
    if (!this.wanted.has(key)) this.wanted.set(key, { country: phone.country, zones: row.zones });
    const { sealed, dedupeHash, matchHash } = this.context.vault.seal(this.context.organisationId, phone.e164);
    this.leadBuckets.push(key);
    this.leads.push(
      [
        String(rowNumber),
        copyText(row.externalId),
        copyText(row.name),
        copyText(row.region),
        copyText(JSON.stringify(row.attributes)),
        String(row.priority),
        copyBytes(sealed),
        copyBytes(dedupeHash),
        copyBytes(matchHash),
        phone.country,
        phone.lineType,
        phone.lastDigits,
      ].join('\t'),
    );
  }

  private addReject(record: CsvRecord, rowNumber: number, fault: RowFault): void {
    const { importId, organisationId, vault } = this.context;
    const sealed = vault.sealText(organisationId, rejectPlace(importId, rowNumber), JSON.stringify(record.fields));
    const values = [String(importId), String(rowNumber), String(record.line), copyText(fault.column)];
    this.rejects.push(`${[...values, fault.code, copyText(fault.detail), copyBytes(sealed)].join('\t')}\n`);
  }
}
