import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { FATE, judgeChunk, linesWith, updateRounds, type KnownLead } from './chunk-fates.js';

/** A chunk of rows given by the keys of each: the first is the one that it is told by. */
function chunkOf(rows: readonly (readonly number[])[], barred: readonly number[] = [], firstLeadId = 100) {
  return {
    staged: rows.length,
    firstLeadId,
    keys: Int32Array.from(rows, ([main]) => main ?? -1),
    moreKeys: Uint32Array.from(rows.flatMap((keys, at) => keys.slice(1).flatMap((key) => [at, key]))),
    barred: Uint8Array.from(rows, (_, at) => Number(barred.includes(at))),
  };
}

const { imported, duplicate, suppressed, updated } = FATE;

describe('the fates of a chunk', () => {
  it('are those of the first row with a key, and of its repeats', () => {
    const chunk = chunkOf([[0], [1], [0], [], [], [0]]);
    expect(judgeChunk(chunk, [], 'skip')).toEqual({
      fates: Uint8Array.of(imported, imported, duplicate, imported, imported, duplicate),
      ...{ imported: 4, duplicate: 2, suppressed: 0, updates: [] },
    });
    expect(judgeChunk(chunk, [], 'update')).toMatchObject({
      fates: Uint8Array.of(imported, imported, updated, imported, imported, updated),
      ...{
        imported: 4,
        duplicate: 0,
        updates: [
          { at: 2, leadId: 100 },
          { at: 5, leadId: 100 },
        ],
      },
    });
    expect(judgeChunk(chunk, [], 'keep_both')).toMatchObject({ imported: 6, duplicate: 0, updates: [] });
  });

  it('let the next row come in where the first one with its key must not be called', () => {
    expect(judgeChunk(chunkOf([[0], [0], [0]], [0]), [], 'skip').fates).toEqual(
      Uint8Array.of(suppressed, imported, duplicate),
    );
  });

  it('know a row of this chunk by its further numbers, once it is in', () => {
    expect(judgeChunk(chunkOf([[0, 1], [1]]), [], 'skip').fates).toEqual(Uint8Array.of(imported, duplicate));
    // The first row is left out, and so are its numbers.
    const known: KnownLead[] = [{ at: 0, suppressed: false, leadId: 7 }];
    expect(judgeChunk(chunkOf([[0, 1], [1], [1]]), known, 'skip').fates).toEqual(
      Uint8Array.of(duplicate, imported, duplicate),
    );
    // It goes over a lead that has them then.
    expect(judgeChunk(chunkOf([[0, 1], [1]]), known, 'update').updates).toEqual([
      { at: 0, leadId: 7 },
      { at: 1, leadId: 7 },
    ]);
  });

  it('name the oldest of several leads', () => {
    const known: KnownLead[] = [
      { at: 0, suppressed: false, leadId: 7 },
      { at: 1, suppressed: false, leadId: 9 },
      { at: 2, suppressed: false, leadId: 3 },
    ];
    const { updates } = judgeChunk(chunkOf([[0, 1, 2], [1], [2], [2]]), known, 'update');
    expect(updates.map(({ leadId }) => leadId)).toEqual([7, 7, 3, 3]);
  });

  it('are one for each row, with counts that add up, and none of a number that must not be called', () => {
    const rows = fc.array(fc.uniqueArray(fc.nat(5), { maxLength: 3 }), { maxLength: 30 });
    const known = fc.uniqueArray(
      fc.record({ at: fc.nat(29), suppressed: fc.boolean(), leadId: fc.option(fc.integer({ min: 1, max: 99 })) }),
      { selector: ({ at }) => at },
    );
    const action = fc.constantFrom('skip' as const, 'update' as const, 'keep_both' as const);
    fc.assert(
      fc.property(rows, known, action, fc.array(fc.nat(29)), (all, leads, what, barred) => {
        const chunk = chunkOf(all, barred);
        const there = leads.filter(({ at }) => at < all.length);
        const judged = judgeChunk(chunk, there, what);
        const count = (fate: number) => judged.fates.filter((one) => one === fate).length;
        expect(count(imported)).toBe(judged.imported);
        expect(count(duplicate)).toBe(judged.duplicate);
        expect(count(suppressed)).toBe(judged.suppressed);
        expect(judged.updates.map(({ at }) => judged.fates[at])).toEqual(judged.updates.map(() => updated));
        expect(judged.imported + judged.duplicate + judged.suppressed + judged.updates.length).toBe(all.length);
        const refused = new Set([...barred, ...there.filter((one) => one.suppressed).map(({ at }) => at)]);
        expect([...judged.fates].every((fate, at) => (fate === suppressed) === refused.has(at))).toBe(true);
      }),
    );
  });
});

describe('lines of one fate', () => {
  it('are cut out whole, in their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.stringMatching(/^[a-z]{0,4}$/)), { maxLength: 20 }),
        fc.nat(3),
        (rows, fate) => {
          const lines = rows.map(([, text]) => `${text}\n`);
          const ends: number[] = [];
          for (const line of lines) ends.push((ends.at(-1) ?? 0) + line.length);
          const pieces = linesWith(
            Uint8Array.from(rows, ([one]) => one),
            fate,
            Buffer.from(lines.join('')),
            Uint32Array.from(ends),
          );
          expect(Buffer.concat(pieces).toString()).toBe(lines.filter((_, at) => rows[at]![0] === fate).join(''));
        },
      ),
    );
  });
});

describe('rounds of updates', () => {
  it('name no lead twice, lose none, and keep the order of each lead', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 20 }), (leadIds) => {
        const updates = leadIds.map((leadId, at) => ({ at, leadId }));
        const rounds = updateRounds(updates);
        for (const round of rounds) expect(new Set(round.map(({ leadId }) => leadId)).size).toBe(round.length);
        const byLead = (all: typeof updates) => [0, 1, 2, 3, 4].map((id) => all.filter(({ leadId }) => leadId === id));
        expect(byLead(rounds.flat())).toEqual(byLead(updates));
      }),
    );
  });
});
