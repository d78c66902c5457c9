import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { SystemClock } from '../common/clock.js';
import { VirtualClock } from '../common/virtual-clock.js';
import { ClockWatch } from './clock-watch.js';
import type { HealthRepository } from './health.repository.js';

/** The machine's clock, as the watch tells it by its class, with an instant that a test sets. */
class SetClock extends SystemClock {
  current = Date.UTC(2026, 10, 23, 9);

  override now(): Date {
    return new Date(this.current);
  }
}

describe('the watch over the clocks', () => {
  let clock: SetClock;
  let offsetMs: number;
  let watch: ClockWatch;

  beforeEach(() => {
    Logger.overrideLogger(false);
    clock = new SetClock((error) => {
      throw error;
    });
    offsetMs = 0;
    const health = { getDatabaseTime: () => Promise.resolve(new Date(clock.current + offsetMs)) };
    watch = new ClockWatch(clock, health as HealthRepository);
  });
  afterEach(() => watch.beforeApplicationShutdown());

  it('is not safe before the first comparison', () => {
    expect(watch.skewMs()).toBeNull();
    expect(watch.isSafe()).toBe(false);
  });

  it.each([
    [0, true],
    [3_000, true],
    [-10_000, true],
    [10_001, false],
    [-3_600_000, false],
  ])('with the database %d ms ahead says safe: %s', async (offset, safe) => {
    offsetMs = offset;
    await watch.compare();
    expect(watch.skewMs()).toBe(offset);
    expect(watch.isSafe()).toBe(safe);
  });

  it('is safe again once the clocks agree again', async () => {
    offsetMs = 60_000;
    await watch.compare();
    expect(watch.isSafe()).toBe(false);
    offsetMs = 100;
    await watch.compare();
    expect(watch.isSafe()).toBe(true);
  });

  it('takes no comparison for good that is half a minute old, be it that our clock was set back', async () => {
    await watch.compare();
    clock.current += 30_001;
    expect(watch.isSafe()).toBe(false);
    clock.current -= 60_002;
    expect(watch.isSafe()).toBe(false);
  });

  it('has nothing to compare on a virtual clock', async () => {
    const health = { getDatabaseTime: () => Promise.reject(new Error('asked')) };
    const virtual = new ClockWatch(new VirtualClock(new Date()), health as unknown as HealthRepository);
    await virtual.onApplicationBootstrap();
    expect(virtual.isSafe()).toBe(true);
    expect(virtual.skewMs()).toBeNull();
  });
});
