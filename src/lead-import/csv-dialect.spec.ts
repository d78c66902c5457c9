import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { DELIMITERS, sniffDialect, type Dialect } from './csv-dialect.js';

const delimiterOf = (text: string) => sniffDialect(text, true).delimiter;
const quoteOf = (text: string) => sniffDialect(text, true).quote;

describe('the delimiter', () => {
  it.each([
    ['a,b,c\n1,2,3\n', ','],
    ['a;b;c\n1,5;2,5;3,5\n2,5;3,5;4,5\n', ';'],
    ['a\tb\n1,2\t3\n', '\t'],
    ['a|b|c\n1|2|3\n', '|'],
    ['"a, b, c";d\n"1, 2, 3";4\n', ';'],
    ['name;notes\n"x";"one, two, three, four"\n"y";"five, six"\n', ';'],
    ['phone, name, city\n1, "a, b", c\n', ','],
    ['phone,name,city', ','],
    ['телефон;фио', ';'],
  ])('of %j is %j', (text, delimiter) => {
    expect(delimiterOf(text)).toBe(delimiter);
  });

  it('is a comma for a file of one column, whatever stands in its values', () => {
    expect(delimiterOf('phone\n123\n456\n')).toBe(',');
    expect(delimiterOf('+7 916 000-00-01\n+7 916 000-00-02\n')).toBe(',');
    expect(delimiterOf('Иванова Анна\nPetrova Maria\nNguyễn Văn An\n')).toBe(',');
    expect(delimiterOf('phone\n+33199000001; +33199000002\n+33199000003\n+33199000004\n')).toBe(',');
    expect(delimiterOf('')).toBe(',');
  });

  it('is not told by a last line that was cut off', () => {
    expect(sniffDialect('a;b\n1;2\n3,4,5', false).delimiter).toBe(';');
    expect(sniffDialect('a;b\n1;2\n3;"x,y,z\n,,,,\n', false).delimiter).toBe(';');
  });

  it('is found where nothing but a piece of the first line is known', () => {
    expect(sniffDialect('"phone";"name";"ci', false).delimiter).toBe(';');
  });

  it('is found below lines of titles, and above a total', () => {
    const table = 'ФИО;Телефон\nИванов И.И.;+79160000001\nПетров П.П.;+79160000002\nИтого, человек: 2\n';
    expect(delimiterOf(`Отчёт по лидам, май 2024, Москва\nВыгружено: 01.05.2024, 10:00\n\n${table}`)).toBe(';');
  });

  it('is found though most lines have a field more or less', () => {
    expect(delimiterOf('a|b|c|d\n1|2|3\n1|2|3|4|5\n1|2\n1|2|3|4\n1, 2|3|4\n')).toBe('|');
  });

  it('is not what lists within values are written with', () => {
    expect(delimiterOf('id,tags\n1,red|green|blue\n2,red|blue|black\n3,white|red|grey\n')).toBe(',');
    expect(delimiterOf('id,comment\n1,"a table:\nx|y|z\n1|2|3\n4|5|6\n7|8|9"\n2,hello\n')).toBe(',');
  });

  it('is what the first line states, for the spreadsheet and for us', () => {
    expect(delimiterOf('sep=;\na,b,c;d\n1,2,3;4\n')).toBe(';');
  });
});

describe('the quote', () => {
  it('is a double quote where nothing is quoted', () => {
    expect(quoteOf('a,b\n1,2\n')).toBe('"');
  });

  it('is an apostrophe where apostrophes enclose a column, or what would be cut to pieces', () => {
    expect(quoteOf("1,'di',0.5\n2,'bu',0.7\n")).toBe("'");
    expect(sniffDialect("a;b\n'x; y';1\nz;2\n", true)).toMatchObject({ quote: "'", delimiter: ';' });
  });

  it('is not the apostrophe of a name, nor that which keeps a spreadsheet from calculating', () => {
    expect(quoteOf("name,phone\nO'Brien,1\n'Til Tuesday,2\nD'Arcy,3\n")).toBe('"');
    expect(quoteOf("phone;name\n'+79160000001;Анна\n'+79160000002;Пётр\n")).toBe('"');
    expect(quoteOf("name,phone\n'N/A',1\nAnna,2\nPaul,3\nMaria,4\n")).toBe('"');
  });

  it('is none where values begin with quotes that close nothing, time and again', () => {
    expect(quoteOf('name\tnote\n"Bob" Smith\tx, y\n"Al" B\tz\n"C" D\tq\n')).toBeNull();
  });

  it('stays one when a single quote is not closed, or several stand doubled too few', () => {
    expect(quoteOf('phone,name\n1,"Anna\n2,Bob\n3,Carl\n')).toBe('"');
    expect(quoteOf('a,b\n"the "big" one",1\n"a "small" one",2\n"no "size" at all",3\n')).toBe('"');
  });
});

