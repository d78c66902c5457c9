import { readTokens, type Token } from './ad-law-text.js';

/** A claim that somebody has shown to be true: the words as they are said, and until when the proof holds. */
export interface ProvenClaim {
  text: string;
  /** Its last day, `YYYY-MM-DD`; null: no end. */
  validUntil: string | null;
}

/** Claims, ready to be looked for. */
export interface ClaimBook {
  readonly index: ReadonlyMap<string, readonly (readonly string[])[]>;
}

/** One word alone claims nothing that could be proven: best at what, by whose measure? */
export const LEAST_CLAIM_WORDS = 2;
export const MOST_CLAIM_WORDS = 40;

/** How many words a claim has, as the linter counts. */
export function wordsOfClaim(text: string): number {
  return stemsOf(text).length;
}

/** Those that hold on a day (`YYYY-MM-DD`). */
export function compileClaims(claims: readonly ProvenClaim[], today: string): ClaimBook {
  const index = new Map<string, (readonly string[])[]>();
  for (const { text, validUntil } of claims) {
    const stems = stemsOf(text);
    if ((validUntil !== null && validUntil < today) || stems.length < LEAST_CLAIM_WORDS) continue;
    if (stems.length > MOST_CLAIM_WORDS) continue;
    const first = stems[0]!;
    const known = index.get(first);
    if (known) known.push(stems);
    else index.set(first, [stems]);
  }
  return { index };
}

/**
 * For each token, the end of the longest proven claim that begins at it or before it: what lies between is allowed.
 * A claim is the same with other endings, but not with other words or in another order.
 */
export function claimedUntil({ index }: ClaimBook, tokens: readonly Token[]): number[] {
  const words = tokens.map((token) => (index.size === 0 ? '' : stemOf(token.forms[0] ?? '')));
  let until = 0;
  return words.map((word, at) => {
    for (const claim of index.get(word) ?? [])
      if (at + claim.length > until && claim.every((stem, nth) => words[at + nth] === stem)) until = at + claim.length;
    return until;
  });
}

function stemsOf(text: string): string[] {
  return readTokens(text, null)
    .filter((token) => token.kind !== 'field')
    .map((token) => stemOf(token.forms[0] ?? ''));
}

/** Endings that say no more than case, number or gender. */
const ENDING =
  /(ыми|ими|ого|его|ому|ему|иях|иям|ией|ями|ами|ый|ий|ой|ая|яя|ое|ее|ые|ие|ым|им|ом|ем|ую|юю|ых|их|ию|ия|ии|ов|ев|ей|ам|ям|ах|ях|а|у|ы|и|е|о|ю|я|ь)$/;

function stemOf(word: string): string {
  if (/\p{Script=Cyrillic}/u.test(word)) return word.length > 4 ? word.replace(ENDING, '') : word;
  return word.length > 4 ? word.replace(/s$/, '') : word;
}
