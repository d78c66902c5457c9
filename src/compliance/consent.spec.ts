import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { currentConsent, reviveConsents, type ConsentEntry, type ConsentQuestion } from './consent.js';

const DAY = 24 * 3_600_000;
const EPOCH = Date.UTC(2026, 0, 1);
const day = (n: number) => new Date(EPOCH + n * DAY);

const grant = (changes: Partial<ConsentEntry> = {}): ConsentEntry => ({
  ...{ id: 1, kind: 'granted', form: 'prior', scope: 'company', campaignId: null, purpose: null, proven: true },
  ...{ at: day(0), validTo: null },
  ...changes,
});
const withdrawal = (changes: Partial<ConsentEntry> = {}): ConsentEntry =>
  grant({ id: 2, kind: 'withdrawn', form: null, proven: false, at: day(1), ...changes });
const asked = (changes: Partial<ConsentQuestion> = {}): ConsentQuestion => ({
  ...{ at: day(10), campaignId: 7, purpose: 'sales', neededForm: 'prior', maxAgeDays: null },
  ...changes,
});

const scoped = fc.constantFrom(
  ...([
    { scope: 'company', campaignId: null },
    { scope: 'client', campaignId: null },
    { scope: 'campaign', campaignId: 7 },
    { scope: 'campaign', campaignId: 8 },
  ] as const),
);
const purposes = fc.constantFrom('sales' as const, 'service' as const, null);
const days = fc.integer({ min: 0, max: 12 });
const entry: fc.Arbitrary<ConsentEntry> = fc
  .tuple(scoped, purposes, days, fc.option(days), fc.boolean(), fc.constantFrom('prior' as const, 'written' as const))
  .chain(([reach, purpose, at, ends, proven, form]) =>
    fc.constantFrom('granted' as const, 'renewed' as const, 'withdrawn' as const, 'expired' as const).map((kind) => {
      const gives = kind === 'granted' || kind === 'renewed';
      return {
        ...{ id: 0, kind, ...reach, purpose, at: day(at), proven: gives && proven, form: gives ? form : null },
        validTo: gives && ends !== null ? day(ends) : null,
      };
    }),
  );
const ledgers = fc
  .array(entry, { maxLength: 8 })
  .map((entries): ConsentEntry[] => entries.map((one, index) => ({ ...one, id: index + 1 })));
const questions: fc.Arbitrary<ConsentQuestion> = fc.record({
  at: days.map(day),
  campaignId: fc.constantFrom(7, 8),
  purpose: fc.constantFrom('sales' as const, 'service' as const),
  neededForm: fc.constantFrom('none' as const, 'prior' as const, 'written' as const),
  maxAgeDays: fc.option(days),
});
const reaches = (one: ConsentEntry, { campaignId, purpose }: ConsentQuestion) =>
  (one.scope !== 'campaign' || one.campaignId === campaignId) && (one.purpose === null || one.purpose === purpose);

