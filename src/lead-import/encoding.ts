import type { Encoding } from './csv-dialect.js';

export interface EncodingGuess {
  encoding: Encoding;
  /** 0 to 1: how sure, against the other encodings that are known here. */
  confidence: number;
  /** Does a byte order mark state it? */
  marked: boolean;
}

/** The encoding that a byte order mark states, or null where there is none. */
export function bomEncoding(head: Buffer): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return null;
}

/** A TextDecoder, of which nothing is asked but this. */
export interface Decoder {
  /** `stream`: more bytes follow, and a character that these end in waits for its rest. None: give what waits. */
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

/** What windows-1252 has where Latin-1 has control characters, from 0x80 on. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * Reads bytes as text; invalid ones become U+FFFD, and a byte order mark is left out. Not simply a TextDecoder: Node's,
 * from 20.18.3 on, takes windows-1252 for Latin-1 and turns euro signs and typographic quotes into control characters.
 */
export function decoderOf(encoding: Encoding): Decoder {
  const decoder = new TextDecoder(encoding);
  if (encoding !== 'windows-1252') return decoder;
  return {
    decode: (bytes, options) =>
      decoder.decode(bytes, options).replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80]!),
  };
}

/** Share of UTF-16 units that must be characters of European or Vietnamese text. */
const UTF16_RATE = 0.8;
/** Share of characters beyond ASCII that must be right for a damaged text to be UTF-8 still: a few bytes in all were lost. */
const DAMAGED_UTF8_RATE = 0.9;

/**
 * The encoding of a text from its start, or from any part of it. `isUtf8`: is the whole file valid UTF-8? What is not,
 * and is no UTF-16, is Russian in windows-1251 or KOI8-R, or a western language in windows-1252, whichever makes the
 * likelier text of the bytes beyond ASCII. windows-1251 where the sample has none.
 */
export function detectEncoding(sample: Buffer, isUtf8: boolean): EncodingGuess {
  const stated = bomEncoding(sample);
  if (stated) return { encoding: stated, confidence: 1, marked: true };
  // Before UTF-8: ASCII in UTF-16 is valid UTF-8 too, every second character of it a null.
  const wide = utf16Of(sample);
  if (wide) return { ...wide, marked: false };
  if (isUtf8) return { encoding: 'utf-8', confidence: 1, marked: false };
  const damaged = utf8Rate(sample);
  if (damaged >= DAMAGED_UTF8_RATE) return { encoding: 'utf-8', confidence: damaged, marked: false };

  const scores = PROFILES.map((profile) => likelihood(sample, profile));
  const best = Math.max(...scores);
  const confidence = 1 / scores.reduce((sum, score) => sum + Math.exp(score - best), 0);
  return { encoding: PROFILES[scores.indexOf(best)]!.encoding, confidence, marked: false };
}

function utf16Of(sample: Buffer): { encoding: Encoding; confidence: number } | null {
  const units = sample.length >> 1;
  if (units < 2) return null;
  let little = 0;
  let big = 0;
  for (let i = 0; i < units; i++) {
    const first = sample[2 * i]!;
    const second = sample[2 * i + 1]!;
    if (isTextUnit(second, first)) little++;
    if (isTextUnit(first, second)) big++;
  }
  const rate = Math.max(little, big) / units;
  if (rate < UTF16_RATE || little === big) return null;
  return { encoding: little > big ? 'utf-16le' : 'utf-16be', confidence: rate };
}

/** Basic and extended Latin, accents that stand alone, Cyrillic, Vietnamese. Texts in other encodings have no bytes like these upper halves. */
function isTextUnit(high: number, low: number): boolean {
  if (high === 0) return low >= 32 || low === 9 || low === 10 || low === 13;
  return high === 1 || high === 3 || high === 4 || high === 0x1e;
}

/** Of the characters beyond ASCII, the share that is right UTF-8; 0 where there are none. */
function utf8Rate(sample: Buffer): number {
  let right = 0;
  let wrong = 0;
  for (let i = 0; i < sample.length; i++) {
    const byte = sample[i]!;
    if (byte < 0x80) continue;
    const more = byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
    // The sample may end within a character.
    if (more > 0 && i + more >= sample.length) break;
    let found = 0;
    while (found < more && (sample[i + found + 1]! & 0xc0) === 0x80) found++;
    if (more > 0 && found === more) {
      right++;
      i += more;
    } else wrong++;
  }
  return right === 0 ? 0 : right / (right + wrong);
}

/** Letters of Russian per 1,000 of running text, as frequency tables of the language have them. */
const RUSSIAN: Readonly<Record<string, number>> = {
  о: 110, е: 85, а: 80, и: 74, н: 67, т: 63, с: 55, р: 47, в: 45, л: 44, к: 35,
  м: 32, д: 30, п: 28, у: 26, я: 20, ы: 19, ь: 17, г: 17, з: 16, б: 16, ч: 14,
  й: 12, х: 10, ж: 9, ш: 7, ю: 6, ц: 5, щ: 4, э: 3, ф: 3, ъ: 0.4, ё: 0.4,
  // Of Ukrainian and Belarusian, in windows-1251.
  і: 2, ї: 0.5, є: 0.5, ґ: 0.1, ў: 0.5,
}; // prettier-ignore

/** Letters beyond ASCII per 1,000 of such letters, roughly, in French, German, Spanish, Portuguese and Italian together. */
const WESTERN: Readonly<Record<string, number>> = {
  é: 220, ü: 75, ä: 75, è: 60, à: 60, ö: 60, ó: 60, á: 50, í: 50, ç: 40, ê: 35, ã: 35, ñ: 30, ß: 30, ú: 20,
  å: 15, ô: 15, â: 15, ø: 10, ù: 10, î: 10, û: 10, ì: 8, ò: 8, õ: 8, ë: 6, ï: 6, æ: 5, œ: 4, š: 2, ý: 2, ž: 2,
}; // prettier-ignore

