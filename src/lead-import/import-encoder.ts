import type { ParsedPhone } from '../leads/phone-number.js';
import type { BucketKey } from '../leads/leads.service.js';
import { HASH_BYTES, MAX_SEALED_BYTES, type PhoneVault } from '../leads/phone-vault.js';
import { copyBytes, copyText, CopySlab } from './copy-text.js';
import type { ImportPlan } from './import.js';
import type { FileRecord } from './record.js';
import type { LeadRow, RowFault } from './row.js';

/** Rows that are committed together. More are hardly faster, and a cancel or a crash would cost more of them. */
export const CHUNK_ROWS = 20_000;

/** Rows of a file that are ready for COPY, and what it takes to judge them. Made of buffers: it moves between threads. */
export interface EncodedChunk {
  /** Data rows in it. */
  rows: number;
  /** Number of the last of them in the file, from 1. */
  lastRow: number;
  /** Bytes of the file that were read for it and all before it. */
  bytesRead: number;
  /** Leads or numbers in it: rows that are not rejected. */
  staged: number;
  /** Id of the first staged lead; the others follow. */
  firstLeadId: number;
  /** COPY text for leads, and where the line of each ends. For a suppression list: that for its numbers, without ends. */
  leads: Uint8Array;
  leadEnds: Uint32Array;
  /** COPY text for phones, and where the lines of each lead end. */
  phones: Uint8Array;
  phoneEnds: Uint32Array;
  /** 16 bytes for each staged lead: what its main phone is found by. */
  matchHashes: Uint8Array;
  /** Id of each in the system it comes from, where duplicates are told by it; an empty text for none. */
  externalIds: string[] | null;
  /** For each staged lead the number, from 0, of the key by which duplicates of it are told; -1 for one without. */
  keys: Int32Array;
  /** Further phones by which a lead is told once it is there: its place and the number of a key, in turns. */
  moreKeys: Uint32Array;
  /** 1 where the number begins as numbers do that must not be called. */
  barred: Uint8Array;
  /** COPY text for import_rejects. */
  rejects: Uint8Array;
  rejected: number;
  /** Beginnings of numbers, where the file is a list of such. */
  prefixes: string[];
}

/** What the rows of one file are written with. */
export interface EncoderContext {
  importId: number;
  organisationId: number;
  baseId: number;
  plan: ImportPlan;
  vault: PhoneVault;
  /** When the import was asked for: its leads' time of creation. */
  createdAt: string;
  /** Does the number begin as numbers do that must not be called? */
  isBarred(e164: string): boolean;
}

/** Where a rejected record's seal belongs. */
export function rejectPlace(importId: number, rowNumber: number): string {
  return `import:${importId}:row:${rowNumber}`;
}

const LEAD_BYTES = 512;
const PHONE_BYTES = 256;

/** Columns of COPY, in the order of the lines that are written here. */
export const LEAD_COLUMNS =
  'id, organisation_id, base_id, import_id, row_number, external_id, name, region, attributes, priority, owner_id, consent_id, created_at';
export const PHONE_COLUMNS =
  'organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type, bucket_id, last_digits';
export const REJECT_COLUMNS = 'import_id, row_number, line, column_name, code, detail, record_sealed';

/** Writes the rows of one chunk as COPY text. */
export class ChunkEncoder {
  rows = 0;
  private lastRow = 0;
  private staged = 0;
  private rejected = 0;
  private readonly leads: CopySlab;
  private readonly phones: CopySlab;
  private readonly rejects = new CopySlab(4_096);
  private readonly leadEnds = new Uint32Array(CHUNK_ROWS);
  private readonly phoneEnds = new Uint32Array(CHUNK_ROWS);
  private readonly matchHashes = Buffer.allocUnsafeSlow(CHUNK_ROWS * HASH_BYTES);
  private readonly keys = new Int32Array(CHUNK_ROWS);
  private readonly moreKeys: number[] = [];
  private readonly barred = new Uint8Array(CHUNK_ROWS);
  private readonly externalIds: string[] | null;
  private readonly prefixes: string[] = [];
  private readonly seen = new Map<string, number>();
  private readonly scratch = Buffer.alloc(MAX_SEALED_BYTES);
  /** What every line of leads and of phones has in the same place. */
  private readonly leadHead: string;
  private readonly leadTail: string;
  private readonly phoneHead: string;

  /** Leads get ids from `firstLeadId` on. */
  constructor(
    private readonly context: EncoderContext,
    private readonly firstLeadId: number,
  ) {
    const { organisationId, baseId, importId, plan, createdAt } = context;
    this.leads = new CopySlab(CHUNK_ROWS * LEAD_BYTES);
    this.phones = new CopySlab(CHUNK_ROWS * PHONE_BYTES);
    this.externalIds = plan.dedupe.key === 'external_id' ? [] : null;
    this.leadHead = `\t${organisationId}\t${baseId}\t${importId}\t`;
    this.leadTail = `\t${plan.consentId ?? '\\N'}\t${createdAt}\n`;
    this.phoneHead = `${organisationId}\t`;
  }

