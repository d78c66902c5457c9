import type { Analysis, Dedupe, ImportEstimate } from '../api/contract.js';

/** A count that is only known about is not written to its last digit. */
export function rounded(count: number): number {
  if (count < 100) return count;
  const step = 10 ** (Math.floor(Math.log10(count)) - 1);
  return Math.round(count / step) * step;
}

/** The number as it may be said: `≈` and two digits where it was reckoned from a sample. */
export const said = (format: { number: (value: number) => string }, count: number, exact: boolean) =>
  exact || count === 0 ? format.number(count) : `≈ ${format.number(rounded(count))}`;

/** How many people the import would bring, and change. */
export function reckoned({ estimate }: Analysis, action: Dedupe['action']): { count: number; exact: boolean } {
  const count = estimate.valid + (action === 'update' ? estimate.duplicate : 0);
  return { count: estimate.exact ? count : rounded(count), exact: estimate.exact };
}

/** The share of phones that can't be read from which on the country is likely to be wrong. */
const SUSPECT_RATE = 0.2;
const UNREADABLE = ['phone_invalid', 'phone_too_short', 'phone_too_long'];

/** Are so many phones unreadable that they are likely to be of another country? */
export function doubtsCountry({ rows, rejectsByCode }: ImportEstimate): boolean {
  const unreadable = rejectsByCode
    .filter(({ code }) => UNREADABLE.includes(code))
    .reduce((sum, { count }) => sum + count, 0);
  return unreadable > rows * SUSPECT_RATE;
}
