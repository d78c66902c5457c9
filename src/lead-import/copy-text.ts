/** One value in the text format of COPY. */
export function copyText(value: string | null): string {
  if (value === null) return '\\N';
  return SPECIAL.test(value) ? value.replace(EACH_SPECIAL, (char) => ESCAPES[char]!) : value;
}

/** Bytes in the text format of COPY. */
export function copyBytes(value: Buffer): string {
  return `\\\\x${value.toString('hex')}`;
}

const SPECIAL = /[\\\t\n\r]/;
const EACH_SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Lines of COPY text, one after the other in one piece of memory that grows as it must. */
export class CopySlab {
  length = 0;
  private buffer: Buffer;

  constructor(bytes: number) {
    // Not from the pool: it is handed to another thread whole.
    this.buffer = Buffer.allocUnsafeSlow(Math.max(bytes, 1_024));
  }

  /** Append a text; returns where it ends. */
  text(text: string): number {
    // No UTF-16 unit takes more than three bytes of UTF-8.
    this.reserve(text.length * 3);
    return (this.length += this.buffer.write(text, this.length, 'utf8'));
  }

  /** Append a text of ASCII alone, which is cheaper. */
  ascii(text: string): number {
    this.reserve(text.length);
    return (this.length += this.buffer.write(text, this.length, 'latin1'));
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
