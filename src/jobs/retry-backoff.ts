const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;

/** Milliseconds to wait after the `failures`-th failure in a row (from 1): one second, doubled each time, five minutes at most. */
export function retryBackoffMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
}
