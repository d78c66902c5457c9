/**
 * Calls that ended alike, counted: the cells from which every figure of a report is added up. One cell for each
 * combination that occurs.
 */
export interface CallCell {
  /** The system result; null while the call is alive. */
  result: string | null;
  answered: boolean;
  /** Answered by a live person: heard as one, connected to an operator, or lost while waiting for one. */
  contact: boolean;
  bridged: boolean;
  /** Of the disposition in force; null while there is none. */
  outcomeCode: string | null;
  category: string | null;
  success: boolean;
  rightParty: boolean;
  refusalReason: string | null;
  calls: number;
}

/** What became of the dials of a campaign. */
export interface CallCounts {
  dials: number;
  connections: number;
  contacts: number;
  rightParty: number;
  abandoned: number;
  bridged: number;
  successes: number;
  results: { result: string; count: number }[];
  outcomes: { code: string; category: string; count: number }[];
  refusalReasons: { code: string; count: number }[];
}

/** Entries of a calling list that stand alike, counted. */
export interface StockCell {
  state: 'ready' | 'waiting' | 'in_progress' | 'completed';
  attempted: boolean;
  completedCode: string | null;
  entries: number;
}

/** total = completed + available; available = notYetDialled + toBeRedialled + inProgress. */
export interface ListStock {
  total: number;
  completed: number;
  available: number;
  notYetDialled: number;
  toBeRedialled: number;
  inProgress: number;
  /** Of the available ones: may be claimed now. */
  ready: number;
  /** Of the available ones: due later. */
  waiting: number;
  byCompletedCode: { code: string; count: number }[];
}

/** Operators' time in seconds, breaks left out. */
export interface OperatorTime {
  talkSeconds: number;
  wrapUpSeconds: number;
  signedInSeconds: number;
}

/** All rates: shares from 0 to 1 unless the name says otherwise, null where there is nothing to divide by. */
export interface Rates {
  connectionRate: number | null;
  contactRate: number | null;
  rightPartyRate: number | null;
  abandonmentRate: number | null;
  conversionRate: number | null;
  successesPerLeadAttempted: number | null;
  penetrationRate: number | null;
  talkMinutesPerOperatorHour: number | null;
  occupancyRate: number | null;
  ahtSeconds: number | null;
}

/** How each figure comes about, beside which it is shown. */
export const FORMULAS = {
  dials: 'calls placed; what a crash left unclear counts, what was reserved and never placed does not',
  connections: 'dials that were answered, machines included',
  contacts: 'dials that a live person answered',
  connectionRate: 'connections / dials',
  contactRate: 'contacts / dials',
  rightPartyRate: 'calls with the right party / contacts',
  abandonmentRate: 'answered by a live person and not connected in time / contacts',
  conversionRate: 'successes / contacts',
  successesPerLeadAttempted: 'successes / leads attempted at least once',
  penetrationRate: 'leads attempted at least once / leads on the list',
  signedInSeconds: 'time of operators ready, in calls and in wrap-up; breaks excluded',
  talkMinutesPerOperatorHour: 'talk minutes / signed-in hours, breaks excluded',
  occupancyRate: '(talk + wrap-up) / (signed in, breaks excluded)',
  ahtSeconds: '(talk + wrap-up) / calls connected to an operator',
  'list.total': 'completed + available',
  'list.available': 'not yet dialled + to be redialled + in progress',
  'callbacks.keptOnTime': 'kept, and dialled no later than 10 minutes after the promised time',
} as const;

/** A callback that is dialled later than this after its time is late; from then on it goes before all others. */
export const ON_TIME_MINUTES = 10;

