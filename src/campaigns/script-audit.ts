type Fields = Record<string, unknown>;

/**
 * The state of a script as the trail keeps it, leaf by leaf: `steps.hello.texts.ru`. So a change of one word in a long
 * script is told as the change of one text. Members of a list go by their id, code or name; a list itself is the order of
 * its members.
 */
export function flatScript(state: Fields | null): Fields | null {
  if (state === null) return null;
  const { content, ...rest } = state;
  const flat: Fields = { ...rest };
  if (isFields(content)) for (const [field, value] of Object.entries(content)) flatten(field, value, flat);
  return flat;
}

function flatten(path: string, value: unknown, into: Fields): void {
  if (Array.isArray(value) && value.every(isFields)) {
    const keys = keysOf(value);
    if (keys.length > 0) into[path] = keys;
    for (const [at, each] of value.entries()) flattenFields(`${path}.${keys[at]}`, each, into);
  } else if (isFields(value)) flattenFields(path, value, into);
  else into[path] = value;
}

function flattenFields(path: string, fields: Fields, into: Fields): void {
  for (const [field, value] of Object.entries(fields)) if (field !== 'id') flatten(`${path}.${field}`, value, into);
}

/** What tells each member of a list from the others, whatever its place. */
function keysOf(list: readonly Fields[]): string[] {
  const taken = new Set<string>();
  return list.map((each, at) => {
    const own = [each['id'], each['refusalReason'], each['label']].find((name) => typeof name === 'string');
    const key = own !== undefined && !taken.has(own) ? own : `${own ?? ''}${at + 1}`;
    taken.add(key);
    return key;
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
