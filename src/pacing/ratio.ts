/**
 * Fixed ratio: so many calls in flight for each operator who waits for one. A customer who waits already takes a whole
 * operator, not the share of one that a ringing call takes. With a ratio of 1 it is progressive. Counts are 0 or more; so
 * is the answer.
 */
export function ratioDials(ready: number, inFlight: number, waiting: number, ratio: number): number {
  const free = Math.max(0, ready - waiting);
  // In hundredths, which are all that a ratio has: 1.16 × 25 is 29, and 28.999… in floating point.
  return Math.max(0, Math.floor((Math.round(ratio * 100) * free) / 100) - inFlight);
}