export function countCalls(cells: readonly CallCell[]): CallCounts {
  const sum = (of: (cell: CallCell) => boolean) =>
    cells.reduce((total, cell) => total + (of(cell) ? cell.calls : 0), 0);
  const results = tally(cells, (cell) => cell.result);
  const reasons = tally(cells, (cell) => cell.refusalReason);
  const categories = new Map(cells.map((cell) => [cell.outcomeCode, cell.category]));
  const outcomes = tally(cells, (cell) => cell.outcomeCode);
  return {
    dials: sum(() => true),
    connections: sum((cell) => cell.answered),
    contacts: sum((cell) => cell.contact),
    rightParty: sum((cell) => cell.rightParty),
    abandoned: sum((cell) => cell.result === 'abandoned'),
    bridged: sum((cell) => cell.bridged),
    successes: sum((cell) => cell.success),
    results: results.map(([result, count]) => ({ result, count })),
    outcomes: outcomes.map(([code, count]) => ({ code, category: categories.get(code)!, count })),
    refusalReasons: reasons.map(([code, count]) => ({ code, count })),
  };
}

export function countStock(cells: readonly StockCell[]): ListStock {
  const sum = (of: (cell: StockCell) => boolean) =>
    cells.reduce((total, cell) => total + (of(cell) ? cell.entries : 0), 0);
  const isOpen = (cell: StockCell) => cell.state === 'ready' || cell.state === 'waiting';
  const total = sum(() => true);
  const completed = sum((cell) => cell.state === 'completed');
  const codes = tally(
    cells.map((cell) => ({ code: cell.completedCode, calls: cell.entries })),
    (cell) => cell.code,
  );
  return {
    total,
    completed,
    available: total - completed,
    notYetDialled: sum((cell) => isOpen(cell) && !cell.attempted),
    toBeRedialled: sum((cell) => isOpen(cell) && cell.attempted),
    inProgress: sum((cell) => cell.state === 'in_progress'),
    ready: sum((cell) => cell.state === 'ready'),
    waiting: sum((cell) => cell.state === 'waiting'),
    byCompletedCode: codes.map(([code, count]) => ({ code, count })),
  };
}

export function computeRates(
  calls: Omit<CallCounts, 'results' | 'outcomes' | 'refusalReasons'>,
  leads: { attempted: number; listed: number },
  time: OperatorTime,
): Rates {
  const busySeconds = time.talkSeconds + time.wrapUpSeconds;
  return {
    connectionRate: share(calls.connections, calls.dials),
    contactRate: share(calls.contacts, calls.dials),
    rightPartyRate: share(calls.rightParty, calls.contacts),
    abandonmentRate: share(calls.abandoned, calls.contacts),
    conversionRate: share(calls.successes, calls.contacts),
    successesPerLeadAttempted: share(calls.successes, leads.attempted),
    penetrationRate: share(leads.attempted, leads.listed),
    talkMinutesPerOperatorHour: share(time.talkSeconds / 60, time.signedInSeconds / 3600),
    occupancyRate: share(busySeconds, time.signedInSeconds),
    ahtSeconds: share(busySeconds, calls.bridged),
  };
}

/** Null where there is nothing to divide by. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Counts by name, the largest first, equal ones by name; what has no name is left out. */
function tally<Cell extends { calls: number }>(
  cells: readonly Cell[],
  nameOf: (cell: Cell) => string | null,
): [name: string, count: number][] {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const name = nameOf(cell);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + cell.calls);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** One minute of a campaign. */
export interface MinuteCounts {
  minute: string;
  dials: number;
  contacts: number;
  successes: number;
}

const MINUTE_MS = 60_000;

/** The `minutes` minutes up to and including that of `to`, oldest first; those in which nothing happened are zeros. */
export function fillMinutes(
  counted: readonly { minute: Date; dials: number; contacts: number; successes: number }[],
  to: Date,
  minutes: number,
): MinuteCounts[] {
  const known = new Map(counted.map((row) => [row.minute.getTime(), row]));
  const last = Math.floor(to.getTime() / MINUTE_MS) * MINUTE_MS;
  return Array.from({ length: minutes }, (_, i) => {
    const at = last - (minutes - 1 - i) * MINUTE_MS;
    const { dials = 0, contacts = 0, successes = 0 } = known.get(at) ?? {};
    return { minute: new Date(at).toISOString(), dials, contacts, successes };
  });
}

/** First minute of those that `fillMinutes` shows. */
export function firstMinute(to: Date, minutes: number): Date {
  return new Date((Math.floor(to.getTime() / MINUTE_MS) - (minutes - 1)) * MINUTE_MS);
}
