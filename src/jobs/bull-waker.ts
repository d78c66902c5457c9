import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import Bull from 'bull';

import type { WakeListener, Waker } from './waker.js';

const CLOSE_WITHIN_MS = 3_000;
/** How soon Redis is looked for again when it is gone. Also how long a connection that was being tried outlives `close`. */
const RETRY_MS = 250;

/**
 * Between processes, through Bull. A wake-up is the whole message, so nothing is kept in Redis and nothing is tried again.
 * While Redis is down an `add` does not settle: at most one of each kind is under way, later ones fold into the one after
 * it, and the caller never waits for either.
 */
export class BullWaker implements Waker {
  private readonly log = new Logger(BullWaker.name);
  private readonly queue: Bull.Queue<{ kind: string }>;
  /** Kinds whose wake-up is on its way; true when another was asked for meanwhile. */
  private readonly underway = new Map<string, boolean>();
  private readonly listeners = new Set<WakeListener>();
  private consuming: Promise<void> | null = null;
  private down = false;
  private closed = false;

  /** `name` keeps installations that share a Redis apart. */
  constructor(redisUrl: string, name = 'zvon') {
    this.queue = new Bull(`${name}-wake`, redisUrl, {
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
      settings: { retryProcessDelay: RETRY_MS },
      redis: {
        enableReadyCheck: false,
        maxRetriesPerRequest: null,
        retryStrategy: (tries) => Math.min(tries * 50, RETRY_MS),
      },
    });
    // Bull reports each failed attempt to connect; one line for each time that Redis goes is enough.
    this.queue.on('error', (error) => this.noteError(error));
  }

  wake(kind: string): void {
    if (this.closed) return;
    if (this.underway.has(kind)) {
      this.underway.set(kind, true);
      return;
    }
    this.underway.set(kind, false);
    void this.send(kind);
  }

  async onWake(listener: WakeListener): Promise<void> {
    this.listeners.add(listener);
    if (this.consuming === null) {
      this.queue
        .process((job) => {
          for (const each of this.listeners) each(job.data.kind);
          return Promise.resolve();
        })
        .catch((error: unknown) => this.noteError(error));
      this.consuming = this.queue.isReady().then(() => undefined);
    }
    await this.consuming;
  }

  /** Does Redis answer? */
  async isReachable(): Promise<boolean> {
    const answer = this.queue.client.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([answer, delay(1_000, false, { ref: false })]);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.listeners.clear();
    // Closing before Bull is ready leaves connections behind; but a Redis that is gone must not keep us.
    const closing = this.queue.isReady().then(() => this.queue.close(true));
    const settled = closing.then(
      () => true,
      (error: unknown) => {
        this.log.debug(`Redis was left in the middle: ${String(error)}`);
        return false;
      },
    );
    const abort = new AbortController();
    const late = delay(CLOSE_WITHIN_MS, false, { signal: abort.signal }).catch(() => false);
    const isSettled = await Promise.race([settled, late]);
    abort.abort();
    if (!isSettled) this.drop();
  }

  private async send(kind: string): Promise<void> {
    do {
      this.underway.set(kind, false);
      try {
        await this.queue.add({ kind });
        this.down = false;
      } catch (error) {
        this.noteError(error);
      }
    } while (this.underway.get(kind) && !this.closed);
    this.underway.delete(kind);
  }

  private noteError(error: unknown): void {
    if (this.closed || this.down) return;
    this.down = true;
    this.log.warn(`Redis is out of reach; workers look for jobs by themselves meanwhile (${String(error)})`);
  }

  /** Cut every connection without a word. */
  private drop(): void {
    for (const client of this.queue.clients) if (client.status !== 'end') client.disconnect();
  }
}