describe('a quote inside a quoted value', () => {
  it('is doubled, unless backslashes before it make more of the text', () => {
    const escapeOf = (text: string) => sniffDialect(text, true).escape;
    expect(escapeOf('a,b\n"x ""y"" z",1\n')).toBe('double');
    expect(escapeOf('a,b\n"x \\"y\\" z, v",1\n')).toBe('backslash');
    expect(escapeOf('path,b\n"C:\\dir\\","1"\n"D:\\x\\","2"\n')).toBe('double');
  });
});

describe('the line ending', () => {
  const endingOf = (text: string) => sniffDialect(text, true).lineEnding;

  it('is the carriage return only where it ends more lines than the line feed', () => {
    expect(endingOf('a,b\r1,2\r')).toBe('cr');
    expect(endingOf('a,b\r\n1,2\r\n')).toBe('lf');
    expect(endingOf('a,b\n1,2\n3,x\ry\n')).toBe('lf');
    expect(endingOf('a,b\r1,2\r3,4\n5,6\r')).toBe('cr');
    expect(endingOf('a,b')).toBe('lf');
  });

  it('is not told by what is inside quotes', () => {
    expect(endingOf('a,b\r1,"x\ny\nz\nv\nw"\r2,3\r')).toBe('cr');
  });
});

type Written = Pick<Dialect, 'delimiter' | 'escape' | 'lineEnding'> & { quote: '"' | "'" };

const phone = fc.integer({ min: 0, max: 9_999 }).map((n) => `+33 1 99 00 ${String(n).padStart(4, '0')}`);
const amount = fc
  .integer({ min: 0, max: 99_999 })
  .map((n) => `${Math.floor(n / 100)},${String(n % 100).padStart(2, '0')}`);
const day = fc.integer({ min: 1, max: 28 }).map((n) => `2024-05-${String(n).padStart(2, '0')}`);
const person = fc.constantFrom('Anna Petit', 'Иванова Анна', 'Пётр', 'Nguyễn Thị Bích', 'Trần Văn An', "O'Brien", '');
const remark = fc.constantFrom(
  'Paris, Lyon; Lille | Nice',
  'Позвонить после 18:00, лучше вечером',
  'the "big" one, or the other',
  "it's 'urgent', he said",
  'two\nlines',
  'phố Huế, Hà Nội',
  'no',
);

const STYLES = ['needy', 'texts', 'all'] as const;

function needsQuotes(value: string, { delimiter, quote }: Written): boolean {
  return value.includes(delimiter) || value.includes(quote) || value.includes('\n');
}

function render(rows: readonly (readonly string[])[], dialect: Written, style: (typeof STYLES)[number]): string {
  const escaped = (dialect.escape === 'double' ? dialect.quote : '\\') + dialect.quote;
  const field = (value: string) =>
    style === 'all' || (style === 'texts' && /\p{L}/u.test(value)) || needsQuotes(value, dialect)
      ? dialect.quote + value.replaceAll(dialect.quote, escaped) + dialect.quote
      : value;
  return rows
    .map((row) => row.map(field).join(dialect.delimiter) + (dialect.lineEnding === 'cr' ? '\r' : '\n'))
    .join('');
}

it('is found again, in whatever dialect a table is written', () => {
  const kinds = fc.shuffledSubarray([phone, amount, day, person, remark], { minLength: 2, maxLength: 5 });
  const tables = kinds.chain((columns) =>
    fc
      .array(fc.tuple(...columns), { minLength: 4, maxLength: 30 })
      .map((rows) => [columns.map((_, i) => `Column ${i + 1}`), ...rows]),
  );
  const dialects = fc.record({
    delimiter: fc.constantFrom(...DELIMITERS),
    quote: fc.constantFrom('"' as const, "'" as const),
    escape: fc.constantFrom('double' as const, 'backslash' as const),
    lineEnding: fc.constantFrom('lf' as const, 'cr' as const),
  });
  fc.assert(
    fc.property(tables, dialects, fc.constantFrom(...STYLES), (rows, dialect, style) => {
      const found = sniffDialect(render(rows, dialect, style), true);
      const values = rows.flat();
      const escapes = values.some((value) => value.includes(dialect.quote));
      const quotes = style !== 'needy' || values.some((value) => needsQuotes(value, dialect));
      expect(found).toEqual({
        ...dialect,
        escape: escapes ? dialect.escape : 'double',
        quote: quotes ? dialect.quote : '"',
      });
    }),
    { numRuns: 500 },
  );
});

it('takes a moment for the worst of texts', () => {
  const texts = [
    '"a "b" c",\'x;y|z\t\\"\\\'',
    '"\\"\\"\\"',
    '\'a,"b\n',
    ',',
    '((((',
    '+7 (916) 000-00-00;"a, b";\'x\'\n',
  ];
  for (const text of texts) {
    const long = text.repeat(Math.ceil(262_144 / text.length));
    sniffDialect(long, true);
    const start = performance.now();
    sniffDialect(long, true);
    // Measured: 3 to 50 ms. The rest is for machines that have other work.
    expect(performance.now() - start).toBeLessThan(1_000);
  }
});
