/** Entries of a calling list that stand alike, counted. */
export interface StandingCell {
  state: 'ready' | 'waiting' | 'in_progress' | 'completed';
  /** Rung of the ladder. */
  tier: number;
  bucketId: number;
  attempted: boolean;
  /** It carries a promise. */
  promised: boolean;
  /** Only one operator may have the call. */
  owned: boolean;
  /** Of one that waits: its time has come, it is made ready with the next turn. */
  due: boolean;
  /** Of one that waits: the rule that holds it back. */
  heldBy: string | null;
  completedCode: string | null;
  entries: number;
  /** The first of them is due then. */
  firstDueAt: Date;
}

/** Whether people of a bucket may be called now, and else from when. */
export interface BucketHours {
  open: boolean;
  opensAt: Date | null;
  country: string;
  regions: string[];
  zones: string[];
}

export interface CodeCount {
  code: string;
  count: number;
}

/** Why some are not called now, how many, and when the first of them may be. */
export interface NotNow extends CodeCount {
  nextAt: Date | null;
}

/** People who are where nobody may be called now. */
export interface ClosedPlace {
  bucketId: number;
  country: string;
  regions: string[];
  zones: string[];
  count: number;
  opensAt: Date | null;
}

/**
 * What is left of a calling list. total = completed + available; available = notYetDialled + toBeRedialled + inProgress, and
 * also ready + inProgress + the counts of notNow. Each list of codes adds up to what it is of.
 */
export interface StockFunnel {
  total: number;
  completed: number;
  available: number;
  notYetDialled: number;
  toBeRedialled: number;
  inProgress: number;
  /** Due, where people may be called now. The gate still asks everything else. */
  ready: number;
  readyBy: CodeCount[];
  notNow: NotNow[];
  /** Of those outside calling hours: where they are. */
  closed: ClosedPlace[];
  completedBy: CodeCount[];
}

/** What a ready one is: a promised call, somebody whom we abandoned, a hot lead, a retry, or new. */
function kindOf({ promised, owned, tier, attempted }: StandingCell): string {
  if (promised) return owned ? 'own_callback' : 'callback';
  if (tier === 2) return 'abandoned';
  if (tier === 3) return 'hot';
  return attempted ? 'retry' : 'new';
}

/** Why an entry is not called now; null: it may be, or is not to be called at all. */
function notNowOf(cell: StandingCell, hours: ReadonlyMap<number, BucketHours>): string | null {
  if (cell.state === 'waiting' && !cell.due) {
    if (cell.heldBy !== null) return cell.heldBy;
    const kind = kindOf(cell);
    return kind === 'own_callback' ? 'callback' : kind;
  }
  if (cell.state === 'completed' || cell.state === 'in_progress') return null;
  return hours.get(cell.bucketId)?.open ? null : OUTSIDE;
}

const OUTSIDE = 'outside_window';

/** Add cells up. `hours` has every bucket that the cells name. */
export function stockOf(cells: readonly StandingCell[], hours: ReadonlyMap<number, BucketHours>): StockFunnel {
  const count = (of: (cell: StandingCell) => boolean) =>
    cells.reduce((total, cell) => total + (of(cell) ? cell.entries : 0), 0);
  const isOpen = ({ state }: StandingCell) => state === 'ready' || state === 'waiting';
  const ready = new Map<string, number>();
  const completed = new Map<string, number>();
  const notNow = new Map<string, { count: number; nextAt: number | null }>();
  const closed = new Map<number, number>();
  const add = <Key>(counts: Map<Key, number>, key: Key, entries: number) =>
    counts.set(key, (counts.get(key) ?? 0) + entries);
  for (const cell of cells) {
    const { bucketId, entries, firstDueAt, completedCode } = cell;
    if (cell.state === 'completed') add(completed, completedCode!, entries);
    if (!isOpen(cell)) continue;
    const code = notNowOf(cell, hours);
    if (code === null) {
      add(ready, kindOf(cell), entries);
      continue;
    }
    const isClosed = cell.state === 'ready' || cell.due;
    if (isClosed) add(closed, bucketId, entries);
    const nextAt = isClosed ? (hours.get(bucketId)?.opensAt?.getTime() ?? null) : firstDueAt.getTime();
    const known = notNow.get(code) ?? { count: 0, nextAt: null };
    notNow.set(code, { count: known.count + entries, nextAt: earlier(known.nextAt, nextAt) });
  }
  const total = count(() => true);
  const over = count(({ state }) => state === 'completed');
  const byCount = <Row extends { count: number }>(rows: Row[]) => rows.sort((a, b) => b.count - a.count);
  const listed = (counts: ReadonlyMap<string, number>): CodeCount[] =>
    byCount([...counts].map(([code, entries]) => ({ code, count: entries })));
  return {
    total,
    completed: over,
    available: total - over,
    notYetDialled: count((cell) => isOpen(cell) && !cell.attempted),
    toBeRedialled: count((cell) => isOpen(cell) && cell.attempted),
    inProgress: count(({ state }) => state === 'in_progress'),
    ready: [...ready.values()].reduce((sum, entries) => sum + entries, 0),
    readyBy: listed(ready),
    notNow: byCount(
      [...notNow].map(([code, { count, nextAt }]) => ({
        code,
        count,
        nextAt: nextAt === null ? null : new Date(nextAt),
      })),
    ),
    closed: byCount(
      [...closed].map(([bucketId, entries]) => {
        const { country, regions, zones, opensAt } = hours.get(bucketId)!;
        return { bucketId, country, regions, zones, count: entries, opensAt };
      }),
    ),
    completedBy: listed(completed),
  };
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
