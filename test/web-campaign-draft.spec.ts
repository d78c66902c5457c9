import { describe, expect, it } from '@jest/globals';

import type { Campaign } from '../web/src/api/contract.js';
import {
  DEFAULTS,
  blendShare,
  draftOf,
  hoursGroups,
  inputOf,
  instantOf,
  localOf,
  namesIn,
} from '../web/src/campaigns/campaign-draft.js';

const CAMPAIGN = {
  ...DEFAULTS,
  ...{ id: 1, state: 'running', version: 4, outcomeSetId: 1, startsAt: '2026-03-02T09:00:27.000Z' },
  segments: [{ id: 7, name: 'North', weight: 3 }],
} as unknown as Campaign;

describe('the settings of a campaign', () => {
  it('say nothing of dates that nobody touched, and everything else', () => {
    const { startsAt: _startsAt, endsAt: _endsAt, ...rest } = DEFAULTS;
    expect(inputOf(draftOf(CAMPAIGN), CAMPAIGN)).toEqual({
      ...rest,
      outcomeSetId: 1,
      segments: [{ id: 7, weight: 3 }],
    });
  });

  it('say of a date that it was changed, or taken away', () => {
    const draft = draftOf(CAMPAIGN);
    expect(inputOf({ ...draft, startsAt: null }, CAMPAIGN)).toMatchObject({ startsAt: null });
    expect(inputOf({ ...draft, endsAt: '2026-04-01T09:00:00.000Z' }, null)).toMatchObject({
      ...{ startsAt: '2026-03-02T09:00:27.000Z', endsAt: '2026-04-01T09:00:00.000Z' },
    });
  });

  it('have no goals when none has a figure', () => {
    expect(inputOf({ ...DEFAULTS, goals: { action: 'alert' } }, null).goals).toBeNull();
    expect(inputOf({ ...DEFAULTS, goals: { action: 'alert', sales: 1 } }, null).goals).toEqual({
      ...{ action: 'alert', sales: 1 },
    });
  });
});

describe('calling hours in short', () => {
  it('join days that follow one another', () => {
    expect(hoursGroups(DEFAULTS.hours!)).toEqual([
      { from: 'mon', to: 'fri', open: '09:00', close: '20:00' },
      { from: 'sat', to: 'sat', open: '10:00', close: '18:00' },
    ]);
  });

  it('join no days with a closed one between them', () => {
    expect(hoursGroups({ mon: ['09:00', '18:00'], wed: ['09:00', '18:00'] })).toHaveLength(2);
    expect(hoursGroups({})).toEqual([]);
  });
});

describe('fields of the form', () => {
  it('show an instant by the reader’s clock and give it back to the minute', () => {
    expect(instantOf(localOf('2026-03-02T09:00:00.000Z'))).toBe('2026-03-02T09:00:00.000Z');
    expect([localOf(null), instantOf(''), instantOf('nonsense')]).toEqual(['', null, null]);
  });

  it('take names one to a line or with commas, each once', () => {
    expect(namesIn(' Acme, Bell\n\nAcme ;МТС')).toEqual(['Acme', 'Bell', 'МТС']);
  });

  it('tell the share of a weight', () => {
    expect(blendShare([{ weight: 3 }, { weight: 1 }], 3)).toBe(0.75);
    expect(blendShare([], 1)).toBe(0);
  });
});
