import type { MessageEvent } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import type { Subscription } from 'rxjs';

import { VirtualClock } from '../common/virtual-clock.js';
import { LocalHub } from './hub.js';
import { streamUpdates, type UpdateOptions } from './sse.js';

const START = new Date('2026-11-23T09:00:00Z');

function open(changes: Partial<UpdateOptions<{ n: number }>> = {}) {
  const clock = new VirtualClock(START);
  const hub = new LocalHub();
  const events: MessageEvent[] = [];
  const errors: unknown[] = [];
  const state = { loads: 0, completed: false };
  const subscription: Subscription = streamUpdates({
    hub,
    clock,
    matches: (topic) => topic.kind === 'campaign' && topic.id === 7,
    load: () => Promise.resolve({ n: ++state.loads }),
    event: 'live',
    onError: (error) => errors.push(error),
    ...changes,
  }).subscribe({ next: (event) => events.push(event), complete: () => (state.completed = true) });
  const change = () => hub.publish({ kind: 'campaign', id: 7 });
  return { clock, hub, events, errors, state, subscription, change };
}

/** Let promises that are already resolved run their course. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

describe('a stream of updates', () => {
  it('gives the truth at once', async () => {
    const { events } = open();
    await settle();
    expect(events).toEqual([{ type: 'live', data: { n: 1 } }]);
  });

  it('gives it anew after a change that concerns it, and only then', async () => {
    const { clock, hub, events, change } = open();
    await settle();
    await clock.run(1_000);
    hub.publish({ kind: 'campaign', id: 8 });
    await settle();
    expect(events).toHaveLength(1);
    change();
    await settle();
    expect(events).toHaveLength(2);
  });

  it('gives it four times a second at most, and the last change is never lost', async () => {
    const { clock, events, state, change } = open();
    await settle();
    for (let i = 0; i < 100; i++) {
      change();
      await clock.run(10);
      await settle();
    }
    await clock.run(250);
    await settle();
    expect(events.length).toBeGreaterThanOrEqual(4);
    expect(events.length).toBeLessThanOrEqual(6);
    expect(state.loads).toBe(events.length);
  });

  it('loads once at a time, and once more for changes meanwhile', async () => {
    const waiting: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const { clock, change } = open({
      load: async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => waiting.push(resolve));
        running--;
        return { n: 0 };
      },
    });
    await settle();
    for (let i = 0; i < 5; i++) change();
    await clock.run(1_000);
    waiting[0]!();
    await settle();
    await clock.run(250);
    await settle();
    expect(waiting).toHaveLength(2);
    expect(most).toBe(1);
  });

  it('says every fifteen seconds that it is still there', async () => {
    const { clock, events } = open();
    await settle();
    await clock.run(31_000);
    expect(events.slice(1)).toEqual([{ comment: 'still here' }, { comment: 'still here' }]);
  });

  it('loads by itself where it was asked to', async () => {
    const { clock, events } = open({ reloadEveryMs: 2_000 });
    await settle();
    for (let i = 0; i < 3; i++) {
      await clock.run(2_000);
      await settle();
    }
    expect(events.filter((event) => event.type === 'live')).toHaveLength(4);
  });

  it('ends within five seconds of the end of the session', async () => {
    let allowed = true;
    const { clock, state } = open({ isAllowed: () => Promise.resolve(allowed) });
    await settle();
    await clock.run(10_000);
    expect(state.completed).toBe(false);
    allowed = false;
    await clock.run(5_000);
    expect(state.completed).toBe(true);
  });

  it('ends when the session can not be looked up, and says why', async () => {
    const { clock, state, errors } = open({ isAllowed: () => Promise.reject(new Error('no database')) });
    await settle();
    await clock.run(5_000);
    expect(state.completed).toBe(true);
    expect(errors).toEqual([new Error('no database')]);
  });

  it('ends when a load fails, and says why', async () => {
    const { state, errors } = open({ load: () => Promise.reject(new Error('no database')) });
    await settle();
    expect(state.completed).toBe(true);
    expect(errors).toEqual([new Error('no database')]);
  });

  it('ends with the application', async () => {
    const closing = new AbortController();
    const { state } = open({ signal: closing.signal });
    await settle();
    closing.abort();
    expect(state.completed).toBe(true);
  });

  it('leaves nothing behind when the browser hangs up', async () => {
    const { clock, state, subscription, change } = open({
      reloadEveryMs: 1_000,
      isAllowed: () => Promise.resolve(true),
    });
    await settle();
    subscription.unsubscribe();
    change();
    await clock.run(60_000);
    expect(state.loads).toBe(1);
    expect(clock.nextAt()).toBeNull();
  });
});
