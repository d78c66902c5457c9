import type { Locale } from '../auth/access.js';

/**
 * Reading a text as a listener hears it, whatever letters it is written with: full-width and mathematical letters are
 * letters, invisible signs are not there, letters of another alphabet that look alike count as the ones they pass for,
 * s p a c e d letters make a word. Each token knows where it stands in the text as it was written. One pass over the text.
 */

/** A word, a sign (`#`, `%`, a currency) or a field in braces. */
export interface Token {
  kind: 'word' | 'sign' | 'field';
  /** UTF-16 offsets in the text as written; `to` is exclusive. */
  from: number;
  to: number;
  /** What it may be read as, in small letters; the first is the plain one. Of a field: its name. */
  forms: readonly string[];
  /** In Vietnamese, a word written without any accent, which the reader has to guess; else null. */
  bare: string | null;
  /** Phrases do not run on from one sentence to the next. */
  sentence: number;
  /** Nor does a negation from one clause to the next. */
  clause: number;
  /** Latin and Cyrillic letters in one word. */
  mixed: boolean;
}

/** Placeholders are at most this long, see the filling in. */
const LONGEST_FIELD = 204;
/** No word is longer; what is, is not looked up. */
const LONGEST_WORD = 64;
/** Marks that follow one letter; no language needs more, and reordering more costs more than it tells. */
const MOST_MARKS = 4;

// Each of these is asked of one character.
const LETTER = /^[\p{L}\p{N}]$/u;
const ALPHABETIC = /^\p{L}$/u;
const MARK = /^\p{M}$/u;
const CYRILLIC = /^\p{Script=Cyrillic}$/u;
const LATIN = /^\p{Script=Latin}$/u;
/** Invisible: format controls (soft hyphen, zero-width, direction), the grapheme joiner, variation selectors, fillers. */
const INVISIBLE = /^[\p{Cf}\u034f\ufe00-\ufe0f\u115f\u1160\u3164\uffa0\u{e0100}-\u{e01ef}]$/u;
const SIGNS: ReadonlySet<string> = new Set(['#', '%', '€', '$', '£', '₽', '₫', '₴', '₸', '₹', '¥']);
const APOSTROPHES: ReadonlySet<string> = new Set(["'", '’', '‘', 'ʼ', '`', '´']);
const SENTENCE_ENDS: ReadonlySet<string> = new Set(['.', '!', '?', ';', '…', '。', '！', '？']);
const CLAUSE_ENDS: ReadonlySet<string> = new Set([',', ':', '—', '–', '(', ')']);

