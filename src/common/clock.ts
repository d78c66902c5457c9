/**
 * Time, handed in. Business code reads the instant and schedules its work here and nowhere else, so that the server, the
 * tests and a simulated shift run the same code: the first on the machine's clock, the others on a virtual one.
 */
export interface Timer {
  cancel(): void;
}

export type TimerTask = () => void | Promise<void>;

export interface Clock {
  /** The present instant. */
  now(): Date;
  /** Run once, `ms` milliseconds from now (0 or more). */
  after(ms: number, task: TimerTask): Timer;
  /** Run again and again, `ms` milliseconds after the end of the run before; the first run is `ms` from now. */
  every(ms: number, task: TimerTask): Timer;
}

/** Injection token for the one clock of a process. */
export const CLOCK = Symbol('Clock');

/** The machine's clock. A task that fails is handed to `onError`; it never takes the process or its timer down. */
export class SystemClock implements Clock {
  constructor(private readonly onError: (error: unknown) => void) {}

  now(): Date {
    return new Date();
  }

  after(ms: number, task: TimerTask): Timer {
    const handle = setTimeout(() => void this.run(task), ms);
    return { cancel: () => clearTimeout(handle) };
  }

  every(ms: number, task: TimerTask): Timer {
    let cancelled = false;
    let inner = this.after(ms, turn);
    const again = () => (inner = this.after(ms, turn));
    const run = () => this.run(task);
    async function turn(): Promise<void> {
      await run();
      if (!cancelled) again();
    }
    return {
      cancel: () => {
        cancelled = true;
        inner.cancel();
      },
    };
  }

  private async run(task: TimerTask): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.onError(error);
    }
  }
}
