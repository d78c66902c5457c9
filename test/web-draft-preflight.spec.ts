import { describe, expect, it } from '@jest/globals';

import type { Campaign, PreflightFinding } from '../web/src/api/contract.js';
import { DEFAULTS, draftOf, type CampaignDraft } from '../web/src/campaigns/campaign-draft.js';
import { draftPreflight } from '../web/src/campaigns/draft-preflight.js';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const WHOLE: CampaignDraft = {
  ...DEFAULTS,
  ...{ segments: [{ id: 1, weight: 1 }], offerId: 1, scriptId: 1, callerId: '+33123456789' },
};
const SAVED = {
  ...WHOLE,
  ...{ id: 5, state: 'ready', version: 1, outcomeSetId: 1, listed: 10 },
} as unknown as Campaign;

const finding = (code: string, severity: 'blocks' | 'warns' = 'blocks'): PreflightFinding => ({
  ...{ code, severity, detail: '', fix: '', link: '/campaigns/5/edit', values: {} },
});
const codesOf = (draft: CampaignDraft, saved: Campaign | null, found: PreflightFinding[] = [], published = true) =>
  draftPreflight(draft, saved, found, { published, now: NOW }).map(({ code, place }) => [code, place]);

describe('the check of settings that are still being typed', () => {
  it('finds nothing in settings that lack nothing', () => {
    expect(codesOf(WHOLE, null)).toEqual([]);
  });

  it('names what an untouched form lacks and where it is said, what blocks first', () => {
    expect(codesOf(DEFAULTS, null)).toEqual([
      ['segments_missing', 'segments'],
      ['offer_missing', 'offer'],
      ['script_missing', 'script'],
      ['caller_id_missing', 'callerId'],
    ]);
  });

  it('blocks without a segment only while nobody is on the list', () => {
    const [blocks] = draftPreflight({ ...WHOLE, segments: [] }, null, [], { published: true, now: NOW });
    const [warns] = draftPreflight({ ...draftOf(SAVED), segments: [] }, SAVED, [], { published: true, now: NOW });
    expect([blocks?.severity, warns?.severity]).toEqual(['blocks', 'warns']);
  });

  it('leads to the script that has no published version, on a page of its own', () => {
    const [found] = draftPreflight(WHOLE, null, [], { published: false, now: NOW });
    expect(found).toMatchObject({ code: 'script_unpublished', severity: 'blocks', place: null, link: '/scripts/1' });
    expect(draftPreflight(WHOLE, null, [], { published: null, now: NOW })).toEqual([]);
  });

  it('blocks when no hour of the week is open, and when a date has passed', () => {
    expect(codesOf({ ...WHOLE, hours: {} }, null)).toEqual([['hours_never_open', 'hours']]);
    expect(codesOf({ ...WHOLE, startsAt: '2026-03-02T11:59:00Z' }, null)).toEqual([['schedule_past', 'schedule']]);
    expect(codesOf({ ...WHOLE, endsAt: '2026-03-02T12:01:00Z' }, null)).toEqual([]);
  });

  it('keeps what the server found of that which the draft leaves as it is', () => {
    const found = [finding('list_empty'), finding('hours_partly_closed', 'warns'), finding('goal_reached')];
    expect(codesOf(draftOf(SAVED), SAVED, found)).toEqual([
      ['list_empty', null],
      ['goal_reached', 'goals'],
      ['hours_partly_closed', 'hours'],
    ]);
  });

  it('drops what the draft mends', () => {
    const found = ['offer_missing', 'caller_id_missing', 'script_unpublished', 'hours_never_open', 'no_operators'];
    const draft = { ...draftOf(SAVED), hours: { mon: ['08:00', '21:00'] as [string, string] }, simulatedOperators: 2 };
    expect(
      codesOf(
        draft,
        SAVED,
        [...found, 'goal_reached', 'schedule_past'].map((code) => finding(code)),
      ),
    ).toEqual([
      ['goal_reached', 'goals'],
      ['schedule_past', 'schedule'],
    ]);
    const changed = { ...draft, goals: { action: 'finish' as const, sales: 9 }, endsAt: '2026-05-01T00:00:00Z' };
    expect(codesOf(changed, SAVED, [finding('goal_reached'), finding('schedule_past')])).toEqual([]);
  });

  it('reproaches a campaign that runs with no date that has passed', () => {
    const running = { ...SAVED, state: 'running', startsAt: '2026-03-01T09:00:00Z' } as Campaign;
    expect(codesOf({ ...draftOf(running), endsAt: '2026-04-01T09:00:00Z' }, running)).toEqual([]);
  });
});
