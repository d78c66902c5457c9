import type { Recycling } from '../campaigns/retry-settings.js';
import type { RecyclePayload } from './recycle.job.js';

const DAY_MS = 24 * 3_600_000;

/** Until when calls must have ended to come back now, by code. */
export function recycledCodes(
  recycling: Recycling,
  now: Date,
): { code: string; afterDays: number; endedBefore: Date }[] {
  return recycling.rules.flatMap(({ codes, afterDays }) =>
    codes.map((code) => ({ code, afterDays, endedBefore: new Date(now.getTime() - afterDays * DAY_MS) })),
  );
}

/** What is to be walked: each code, for those who never came back, came back once, and so on. */
export function recycleSpans(recycling: Recycling, now: Date): RecyclePayload['spans'] {
  return recycledCodes(recycling, now).flatMap(({ code, endedBefore }) =>
    Array.from({ length: recycling.rounds }, (_, round) => ({ code, round, endedBefore: endedBefore.toISOString() })),
  );
}
