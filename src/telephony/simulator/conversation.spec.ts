import { describe, expect, it } from '@jest/globals';

import { captionOf, CONVERSATION_OUTCOMES } from './conversation.js';

describe('a caption', () => {
  it('tells each outcome in a sentence of its own', () => {
    const captions = CONVERSATION_OUTCOMES.map((outcome) => captionOf({ outcome, talkMs: 1_000 }));
    expect(new Set(captions).size).toBe(CONVERSATION_OUTCOMES.length);
    for (const caption of captions) expect(caption).toMatch(/^[A-Z].*\.$/);
  });

  it('tells why somebody refuses, with the details', () => {
    const refusal = { reason: 'has_supplier', competitor: 'Nordline', price: 31 };
    expect(captionOf({ outcome: 'refusal', talkMs: 1_000, refusal })).toBe(
      'Refuses: has supplier, with Nordline, names a price of 31.',
    );
    expect(captionOf({ outcome: 'refusal', talkMs: 1_000, refusal: { reason: 'bad_timing', inDays: 30 } })).toBe(
      'Refuses: bad timing, better in 30 days.',
    );
  });

  it.each([
    [45 * 60_000, 'Has no time: call again in 45 minutes.'],
    [3 * 3_600_000, 'Has no time: call again in 3 hours.'],
    [50 * 3_600_000, 'Has no time: call again in 2 days.'],
  ])('tells when to call again', (inMs, caption) => {
    expect(captionOf({ outcome: 'callback', talkMs: 1_000, callback: { inMs, personal: false } })).toBe(caption);
  });

  it('tells that only the same operator will do', () => {
    const callback = { inMs: 3_600_000, personal: true };
    expect(captionOf({ outcome: 'callback', talkMs: 1_000, callback })).toContain('you in person');
  });
});