  /** A row that makes a lead. `bucketIds`: of each of its phones. */
  addLead(row: LeadRow, rowNumber: number, bucketIds: readonly number[]): void {
    this.count(rowNumber);
    const at = this.staged++;
    const leadId = this.firstLeadId + at;
    const { externalIds } = this;
    this.leadEnds[at] = this.leads.text(
      `${leadId}${this.leadHead}${rowNumber}\t${copyText(row.externalId)}\t${copyText(row.name)}\t${copyText(row.region)}\t${copyText(JSON.stringify(row.attributes))}\t${row.priority}\t${row.ownerId ?? this.context.plan.ownerId ?? '\\N'}${this.leadTail}`,
    );
    const { phones } = row;
    for (let i = 0; i < phones.length; i++) this.addPhone(phones[i]!, leadId, at, i, bucketIds[i]!);
    this.phoneEnds[at] = this.phones.length;
    const main = phones[0]!.e164;
    this.barred[at] = this.context.isBarred(main) ? 1 : 0;
    if (externalIds) {
      externalIds.push(row.externalId ?? '');
      this.keys[at] = row.externalId === null ? -1 : this.keyOf(row.externalId);
      return;
    }
    this.keys[at] = this.keyOf(main);
    for (let i = 1; i < phones.length; i++) this.moreKeys.push(at, this.keyOf(phones[i]!.e164));
  }

  /** A number that must not be called. */
  addNumber(e164: string, rowNumber: number): void {
    this.count(rowNumber);
    this.staged++;
    const hash = this.context.vault.matchHash(this.context.organisationId, e164);
    this.leads.ascii(`${copyBytes(hash)}\n`);
  }

  /** The beginning of numbers that must not be called: digits without the plus. */
  addPrefix(prefix: string, rowNumber: number): void {
    this.count(rowNumber);
    this.staged++;
    this.prefixes.push(prefix);
  }

  addReject(record: FileRecord, rowNumber: number, fault: RowFault): void {
    this.count(rowNumber);
    this.rejected++;
    const { importId, organisationId, vault } = this.context;
    const sealed = vault.sealText(organisationId, rejectPlace(importId, rowNumber), JSON.stringify(record.fields));
    const column = copyText(fault.column);
    this.rejects.text(
      `${importId}\t${rowNumber}\t${record.line}\t${column}\t${fault.code}\t${copyText(fault.detail)}\t${copyBytes(sealed)}\n`,
    );
  }

  finish(bytesRead: number): EncodedChunk {
    const { staged } = this;
    return {
      rows: this.rows,
      lastRow: this.lastRow,
      bytesRead,
      staged,
      firstLeadId: this.firstLeadId,
      leads: this.leads.bytes(),
      leadEnds: this.leadEnds.slice(0, staged),
      phones: this.phones.bytes(),
      phoneEnds: this.phoneEnds.slice(0, staged),
      matchHashes: this.matchHashes.subarray(0, staged * HASH_BYTES),
      externalIds: this.externalIds,
      keys: this.keys.slice(0, staged),
      moreKeys: Uint32Array.from(this.moreKeys),
      barred: this.barred.slice(0, staged),
      rejects: this.rejects.bytes(),
      rejected: this.rejected,
      prefixes: this.prefixes,
    };
  }

  /** Rejects of a slice come before its leads. */
  private count(rowNumber: number): void {
    this.rows++;
    if (rowNumber > this.lastRow) this.lastRow = rowNumber;
  }

  private addPhone(phone: ParsedPhone, leadId: number, at: number, place: number, bucketId: number): void {
    const { vault, organisationId, baseId } = this.context;
    const { scratch } = this;
    const end = vault.sealInto(organisationId, phone.e164, scratch, 0);
    if (place === 0) scratch.copy(this.matchHashes, at * HASH_BYTES, 0, HASH_BYTES);
    // One call for both, cut in two: hex costs as much by the call as by the byte.
    const hex = scratch.toString('hex', 0, end);
    const matchHash = hex.slice(0, HASH_BYTES * 2);
    const sealed = hex.slice(HASH_BYTES * 2);
    this.phones.ascii(
      `${this.phoneHead}${leadId}\t${baseId}\t${place + 1}\t\\\\x${sealed}\t\\\\x${matchHash}\t${phone.country}\t${phone.lineType}\t${bucketId}\t${phone.lastDigits}\n`,
    );
  }

  private keyOf(text: string): number {
    const known = this.seen.get(text);
    if (known !== undefined) return known;
    this.seen.set(text, this.seen.size);
    return this.seen.size - 1;
  }
}

/** A bucket as a key of a map. */
export function bucketName(bucket: BucketKey): string {
  return `${bucket.country}:${bucket.zones.join()}:${bucket.regions?.join() ?? ''}:${bucket.source ?? ''}`;
}
