import { once } from 'node:events';
import { createReadStream, type ReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { SaxesParser } from 'saxes';
import { openPromise, type Entry, type ZipFile } from 'yauzl';

import { Problem } from '../common/problem.js';
import { notCsv, oldWorkbook, zipArchive } from './file-format.js';

/** Workbooks have some ten parts and a few a sheet; with pictures and comments, hundreds. */
const MAX_PARTS = 2_000;
/** A part that unpacks to more than this must not be more than so many times what it was packed in. */
const RATIO_FROM_BYTES = 10_485_760;
const MAX_RATIO = 200;
/** Text of one value or name, markup included. The longest value Excel allows is 32,767 characters. */
const MAX_TOKEN_CHARS = 1_048_576;
/** Elements within elements: the parts of a workbook need eight. */
const MAX_DEPTH = 64;
/** What is inflated at a time, and so how much XML makes one slice of rows. */
const SLICE_BYTES = 262_144;

export interface XmlHandler {
  /** Names come without their prefix, names of attributes with it. */
  open(name: string, attributes: Record<string, string>): void;
  close(name: string): void;
  text(text: string): void;
}

/** The zip archive that a workbook is, read part by part in bounded memory. Sizes are believed only as upper bounds. */
export class WorkbookPackage {
  /** Bytes of the file whose content has been handed out. */
  bytesRead = 0;
  /** Bytes that all parts so far have been unpacked to. */
  bytesInflated = 0;

  private constructor(
    private readonly path: string,
    private readonly zip: ZipFile,
    /** By name in small letters: writers disagree with themselves about the case. */
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** Throws workbook_damaged, workbook_too_large, and what `formatOf` throws for archives that hold no workbook (422). */
  static async open(path: string): Promise<WorkbookPackage> {
    const zip = await openPromise(path, { autoClose: false }).catch((error: Error) => {
      throw fromSystem(error) ? error : damaged('its list of parts is missing, as when a download was cut off');
    });
    try {
      if (zip.entryCount > MAX_PARTS) throw tooLarge(`The workbook has ${zip.entryCount} parts.`);
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) {
        const name = entry.fileName.toLowerCase();
        if (entries.has(name)) throw damaged('two of its parts have one name');
        entries.set(name, entry);
      }
      return new WorkbookPackage(path, zip, entries);
    } catch (error) {
      zip.close();
      if (error instanceof Problem || fromSystem(error as Error)) throw error;
      throw damaged('its list of parts makes no sense');
    }
  }

  get fileBytes(): number {
    return this.zip.fileSize;
  }

  async close(): Promise<void> {
    const closed = once(this.zip, 'close');
    this.zip.close();
    await closed;
  }

  has(name: string): boolean {
    return this.entries.has(name.toLowerCase());
  }

  /** What to say of an archive without a workbook in it. */
  notWorkbook(): Problem {
    const names = [...this.entries.keys()];
    if (this.has('xl/workbook.bin')) return oldWorkbook('The file is a binary Excel workbook (.xlsb).');
    if (names.some((name) => name.startsWith('word/'))) return notCsv('The file is a Word document.');
    if (names.some((name) => name.startsWith('ppt/'))) return notCsv('The file is a PowerPoint presentation.');
    return zipArchive('The file is a zip archive without a workbook in it.');
  }

  /** Hand the XML of a part to a handler, slice by slice: after each yield it has been told what the slice holds. */
  async *parse(name: string, maxBytes: number, handler: XmlHandler): AsyncGenerator<void> {
    const parser = new SaxesParser<{ position: false; xmlns?: false }>({ position: false });
    let depth = 0;
    let sinceEvent = 0;
    parser.on('opentag', (tag) => {
      sinceEvent = 0;
      if (++depth > MAX_DEPTH) throw damaged(`its part ${name} nests too deep`);
      handler.open(localName(tag.name), tag.attributes);
    });
    parser.on('closetag', (tag) => {
      sinceEvent = 0;
      depth--;
      handler.close(localName(tag.name));
    });
    const text = (value: string) => {
      sinceEvent = 0;
      handler.text(value);
    };
    parser.on('text', text);
    parser.on('cdata', text);
    // Only a document type can define entities, which grow when they are read. No writer of workbooks needs one.
    parser.on('doctype', () => {
      throw damaged(`its part ${name} has a document type`);
    });

    let decoder: InstanceType<typeof TextDecoder> | null = null;
    const write = (slice: string) => {
      sinceEvent += slice.length;
      try {
        parser.write(slice);
      } catch (error) {
        throw error instanceof Problem ? error : damaged(`its part ${name} is no well-formed XML`);
      }
      if (sinceEvent > MAX_TOKEN_CHARS) throw damaged(`its part ${name} has a value of more than a million characters`);
    };
    for await (const bytes of this.bytes(name, maxBytes)) {
      decoder ??= new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8');
      write(decoder.decode(bytes, { stream: true }));
      yield;
    }
    write(decoder?.decode() ?? '');
    try {
      parser.close();
    } catch (error) {
      throw error instanceof Problem ? error : damaged(`its part ${name} breaks off`);
    }
    yield;
  }

  /** The same for a part that is small enough to be read at once. */
  async parseWhole(name: string, maxBytes: number, handler: XmlHandler): Promise<void> {
    const slices = this.parse(name, maxBytes, handler);
    while (!(await slices.next()).done);
  }

  private async *bytes(name: string, maxBytes: number): AsyncGenerator<Buffer> {
    const entry = this.entries.get(name.toLowerCase());
    if (!entry) throw damaged(`its part ${name} is missing`);
    if (entry.isEncrypted()) throw damaged('its parts are encrypted');
    const deflated = entry.compressionMethod === 8;
    if (!deflated && entry.compressionMethod !== 0)
      throw damaged('its parts are packed in a way that Excel never uses');
    const { compressedSize, uncompressedSize } = entry;
    if (uncompressedSize > maxBytes)
      throw tooLarge(`A part of the workbook unpacks to ${megabytes(uncompressedSize)} MB.`);
    if (uncompressedSize > RATIO_FROM_BYTES && uncompressedSize > MAX_RATIO * compressedSize)
      throw tooLarge(
        `A part of the workbook unpacks to ${Math.round(uncompressedSize / compressedSize)} times its size.`,
      );

    const { fileDataStart } = await this.zip
      .readLocalFileHeaderPromise(entry, { minimal: true })
      .catch((error: Error) => {
        throw fromSystem(error) ? error : damaged(`its part ${name} is not where its list of parts says`);
      });
    let size = 0;
    let checksum = 0;
    if (compressedSize > 0) {
      const end = fileDataStart + compressedSize - 1;
      const raw = createReadStream(this.path, { start: fileDataStart, end, highWaterMark: SLICE_BYTES });
      const inflate = deflated ? createInflateRaw({ chunkSize: SLICE_BYTES }) : null;
      // Errors of either stream reach the loop.
      if (inflate) pipeline(raw, inflate, () => undefined);
      const before = this.bytesRead;
      try {
        for await (const chunk of (inflate ?? raw) as AsyncIterable<Buffer>) {
          size += chunk.length;
          this.bytesInflated += chunk.length;
          // So the bounds above hold for what really comes out.
          if (size > uncompressedSize) throw damaged(`its part ${name} is larger than its list of parts says`);
          checksum = crc32(chunk, checksum);
          this.bytesRead = before + (inflate ? inflate.bytesWritten : size);
          yield chunk;
        }
      } catch (error) {
        if (error instanceof Problem || fromSystem(error as Error)) throw error;
        throw damaged(`its part ${name} can't be unpacked`);
      } finally {
        inflate?.destroy();
        await closeStream(raw);
      }
    }
    if (size !== uncompressedSize || checksum !== entry.crc32)
      throw damaged(`its part ${name} is not as it was written`);
  }
}

/** `what` completes "The workbook can't be read: ". */
export function damaged(what: string): Problem {
  return new Problem('workbook_damaged', 422, `The workbook can't be read: ${what}.`, {
    field: 'file',
    fix: 'Open it in Excel, save it again as .xlsx or as CSV (UTF-8), and upload that file.',
  });
}

export function tooLarge(detail: string): Problem {
  return new Problem('workbook_too_large', 422, detail, {
    field: 'file',
    fix: 'Save the sheet that holds the list as CSV (UTF-8) and upload that file.',
  });
}

/** Settles when the file is closed, so that it can be deleted on any system. */
export async function closeStream(file: ReadStream): Promise<void> {
  if (file.closed) return;
  // A loop that is left early has the stream fail with an abort of its own, which is no news here.
  const closed = new Promise<void>((resolve) => file.once('close', () => resolve()));
  file.destroy();
  await closed;
}

/** Failures of the disk are not the workbook's. Those of zlib carry a code as well, but no system call. */
function fromSystem(error: Error): boolean {
  return 'syscall' in error;
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_048_576);
}
