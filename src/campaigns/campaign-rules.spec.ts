import { describe, expect, it } from '@jest/globals';

import { campaignHoursOf, DEFAULT_HOURS, faultInHours, weekHoursOf } from './campaign-hours.js';
import { CAMPAIGN_LIFE } from './campaign-states.js';
import { STANDARD_OUTCOMES, STANDARD_REFUSAL_REASONS } from './standard-outcomes.js';

describe('the life of a campaign', () => {
  it('is dialled only after it was ready, and never again once finished', () => {
    expect(CAMPAIGN_LIFE.sourcesOf('running')).toEqual(['ready', 'paused']);
    expect(CAMPAIGN_LIFE.can('draft', 'running')).toBe(false);
    expect(CAMPAIGN_LIFE.can('finished', 'running')).toBe(false);
    expect(CAMPAIGN_LIFE.isFinal('archived')).toBe(true);
  });
});

describe('calling hours', () => {
  it('are windows of weekdays, each opening before it closes', () => {
    for (const hours of [{}, DEFAULT_HOURS, { mon: ['00:00', '24:00'] }, { sun: ['09:00', '09:01'] }])
      expect(faultInHours(hours)).toBeNull();
  });

  it.each([
    [null, /object of weekdays/],
    [[], /object of weekdays/],
    ['09:00-20:00', /object of weekdays/],
    [{ monday: ['09:00', '20:00'] }, /monday is no weekday/],
    [{ mon: ['09:00'] }, /pair of times/],
    [{ mon: '09:00' }, /pair of times/],
    [{ mon: ['9:00', '20:00'] }, /mon must open at a time/],
    [{ mon: ['24:00', '24:00'] }, /mon must open at a time/],
    [{ tue: ['09:00', '20:60'] }, /tue must close at a time/],
    [{ tue: ['09:00', 20] }, /tue must close at a time/],
    [{ fri: ['20:00', '09:00'] }, /fri must open before it closes/],
    [{ fri: ['09:00', '09:00'] }, /fri must open before it closes/],
  ])('are not %j', (hours, sentence) => {
    expect(faultInHours(hours)).toMatch(sentence);
  });

  it('come back as they were given', () => {
    expect(campaignHoursOf(weekHoursOf(DEFAULT_HOURS))).toEqual(DEFAULT_HOURS);
    expect(
      campaignHoursOf({
        mon: [
          ['10:00', '13:00'],
          ['14:00', '20:00'],
        ],
        tue: [],
      }),
    ).toEqual({ mon: ['10:00', '20:00'] });
  });
});

describe('the standard outcomes', () => {
  const byCode = new Map(STANDARD_OUTCOMES.map((outcome) => [outcome.code, outcome]));

  it('have codes and places of their own', () => {
    expect(byCode.size).toBe(STANDARD_OUTCOMES.length);
    expect(STANDARD_OUTCOMES.map((outcome) => outcome.position)).toEqual(STANDARD_OUTCOMES.map((_outcome, i) => i + 1));
    expect(new Set(STANDARD_REFUSAL_REASONS.map((reason) => reason.code)).size).toBe(STANDARD_REFUSAL_REASONS.length);
  });

  it('stop calling whoever asks for it: this client, and after a complaint the whole company', () => {
    expect(byCode.get('do_not_call')).toMatchObject({ isFinal: true, suppressScope: 'client' });
    expect(byCode.get('complaint')).toMatchObject({ isFinal: true, suppressScope: 'company', opensComplaint: true });
  });

  it('suppress nobody for a refusal or a wrong moment', () => {
    for (const code of ['sale', 'refusal', 'callback', 'silent', 'bad_data'])
      expect(byCode.get(code)!.suppressScope).toBeNull();
  });

  it('say when to try again exactly where they do not end it and ask for no time', () => {
    for (const outcome of STANDARD_OUTCOMES)
      if (outcome.isFinal || outcome.asks === 'callback') expect(outcome.retryAfterMinutes).toBeNull();
    expect(byCode.get('silent')).toMatchObject({ isFinal: false, retryAfterMinutes: 1440 });
  });

  it('have refusal reasons in two levels, parents before children', () => {
    const seen = new Map<string, string | null>();
    for (const { code, parentCode } of STANDARD_REFUSAL_REASONS) {
      if (parentCode !== null) expect(seen.get(parentCode)).toBeNull();
      seen.set(code, parentCode);
    }
  });
});
