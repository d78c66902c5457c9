import type { MessageEvent } from '@nestjs/common';
import { Observable } from 'rxjs';

import type { Clock, Timer } from '../common/clock.js';
import type { Hub, Topic } from './hub.js';

const HEARTBEAT_MS = 15_000;
const RECHECK_MS = 4_000;

export interface UpdateOptions<T> {
  hub: Hub;
  clock: Clock;
  /** Does this change concern the stream? */
  matches: (topic: Topic) => boolean;
  /** Read the present truth. */
  load: () => Promise<T>;
  /** Name of the event that carries it. */
  event: string;
  /** Shortest time between two loads; 250 ms when left out. */
  minIntervalMs?: number;
  /** Load again at least this often, for what changes with time alone. */
  reloadEveryMs?: number;
  /** Asked every four seconds: false ends the stream, as after a sign-out. */
  isAllowed?: () => Promise<boolean>;
  /** Ends the stream when aborted, as at shutdown. */
  signal?: AbortSignal;
  /** Told of a load that failed. The stream then ends and the browser comes back by itself. */
  onError: (error: unknown) => void;
}

/**
 * The stream of one server-sent events connection: the truth at once, and anew after each change that concerns it, at most
 * once in `minIntervalMs`. One load at a time; changes meanwhile fold into one more. A comment every 15 s keeps proxies
 * from hanging up. Each event carries the whole truth, so a client that reconnects needs no history and its Last-Event-ID
 * is not asked for.
 */
export function streamUpdates<T>(options: UpdateOptions<T>): Observable<MessageEvent> {
  const { hub, clock, matches, load, event, onError, isAllowed, signal } = options;
  const minIntervalMs = options.minIntervalMs ?? 250;
  return new Observable((subscriber) => {
    const timers = new Set<Timer>();
    let loading = false;
    let dirty = false;
    let pause: Timer | null = null;

    const fail = (error: unknown): void => {
      onError(error);
      subscriber.complete();
    };

    const rest = (): void => {
      pause = clock.after(minIntervalMs, () => {
        pause = null;
        if (dirty) void refresh();
      });
    };

    const refresh = async (): Promise<void> => {
      if (loading || pause !== null) {
        dirty = true;
        return;
      }
      dirty = false;
      loading = true;
      try {
        const data = await load();
        if (!subscriber.closed) subscriber.next({ type: event, data: data as object });
      } catch (error) {
        fail(error);
      }
      loading = false;
      if (!subscriber.closed) rest();
    };

    const unsubscribe = hub.subscribe((topic) => {
      if (matches(topic)) void refresh();
    });
    timers.add(clock.every(HEARTBEAT_MS, () => subscriber.next({ comment: 'still here' })));
    if (options.reloadEveryMs !== undefined) timers.add(clock.every(options.reloadEveryMs, () => void refresh()));
    if (isAllowed)
      timers.add(
        clock.every(RECHECK_MS, async () => {
          try {
            if (!(await isAllowed())) subscriber.complete();
          } catch (error) {
            fail(error);
          }
        }),
      );
    const end = () => subscriber.complete();
    signal?.addEventListener('abort', end);
    subscriber.add(() => {
      unsubscribe();
      signal?.removeEventListener('abort', end);
      pause?.cancel();
      for (const timer of timers) timer.cancel();
    });
    if (signal?.aborted) end();
    else void refresh();
  });
}
