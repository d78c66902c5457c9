import { describe, expect, it } from '@jest/globals';

import type { Change, FieldChange } from '../audit/changes.js';
import { idsIn, withNames, type Names } from './campaign-audit.js';

const change = (...changes: FieldChange[]): Change => ({
  ...{ id: 1, at: new Date(0), actor: null, action: 'campaign_changed', cause: null },
  changes,
});
const CHANGES = [
  change(
    { field: 'offerId', before: null, after: 4 },
    { field: 'maxLines', before: 4, after: 5 },
    { field: 'segments', before: [{ id: 9, weight: 1 }], after: [{ id: 8, weight: 3 }] },
  ),
  change({ field: 'offerId', before: 4, after: 6 }, { field: 'clonedFromId', before: null, after: 2 }),
];

describe('what the trail of a campaign names', () => {
  it('is found by kind, each once, and numbers are no ids', () => {
    expect(idsIn(CHANGES)).toEqual({ segment: [9, 8], offer: [4, 6], script: [], outcome_set: [], campaign: [2] });
  });

  it('is told with its name, or with none where it is gone', () => {
    const names: Names = new Map([
      ['offer', new Map([[4, 'Gold']])],
      ['segment', new Map([[8, 'North']])],
      ['campaign', new Map([[2, 'Spring']])],
    ]);
    expect(withNames(CHANGES, names).map(({ changes }) => changes)).toEqual([
      [
        { field: 'offerId', before: null, after: { id: 4, name: 'Gold' } },
        { field: 'maxLines', before: 4, after: 5 },
        {
          field: 'segments',
          before: [{ id: 9, weight: 1, name: null }],
          after: [{ id: 8, weight: 3, name: 'North' }],
        },
      ],
      [
        { field: 'offerId', before: { id: 4, name: 'Gold' }, after: { id: 6, name: null } },
        { field: 'clonedFromId', before: null, after: { id: 2, name: 'Spring' } },
      ],
    ]);
  });
});
