/** Digits of a prefix, in E.164 without the plus. */
export const PREFIX_DIGITS = { min: 2, max: 14 } as const;

const FIRST_NODES = 64;
const DIGIT_ZERO = 48;
/** A branch that leads nowhere; one at whose end a prefix is complete. The root, which is 0, is the end of no branch. */
const NONE = 0;
const END = -1;

/**
 * Which of the prefixes (digits without plus) a number in E.164 begins with: the shortest one, null for none. A tree of
 * digits: a number that begins with none of them is let go at its first digits, however many prefixes there are.
 */
export function prefixFinder(prefixes: readonly string[]): (e164: string) => string | null {
  let nodes = new Int32Array(FIRST_NODES * 10);
  let used = 1;
  const add = (prefix: string): void => {
    let node = 0;
    for (let at = 0; at < prefix.length; at++) {
      const branch = node * 10 + prefix.charCodeAt(at) - DIGIT_ZERO;
      const next = nodes[branch]!;
      // A shorter one covers it.
      if (next === END) return;
      if (at === prefix.length - 1) nodes[branch] = END;
      else if (next !== NONE) node = next;
      else {
        if ((used + 1) * 10 > nodes.length) {
          const larger = new Int32Array(nodes.length * 2);
          larger.set(nodes);
          nodes = larger;
        }
        node = nodes[branch] = used++;
      }
    }
  };
  for (const prefix of prefixes) {
    if (!isPrefix(prefix)) throw new Error(`${prefix} is no prefix: it has from 2 to 14 digits and nothing else`);
    add(prefix);
  }
  return (e164) => {
    let node = 0;
    for (let at = 1; at < e164.length; at++) {
      const next = nodes[node * 10 + e164.charCodeAt(at) - DIGIT_ZERO];
      if (next === END) return e164.slice(1, at + 1);
      if (next === NONE || next === undefined) return null;
      node = next;
    }
    return null;
  };
}

/** Does a number in E.164, with its plus, begin with one of the prefixes? */
export function prefixMatcher(prefixes: readonly string[]): (e164: string) => boolean {
  const find = prefixFinder(prefixes);
  return (e164) => find(e164) !== null;
}

export function isPrefix(text: string): boolean {
  return /^[0-9]{2,14}$/.test(text);
}