/** Letters that pass for a Latin one in any case, by how they look, not by how they sound. */
// prettier-ignore
const LOOKS_LATIN = table({
  А: 'A', В: 'B', Е: 'E', Ё: 'E', К: 'K', М: 'M', Н: 'H', О: 'O', Р: 'P', С: 'C', Т: 'T', Х: 'X', У: 'Y', І: 'I', Ј: 'J', Ѕ: 'S', Ү: 'Y', Ԛ: 'Q', Ԝ: 'W',
  а: 'a', е: 'e', ё: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ј: 'j', ѕ: 's', ԁ: 'd', һ: 'h', ԛ: 'q', ԝ: 'w', ү: 'y', ӏ: 'l',
  Α: 'A', Β: 'B', Ε: 'E', Ζ: 'Z', Η: 'H', Ι: 'I', Κ: 'K', Μ: 'M', Ν: 'N', Ο: 'O', Ρ: 'P', Τ: 'T', Υ: 'Y', Χ: 'X',
  α: 'a', ε: 'e', η: 'n', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', σ: 'o', τ: 't', υ: 'u', χ: 'x', ω: 'w', γ: 'y',
  ı: 'i', ɑ: 'a', ɡ: 'g', ʙ: 'b', ᴀ: 'a', ᴄ: 'c', ᴅ: 'd', ᴇ: 'e', ɢ: 'g', ʜ: 'h', ɪ: 'i', ᴊ: 'j', ᴋ: 'k', ʟ: 'l', ᴍ: 'm', ɴ: 'n', ᴏ: 'o', ᴘ: 'p', ʀ: 'r', ꜱ: 's', ᴛ: 't', ᴜ: 'u', ᴠ: 'v', ᴡ: 'w', ʏ: 'y', ᴢ: 'z',
  օ: 'o', ս: 'u', ո: 'n', հ: 'h', ƅ: 'b', ɓ: 'b', ƨ: 's', ɩ: 'i', ɾ: 'r', ᴉ: 'i', ꓲ: 'i', ⅼ: 'l',
});
/** More that pass for a Latin letter among Latin letters only. */
const LOOKS_LATIN_BESIDE = table({
  к: 'k',
  м: 'm',
  т: 't',
  н: 'h',
  ь: 'b',
  в: 'b',
  г: 'r',
  п: 'n',
  и: 'u',
  ш: 'w',
  З: '3',
  з: '3',
});
// prettier-ignore
const LOOKS_CYRILLIC = table({
  A: 'а', B: 'в', C: 'с', E: 'е', H: 'н', K: 'к', M: 'м', O: 'о', P: 'р', T: 'т', X: 'х', Y: 'у',
  a: 'а', c: 'с', e: 'е', o: 'о', p: 'р', x: 'х', y: 'у', ë: 'е', Ë: 'е',
  Α: 'а', Β: 'в', Ε: 'е', Η: 'н', Κ: 'к', Μ: 'м', Ο: 'о', Ρ: 'р', Τ: 'т', Χ: 'х', Υ: 'у', ο: 'о', α: 'а', ρ: 'р', ε: 'е',
  ѐ: 'е', ѝ: 'и', і: 'и', ї: 'и', ў: 'у', ѣ: 'е', є: 'е', ґ: 'г', ѓ: 'г', ќ: 'к', ӑ: 'а', ӓ: 'а', ӗ: 'е', ӧ: 'о', ӱ: 'у', ӯ: 'у', ӥ: 'и', ӣ: 'и',
});
// prettier-ignore
const LOOKS_CYRILLIC_BESIDE = table({
  k: 'к', m: 'м', t: 'т', h: 'н', b: 'ь', n: 'п', r: 'г', u: 'и', i: 'и', g: 'д', w: 'ш', I: 'и', N: 'и', R: 'я', κ: 'к', τ: 'т', п: 'п', ᴦ: 'г', ᴨ: 'п', ᴋ: 'к', ᴛ: 'т', ᴍ: 'м',
});
/** Signs of money that pass for a letter between two letters. */
const LOOKS_LETTER = table({ $: 's', '€': 'e' });
const DIGIT_LATIN = table({ 0: 'o', 1: 'l', 3: 'e', 4: 'a', 5: 's' });
const DIGIT_CYRILLIC = table({ 0: 'о', 3: 'з', 4: 'ч', 6: 'б' });

function table(letters: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(letters));
}

/** Split a text into tokens. `locale` tells whether accents may be missing or are letters of their own. */
export function readTokens(text: string, locale: Locale | null): Token[] {
  return joinSpacedLetters(new Reader(text, locale).read(), locale);
}

class Reader {
  private readonly tokens: Token[] = [];
  private letters: Letter[] = [];
  private sentence = 0;
  private clause = 0;

  constructor(
    private readonly text: string,
    private readonly locale: Locale | null,
  ) {}

  read(): Token[] {
    let lineBreaks = 0;
    for (let at = 0; at < this.text.length;) {
      const field = this.fieldAt(at);
      if (field) {
        this.endWord();
        this.push('field', at, field.to, [field.name], null, false);
        at = field.to;
        continue;
      }
      const sign = charAt(this.text, at);
      const from = at;
      at += sign.length;
      if (INVISIBLE.test(sign)) continue;
      let marks = 0;
      let cluster = sign;
      // Marks and what is invisible belong to the letter before.
      for (let next = charAt(this.text, at); next !== '' && isPartOf(next); next = charAt(this.text, at)) {
        if (!INVISIBLE.test(next) && marks++ < MOST_MARKS) cluster += next;
        at += next.length;
      }
      if (this.addLetters(cluster, from, at)) {
        lineBreaks = 0;
        continue;
      }
      this.endWord();
      if (sign === '\n') lineBreaks += 1;
      else if (sign.trim() !== '') lineBreaks = 0;
      this.separate(sign, from, at, lineBreaks);
    }
    this.endWord();
    return this.tokens;
  }

  /** `{{name}}` that begins here: what will stand there is another's word. */
  private fieldAt(at: number): { name: string; to: number } | null {
    if (!this.text.startsWith('{{', at)) return null;
    const end = this.text.slice(at + 2, at + LONGEST_FIELD).search(/[{}]/);
    if (end < 1 || !this.text.startsWith('}}', at + 2 + end)) return null;
    const [name] = this.text.slice(at + 2, at + 2 + end).split('|');
    return { name: name!.trim(), to: at + end + 4 };
  }

