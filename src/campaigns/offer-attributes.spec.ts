import { describe, expect, it } from '@jest/globals';

import { faultInOfferAttributes } from './offer-attributes.js';

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, i]));

describe('attributes of an offer', () => {
  it.each<[string, unknown]>([
    ['none', {}],
    ['texts, numbers and truth values', { term: '24 months', fee: 0, trial: false, note: '' }],
    ['names in any script', { Срок: '24 месяца', 'kỳ hạn': 24 }],
    ['fifty', many(50)],
    ['the longest name and text', { ['n'.repeat(100)]: 't'.repeat(1000) }],
  ])('may be %s', (_, value) => {
    expect(faultInOfferAttributes(value)).toBeNull();
  });

  it.each<[string, unknown, fault: string]>([
    ['a list', ['24 months'], 'an object'],
    ['nothing', null, 'an object'],
    ['a text', 'term', 'an object'],
    ['fifty-one', many(51), 'at most 50'],
    ['one without a name', { ' ': 1 }, 'needs a name'],
    ['one with a long name', { ['n'.repeat(101)]: 1 }, '100 characters'],
    ['one with a long text', { term: 't'.repeat(1001) }, '1000 characters'],
    ['nested', { term: { months: 24 } }, 'term: give a text'],
    ['null', { term: null }, 'term: give a text'],
    ['endless', { term: Infinity }, 'term: give a text'],
    ['a character that no text can hold', { term: 'a\0b' }, 'can hold'],
    ['a name with half a character', { '\ud83d': 1 }, 'can hold'],
  ])('may not be %s', (_, value, fault) => {
    expect(faultInOfferAttributes(value)).toContain(fault);
  });
});
