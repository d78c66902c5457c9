import { describe, expect, it } from '@jest/globals';

import { basesNamed, preflight, type PreflightFacts } from './preflight.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const HOUR_MS = 3_600_000;
const at = (hours: number) => new Date(NOW.getTime() + hours * HOUR_MS);
const MODES = ['manual', 'preview', 'progressive'];
const FRANCE = { country: 'FR', leads: 60, opensAt: NOW, modes: MODES };
const SPAIN = { country: 'ES', leads: 40, opensAt: NOW, modes: MODES };
const FRESH = { registry: 'Bloctel', maxAgeDays: 30, datedAt: at(-24) };

/** Nothing keeps it from dialling. */
function facts(more: Partial<PreflightFacts> = {}, campaign: Partial<PreflightFacts['campaign']> = {}): PreflightFacts {
  return {
    campaign: {
      ...{ id: 7, state: 'ready', segments: 1, offerId: 1, scriptId: 2, callerId: '+33199000000', mode: 'progressive' },
      ...{ simulatedOperators: 0, listMode: 'snapshot', startsAt: null, endsAt: null, startedByScheduleAt: null },
      ...campaign,
    },
    scriptPublished: true,
    list: { entries: 120, buckets: [FRANCE, SPAIN], building: false },
    importing: [],
    suppression: { looked: 100, callable: true },
    registries: new Map([['FR', [FRESH]]]),
    operators: { able: 3, signedIn: 0 },
    endingGoals: [],
    ...more,
  };
}

const codes = (given: PreflightFacts) => preflight(given, NOW).map(({ code, severity }) => `${severity} ${code}`);
const list = (more: Partial<PreflightFacts['list']>) => facts({ list: { ...facts().list, ...more } });

