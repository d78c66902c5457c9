import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { PhoneVault } from './phone-vault.js';

const vault = PhoneVault.fromSecret(Buffer.alloc(32, 1));
const phone = fc.stringMatching(/^\+[1-9][0-9]{6,14}$/);

describe('the phone vault', () => {
  it('opens what it sealed, and seals the same number to other bytes each time', () => {
    fc.assert(
      fc.property(phone, fc.integer({ min: 1, max: 32_767 }), (e164, organisation) => {
        const one = vault.seal(organisation, e164);
        const two = vault.seal(organisation, e164);
        expect(vault.open(organisation, one.sealed, one.matchHash)).toBe(e164);
        expect(one.sealed.equals(two.sealed)).toBe(false);
        expect(one.dedupeHash.equals(two.dedupeHash)).toBe(true);
        expect(one.matchHash.equals(vault.matchHash(organisation, e164))).toBe(true);
      }),
    );
  });

  it('opens nothing of which a single bit was changed', () => {
    const { sealed, matchHash } = vault.seal(1, '+33199001234');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => vault.open(1, changed, matchHash)).toThrow(/can't be opened/);
    }
  });

  it('opens a number only for its organisation, beside its own hash, whole, and under its own secret', () => {
    const { sealed, matchHash } = vault.seal(1, '+33199001234');
    const other = vault.seal(1, '+33199001235');
    expect(() => vault.open(2, sealed, matchHash)).toThrow(/can't be opened/);
    expect(() => vault.open(1, sealed, other.matchHash)).toThrow(/can't be opened/);
    expect(() => vault.open(1, sealed.subarray(0, 20), matchHash)).toThrow('too short');
    const stranger = PhoneVault.fromSecret(Buffer.alloc(32, 2));
    expect(() => stranger.open(1, sealed, matchHash)).toThrow(/can't be opened/);
  });

  it('tells organisations, purposes and secrets apart by hash', () => {
    const { dedupeHash, matchHash } = vault.seal(1, '+33199001234');
    const stranger = PhoneVault.fromSecret(Buffer.alloc(32, 2));
    const hashes = [dedupeHash, matchHash, vault.matchHash(2, '+33199001234'), stranger.matchHash(1, '+33199001234')];
    expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(4);
    expect(hashes.map((hash) => hash.length)).toEqual([16, 16, 16, 16]);
  });

  it('opens a sealed text only in its own place', () => {
    const sealed = vault.sealText(1, 'import:1:row:2', 'Анна, 0199001234');
    expect(vault.openText(1, 'import:1:row:2', sealed)).toBe('Анна, 0199001234');
    expect(() => vault.openText(1, 'import:1:row:3', sealed)).toThrow(/can't be opened/);
  });
});
