import type { Decision, Refusal } from '../compliance/decision.js';
import { LEFT_SEGMENT } from '../campaigns/left-segment.js';

/** Why the list by itself lets nobody call a lead now. The gate's reasons come on top. */
export const LIST_CODES = [
  'not_fitting',
  'not_listed',
  'no_phone',
  'left_segment',
  'completed',
  'in_progress',
  'not_due',
  'owner_only',
  'list_unfit',
] as const;
export type ListCode = (typeof LIST_CODES)[number];

export interface WhyReason {
  code: ListCode | Refusal['code'];
  sentence: string;
  /** When this reason ends by itself, where that is known. */
  nextAt: Date | null;
}

/** How a lead stands with a campaign's list. */
export interface Standing {
  /** Null: not on the list. */
  entry: {
    state: 'ready' | 'waiting' | 'in_progress' | 'completed';
    dueAt: Date;
    completedCode: string | null;
    promised: boolean;
    /** The operator who alone may have the call, and whether they are ready for it now. */
    owner: { name: string; ready: boolean } | null;
  } | null;
  listMode: string;
  /** Fits a segment of the campaign, by its rules as they are. */
  fits: boolean;
  hasPhone: boolean;
}

/** Reasons after which there is no later, as things are. */
const FINAL: ReadonlySet<string> = new Set<ListCode>([
  'not_fitting',
  'not_listed',
  'no_phone',
  'left_segment',
  'completed',
]);

/** What the list says against a call now. */
export function listReasons({ entry, listMode, fits, hasPhone }: Standing, now: Date): WhyReason[] {
  const reasons: WhyReason[] = [];
  const no = (code: ListCode, sentence: string, nextAt: Date | null = null) => reasons.push({ code, sentence, nextAt });
  if (!hasPhone) no('no_phone', 'The lead has no phone to call.');
  if (!entry) {
    if (!fits && hasPhone) no('not_fitting', 'The lead fits no segment of the campaign, and is not on its list.');
    if (fits)
      no(
        'not_listed',
        listMode === 'live'
          ? 'The lead fits a segment; the live list has not followed yet.'
          : 'The lead fits a segment, but the list was built without them; refill it.',
      );
    return reasons;
  }
  if (entry.state === 'completed')
    if (entry.completedCode === LEFT_SEGMENT)
      no('left_segment', 'The lead fits no segment of the campaign any more, and has left its list.');
    else no('completed', `The lead is done with in this campaign: ${entry.completedCode!.replaceAll('_', ' ')}.`);
  if (entry.state === 'in_progress') no('in_progress', 'The lead is being called, or the outcome is awaited.');
  if (entry.state === 'waiting' && entry.dueAt > now)
    no('not_due', entry.promised ? 'The promised time has not come.' : 'The next try is due later.', entry.dueAt);
  if (entry.owner && !entry.owner.ready && (entry.state === 'ready' || entry.state === 'waiting'))
    no('owner_only', `${entry.owner.name} promised to call in person and is not ready now.`);
  if (entry.state !== 'completed' && listMode === 'live' && !fits && !entry.promised)
    no('list_unfit', 'The lead fits no segment any more, and leaves the live list before the next dial.');
  return reasons;
}

/** The list's reasons and the gate's as one answer. `gate` is null where there is nothing to ask it about. */
export function answerOf(
  list: readonly WhyReason[],
  gate: Decision | null,
): { mayBeCalled: boolean; verdict: Decision['verdict']; reasons: WhyReason[]; nextAt: Date | null } {
  // Two rules may say the very same: a cap of the law, and the campaign's own.
  const said = [...list, ...(gate?.reasons ?? [])];
  const keys = said.map(({ code, sentence, nextAt }) => `${code} ${sentence} ${nextAt?.getTime()}`);
  const reasons = said.filter((_, place) => keys.indexOf(keys[place]!) === place);
  const final = gate?.verdict === 'deny' || list.some(({ code }) => FINAL.has(code));
  if (reasons.length === 0) return { mayBeCalled: true, verdict: 'allow', reasons, nextAt: null };
  const instants = reasons.map(({ nextAt }) => nextAt);
  const known = !final && instants.every((at) => at !== null);
  return {
    mayBeCalled: false,
    verdict: final ? 'deny' : 'defer',
    reasons,
    nextAt: known ? new Date(Math.max(...instants.map((at) => at!.getTime()))) : null,
  };
}
