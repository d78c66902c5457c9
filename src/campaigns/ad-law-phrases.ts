import {
  EN_QUALITY_ENDINGS,
  ENDINGS,
  ENGLISH,
  RARE_ENDINGS,
  RU_ADJECTIVE_ENDINGS,
  RU_MODEST_STEMS,
  RU_VERB_ENDINGS,
  RUSSIAN,
  VIETNAMESE,
  type Group,
  type PhraseBook,
} from './ad-law-words.js';
import { strip, type Token } from './ad-law-text.js';

/** A phrase that a text holds: tokens from `first` up to but without `end`. */
export interface Match {
  group: Group;
  first: number;
  end: number;
  /** No word before it denies it. */
  hasOwnNegation: boolean;
}

/** Does one word fit one place of a phrase? */
interface Place {
  words: ReadonlySet<string>;
  /** The same without accents; null where that would say something else. */
  bare: ReadonlySet<string> | null;
  kinds: readonly ((token: Token) => boolean)[];
}

interface Phrase {
  group: Group;
  hasOwnNegation: boolean;
  /** `gap`: up to three words. */
  places: readonly (Place | 'gap')[];
}

const MOST_IN_GAP = 3;

/** A form that every number has in the index of phrases. */
const ANY_NUMBER = '%number';

const KINDS: Readonly<Record<string, (token: Token) => boolean>> = {
  '%number': isNumber,
  '%adjective': (token) => token.forms.some((form) => form.length > 4 && endsWith(form, RU_ADJECTIVE_ENDINGS)),
  '%verb': (token) => token.forms.some((form) => form.length > 3 && endsWith(form, RU_VERB_ENDINGS)),
  '%quality': (token) => token.forms.some((form) => form.length > 5 && endsWith(form, EN_QUALITY_ENDINGS)),
};

export function isNumber(token: Token): boolean {
  return token.kind === 'word' && /^[0-9]{1,15}$/.test(token.forms[0] ?? '');
}

function endsWith(form: string, endings: readonly string[]): boolean {
  return endings.some((ending) => form.endsWith(ending));
}

/** Phrases by the words that they may begin with. */
const INDEX: ReadonlyMap<string, readonly Phrase[]> = indexOf([RUSSIAN, ENGLISH, VIETNAMESE]);

function indexOf(books: readonly PhraseBook[]): Map<string, Phrase[]> {
  const index = new Map<string, Phrase[]>();
  const add = (word: string, phrase: Phrase) => {
    const known = index.get(word);
    if (!known) index.set(word, [phrase]);
    else if (known.at(-1) !== phrase) known.push(phrase);
  };
  for (const book of books)
    for (const [group, lines] of Object.entries(book) as [Group, readonly string[]][])
      for (const line of lines) {
        const phrase = compile(line, group);
        const [first] = phrase.places;
        if (!first || first === 'gap') throw new Error(`A phrase begins with a word: ${line}`);
        for (const word of first.words) add(word, phrase);
        for (const word of first.bare ?? []) add(word, phrase);
        if (first.kinds.includes(isNumber)) add(ANY_NUMBER, phrase);
      }
  return index;
}

function compile(line: string, group: Group): Phrase {
  const hasOwnNegation = line.startsWith('!');
  const parts = (hasOwnNegation ? line.slice(1) : line).split(' ');
  // A word alone without its accents is often another word; in a phrase the others tell which is meant.
  const guessable = parts.length > 1;
  const places = parts.map((part) => (part === '..' ? ('gap' as const) : place(part, guessable, line)));
  return { group, hasOwnNegation, places };
}

function place(part: string, guessable: boolean, line: string): Place {
  const options = part.split('|');
  const kinds = options
    .filter((option) => option.startsWith('%') && option !== '%')
    .map((kind) => {
      const test = KINDS[kind];
      if (!test) throw new Error(`There is no kind ${kind}: ${line}`);
      return test;
    });
  const words = options
    .filter((option) => !option.startsWith('%') || option === '%')
    .flatMap((word) => expand(word, line));
  const bare = guessable ? new Set(words.map(strip)) : null;
  return { words: new Set(words), bare, kinds };
}

function expand(word: string, line: string): string[] {
  const [stem = '', table] = word.split('~');
  if (table === undefined) return [word];
  const endings = ENDINGS[table] ?? RARE_ENDINGS[table];
  if (!endings) throw new Error(`There is no table ${table}: ${line}`);
  return endings.map((ending) => stem + ending);
}

/** Every phrase of the books that the tokens hold, in the order of the text. */
export function findPhrases(tokens: readonly Token[]): Match[] {
  const found: Match[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'field') continue;
    for (const phrase of candidatesFor(token)) {
      const end = endOfMatch(tokens, at, phrase.places);
      if (end !== null) found.push({ group: phrase.group, first: at, end, hasOwnNegation: phrase.hasOwnNegation });
    }
    if (isRussianSuperlative(token))
      found.push({ group: 'superlative', first: at, end: at + 1, hasOwnNegation: false });
  }
  return found;
}

function candidatesFor(token: Token): Set<Phrase> {
  const keys = token.bare === null ? token.forms : [...token.forms, token.bare];
  return new Set([...keys, ...(isNumber(token) ? [ANY_NUMBER] : [])].flatMap((key) => INDEX.get(key) ?? []));
}

/** Where the phrase that begins here ends; null: it is not here. Phrases and gaps are short, so this takes no time. */
function endOfMatch(tokens: readonly Token[], at: number, places: readonly (Place | 'gap')[]): number | null {
  const [place, ...rest] = places;
  if (place === undefined) return at;
  if (place === 'gap') {
    for (let skipped = 0; skipped <= MOST_IN_GAP; skipped += 1) {
      const end = isJoined(tokens, at + skipped) ? endOfMatch(tokens, at + skipped, rest) : null;
      if (end !== null) return end;
    }
    return null;
  }
  const token = tokens[at];
  if (!token || !fits(token, place)) return null;
  return rest.length === 0 || isJoined(tokens, at + 1) ? endOfMatch(tokens, at + 1, rest) : null;
}

/** Is there a token, in the same sentence as the one before it? */
function isJoined(tokens: readonly Token[], at: number): boolean {
  return tokens[at] !== undefined && tokens[at].sentence === tokens[at - 1]?.sentence;
}

function fits(token: Token, { words, bare, kinds }: Place): boolean {
  if (token.kind === 'field') return false;
  if (token.forms.some((form) => words.has(form))) return true;
  if (token.bare !== null && bare?.has(token.bare)) return true;
  return kinds.some((kind) => kind(token));
}

/** крупнейший, выгоднейшая, наибольший: -ейш- or -айш- before an ending of an adjective, or наи- and -ш-. */
function isRussianSuperlative(token: Token): boolean {
  return token.forms.some((form) => {
    const ending = ENDINGS['adjs']!.find((each) => form.endsWith(each));
    if (ending === undefined) return false;
    const stem = form.slice(0, -ending.length);
    if (stem.startsWith('наи') && stem.endsWith('ш')) return true;
    const root = stem.slice(0, -3);
    return /[еа]йш$/.test(stem) && root.length > 2 && !RU_MODEST_STEMS.has(root);
  });
}
