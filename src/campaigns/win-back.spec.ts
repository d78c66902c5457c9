import { describe, expect, it } from '@jest/globals';

import { parseRule, type Rule } from '../segmentation/rule.js';
import {
  DEFAULT_WIN_BACK,
  joinProposals,
  proposeWinBack,
  type RefusalSummary,
  type WinBackOffer,
  type WinBackReason,
} from './win-back.js';

const offer: WinBackOffer = { id: 7, price: 400, currency: 'EUR' };

const refused = (row: Partial<RefusalSummary> = {}): RefusalSummary => ({
  ...{ reason: 'too_expensive', asks: 'price', currency: 'EUR', dated: 0, priced: 3 },
  ...row,
});
const contract = refused({ reason: 'has_supplier', asks: 'competitor', dated: 2, priced: 0 });
const timing = refused({ reason: 'bad_timing', asks: 'date', dated: 2, priced: 0 });
const reasonsOf = (found: readonly { reason: WinBackReason }[]) => found.map(({ reason }) => reason);
const all = [refused(), refused({ reason: 'pays_less_now' }), contract, timing];

describe('what an offer may win back', () => {
  it('is who refused a higher price, by what they named, or else by what was asked of them', () => {
    expect(proposeWinBack(offer, [refused()])).toEqual([
      {
        reason: 'price',
        detail: {
          refusalReasons: ['too_expensive'],
          price: 400,
          currency: 'EUR',
          endsWithinDays: null,
          coolDownDays: 14,
        },
        answered: expect.anything(),
        rule: {
          all: [
            {
              all: [
                { field: 'refusal_reason', is: 'one_of', value: ['too_expensive'] },
                { field: 'refusal_currency', is: 'equals', value: 'EUR' },
                {
                  any: [
                    { field: 'refusal_price', is: 'greater_than', value: 400 },
                    {
                      all: [
                        { field: 'refusal_price', is: 'empty' },
                        { field: 'refused_offer_price', is: 'greater_than', value: 400 },
                      ],
                    },
                  ],
                },
              ],
            },
            {
              none: [
                { field: 'bought_offer', is: 'has', value: 7 },
                { field: 'complained', is: 'is_true' },
              ],
            },
            { field: 'last_attempt_at', is: 'more_than_days_ago', value: 14 },
          ],
        },
      },
    ]);
  });

  it('are those whose contract elsewhere ends soon or has ended, and those whose time has come', () => {
    const [competitor, timely] = proposeWinBack(offer, [contract, timing], { coolDownDays: 14, endsWithinDays: 45 });
    const reconsider = (days: number) => ({
      any: [
        { field: 'reconsider_on', is: 'more_than_days_ago', value: 0 },
        { field: 'reconsider_on', is: 'in_next_days', value: days },
      ],
    });
    expect(competitor).toMatchObject({
      reason: 'competitor',
      detail: { price: null, currency: null, endsWithinDays: 45 },
    });
    expect(competitor!.answered).toEqual({
      all: [{ field: 'refusal_reason', is: 'one_of', value: ['has_supplier'] }, reconsider(45)],
    });
    expect(timely).toMatchObject({ reason: 'timing', detail: { endsWithinDays: null } });
    expect(timely!.answered).toEqual({
      all: [{ field: 'refusal_reason', is: 'one_of', value: ['bad_timing'] }, reconsider(0)],
    });
  });

  it('is nobody where nothing is recorded', () => {
    expect(proposeWinBack(offer, [])).toEqual([]);
    expect(proposeWinBack(offer, [refused({ reason: 'no_need', asks: 'nothing' })])).toEqual([]);
  });

  it('is nobody for its price when it has none', () => {
    expect(reasonsOf(proposeWinBack({ ...offer, price: null }, all))).toEqual(['competitor', 'timing']);
  });

  it('is somebody for its price also when it costs nothing', () => {
    expect(reasonsOf(proposeWinBack({ ...offer, price: 0 }, [refused()]))).toEqual(['price']);
  });

  it('is nobody for a price in another currency, or in none', () => {
    for (const currency of ['USD', null]) expect(proposeWinBack(offer, [refused({ currency })])).toEqual([]);
    expect(proposeWinBack({ ...offer, currency: null }, [refused()])).toEqual([]);
    const [both] = proposeWinBack(offer, [refused({ reason: 'pays_less_now', currency: 'USD' }), refused()]);
    expect(both!.detail.refusalReasons).toEqual(['too_expensive']);
  });

  it('compares prices without a currency with one another', () => {
    const [price] = proposeWinBack({ ...offer, currency: null }, [refused({ currency: null })]);
    expect((price!.answered as { all: Rule[] }).all[1]).toEqual({ field: 'refusal_currency', is: 'empty' });
  });

  it('is nobody for a price when none was named and what was refused had none', () => {
    expect(proposeWinBack(offer, [refused({ priced: 0 })])).toEqual([]);
  });

  it('is nobody for a day when none was named', () => {
    expect(
      proposeWinBack(offer, [
        { ...contract, dated: 0 },
        { ...timing, dated: 0 },
      ]),
    ).toEqual([]);
  });

  it('goes by what a reason asks, so that reasons of one’s own count, each once', () => {
    const own = refused({ reason: 'fee_too_high' });
    const [price] = proposeWinBack(offer, [own, refused(), own]);
    expect(price!.detail.refusalReasons).toEqual(['fee_too_high', 'too_expensive']);
  });

  it('leaves nobody alone for a call of late when the cool-down is none', () => {
    const [price] = proposeWinBack(offer, [refused()], { ...DEFAULT_WIN_BACK, coolDownDays: 0 });
    expect(JSON.stringify(price!.rule)).not.toContain('last_attempt_at');
    expect(JSON.stringify(price!.rule)).toContain('bought_offer');
  });

  it('is always a rule that segments take, together too', () => {
    for (const currency of ['EUR', null])
      for (const coolDownDays of [0, 14, 3650]) {
        const options = { coolDownDays, endsWithinDays: 30 };
        const summaries = all.map((row) => ({ ...row, currency }));
        const proposals = proposeWinBack({ ...offer, price: 399.99, currency }, summaries, options);
        expect(reasonsOf(proposals)).toEqual(['price', 'competitor', 'timing']);
        for (const rule of [...proposals.map((each) => each.rule), joinProposals(offer, proposals, options)])
          expect(parseRule(rule)).toEqual({ rule, problems: [] });
      }
  });

  it('is, for several reasons, whoever fits any, each left alone for the same', () => {
    const proposals = proposeWinBack(offer, all);
    const [price, ...alone] = (proposals[0]!.rule as { all: Rule[] }).all;
    expect(price).toEqual(proposals[0]!.answered);
    expect(joinProposals(offer, proposals)).toEqual({
      all: [{ any: proposals.map(({ answered }) => answered) }, ...alone],
    });
    expect(joinProposals(offer, proposals.slice(0, 1))).toEqual(proposals[0]!.rule);
  });
});
