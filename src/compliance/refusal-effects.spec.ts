import { describe, expect, it } from '@jest/globals';

import type { CoolDown } from './profile.js';
import { coolDownsAfterRefusal } from './refusal-effects.js';

const after = (hours: number, scope: CoolDown['scope'], event: CoolDown['after'] = 'refusal'): CoolDown => ({
  ...{ after: event, hours, scope },
});

describe('what a refusal leads to', () => {
  it('is nothing where neither profile nor campaign says so', () => {
    expect(coolDownsAfterRefusal([], 0)).toEqual([]);
    expect(coolDownsAfterRefusal([after(24, 'company', 'abandoned'), after(24, 'campaign', 'contact')], 0)).toEqual([]);
  });

  it('is the longest of each scope', () => {
    const rules = [after(24, 'company'), after(60 * 24, 'company'), after(12, 'campaign')];
    expect(coolDownsAfterRefusal(rules, 0)).toEqual([{ scope: 'company', hours: 1440 }]);
    expect(coolDownsAfterRefusal([after(12, 'campaign')], 3)).toEqual([{ scope: 'campaign', hours: 72 }]);
  });

  it('is both where the campaign’s lasts longer than the company’s', () => {
    expect(coolDownsAfterRefusal([after(48, 'company')], 30)).toEqual([
      { scope: 'company', hours: 48 },
      { scope: 'campaign', hours: 720 },
    ]);
    expect(coolDownsAfterRefusal([after(720, 'company')], 30)).toEqual([{ scope: 'company', hours: 720 }]);
  });
});
