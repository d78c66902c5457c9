import { describe, expect, it } from '@jest/globals';

import { hoursOf } from './phone-kinds.js';

const HOURS = { mon: [['09:00', '20:00']], tue: [['09:00', '20:00']] } as const;
const MOBILE = { mon: [['17:00', '21:00']] } as const;
const FIXED = { mon: [['08:00', '18:00']], tue: [['10:00', '12:00']] } as const;

describe('hours of a campaign by kind of phone', () => {
  it('are the campaign’s where it makes no difference', () => {
    expect(hoursOf(HOURS, null, 'mobile')).toBe(HOURS);
    expect(hoursOf(HOURS, { first: 'mobile' }, 'mobile')).toBe(HOURS);
    expect(hoursOf(HOURS, { hours: { fixed: FIXED } }, 'mobile')).toBe(HOURS);
  });

  it('are narrowed by those of the kind', () => {
    const kinds = { hours: { mobile: MOBILE, fixed: FIXED } };
    expect(hoursOf(HOURS, kinds, 'mobile')).toEqual({ mon: [['17:00', '20:00']] });
    expect(hoursOf(HOURS, kinds, 'fixed_line')).toEqual({ mon: [['09:00', '18:00']], tue: [['10:00', '12:00']] });
  });

  it('are those of both kinds where a phone may be either', () => {
    for (const lineType of ['fixed_line_or_mobile', 'unknown', 'voip'])
      expect(hoursOf(HOURS, { hours: { mobile: MOBILE, fixed: FIXED } }, lineType)).toEqual({
        mon: [['17:00', '18:00']],
      });
  });
});
