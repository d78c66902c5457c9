import { NAME_ENDINGS } from './ad-law-words.js';
import { readTokens, type Token } from './ad-law-text.js';

/** A name: what each of its words may be reduced to, and whether it is written with a capital. */
interface Name {
  words: readonly ReadonlySet<string>[];
  hasCapital: boolean;
}

/** Names of competitors, ready to be looked for. */
export interface NameBook {
  /** By a stem of their first word. */
  readonly index: ReadonlyMap<string, readonly Name[]>;
}

/** Where a name stands: tokens from `first` up to but without `end`. */
export interface NameSpan {
  first: number;
  end: number;
  hasCapital: boolean;
}

const LEAST_LETTERS = 2;
const MOST_WORDS = 6;
const LONGEST_ENDING = 3;

/** Names may be written in any alphabet; each word is known in every form of Russian nouns and adjectives. */
export function compileNames(names: readonly string[]): NameBook {
  const index = new Map<string, Name[]>();
  for (const name of names) {
    const words = readTokens(name, null)
      .filter((token) => token.kind === 'word')
      .map(stemsOfName);
    const [first] = words;
    if (!first || words.length > MOST_WORDS || name.trim().length < LEAST_LETTERS) continue;
    const entry = { words, hasCapital: /^\p{Lu}/u.test(name.trim()) };
    for (const stem of first) index.set(stem, [...(index.get(stem) ?? []), entry]);
  }
  return { index };
}

/** Where names stand in a text, in any case; where two begin at one word the longer counts. */
export function findNames(tokens: readonly Token[], { index }: NameBook): NameSpan[] {
  const found: NameSpan[] = [];
  if (index.size === 0) return found;
  for (const [at, token] of tokens.entries()) {
    let best: Name | null = null;
    for (const stem of stemsOfWord(token))
      for (const name of index.get(stem) ?? [])
        if (
          name.words.length > (best?.words.length ?? 0) &&
          name.words.every((stems, nth) => isWord(tokens[at + nth], token.sentence, stems))
        )
          best = name;
    if (best) found.push({ first: at, end: at + best.words.length, hasCapital: best.hasCapital });
  }
  return found;
}

function isWord(token: Token | undefined, sentence: number, stems: ReadonlySet<string>): boolean {
  return token?.sentence === sentence && stemsOfWord(token).some((stem) => stems.has(stem));
}

/** What remains of a name's word under any ending: `ромашк` of Ромашка, `ветер` and `ветр` of Ветер. */
function stemsOfName(token: Token): Set<string> {
  const stems = new Set<string>();
  for (const form of token.forms) {
    stems.add(form);
    if (!isCyrillic(form)) continue;
    const vowel = /[аеиоуыэюяйь]$/.test(form) ? form.slice(0, -1) : form;
    const adjective = /(ый|ий|ой|ая|яя|ое|ее|ые|ие)$/.test(form) ? form.slice(0, -2) : form;
    // The vowel that goes when an ending comes: ветер, ветра; кружок, кружка.
    const fleeting = /[ео][кцрлнг]$/.test(form) ? form.slice(0, -2) + form.slice(-1) : form;
    for (const stem of [vowel, adjective, fleeting]) if (stem.length > 2) stems.add(stem);
  }
  return stems;
}

/** The word itself, and what remains of it without each ending that it may have. */
function stemsOfWord(token: Token): string[] {
  if (token.kind !== 'word') return [];
  return token.forms.flatMap((form) => {
    if (!isCyrillic(form)) return [form];
    const stems = [form];
    for (let length = 1; length <= LONGEST_ENDING && form.length - length > 1; length += 1)
      if (NAME_ENDINGS.has(form.slice(-length))) stems.push(form.slice(0, -length));
    return stems;
  });
}

function isCyrillic(form: string): boolean {
  return /\p{Script=Cyrillic}/u.test(form);
}