describe('the consent that holds', () => {
  it('is one that was given, can be shown, and was not taken back', () => {
    expect(currentConsent([grant()], asked())?.id).toBe(1);
    expect(currentConsent([], asked())).toBeNull();
    expect(currentConsent([grant({ proven: false })], asked())).toBeNull();
    expect(currentConsent([grant(), withdrawal()], asked())).toBeNull();
    expect(currentConsent([grant(), withdrawal({ kind: 'expired' })], asked())).toBeNull();
  });

  it('holds again only when it was given later than it was taken back', () => {
    const again = (at: Date) => [grant(), withdrawal({ at: day(5) }), grant({ id: 3, kind: 'renewed', at })];
    expect(currentConsent(again(day(4)), asked())).toBeNull();
    // Of the same instant: the withdrawal wins, whichever was written down last.
    expect(currentConsent(again(day(5)), asked())).toBeNull();
    expect(currentConsent(again(day(6)), asked())?.id).toBe(3);
  });

  it('ends with its date and with its age, and begins with its instant', () => {
    expect(currentConsent([grant({ validTo: day(10) })], asked())).toBeNull();
    expect(currentConsent([grant({ validTo: day(11) })], asked())?.id).toBe(1);
    expect(currentConsent([grant()], asked({ maxAgeDays: 9 }))).toBeNull();
    expect(currentConsent([grant()], asked({ maxAgeDays: 10 }))?.id).toBe(1);
    expect(currentConsent([grant({ at: day(11) })], asked())).toBeNull();
  });

  it('is taken back only where the withdrawal reaches', () => {
    const narrow = withdrawal({ scope: 'campaign', campaignId: 8 });
    expect(currentConsent([grant(), narrow], asked())?.id).toBe(1);
    expect(currentConsent([grant(), narrow], asked({ campaignId: 8 }))).toBeNull();
    expect(currentConsent([grant(), withdrawal({ purpose: 'service' })], asked())?.id).toBe(1);
    expect(currentConsent([grant({ scope: 'campaign', campaignId: 7 }), withdrawal()], asked())).toBeNull();
  });

  it('has the form that is wanted: what is written is also prior', () => {
    expect(currentConsent([grant()], asked({ neededForm: 'written' }))).toBeNull();
    expect(currentConsent([grant({ form: 'written' })], asked())?.form).toBe('written');
    const both = [grant({ form: 'written' }), grant({ id: 2, at: day(1) })];
    expect(currentConsent(both, asked({ neededForm: 'written' }))?.id).toBe(1);
    expect(currentConsent(both, asked())?.id).toBe(2);
  });

  it('does not depend on the order in which entries are read', () => {
    fc.assert(
      fc.property(ledgers, questions, fc.infiniteStream(fc.nat()), (ledger, question, chance) => {
        const shuffled = [...ledger].map((one) => ({ one, key: chance.next().value! }));
        shuffled.sort((a, b) => a.key - b.key);
        const read = shuffled.map(({ one }) => one);
        expect(currentConsent(read, question)).toEqual(currentConsent(ledger, question));
      }),
    );
  });

  it('is always one that was given, proved, reaches the call, and is later than all that took it back', () => {
    fc.assert(
      fc.property(ledgers, questions, (ledger, question) => {
        const held = currentConsent(ledger, question);
        if (held === null) return;
        expect(ledger).toContain(held);
        expect(['granted', 'renewed']).toContain(held.kind);
        expect(held).toMatchObject({ proven: true });
        expect(reaches(held, question)).toBe(true);
        for (const one of ledger)
          if ((one.kind === 'withdrawn' || one.kind === 'expired') && reaches(one, question) && one.at <= question.at)
            expect(+one.at).toBeLessThan(+held.at);
      }),
    );
  });

  it('is gone for good with a later withdrawal that reaches it, whatever was said before', () => {
    fc.assert(
      fc.property(ledgers, questions, purposes, (ledger, question, purpose) => {
        fc.pre(purpose === null || purpose === question.purpose);
        const last = withdrawal({ id: 99, at: question.at, scope: 'company', campaignId: null, purpose });
        expect(currentConsent([...ledger, last], question)).toBeNull();
      }),
    );
  });

  it('is never made by a claim, nor by taking back', () => {
    fc.assert(
      fc.property(ledgers, entry, questions, (ledger, more, question) => {
        fc.pre(!more.proven);
        if (currentConsent(ledger, question) === null)
          expect(currentConsent([...ledger, { ...more, id: 99 }], question)).toBeNull();
      }),
    );
  });

  it('is harder to have the more is asked for', () => {
    fc.assert(
      fc.property(ledgers, questions, (ledger, question) => {
        if (currentConsent(ledger, { ...question, neededForm: 'written' }) === null) return;
        for (const neededForm of ['prior', 'none'] as const)
          expect(currentConsent(ledger, { ...question, neededForm })).not.toBeNull();
        expect(currentConsent(ledger, { ...question, neededForm: 'written', maxAgeDays: null })).not.toBeNull();
      }),
    );
  });

  it('comes out of JSON as it went in', () => {
    fc.assert(
      fc.property(ledgers, (ledger) => {
        expect(reviveConsents(JSON.parse(JSON.stringify(ledger)) as never)).toEqual(ledger);
      }),
    );
  });
});
