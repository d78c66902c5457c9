import { describe, expect, it } from '@jest/globals';

import { causeOf, changeOf, changesOf } from './changes.js';

describe('the trail of a campaign', () => {
  it('tells what changed, and nothing else', () => {
    expect(
      changesOf(
        { maxLines: 5, hours: { mon: ['09:00'] }, name: 'A' },
        { maxLines: 7, hours: { mon: ['09:00'] }, name: 'A' },
      ),
    ).toEqual([{ field: 'maxLines', before: 5, after: 7 }]);
    expect(changesOf(null, { name: 'A', offerId: null })).toEqual([{ field: 'name', before: null, after: 'A' }]);
    expect(changesOf({ goals: { sales: 1 } }, null)).toEqual([{ field: 'goals', before: { sales: 1 }, after: null }]);
    expect(changesOf(null, null)).toEqual([]);
  });

  it('says why, apart from what changed', () => {
    const after = { state: 'finished', cause: 'goal' };
    expect(changesOf({ state: 'running' }, after)).toEqual([{ field: 'state', before: 'running', after: 'finished' }]);
    expect(causeOf(after)).toBe('goal');
    expect(causeOf({ cause: 'whim' })).toBeNull();
    expect(causeOf(null)).toBeNull();
  });

  it('says who, or that it was the engine itself', () => {
    const entry = { id: 7, at: new Date(0), action: 'thing_changed', before: { a: 1 }, after: { a: 2 } };
    const change = { ...{ id: 7, at: new Date(0), action: 'thing_changed', cause: null } };
    const changes = [{ field: 'a', before: 1, after: 2 }];
    expect(changeOf({ ...entry, userId: 3, userName: 'Ada' })).toEqual({
      ...{ ...change, actor: { id: 3, name: 'Ada' }, changes },
    });
    expect(changeOf({ ...entry, userId: null, userName: null })).toEqual({ ...change, actor: null, changes });
  });
});
