import type { WakeListener, Waker } from './waker.js';

/** Within one process. The listener runs in a turn of its own, so that whoever wakes never waits for the worker. */
export class LocalWaker implements Waker {
  private readonly listeners = new Set<WakeListener>();
  private readonly due = new Set<string>();
  private closed = false;

  wake(kind: string): void {
    if (this.closed || this.due.has(kind)) return;
    this.due.add(kind);
    queueMicrotask(() => {
      this.due.delete(kind);
      if (this.closed) return;
      for (const listener of this.listeners) listener(kind);
    });
  }

  onWake(listener: WakeListener): Promise<void> {
    this.listeners.add(listener);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closed = true;
    this.listeners.clear();
    return Promise.resolve();
  }
}
