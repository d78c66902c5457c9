import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createFloor, hashOf, MONDAY, type Entry, type Floor } from '../../test/floor.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import type { EffectiveRule } from '../compliance/profile.js';
import { SegmentCountsRepository } from './segment-counts.repository.js';
import { SegmentCountsService } from './segment-counts.service.js';

const DAY = 24 * 3_600_000;
const EVERYBODY = { all: [] };

describe('counting a segment', () => {
  let test: TestDatabase;
  let floor: Floor;
  let counts: SegmentCountsService;
  let campaignId: number;
  let next = 0;

  beforeAll(async () => {
    test = await createTestDatabase();
    floor = createFloor(test);
    const repository = new SegmentCountsRepository(test.database);
    counts = new SegmentCountsService(test.database, repository, floor.segments, floor.compliance, floor.clock);
    campaignId = await floor.insertCampaign({ state: 'finished' });
  });

  afterAll(() => test.drop());

  /** A lead of its own region; the region is the rule that finds it. */
  async function lead(phones?: readonly string[], campaign = campaignId): Promise<Entry & { rule: object }> {
    const entry = await floor.insertEntry(campaign, phones ? { phones } : {});
    const region = `place ${++next}`;
    await floor.rows(`update leads set region = $2 where id = $1`, [entry.leadId, region]);
    return { ...entry, rule: { field: 'region', is: 'equals', value: region } };
  }

  const suppress = (e164: string, more: { scope?: 'campaign' | 'company'; campaignId?: number } = {}) =>
    test.database.transaction((tx) =>
      floor.compliance.suppress(tx, {
        ...{ organisationId: 1, scope: more.scope ?? 'company', campaignId: more.campaignId ?? null },
        ...{ matchHash: hashOf(e164), reason: 'request', source: 'test', validTo: null, createdBy: null },
      }),
    );

  const tryOften = async (entry: Entry, times: number) => {
    for (let i = 1; i <= times; i++)
      await floor.insertAttempt(campaignId, entry, new Date(MONDAY.getTime() - i * 3_600_000));
  };

  const nothing = { suppressed: 0, noConsent: 0, noPhone: 0, capped: 0, inOtherCampaign: 0 };

  it('says why a lead is not callable', async () => {
    const [free, banned, silent, tired, busy] = [
      await lead(),
      await lead(['+33639980701']),
      await lead([]),
      await lead(['+33639980702']),
      await lead(undefined, await floor.insertCampaign({ state: 'paused' })),
    ];
    await suppress('+33639980701');
    await tryOften(tired, 3);
    expect(await counts.funnel(1, free.rule)).toEqual({ matched: 1, ...nothing, callable: 1 });
    expect(await counts.funnel(1, banned.rule)).toEqual({ matched: 1, ...nothing, suppressed: 1, callable: 0 });
    expect(await counts.funnel(1, silent.rule)).toEqual({ matched: 1, ...nothing, noPhone: 1, callable: 0 });
    expect(await counts.funnel(1, tired.rule)).toEqual({ matched: 1, ...nothing, capped: 1, callable: 0 });
    expect(await counts.funnel(1, busy.rule)).toEqual({ matched: 1, ...nothing, inOtherCampaign: 1, callable: 0 });
  });

  it('counts each lead once, so that the reasons sum to those who match', async () => {
    const both = await lead(['+33639980711'], await floor.insertCampaign({ state: 'running' }));
    await suppress('+33639980711');
    await tryOften(both, 4);
    expect(await counts.funnel(1, both.rule)).toEqual({ matched: 1, ...nothing, suppressed: 1, callable: 0 });
    const all = await counts.funnel(1, EVERYBODY);
    expect(all.matched).toBe((await counts.count(1, EVERYBODY)).count);
    const { matched, ...parts } = all;
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(matched);
  });

  it('calls a lead callable by whichever number is left', async () => {
    const [oneLeft, noneLeft] = [
      await lead(['+33639980721', '+33639980722', '+33639980723']),
      await lead(['+33639980724', '+33639980725']),
    ];
    await suppress('+33639980721');
    await tryOften({ ...oneLeft, matchHash: hashOf('+33639980722') }, 3);
    await suppress('+33639980724');
    await tryOften({ ...noneLeft, matchHash: hashOf('+33639980725') }, 3);
    expect(await counts.funnel(1, oneLeft.rule)).toMatchObject({ callable: 1 });
    expect(await counts.funnel(1, noneLeft.rule)).toMatchObject({ capped: 1, callable: 0 });
  });

  it('lets caps be over when their time is', async () => {
    const { rule, ...entry } = await lead();
    for (const hours of [1, 2, 25])
      await floor.insertAttempt(campaignId, entry, new Date(MONDAY.getTime() - hours * 3_600_000));
    expect(await counts.funnel(1, rule)).toMatchObject({ capped: 0, callable: 1 });
  });

  it('sees through the eyes of a campaign', async () => {
    const mine = await floor.insertCampaign({ state: 'running' });
    const { rule, leadId } = await lead(['+33639980731'], mine);
    expect(await counts.funnel(1, rule)).toMatchObject({ inOtherCampaign: 1 });
    expect(await counts.funnel(1, rule, mine)).toMatchObject({ inOtherCampaign: 0, callable: 1 });
    await suppress('+33639980731', { scope: 'campaign', campaignId: mine });
    expect(await counts.funnel(1, rule, mine)).toMatchObject({ suppressed: 1, callable: 0 });
    await floor.rows(
      `update calling_list_entries set state = 'completed', completed_code = 'sale' where lead_id = $1`,
      [leadId],
    );
    expect(await counts.funnel(1, rule)).toMatchObject({ suppressed: 0, inOtherCampaign: 0, callable: 1 });
  });

  it('keeps off numbers of lists in force', async () => {
    const { rule } = await lead(['+33639980741']);
    const list = await floor.one<{ id: number }>(
      `with l as (insert into suppression_lists (organisation_id, name, kind, created_at) values (1, 'A list', 'do_not_call', $1) returning id)
       insert into suppression_loads (list_id, mode, state, dated_at, activated_at) select id, 'add', 'active', $1, $1 from l returning id`,
      [MONDAY],
    );
    await floor.rows(`create table suppression_numbers_t partition of suppression_numbers for values in (${list.id})`);
    await floor.rows(`insert into suppression_numbers (load_id, match_hash) values ($1, $2)`, [
      list.id,
      hashOf('+33639980741'),
    ]);
    expect(await counts.funnel(1, rule)).toMatchObject({ suppressed: 1, callable: 0 });
  });

  it('asks for consent where the profile does', async () => {
    const number = '+33199007001';
    const [granted, unknown] = [await lead([number]), await lead()];
    const said = { scope: 'company', form: 'prior', at: new Date(MONDAY.getTime() - 10 * DAY) } as const;
    const text = { source: 'A form', wording: 'You may call me.' };
    const proof = { kind: 'web_form', reference: '17' } as const;
    await floor.consents.grant({ organisationId: 1, userId: null }, { ...said, number, text, proof });
    const ruleFor = floor.compliance.ruleFor.bind(floor.compliance);
    const asking = (rule: Partial<EffectiveRule>) => {
      floor.compliance.ruleFor = (place, ...more) => ({
        ...ruleFor(place, ...more),
        ...(place.country === 'FR' && { consent: 'prior', ...rule }),
      });
    };
    asking({});
    expect(await counts.funnel(1, granted.rule)).toMatchObject({ noConsent: 0, callable: 1 });
    expect(await counts.funnel(1, unknown.rule)).toMatchObject({ noConsent: 1, callable: 0 });
    asking({ consent: 'written' });
    expect(await counts.funnel(1, granted.rule)).toMatchObject({ noConsent: 1, callable: 0 });
    asking({ consentMaxAgeDays: 9 });
    expect(await counts.funnel(1, granted.rule)).toMatchObject({ noConsent: 1, callable: 0 });
    asking({ consentMaxAgeDays: 11 });
    expect(await counts.funnel(1, granted.rule)).toMatchObject({ noConsent: 0, callable: 1 });
    const withdrawn = { number, scope: 'company', purpose: 'sales', source: 'A letter' } as const;
    await floor.consents.withdraw({ organisationId: 1, userId: null }, withdrawn);
    expect(await counts.funnel(1, granted.rule)).toMatchObject({ noConsent: 1, callable: 0 });
    floor.compliance.ruleFor = ruleFor;
    expect(await counts.funnel(1, unknown.rule)).toMatchObject({ noConsent: 0, callable: 1 });
  });

  it('names the campaigns that have some of the same leads', async () => {
    const [running, finished] = [
      await floor.insertCampaign({ state: 'running' }),
      await floor.insertCampaign({ state: 'finished' }),
    ];
    const { rule } = await lead(undefined, running);
    expect(await counts.overlap(1, rule)).toEqual([{ campaignId: running, name: 'A campaign', leads: 1 }]);
    expect(await counts.overlap(1, (await lead(undefined, finished)).rule)).toEqual([]);
  });

  it('reckons how many there are from some of them, once there are many', async () => {
    await floor.rows(
      `insert into leads (organisation_id, base_id, import_id, name, created_at, attributes)
       select 1, min(b.id), 1, 'Many', $1, jsonb_build_object('n', n % 4) from bases b, generate_series(1, 60000) n group by n`,
      [MONDAY],
    );
    await floor.rows('analyze leads');
    const rule = {
      all: [
        { field: 'attribute.n', is: 'equals', value: 1 },
        { field: 'attempts', is: 'equals', value: 0 },
      ],
    };
    const estimate = await counts.estimate(1, rule);
    expect(estimate.exact).toBe(false);
    expect(estimate.count).toBeGreaterThan(13_500);
    expect(estimate.count).toBeLessThan(16_500);
    expect(await counts.count(1, rule)).toMatchObject({ count: 15_000, exact: true });
    await floor.rows(`delete from leads where name = 'Many'`);
    await floor.rows('vacuum analyze leads');
    expect(await counts.estimate(1, EVERYBODY)).toMatchObject({ exact: true });
  });

  it('says how long it takes to call them', async () => {
    const answer = await counts.burnDown(1, { count: 10_000, operators: 10, contactRate: 0.5, hoursPerDay: 8 });
    expect(answer).toMatchObject({
      leads: 10_000,
      assumptions: { contactRate: 0.5, contactRateFrom: 'given', hoursPerDay: 8 },
    });
    // 1.94 dials a lead: 0.97 answered, 180 s each, the rest of 25 s.
    expect(answer.perDay).toBe(Math.floor((10 * 8 * 3_600) / (0.96875 * 180 + 0.96875 * 25)));
    expect(answer.days).toBeCloseTo(10_000 / answer.perDay, 0);
    const byRule = await counts.burnDown(1, { rule: EVERYBODY, operators: 1 });
    expect(byRule).toMatchObject({
      leads: (await counts.count(1, EVERYBODY)).count,
      assumptions: { contactRateFrom: 'assumed' },
    });
    await expect(counts.burnDown(1, { operators: 1 })).rejects.toMatchObject({
      code: 'burn_down_unclear',
      status: 422,
    });
  });
});