describe('the preflight of a campaign', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(preflight(facts(), NOW)).toEqual([]);
  });

  it.each<[string, PreflightFacts, string[]]>([
    [
      'no segment and no list',
      facts({ list: { entries: 0, buckets: [], building: false } }, { segments: 0 }),
      ['blocks segments_missing'],
    ],
    ['no segment any more, and a list', facts({}, { segments: 0 }), ['warns segments_missing']],
    ['an empty list', list({ entries: 0, buckets: [] }), ['blocks list_empty']],
    ['a list that is being built', list({ entries: 0, buckets: [], building: true }), ['blocks list_building']],
    ['a list that is being built on', list({ building: true }), ['warns list_building']],
    ['a list that is worked off', list({ buckets: [] }), ['blocks list_worked_off']],
    [
      'a live list that is worked off, which fills itself',
      facts({ list: { ...facts().list, buckets: [] } }, { listMode: 'live' }),
      ['warns list_worked_off'],
    ],
    [
      'a live list that nobody is on any more',
      facts({ list: { entries: 0, buckets: [], building: false } }, { listMode: 'live' }),
      ['warns list_empty'],
    ],
    [
      'a draft of a live list that nobody is on yet',
      facts({ list: { entries: 0, buckets: [], building: false } }, { listMode: 'live', state: 'draft' }),
      ['blocks list_empty'],
    ],
    ['a base on its way in', facts({ importing: [{ importId: 4, baseName: 'New' }] }), ['warns base_importing']],
    [
      'numbers that are all suppressed',
      facts({ suppression: { looked: 100, callable: false } }),
      ['blocks all_suppressed'],
    ],
    [
      'a mode that is forbidden everywhere',
      facts({}, { mode: 'ratio' }),
      ['blocks mode_forbidden', 'blocks mode_forbidden'],
    ],
    [
      'a mode that is forbidden in one country',
      list({ buckets: [{ ...FRANCE, modes: ['manual'] }, SPAIN] }),
      ['warns mode_forbidden'],
    ],
    [
      'consent that nobody has',
      facts({ consent: { leads: 100, looked: 100, without: 100 } }),
      ['blocks consent_missing'],
    ],
    ['consent that some have', facts({ consent: { leads: 100, looked: 100, without: 40 } }), ['warns consent_missing']],
    [
      'consent that nobody has in one country',
      facts({ consent: { leads: 60, looked: 60, without: 60 } }),
      ['warns consent_missing'],
    ],
    ['consent that all have', facts({ consent: { leads: 100, looked: 100, without: 0 } }), []],
    ['hours that never overlap', list({ buckets: [{ ...FRANCE, opensAt: null }] }), ['blocks hours_never_open']],
    [
      'hours that overlap for some',
      list({ buckets: [{ ...FRANCE, opensAt: null }, SPAIN] }),
      ['warns hours_partly_closed'],
    ],
    [
      'an end before the first opening',
      facts({ list: { ...facts().list, buckets: [{ ...FRANCE, opensAt: at(5) }] } }, { endsAt: at(5) }),
      ['blocks hours_never_open'],
    ],
    [
      'no file of a registry, for some',
      facts({ registries: new Map([['FR', [{ ...FRESH, datedAt: null }]]]) }),
      ['warns registry_stale'],
    ],
    [
      'an old file of a registry, for all',
      facts({
        list: { ...facts().list, buckets: [FRANCE] },
        registries: new Map([['FR', [{ ...FRESH, datedAt: at(-24 * 31) }]]]),
      }),
      ['blocks registry_stale'],
    ],
    ['no offer', facts({}, { offerId: null }), ['warns offer_missing']],
    ['no script', facts({ scriptPublished: null }, { scriptId: null }), ['warns script_missing']],
    ['a script that is not published', facts({ scriptPublished: false }), ['blocks script_unpublished']],
    ['no caller ID', facts({}, { callerId: null }), ['warns caller_id_missing']],
    [
      'no caller ID, where the law asks for one',
      facts({ list: { ...facts().list, buckets: [{ ...FRANCE, asksForCallerId: true }] } }, { callerId: null }),
      ['blocks caller_id_missing'],
    ],
    ['nobody who can sign in', facts({ operators: { able: 0, signedIn: 0 } }), ['blocks no_operators']],
    ['nobody who has signed in', facts({}, { state: 'running' }), ['warns nobody_signed_in']],
    [
      'nobody but simulated operators',
      facts({ operators: { able: 0, signedIn: 0 } }, { simulatedOperators: 2, state: 'running' }),
      [],
    ],
    ['a start just missed', facts({}, { startsAt: at(-1) }), ['warns schedule_past']],
    ['a start long missed', facts({}, { startsAt: at(-25) }), ['blocks schedule_past']],
    ['a start that was made', facts({}, { startsAt: at(-25), startedByScheduleAt: at(-25), state: 'paused' }), []],
    ['an end that has passed', facts({}, { startsAt: at(-2), endsAt: at(-1) }), ['blocks schedule_past']],
    [
      'a goal that is reached',
      facts({ endingGoals: [{ goal: 'sales', value: 5, target: 5, share: 1, reachedAt: null }] }),
      ['blocks goal_reached'],
    ],
    [
      'a goal that is not',
      facts({ endingGoals: [{ goal: 'sales', value: 4, target: 5, share: 0.8, reachedAt: null }] }),
      [],
    ],
    ['a campaign that is over', facts({}, { state: 'finished', callerId: null }), ['blocks campaign_over']],
  ])('names %s', (_what, given, found) => {
    expect(codes(given)).toEqual(found);
  });

  it('says of each what to do about it and where, what blocks first', () => {
    const found = preflight(facts({ scriptPublished: false }, { offerId: null, callerId: null }), NOW);
    expect(found.map(({ severity }) => severity)).toEqual(['blocks', 'warns', 'warns']);
    expect(found[0]).toMatchObject({ code: 'script_unpublished', link: '/scripts/2' });
    for (const { detail, fix, link } of found) {
      expect(detail).toMatch(/\.$/);
      expect(fix).toMatch(/\.$/);
      expect(link).toMatch(/^\//);
    }
  });

  it('counts the leads that something holds back', () => {
    const [finding] = preflight(list({ buckets: [{ ...FRANCE, opensAt: null }, SPAIN] }), NOW);
    expect(finding!.values).toEqual({ leads: 60, countries: 'FR' });
    const stale = { registries: new Map([['ES', [{ ...FRESH, datedAt: null }]]]) };
    expect(preflight(facts(stale), NOW)[0]!.values).toEqual({ registry: 'Bloctel', leads: 40 });
  });
});

describe('the bases that rules name', () => {
  const base = (value: unknown, is = 'equals') => ({ field: 'base', is, value });

  it('are those that some condition asks for', () => {
    expect(
      basesNamed([base(3), { all: [base([5, 4], 'one_of'), { field: 'region', is: 'equals', value: 'N' }] }]),
    ).toEqual([3, 4, 5]);
  });

  it('are all of them where a rule may reach any', () => {
    for (const rule of [
      { field: 'region', is: 'equals', value: 'N' },
      { none: [base(3)] },
      base(3, 'not_equals'),
      { all: [{ field: 'segment', is: 'in', value: 1 }] },
      { all: [] },
    ])
      expect(basesNamed([base(3), rule])).toBeNull();
    expect(basesNamed([])).toEqual([]);
  });
});
