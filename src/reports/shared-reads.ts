import type { Clock } from '../common/clock.js';

/** Between two readings of one thing at least. */
export const REST_MS = 250;
/** And at least this many times what the last reading took: watching takes a fifth of one connection's time at most. */
const REST_FACTOR = 4;

interface Slot<View> {
  /** Resolved when the reading is over and has been rested from. */
  rested: Promise<void>;
  /** The reading after this one, once somebody has asked for it. */
  next: Promise<View> | null;
}

/**
 * Costly views that many watch. A reading answers all who asked before it began, never anybody who asked after that: what
 * they know has changed is then in what they get.
 */
export class SharedReads<View> {
  private readonly slots = new Map<number, Slot<View>>();

  constructor(
    private readonly load: (id: number) => Promise<View>,
    private readonly clock: Clock,
  ) {}

  read(id: number): Promise<View> {
    const slot = this.slots.get(id);
    if (!slot) return this.begin(id);
    return (slot.next ??= slot.rested.then(() => this.begin(id)));
  }

  private begin(id: number): Promise<View> {
    const startedAt = this.clock.now().getTime();
    const view = this.load(id);
    const rest = () =>
      new Promise<void>((resolve) => {
        const tookMs = this.clock.now().getTime() - startedAt;
        this.clock.after(Math.max(REST_MS, tookMs * REST_FACTOR), resolve);
      });
    // A failure is for those who asked; the next reading may well succeed.
    const rested = view.then(rest, rest).then(() => {
      if (this.slots.get(id) === slot) this.slots.delete(id);
    });
    const slot: Slot<View> = { rested, next: null };
    this.slots.set(id, slot);
    return view;
  }
}
