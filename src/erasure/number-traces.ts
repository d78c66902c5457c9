/** Digits at the end of a number that are enough to know it by, however it is written. */
const TAIL_DIGITS = 8;

/**
 * Does a row of a file hold one of these numbers, or one of these ids as a whole cell? Numbers in E.164, in any way of
 * writing them. One number in a hundred million is taken for another, which costs no more than a row that nobody could
 * import.
 */
export function holdsTraces(
  fields: readonly string[],
  traces: { numbers: readonly string[]; ids: ReadonlySet<string> },
): boolean {
  const tails = traces.numbers.map((number) => number.replace(/\D/g, '').slice(-TAIL_DIGITS));
  return fields.some((field) => {
    if (traces.ids.has(field.trim())) return true;
    const digits = field.normalize('NFKC').replace(/\D/g, '');
    return tails.some((tail) => digits.includes(tail));
  });
}