  private addLetters(cluster: string, from: number, to: number): boolean {
    const apostrophe = APOSTROPHES.has(cluster);
    if (apostrophe && this.letters.length > 0 && LETTER.test(charAt(this.text, to))) {
      this.letters.push({ sign: "'", marks: '', from, to });
      return true;
    }
    const passesFor = LOOKS_LETTER.get(cluster);
    if (passesFor && this.letters.length > 0 && ALPHABETIC.test(this.letters.at(-1)!.sign)) {
      if (!ALPHABETIC.test(charAt(this.text, to))) return false;
      this.letters.push({ sign: passesFor, marks: '', from, to });
      return true;
    }
    // A trade mark is no part of the word before it.
    if (cluster === '™' || cluster === '℠') return false;
    const plain = isAscii(cluster) ? cluster : unboxed(cluster).normalize('NFKC');
    const [first = ''] = plain;
    if (!LETTER.test(first)) return false;
    const letters: Letter[] = [];
    for (const sign of plain)
      if (LETTER.test(sign)) letters.push({ sign, marks: '', from, to });
      else if (MARK.test(sign) && letters.length > 0) letters.at(-1)!.marks += sign;
    this.letters.push(...letters);
    return true;
  }

  private endWord(): void {
    const { letters } = this;
    if (letters.length > 0) {
      const [from, to] = [letters[0]!.from, letters.at(-1)!.to];
      const { forms, bare, mixed } = letters.length > LONGEST_WORD ? NO_WORD : formsOf(letters, this.locale);
      this.push('word', from, to, forms, bare, mixed);
    }
    this.letters = [];
  }

  private separate(sign: string, from: number, to: number, lineBreaks: number): void {
    if (SIGNS.has(sign)) return this.push('sign', from, to, [sign], null, false);
    const full = sign.normalize('NFKC');
    if (SIGNS.has(full)) return this.push('sign', from, to, [full], null, false);
    // Not in `No. 1`, 49.90 and `b.e.s.t`.
    const goesOn = sign === '.' && (/^ ?[0-9]/.test(this.text.slice(to, to + 2)) || this.isBetweenLetters(from, to));
    const ends = SENTENCE_ENDS.has(sign) && !goesOn;
    if (ends || lineBreaks === 2) {
      this.sentence += 1;
      this.clause += 1;
    } else if (CLAUSE_ENDS.has(sign)) this.clause += 1;
  }

  /** Is what stands before it a letter alone, and is there another one right after it? */
  private isBetweenLetters(from: number, to: number): boolean {
    const before = this.tokens.at(-1);
    return before?.to === from && isSingle(before) && ALPHABETIC.test(charAt(this.text, to));
  }

  private push(
    kind: Token['kind'],
    from: number,
    to: number,
    forms: readonly string[],
    bare: string | null,
    mixed: boolean,
  ): void {
    this.tokens.push({ kind, from, to, forms, bare, mixed, sentence: this.sentence, clause: this.clause });
  }
}

/** A letter or a digit, its marks, and where it stands. */
interface Letter {
  sign: string;
  marks: string;
  from: number;
  to: number;
}

function isPartOf(sign: string): boolean {
  // Most text has neither: no need to ask further.
  if (sign < '\u0300' && sign !== '\u00ad') return false;
  return MARK.test(sign) || INVISIBLE.test(sign);
}

function charAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** White letters on black, which Unicode itself takes for pictures: 🅱, 🅐. */
function unboxed(cluster: string): string {
  const code = cluster.codePointAt(0)!;
  const first = [0x1f150, 0x1f170].find((start) => code >= start && code < start + 26);
  return first === undefined ? cluster : String.fromCharCode(0x61 + code - first);
}

function isAscii(text: string): boolean {
  return text.length === 1 && text.charCodeAt(0) < 128;
}

