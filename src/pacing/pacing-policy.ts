import { progressiveDials } from './progressive.js';
import { ratioDials } from './ratio.js';

/** What one campaign's loop sees at an instant. Counts are whole and 0 or more. */
export interface PacingSnapshot {
  at: Date;
  operators: {
    ready: number;
    inCall: number;
    wrapUp: number;
    onBreak: number;
    /** Of those in a call or in wrap-up: how many will not be ready after it. */
    breakRequested?: number;
  };
  calls: {
    /** Reserved, dialing or ringing. */
    inFlight: number;
    /** Answered, and not yet with an operator. */
    waiting: number;
  };
  /**
   * Operators who are ready and wanted for promised calls: `due` now, `soon` within a minute. Of a personal promise it is its
   * owner, of a shared one anybody.
   */
  promises?: { due: number; soon: number };
  /** Leads that may be called now, as far as it was looked. */
  callableNow: number | 'unknown';
  maxLines: number;
  linesInUse: number;
  /** An answered call may wait so long for an operator. */
  connectTimeoutMs: number;
  /** For policies that look ahead; those that count do without. */
  detail?: {
    ringing: { attemptId: number; ringingForMs: number; answerProbability?: number }[];
    busyOperators: { operatorId: number; state: 'in_call' | 'wrap_up'; forMs: number }[];
  };
}

export const PACING_MODES = ['progressive', 'ratio'] as const;
export type PacingMode = (typeof PACING_MODES)[number];

export interface PacingSettings {
  mode: PacingMode;
  /** Calls in flight for each operator who waits, with two decimals; 1 or more. Of use to `ratio` only. */
  ratio: number;
}

/** Why so many. Those of `IDLE_CODES` say why a campaign stands still. */
export type PacingReasonCode =
  | 'dialing'
  | 'enough_in_flight'
  | 'kept_for_callbacks'
  | 'no_operators'
  | 'no_operators_ready'
  | 'no_free_lines'
  | 'out_of_leads';

/** Reasons by which a campaign places no call although it runs. */
export const IDLE_CODES = ['no_operators', 'no_operators_ready', 'no_free_lines', 'out_of_leads'] as const;

export interface PacingDecision {
  /** New calls to place now. */
  dials: number;
  /** Attempts that ring and are to be dropped. */
  cancels: number[];
  reason: { code: PacingReasonCode; sentence: string };
}

/**
 * How many calls to place now. Never more than free lines or callable leads, none with nobody signed in, and never fewer
 * for one more operator who is ready, all else equal. Promises that are due get their calls as far as operators are free;
 * an operator who is wanted for one soon gets no new lead.
 */
export function decide(snapshot: PacingSnapshot, settings: PacingSettings): PacingDecision {
  const { operators, calls, callableNow } = snapshot;
  const signedIn = operators.ready + operators.inCall + operators.wrapUp + operators.onBreak;
  if (signedIn === 0) return idle('no_operators', 'Nobody is signed in.');
  const free = operators.ready - calls.waiting;
  if (free <= 0) return idle('no_operators_ready', noneReady(snapshot));
  const wanted = wantedDials(snapshot, settings);
  const inFlight = `${many(operators.ready, 'operator')} ready, ${many(calls.inFlight, 'call')} in flight`;
  if (wanted === 0) {
    const kept = Math.min(operators.ready, snapshot.promises?.soon ?? 0);
    if (kept > 0 && asModeSays(snapshot, settings, 0) > 0)
      return idle('kept_for_callbacks', `${inFlight}, ${kept} kept for promised calls that are due within a minute.`);
    return idle('enough_in_flight', `${inFlight}: enough.`);
  }
  const lines = Math.max(0, snapshot.maxLines - snapshot.linesInUse);
  if (lines === 0) return idle('no_free_lines', `All ${many(snapshot.maxLines, 'line')} in use.`);
  if (callableNow === 0) return idle('out_of_leads', 'No lead may be called now.');
  const leads = callableNow === 'unknown' ? wanted : callableNow;
  const dials = Math.min(wanted, lines, leads);
  const bound =
    dials === wanted ? '' : lines <= leads ? `, for want of lines, of ${wanted}` : `, for want of leads, of ${wanted}`;
  return {
    dials,
    cancels: [],
    reason: { code: 'dialing', sentence: `${inFlight}: ${many(dials, 'more call')}${bound}.` },
  };
}

/** What is asked for, before lines and leads have their say: the mode's calls, and at least those of promises that are due. */
function wantedDials(snapshot: PacingSnapshot, settings: PacingSettings): number {
  const { operators, calls, promises = { due: 0, soon: 0 } } = snapshot;
  const kept = Math.min(operators.ready, promises.soon);
  const promised = Math.min(promises.due, progressiveDials(operators.ready, calls.inFlight, calls.waiting));
  return Math.max(asModeSays(snapshot, settings, kept), promised);
}

/** What the mode asks for, when `kept` operators of those who are ready are not there for it. */
function asModeSays({ operators, calls }: PacingSnapshot, { mode, ratio }: PacingSettings, kept: number): number {
  const ready = operators.ready - kept;
  switch (mode) {
    case 'progressive':
      return progressiveDials(ready, calls.inFlight, calls.waiting);
    case 'ratio':
      return ratioDials(ready, calls.inFlight, calls.waiting, ratio);
  }
}

function noneReady({ operators, calls }: PacingSnapshot): string {
  if (operators.ready > 0)
    return `${many(operators.ready, 'operator')} ready, and ${many(calls.waiting, 'customer')} waiting for one.`;
  const { inCall, wrapUp, onBreak } = operators;
  return `No operator is ready: ${inCall} in a call, ${wrapUp} in wrap-up, ${onBreak} on a break.`;
}

function idle(code: PacingReasonCode, sentence: string): PacingDecision {
  return { dials: 0, cancels: [], reason: { code, sentence } };
}

/** `1 call`, `2 calls`. */
function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
