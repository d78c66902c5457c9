import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { CsvError, parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { CsvReader, type RecordDialect } from './csv-reader.js';
import { MAX_RECORD_BYTES, type FileRecord } from './record.js';

const PLAIN: RecordDialect = { delimiter: ',', lineEnding: 'lf', quote: '"', escape: 'double' };

/** The records of a file that comes in pieces: all of one size, or of the sizes given and then of the last of them. */
function read(file: string | Buffer, size: number | number[] = Infinity, dialect: Partial<RecordDialect> = {}) {
  const reader = new CsvReader({ ...PLAIN, ...dialect });
  const bytes = Buffer.from(file);
  const sizes = [size].flat();
  const records: FileRecord[][] = [];
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const next = at + (sizes[piece] ?? sizes.at(-1)!);
    records.push(reader.push(bytes.subarray(at, next)));
    at = next;
  }
  return [...records, reader.end()].flat();
}

const brief = (records: FileRecord[]) =>
  records.map(({ line, fields, fault }) => [line, fault?.code ?? fields.join('/')]);

const optionsOf = ({ delimiter, lineEnding, quote, escape }: RecordDialect) => ({
  delimiter,
  record_delimiter: lineEnding === 'cr' ? ['\r'] : ['\r\n', '\n'],
  quote,
  escape: escape === 'backslash' ? '\\' : quote,
  relax_column_count: true,
  skip_empty_lines: true,
});

/**
 * What the reader is to find, by csv-parse alone and from the whole text at once: its records up to a fault; the line with
 * which the broken record starts, read loosely or given up; and the same again from the next line on.
 */
function readByCsvParse(text: string, dialect: RecordDialect): [number, string | string[]][] {
  const { delimiter, quote } = dialect;
  const eol = dialect.lineEnding === 'cr' ? '\r' : '\n';
  const blank = dialect.lineEnding === 'cr' ? /^\r+/ : /^(\r?\n)+/;
  const found: [number, string | string[]][] = [];
  let rest = Buffer.from(text);
  let line = 1;
  const pass = (bytes: number) => {
    line += rest.toString('utf8', 0, bytes).split(eol).length - 1;
    rest = rest.subarray(bytes);
  };
  const passBlank = () => pass(blank.exec(rest.toString('latin1'))?.[0].length ?? 0);
  for (;;) {
    let read = 0;
    const all = rest;
    try {
      parse(all, {
        ...optionsOf(dialect),
        on_record: (fields: string[], { bytes }) => {
          passBlank();
          found.push([line, fields]);
          pass(bytes - (all.length - rest.length));
          read = bytes;
        },
      });
      return found;
    } catch (error) {
      expect(error).toBeInstanceOf(CsvError);
      expect(read).toBe(all.length - rest.length);
      passBlank();
      const lineEnd = rest.indexOf(eol);
      const whole = rest.toString('utf8', 0, lineEnd < 0 ? rest.length : lineEnd + 1);
      const value = whole.replace(eol === '\n' ? /\r?\n$/ : /\r$/, '');
      const values = value.split(delimiter);
      const quotes = value.replace(dialect.escape === 'backslash' ? /\\./g : /$^/, '').split(quote!).length - 1;
      if ((error as CsvError).code === 'CSV_QUOTE_NOT_CLOSED') found.push([line, 'quote_not_closed']);
      else if (values.every((each) => !each.trimStart().startsWith(quote!))) found.push([line, values]);
      else found.push([line, quotes % 2 === 1 ? 'quote_not_closed' : 'quote_misplaced']);
      pass(Buffer.byteLength(whole));
    }
  }
}

const outcomes = (records: FileRecord[]) => records.map(({ line, fields, fault }) => [line, fault?.code ?? fields]);

const dialects = fc.record<RecordDialect>({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnding: fc.constantFrom('lf', 'cr'),
  quote: fc.constantFrom('"', "'", null),
  escape: fc.constantFrom('double', 'backslash'),
});
const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

