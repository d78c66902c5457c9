/** At most so many, of names and texts at most so long. */
const MOST = 50;
const LONGEST_NAME = 100;
const LONGEST_TEXT = 1000;

/** Neither can be stored as text: the null character, and half of a surrogate pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** What is wrong with what claims to be the attributes of an offer; null: nothing. */
export function faultInOfferAttributes(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'give an object of names and values';
  const entries = Object.entries(value);
  if (entries.length > MOST) return `at most ${MOST} attributes`;
  for (const [name, content] of entries) {
    if (name.trim() === '') return 'an attribute needs a name';
    if (name.length > LONGEST_NAME) return `a name has at most ${LONGEST_NAME} characters`;
    if (UNSTORABLE.test(name)) return 'a name holds characters that no text can hold';
    if (typeof content === 'string') {
      if (content.length > LONGEST_TEXT) return `${name}: at most ${LONGEST_TEXT} characters`;
      if (UNSTORABLE.test(content)) return `${name} holds characters that no text can hold`;
    } else if (typeof content !== 'boolean' && !Number.isFinite(content))
      return `${name}: give a text, a number, true or false`;
  }
  return null;
}
