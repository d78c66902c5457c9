import { describe, expect, it } from '@jest/globals';

import { faultInOfferAttributes } from '../src/campaigns/offer-attributes.js';
import { attributesOf, faultIn, newRow, rowsOf, type AttributeRow } from '../web/src/offers/attributes.js';

const row = (changes: Partial<AttributeRow>): AttributeRow => ({ ...newRow(), ...changes });

describe('the attributes of an offer in their editor', () => {
  it('come back as they were', () => {
    const attributes = { term: '12 months', speed: 300, gift: true, old: false, zero: 0, empty: '' };
    expect(attributesOf(rowsOf(attributes))).toEqual(attributes);
    expect(faultInOfferAttributes(attributesOf(rowsOf(attributes)))).toBeNull();
  });

  it('read a number with a comma, and refuse what is none', () => {
    expect(attributesOf([row({ name: 'speed', kind: 'number', value: ' 1,5 ' })])).toEqual({ speed: 1.5 });
    for (const value of ['', 'fast', '1 000']) {
      const wrong = row({ name: 'speed', kind: 'number', value });
      expect(faultIn(wrong, [wrong])).toBe('noNumber');
      expect(attributesOf([wrong])).toBeNull();
    }
  });

  it('want a name, and each name once', () => {
    const nameless = row({ value: 'something' });
    expect(faultIn(nameless, [nameless])).toBe('nameless');
    const [first, second] = [row({ name: 'term', value: 'a' }), row({ name: ' term ', value: 'b' })];
    expect([faultIn(first, [first, second]), faultIn(second, [first, second])]).toEqual([null, 'twice']);
  });

  it('pass over a row that was never filled in', () => {
    expect(attributesOf([row({}), row({ kind: 'boolean', value: 'true' })])).toEqual({});
  });
});
