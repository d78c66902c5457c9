const MAX_NAME = 200;
const NUMBERED = /^(.*?) (\d{1,6})$/s;

/** A name for a copy, in no language: `Spring` becomes `Spring 2`, `Spring 2` the next number that is free. */
export function copyName(name: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  const [, stem = name, number = '1'] = NUMBERED.exec(name) ?? [];
  for (let next = Number(number) + 1; ; next++) {
    const suffix = ` ${next}`;
    const candidate = stem.slice(0, MAX_NAME - suffix.length).trimEnd() + suffix;
    if (!names.has(candidate)) return candidate;
  }
}
