import type { Clock, Timer, TimerTask } from './clock.js';

interface Entry {
  at: number;
  order: number;
  task: TimerTask;
  cancelled: boolean;
}

/**
 * A clock that stands still until it is told to run, and then jumps from one scheduled task to the next. Tasks run one
 * at a time, in order of their instants (ties in the order of scheduling), each awaited to its end before the next, so
 * that a whole simulated day is one deterministic sequence. A task that fails stops the run: nothing is swallowed.
 */
export class VirtualClock implements Clock {
  private readonly heap: Entry[] = [];
  private order = 0;
  private current: number;

  constructor(start: Date) {
    this.current = start.getTime();
  }

  now(): Date {
    return new Date(this.current);
  }

  after(ms: number, task: TimerTask): Timer {
    const entry: Entry = {
      at: this.current + Math.max(0, Math.round(ms)),
      order: this.order++,
      task,
      cancelled: false,
    };
    this.push(entry);
    return { cancel: () => void (entry.cancelled = true) };
  }

  every(ms: number, task: TimerTask): Timer {
    let cancelled = false;
    let inner: Timer;
    const turn = async () => {
      await task();
      if (!cancelled) inner = this.after(ms, turn);
    };
    inner = this.after(ms, turn);
    return {
      cancel: () => {
        cancelled = true;
        inner.cancel();
      },
    };
  }

  /** Run every task that is due up to and including `until`, then stand at `until`. */
  async runUntil(until: Date): Promise<void> {
    const end = until.getTime();
    for (let next = this.peek(); next && next.at <= end; next = this.peek()) await this.runOne();
    this.current = Math.max(this.current, end);
  }

  /** Run for `ms` milliseconds of virtual time. */
  async run(ms: number): Promise<void> {
    await this.runUntil(new Date(this.current + ms));
  }

  /** Instant of the next task, or null when nothing is scheduled. */
  nextAt(): Date | null {
    const next = this.peek();
    return next ? new Date(next.at) : null;
  }

  private async runOne(): Promise<void> {
    const entry = this.pop();
    if (!entry) return;
    this.current = Math.max(this.current, entry.at);
    await entry.task();
  }

  private peek(): Entry | undefined {
    while (this.heap[0]?.cancelled) this.pop();
    return this.heap[0];
  }

  private push(entry: Entry): void {
    const heap = this.heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
  }

  private pop(): Entry | undefined {
    const heap = this.heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
