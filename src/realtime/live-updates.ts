import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';

import { CLOCK, type Clock } from '../common/clock.js';
import { HUB, type Hub } from './hub.js';
import { streamUpdates, type UpdateOptions } from './sse.js';

/** Streams of server-sent events that end with the application. */
@Injectable()
export class LiveUpdates implements BeforeApplicationShutdown {
  private readonly log = new Logger(LiveUpdates.name);
  private readonly closing = new AbortController();

  constructor(
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** For a handler under `@Sse()`. Pass the `@SessionCheck()` of the request as `isAllowed`. */
  stream<T>(options: Omit<UpdateOptions<T>, 'hub' | 'clock' | 'signal' | 'onError'>): Observable<MessageEvent> {
    return streamUpdates({
      ...options,
      hub: this.hub,
      clock: this.clock,
      signal: this.closing.signal,
      onError: (error) => this.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
  }

  /** Before the server stops listening: it would wait for open streams. */
  beforeApplicationShutdown(): void {
    this.closing.abort();
  }
}