/** What a word may be read as. */
function formsOf(
  letters: readonly Letter[],
  locale: Locale | null,
): { forms: string[]; bare: string | null; mixed: boolean } {
  // What follows an apostrophe is an ending: today's, iPhone'ом. Only in n't does it carry the sense.
  const cut = letters.findIndex((letter) => letter.sign === "'");
  const stem = cut > 0 && !isNegation(letters, cut) ? letters.slice(0, cut) : letters;
  const cyrillic = stem.some(({ sign }) => CYRILLIC.test(sign));
  const latin = stem.some(({ sign }) => LATIN.test(sign));
  const mixed = cyrillic && latin;
  const digits = (cyrillic || latin) && stem.some(({ sign }) => sign >= '0' && sign <= '9');
  const spell = (of: (letter: Letter) => string) => small(stem.map(of).join(''));
  const plain = spell(({ sign, marks }) => compose(sign, marks));
  const forms = [plain];
  const inLatin = isPlainAscii(plain)
    ? plain
    : spell(({ sign, marks }) =>
        compose(LOOKS_LATIN.get(sign) ?? (latin ? LOOKS_LATIN_BESIDE.get(sign) : undefined) ?? sign, marks),
      );
  const stripped = strip(inLatin);
  const bare = locale === 'vi' && stripped === inLatin ? stripped : null;
  // An accent more or less hides no English word; in Vietnamese it makes another one.
  forms.push(inLatin, ...(locale === 'vi' ? [] : [stripped]));
  forms.push(
    spell(({ sign }) => LOOKS_CYRILLIC.get(sign) ?? (mixed ? (LOOKS_CYRILLIC_BESIDE.get(sign) ?? sign) : sign)),
  );
  if (digits && stem.length > 2)
    forms.push(
      spell(({ sign }) => DIGIT_LATIN.get(sign) ?? LOOKS_LATIN.get(sign) ?? sign),
      spell(
        ({ sign }) => DIGIT_CYRILLIC.get(sign) ?? LOOKS_CYRILLIC.get(sign) ?? LOOKS_CYRILLIC_BESIDE.get(sign) ?? sign,
      ),
    );
  return { forms: [...new Set(forms)], bare, mixed };
}

function isNegation(letters: readonly Letter[], apostrophe: number): boolean {
  return letters.length === apostrophe + 2 && /^[tTт]$/u.test(letters.at(-1)!.sign);
}

/** A letter with those of its marks that make a letter of it; stress and strike-through marks do not. */
function compose(sign: string, marks: string): string {
  if (marks === '') return sign;
  return [...(sign + marks).normalize('NFC')].filter((each) => !MARK.test(each)).join('');
}

/** Small letters, and the Russian ё as е, which print does not tell apart. */
function small(text: string): string {
  const lower = text.toLowerCase().replaceAll('ё', 'е');
  // The capital İ turns into i and a dot.
  return lower.includes('\u0307') ? lower.replaceAll('\u0307', '') : lower;
}

function isPlainAscii(text: string): boolean {
  return /^[a-z0-9']*$/.test(text);
}

/** Without accents: `nhất` as `nhat`, `đ` as `d`. */
export function strip(text: string): string {
  return text.replaceAll('đ', 'd').normalize('NFD').replace(/\p{M}/gu, '');
}

/** Four letters and more that stand alone, one sign apart: `b e s t`, `л-у-ч-ш-и-й`. */
const LEAST_SPACED = 4;
const NO_WORD = { forms: [], bare: null, mixed: false };

function joinSpacedLetters(tokens: readonly Token[], locale: Locale | null): Token[] {
  const joined: Token[] = [];
  for (let at = 0; at < tokens.length;) {
    let end = at;
    while (end < tokens.length && isSingle(tokens[end]!) && (end === at || isNext(tokens[end - 1]!, tokens[end]!)))
      end += 1;
    if (end - at < LEAST_SPACED) {
      joined.push(...tokens.slice(at, Math.max(end, at + 1)));
      at = Math.max(end, at + 1);
      continue;
    }
    const run = tokens.slice(at, end);
    const letters = run
      .slice(0, LONGEST_WORD + 1)
      .map(({ forms, from, to }) => ({ sign: forms[0]!, marks: '', from, to }));
    const read = letters.length > LONGEST_WORD ? NO_WORD : formsOf(letters, locale);
    joined.push({ ...run[0]!, to: run.at(-1)!.to, ...read });
    at = end;
  }
  return joined;
}

function isSingle(token: Token): boolean {
  return token.kind === 'word' && token.forms[0]?.length === 1 && !/^[0-9]$/.test(token.forms[0]);
}

function isNext(before: Token, after: Token): boolean {
  return after.from - before.to === 1;
}