/** Texts of what may matter to a reader of the dialect, most of them broken. */
const textsOf = ({ delimiter, lineEnding, quote, escape }: RecordDialect) => {
  const eol = lineEnding === 'cr' ? '\r' : '\n';
  const q = quote ?? '"';
  const mark = escape === 'backslash' ? `\\${q}` : q + q;
  const unit = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('a', 'b7', ' ', 'é', 'Ж', '漢', '😀', '\ufeff', '\u2028') },
    { weight: 4, arbitrary: fc.constantFrom(delimiter, eol, '\r\n') },
    {
      weight: 3,
      arbitrary: fc.constantFrom(q, mark, `${delimiter}${q}`, `${q}${delimiter}`, `${q}${eol}`, `${eol}${q}`),
    },
    { weight: 2, arbitrary: fc.constantFrom('\r', '\n', '\0', '\\', '"', "'", '\t', ',') },
  );
  return fc.array(unit, { maxLength: 60, size: 'max' }).map((units) => units.join(''));
};

describe('the records of a file', () => {
  it('carry the lines where they start, blank lines and line ends inside quotes counted', () => {
    const text = 'a,b\r\n\r\n1,"x\r\ny"\r\n\n\n2,z\n3,end';
    for (const size of [Infinity, 7, 1])
      expect(brief(read(text, size))).toEqual([
        [1, 'a/b'],
        [3, '1/x\r\ny'],
        [7, '2/z'],
        [8, '3/end'],
      ]);
  });

  it('are those of csv-parse for any text in any dialect, sound or broken and however the bytes are cut', () => {
    const cases = dialects.chain((dialect) => fc.tuple(fc.constant(dialect), textsOf(dialect), pieces));
    fc.assert(
      fc.property(cases, ([dialect, text, sizes]) => {
        expect(outcomes(read(text, sizes, dialect))).toEqual(readByCsvParse(text, dialect));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are what was written, quoted where it must be or where it need not', () => {
    const cases = dialects.chain((dialect) => {
      const quote = dialect.quote;
      const other = fc.constantFrom('a', ' ', 'é', '😀', '7');
      const unit =
        quote === null ? other : fc.oneof(other, fc.constantFrom(quote, dialect.delimiter, '\r', '\n', '\\'));
      const value = fc.string({ unit, maxLength: 5 });
      const written = fc.tuple(value, fc.boolean()).map(([text, anyway]) => {
        if (quote === null || !(anyway || /["'\\\r\n]/.test(text) || text.includes(dialect.delimiter)))
          return { text, bytes: text };
        const escaped =
          dialect.escape === 'backslash' ? text.replace(/["'\\]/g, '\\$&') : text.replaceAll(quote, quote + quote);
        return { text, bytes: quote + escaped + quote };
      });
      const row = fc.array(written, { minLength: 2, maxLength: 4 });
      return fc.tuple(fc.constant(dialect), fc.array(row, { minLength: 1, maxLength: 12 }), pieces, fc.boolean());
    });
    fc.assert(
      fc.property(cases, ([dialect, rows, sizes, ended]) => {
        const eol = dialect.lineEnding === 'cr' ? '\r' : '\r\n';
        const lines = rows.map((row) => row.map(({ bytes }) => bytes).join(dialect.delimiter));
        const text = lines.join(eol) + (ended ? eol : '');
        const values = rows.map((row) => row.map((each) => each.text));
        expect(parse(text, optionsOf(dialect))).toEqual(values);
        const records = read(text, sizes, dialect);
        expect(records.map(({ fields }) => fields)).toEqual(values);
        expect(records.every(({ fault }) => fault === null)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('may end with carriage returns alone', () => {
    expect(brief(read('a,b\r1,2\r3,4', Infinity, { lineEnding: 'cr' }))).toEqual([
      [1, 'a/b'],
      [2, '1/2'],
      [3, '3/4'],
    ]);
  });

  it('keep blanks, empty last values and carriage returns inside a line; only a line of nothing is none', () => {
    expect(outcomes(read('a , b,\n \n\r\n,\nx\ry\r\r\n\nend\r'))).toEqual([
      [1, ['a ', ' b', '']],
      [2, [' ']],
      [4, ['', '']],
      [5, ['x\ry\r']],
      [7, ['end\r']],
    ]);
  });

  it('hold quotes as they stand where the file quotes nothing', () => {
    expect(brief(read('1,"a\n2,b"c"\n', 3, { quote: null }))).toEqual([
      [1, '1/"a'],
      [2, '2/b"c"'],
    ]);
  });

  it('may be quoted by apostrophes, and then hold one in the middle of a name', () => {
    expect(brief(read("1,'Smith, ''Jo''','x\ny'\n2,O'Brien,5\"\n", 4, { quote: "'" }))).toEqual([
      [1, "1/Smith, 'Jo'/x\ny"],
      [3, '2/O\'Brien/5"'],
    ]);
  });

  it('may escape their quotes by a backslash, which outside of quotes is one', () => {
    expect(brief(read('1,"a \\"b\\" \\\\ c"\n2,C:\\x\\\n3,"a""b"\n', 5, { escape: 'backslash' }))).toEqual([
      [1, '1/a "b" \\ c'],
      [2, '2/C:\\x\\'],
      [3, 'quote_misplaced'],
    ]);
  });

  it('may be nearly as long as 1 MB, wherever in the bytes they begin', () => {
    const long = 'x\n'.repeat(500_000);
    const text = `${'"a","b"\n'.repeat(70_000)}1,"${long}"\n${'plain,line\n'.repeat(50_000)}2,"${long}"\n3,end\n`;
    for (const size of [65_536, 1_000_003, Infinity]) {
      const records = read(text, size);
      expect(records).toHaveLength(120_003);
      expect(outcomes([records[70_000]!, records[120_001]!, records[120_002]!])).toEqual([
        [70_001, ['1', long]],
        [620_002, ['2', long]],
        [1_120_003, ['3', 'end']],
      ]);
    }
  });

  it('do not change when the bytes they came from are used for others', () => {
    const reader = new CsvReader(PLAIN);
    const chunk = Buffer.from('1,Ann\n2,"B');
    const records = reader.push(chunk);
    chunk.fill('#');
    records.push(...reader.push(Buffer.from('ob"\n3,Cy')), ...reader.end());
    expect(brief(records)).toEqual([
      [1, '1/Ann'],
      [2, '2/Bob'],
      [3, '3/Cy'],
    ]);
  });
});

describe('a broken line', () => {
  it('is given up alone, whatever was broken and however the bytes are cut', () => {
    const text = 'a,b\n1,"lost\n2,ok\n3,"x"y\n4,"fine"\n5,5" pipe\n6,"lost again\n7,ok\n';
    for (const size of [Infinity, 11, 1])
      expect(brief(read(text, size))).toEqual([
        [1, 'a/b'],
        [2, 'quote_not_closed'],
        [3, '2/ok'],
        [4, 'quote_misplaced'],
        [5, '4/fine'],
        [6, '5/5" pipe'],
        [7, 'quote_not_closed'],
        [8, '7/ok'],
      ]);
  });

  it('accounts for each line of any text, as part of a record or as faulty', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '"', ',', ' '), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 30 }), (lines, size) => {
        const records = read(`${lines.join('\n')}\n`, size);
        const covered = records.map(({ fields, fault }) => (fault ? 1 : fields.join('').split('\n').length));
        expect(covered.reduce((sum, count) => sum + count, 0)).toBe(lines.length);
      }),
    );
  });

  it('keeps its text up to 4 KB, and no half of a character', () => {
    const [record] = read(`"${'я'.repeat(3_000)}"x\n`);
    expect(record).toMatchObject({ line: 1, fields: [`"${'я'.repeat(2_047)}`], fault: { code: 'quote_misplaced' } });
  });

  it('that is longer than 1 MB is passed over without being kept', () => {
    const long = 'x'.repeat(3 * MAX_RECORD_BYTES);
    const text = `a,b\n1,2\n${long},3\n4,5\n"${long}"\n6,7\n${long}`;
    for (const size of [65_536, 1_000_003, Infinity]) {
      const records = read(text, size);
      expect(brief(records)).toEqual([
        [1, 'a/b'],
        [2, '1/2'],
        [3, 'row_too_long'],
        [4, '4/5'],
        [5, 'row_too_long'],
        [6, '6/7'],
        [7, 'row_too_long'],
      ]);
      for (const { fields } of records) expect(fields[0]!.length).toBeLessThan(5_000);
    }
  });

  it('is too long from the same byte on, however the bytes are cut', () => {
    const plain = (bytes: number) => `${'x'.repeat(bytes)}\n1,2\n`;
    const quoted = (bytes: number) => `"${'x\n'.repeat((bytes - 2) / 2)}"\n`;
    for (const size of [65_536, 1_000_003, Infinity]) {
      expect(read(plain(MAX_RECORD_BYTES), size).map(({ fault }) => fault)).toEqual([null, null]);
      expect(read(`${'x'.repeat(MAX_RECORD_BYTES + 1)}\n`, size)[0]!.fault?.code).toBe('row_too_long');
      expect(brief(read(plain(MAX_RECORD_BYTES + 1), size))).toEqual([
        [1, 'row_too_long'],
        [2, '1/2'],
      ]);
      expect(read(quoted(MAX_RECORD_BYTES), size).map(({ fault }) => fault)).toEqual([null]);
      expect(read(quoted(MAX_RECORD_BYTES + 2), size)[0]!.fault?.code).toBe('quote_not_closed');
    }
  });

  it('with a quote that swallows more than 1 MB costs one line', () => {
    const rest = Array.from({ length: 150_000 }, (_, i) => `${i},person\n`).join('');
    const records = read(`a,b\n1,"lost\n${rest}`, 65_536);
    expect(records).toHaveLength(150_002);
    expect(brief(records.filter((record) => record.fault))).toEqual([[2, 'quote_not_closed']]);
  });
});

describe('the work for a broken file', () => {
  const timeOf = (work: () => unknown) => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };

  it('grows with its lines and no faster, though each of them has a quote that is not closed', () => {
    for (const line of ['1,"lost,x\n', '1,"a""b\n', '"1,"2,"3,"x\n']) {
      const few = Buffer.from(line.repeat(2_500));
      const many = Buffer.from(line.repeat(20_000));
      const short = Math.min(
        timeOf(() => read(few, 65_536)),
        timeOf(() => read(few, 65_536)),
      );
      let records: FileRecord[] = [];
      const long = timeOf(() => (records = read(many, 65_536)));
      expect(records).toHaveLength(20_000);
      // Eight times the lines; sixty-four times the work if it grew with their square.
      expect(long / short).toBeLessThan(32);
    }
  });

  it('is next to none for 50 MB without a line end', () => {
    const line = Buffer.alloc(50 * MAX_RECORD_BYTES, 'x');
    expect(read(line, 65_536)).toHaveLength(1);
    expect(timeOf(() => read(line, 65_536))).toBeLessThan(1_000);
  });

  it('is hardly more for a long record in many small pieces than in one', () => {
    const text = `"${'a""\n'.repeat(250_000)}"\n`;
    let records: FileRecord[] = [];
    expect(timeOf(() => (records = read(text, 4_096)))).toBeLessThan(3_000);
    expect(brief(records)).toEqual([[1, 'a"\n'.repeat(250_000)]]);
  });

  it('is that of one look for a line of quotes and delimiters that is nearly 1 MB long', () => {
    for (const unit of ['\t', '\t ', '\t"', '" ', '""\t']) {
      const line = `x"${unit.repeat(300_000)}\n`;
      expect(timeOf(() => read(line, 65_536, { delimiter: '\t' }))).toBeLessThan(2_000);
    }
  });
});

const WILD = join(import.meta.dirname, '../../../shared/data/csv/CSV');
const present = existsSync(WILD);
if (!present) process.stderr.write(`SKIPPED: ${WILD} is not there\n`);

describe('files from the wild', () => {
  (present ? it : it.skip)('are read as csv-parse reads them, in pieces too', () => {
    const names = readdirSync(WILD);
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) {
      const text = readFileSync(join(WILD, name), 'utf8').slice(0, 300_000);
      const expected = readByCsvParse(text, PLAIN);
      for (const size of [Infinity, 4_099]) expect([name, outcomes(read(text, size))]).toEqual([name, expected]);
    }
  });
});
