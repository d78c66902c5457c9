import { unescapeText } from './cell-text.js';
import { tooLarge, type XmlHandler } from './workbook-package.js';

/** Most bytes of texts and their places that are kept: some three million names, or one million addresses. */
const MAX_KEPT_BYTES = 134_217_728;
const PAGE_BYTES = 1_048_576;
const PAGE_PLACES = 65_536;
/** Excel's own limit for the text of a cell. */
export const MAX_CELL_CHARS = 32_767;

/** Text that is longer than a cell may be is kept so much too long, and no longer. */
export function cutCell(text: string): string {
  return text.length > MAX_CELL_CHARS ? text.slice(0, MAX_CELL_CHARS + 1) : text;
}

/**
 * The texts of a workbook, each kept once: UTF-8 in pages outside of the JavaScript heap, since millions of small strings
 * would take four times the memory. `read` takes the part of shared strings in, `get` gives one out.
 */
export class SharedStrings implements XmlHandler {
  private readonly pages: Buffer[] = [];
  private readonly places: Uint32Array[] = [];
  private count = 0;
  private page: Buffer = Buffer.alloc(0);
  private used = 0;

  private collected = '';
  private inText = false;
  /** Inside the reading aid of a Japanese text, which is no part of it. */
  private inPhonetic = false;

  get size(): number {
    return this.count;
  }

  /** Null when the workbook has no such text. */
  get(index: number): string | null {
    if (!(index >= 0 && index < this.count)) return null;
    const place = this.places[Math.floor(index / PAGE_PLACES)]![index % PAGE_PLACES]!;
    const page = this.pages[Math.floor(place / PAGE_BYTES)]!;
    const at = place % PAGE_BYTES;
    const bytes = page.readUInt32LE(at);
    return bytes === 0 ? '' : page.toString('utf8', at + 4, at + 4 + bytes);
  }

  open(name: string): void {
    if (name === 'si') this.collected = '';
    else if (name === 'rPh') this.inPhonetic = true;
    else if (name === 't') this.inText = !this.inPhonetic;
  }

  close(name: string): void {
    if (name === 't') this.inText = false;
    else if (name === 'rPh') this.inPhonetic = false;
    else if (name === 'si') this.add(unescapeText(this.collected));
  }

  /** Runs of one text that differ in their looks are joined. */
  text(text: string): void {
    if (this.inText && this.collected.length <= MAX_CELL_CHARS) this.collected += text;
  }

  private add(text: string): void {
    const cut = cutCell(text);
    const bytes = Buffer.byteLength(cut);
    if (this.used + 4 + bytes > this.page.length) this.addPage();
    if (this.count % PAGE_PLACES === 0) this.places.push(new Uint32Array(PAGE_PLACES));
    this.places.at(-1)![this.count % PAGE_PLACES] = (this.pages.length - 1) * PAGE_BYTES + this.used;
    this.count++;
    this.page.writeUInt32LE(bytes, this.used);
    this.page.write(cut, this.used + 4, 'utf8');
    this.used += 4 + bytes;
  }

  private addPage(): void {
    if (this.pages.length * PAGE_BYTES + this.count * 4 > MAX_KEPT_BYTES)
      throw tooLarge('The workbook holds more text than can be kept at hand while it is read.');
    this.page = Buffer.allocUnsafeSlow(PAGE_BYTES);
    this.pages.push(this.page);
    this.used = 0;
  }
}