const VOWELS = new Set('аеёиоуыэюяіїє');
const SIGNS = new Set('ьъ');
/** Signs that texts of all three kinds have. */
const TYPOGRAPHY = new Set('‘’“”„«»‹›–—…•№€£§©®™°±·\u00a0\u00ad´²³½¼ºª¿¡¢');

/** What is seldom, as logarithms: the rate of a sign, and how much seldomer a thing makes the text it is found in. */
const TYPOGRAPHIC = Math.log(0.01);
const STRANGE = Math.log(0.000_1);
const FOREIGN_NEIGHBOUR = -3;
const FOREIGN_MARK = -0.5;
const ALONE = -2;
const CASE_BREAK = -4;
const CAPITALS = -0.5;
const MISSPELT = -4;
/** In Russian, how much likelier a vowel is after a consonant, and so on, than vowels and consonants are at all. */
const ALTERNATION = 0.4;
const VOWEL_AGAIN = -1.3;
const CONSONANT_AGAIN = -0.4;

const OTHER = 0;
const ASCII_SMALL = 1;
const ASCII_CAPITAL = 2;
const SMALL = 3;
const CAPITAL = 4;

const VOWEL = 1;
const CONSONANT = 2;
const SIGN = 3;

/** What each byte is in an encoding. */
interface Profile {
  encoding: Encoding;
  cyrillic: boolean;
  /** Logarithm of how much commoner the encoding is than others. */
  prior: number;
  kind: Uint8Array;
  /** Logarithm of its rate among the bytes beyond ASCII. */
  weight: Float64Array;
  /** Of Cyrillic letters only. */
  sound: Uint8Array;
}

const PROFILES: readonly Profile[] = [
  profileOf('windows-1251', 0, RUSSIAN, true),
  profileOf('koi8-r', -2, RUSSIAN, true),
  profileOf('windows-1252', 0, WESTERN, false),
];

function profileOf(
  encoding: Encoding,
  prior: number,
  letters: Readonly<Record<string, number>>,
  cyrillic: boolean,
): Profile {
  const kind = new Uint8Array(256);
  const weight = new Float64Array(256);
  const sound = new Uint8Array(256);
  const decoder = decoderOf(encoding);
  for (let byte = 0; byte < 256; byte++) {
    const char = decoder.decode(Uint8Array.of(byte));
    const small = char.toLowerCase();
    const isLetter = /\p{L}/u.test(char);
    if (byte < 0x80) {
      if (isLetter) kind[byte] = char === small ? ASCII_SMALL : ASCII_CAPITAL;
      continue;
    }
    const rate = letters[small];
    if (isLetter) kind[byte] = char === small ? SMALL : CAPITAL;
    weight[byte] = rate ? Math.log(rate / 1_000) : TYPOGRAPHY.has(char) ? TYPOGRAPHIC : STRANGE;
    if (cyrillic && rate) sound[byte] = VOWELS.has(small) ? VOWEL : SIGNS.has(small) ? SIGN : CONSONANT;
  }
  return { encoding, cyrillic, prior, kind, weight, sound };
}

/** Logarithm of how likely the bytes beyond ASCII are, each where it stands, were they written in this encoding. */
function likelihood(sample: Buffer, { cyrillic, prior, kind, weight, sound }: Profile): number {
  let sum = prior;
  let capitals = 0;
  for (let i = 0; i < sample.length; i++) {
    const byte = sample[i]!;
    if (byte < 0x80) continue;
    sum += weight[byte]!;
    const here = kind[byte]!;
    const previous = i > 0 ? sample[i - 1]! : 0;
    const before = kind[previous]!;
    const after = i + 1 < sample.length ? kind[sample[i + 1]!]! : OTHER;
    const besideAscii = isAscii(before) || isAscii(after);
    if (here < SMALL) {
      if (cyrillic && besideAscii) sum += FOREIGN_MARK;
      continue;
    }

    capitals = here === CAPITAL ? (before === CAPITAL ? capitals + 1 : 1) : before === CAPITAL ? capitals : 0;
    if (here === CAPITAL) {
      if (before === SMALL || before === ASCII_SMALL) sum += CASE_BREAK;
      else if (before === CAPITAL) sum += CAPITALS;
    } else if (before === CAPITAL && capitals > 1) sum += CASE_BREAK;

    if (cyrillic) {
      if (isAscii(before)) sum += FOREIGN_NEIGHBOUR;
      if (isAscii(after)) sum += FOREIGN_NEIGHBOUR;
      sum += spelling(before >= SMALL ? sound[previous]! : OTHER, sound[byte]!, before >= SMALL);
    } else {
      if (before >= SMALL) sum += FOREIGN_NEIGHBOUR;
      if (before === OTHER && after === OTHER) sum += ALONE;
    }
  }
  return sum;
}

function isAscii(kind: number): boolean {
  return kind === ASCII_SMALL || kind === ASCII_CAPITAL;
}

function spelling(before: number, here: number, withinWord: boolean): number {
  if (here === SIGN) return before === CONSONANT ? 0 : MISSPELT;
  if (!withinWord || before === OTHER || here === OTHER) return 0;
  if (before === here) return here === VOWEL ? VOWEL_AGAIN : CONSONANT_AGAIN;
  return before === SIGN ? 0 : ALTERNATION;
}
