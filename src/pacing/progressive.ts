/**
 * Progressive: never more calls than operators who wait for one, so that nobody who answers meets no operator, unless an
 * operator leaves meanwhile. Counts are 0 or more; so is the answer.
 */
export function progressiveDials(ready: number, inFlight: number, waiting: number): number {
  return Math.max(0, ready - inFlight - waiting);
}
