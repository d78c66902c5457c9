import { describe, expect, it } from '@jest/globals';

import { copyName } from './campaign-copy.js';
import { dueAct, isStartOver, LATE_START_MS, nextDueAt, type Scheduled } from './campaign-schedule.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const at = (ms: number) => new Date(NOW.getTime() + ms);

const scheduled = (more: Partial<Scheduled>): Scheduled => ({
  state: 'ready',
  startsAt: null,
  endsAt: null,
  endAction: 'finish',
  startedByScheduleAt: null,
  endedByScheduleAt: null,
  ...more,
});

describe('the schedule of a campaign', () => {
  it('starts what is ready, at its time and not before', () => {
    expect(dueAct(scheduled({ startsAt: at(1) }), NOW)).toBeNull();
    expect(dueAct(scheduled({ startsAt: NOW }), NOW)).toBe('start');
    for (const state of ['draft', 'running', 'paused', 'finished', 'archived'] as const)
      expect(dueAct(scheduled({ state, startsAt: NOW }), NOW)).toBeNull();
  });

  it('ends what runs or is paused, as it is told, at its time', () => {
    for (const state of ['running', 'paused'] as const) {
      expect(dueAct(scheduled({ state, endsAt: at(1) }), NOW)).toBeNull();
      expect(dueAct(scheduled({ state, endsAt: NOW }), NOW)).toBe('finish');
      expect(dueAct(scheduled({ state, endsAt: NOW, endAction: 'pause' }), NOW)).toBe('pause');
    }
    for (const state of ['draft', 'ready', 'finished', 'archived'] as const)
      expect(dueAct(scheduled({ state, endsAt: NOW }), NOW)).toBeNull();
  });

  it('does each once: what a person does after it stands', () => {
    expect(dueAct(scheduled({ startsAt: at(-1), startedByScheduleAt: at(-1) }), NOW)).toBeNull();
    expect(dueAct(scheduled({ state: 'running', endsAt: at(-1), endedByScheduleAt: at(-1) }), NOW)).toBeNull();
  });

  it('is next due at the earliest instant that is to come', () => {
    const campaigns = [
      scheduled({ startsAt: at(-5), endsAt: at(3) }),
      scheduled({ startsAt: at(9) }),
      scheduled({ state: 'running', startsAt: at(-9), endsAt: at(7) }),
    ];
    expect(nextDueAt(campaigns, NOW)).toEqual(at(7));
    expect(nextDueAt([scheduled({ state: 'draft', startsAt: at(1) })], NOW)).toBeNull();
  });

  it('is over for a start that is long past, or past the end', () => {
    expect(isStartOver(scheduled({ startsAt: at(-LATE_START_MS) }), NOW)).toBe(false);
    expect(isStartOver(scheduled({ startsAt: at(-LATE_START_MS - 1) }), NOW)).toBe(true);
    expect(isStartOver(scheduled({ startsAt: at(-2), endsAt: at(-1) }), NOW)).toBe(true);
    expect(isStartOver(scheduled({}), NOW)).toBe(false);
  });
});

describe('the name of a copy', () => {
  it.each([
    ['Spring', [], 'Spring 2'],
    ['Spring', ['Spring', 'Spring 2'], 'Spring 3'],
    ['Spring 2', ['Spring 2'], 'Spring 3'],
    ['2026', ['2026'], '2026 2'],
    ['Q 2026', ['Q 2026'], 'Q 2027'],
    [' 7', [], ' 8'],
  ])('of %j, beside %j, is %j', (name, taken, copy) => {
    expect(copyName(name, taken)).toBe(copy);
  });

  it('is never longer than a name may be', () => {
    const name = 'й'.repeat(200);
    const copy = copyName(name, [name]);
    expect(copy).toHaveLength(200);
    expect(copy.endsWith(' 2')).toBe(true);
  });
});
