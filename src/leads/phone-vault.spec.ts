import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { HASH_BYTES, MAX_SEALED_BYTES, PhoneVault } from './phone-vault.js';

const SECRET = Buffer.alloc(32, 1);
const vault = PhoneVault.fromSecret(SECRET);
const stranger = PhoneVault.fromSecret(Buffer.alloc(32, 2));
const phone = fc.stringMatching(/^\+[1-9][0-9]{6,17}$/);
const organisation = fc.integer({ min: 1, max: 32_767 });

/** The parts of a sealed phone. */
function partsOf(sealed: Buffer) {
  return { nonce: sealed.subarray(1, 14), tag: sealed.subarray(14, 30), body: sealed.subarray(30) };
}

describe('the phone vault', () => {
  it('opens what it sealed, and seals the same number to other bytes each time', () => {
    fc.assert(
      fc.property(phone, organisation, (e164, organisationId) => {
        const one = vault.seal(organisationId, e164);
        const two = vault.seal(organisationId, e164);
        expect(vault.open(organisationId, one.sealed, one.matchHash)).toBe(e164);
        expect(one.sealed.equals(two.sealed)).toBe(false);
        expect(one.matchHash.equals(two.matchHash)).toBe(true);
        expect(one.matchHash.equals(vault.matchHash(organisationId, e164))).toBe(true);
      }),
    );
  });

  it('seals to AES-256-CTR, HMAC-SHA-256 and HKDF as the books have them', () => {
    const key = (purpose: string) => Buffer.from(hkdfSync('sha256', SECRET, 'zvon', `zvon/${purpose}`, 32));
    fc.assert(
      fc.property(phone, organisation, (e164, organisationId) => {
        const { sealed, matchHash } = vault.seal(organisationId, e164);
        const expectedHash = createHmac('sha256', key('phone-match/v1')).update(`${organisationId}:${e164}`).digest();
        expect(matchHash.equals(expectedHash.subarray(0, 16))).toBe(true);

        const { nonce, tag, body } = partsOf(sealed);
        const organisationBytes = Buffer.alloc(4);
        organisationBytes.writeUInt32BE(organisationId);
        const authenticated = Buffer.concat([Buffer.of(2), nonce, organisationBytes, matchHash, body]);
        const expectedTag = createHmac('sha256', key('phone-tag/v2')).update(authenticated).digest();
        expect(tag.equals(expectedTag.subarray(0, 16))).toBe(true);

        const counter = Buffer.concat([nonce.subarray(0, 12), Buffer.of(0, 0, 0, nonce[12]!)]);
        const decipher = createDecipheriv('aes-256-ctr', key('phone/v2'), counter);
        expect(decipher.update(body).toString()).toBe(e164);
      }),
    );
  });

  it('never uses a block of the cipher twice, however long the numbers are', () => {
    const used = new Set<string>();
    let blocks = 0;
    for (let index = 0; index < 3_000; index++) {
      const { nonce, body } = partsOf(vault.seal(1, `+${'1'.repeat(7 + ((index * 5) % 20))}`).sealed);
      for (let block = 0; block * 16 < body.length; block++, blocks++) {
        expect(nonce[12]! + block).toBeLessThan(256);
        used.add(`${nonce.toString('hex', 0, 12)}:${nonce[12]! + block}`);
      }
    }
    expect(blocks).toBeGreaterThan(3_500);
    expect(used.size).toBe(blocks);
  });

  it('writes many in a row into one piece of memory, and nothing beside them', () => {
    const numbers = ['+33199001234', '+79123456789', '+4915123456789', '+123456789012345678'];
    const target = Buffer.alloc(5 + numbers.length * MAX_SEALED_BYTES, 0xee);
    let at = 5;
    const places = numbers.map((e164) => {
      const from = at;
      at = vault.sealInto(7, e164, target, from);
      expect(at - from).toBeLessThanOrEqual(MAX_SEALED_BYTES);
      return {
        e164,
        matchHash: target.subarray(from, from + HASH_BYTES),
        sealed: target.subarray(from + HASH_BYTES, at),
      };
    });
    for (const { e164, matchHash, sealed } of places) expect(vault.open(7, sealed, matchHash)).toBe(e164);
    expect(target.subarray(0, 5).every((byte) => byte === 0xee)).toBe(true);
    expect(target.subarray(at).every((byte) => byte === 0xee)).toBe(true);
    vault.matchHashInto(7, numbers[1]!, target, 0);
    expect(target.subarray(0, HASH_BYTES).equals(vault.matchHash(7, numbers[1]!))).toBe(true);
  });

  it('seals no text that is longer than phones are, or of other letters', () => {
    expect(() => vault.seal(1, `+${'1'.repeat(40)}`)).toThrow(RangeError);
    expect(() => vault.seal(1, '+7９123456789')).toThrow(RangeError);
    expect(() => vault.matchHash(1, '1'.repeat(100))).toThrow(RangeError);
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
    expect(() => vault.open(1, sealed, matchHash.subarray(0, 15))).toThrow(/can't be opened/);
    expect(() => vault.open(1, sealed.subarray(0, 20), matchHash)).toThrow('too short');
    expect(() => vault.open(1, sealed.subarray(0, -1), matchHash)).toThrow(/can't be opened/);
    expect(() => vault.open(1, Buffer.concat([sealed, Buffer.alloc(64)]), matchHash)).toThrow('too long');
    expect(() => stranger.open(1, sealed, matchHash)).toThrow(/can't be opened/);
  });

  it('tells numbers, organisations and secrets apart by hash', () => {
    const hashes = [
      vault.matchHash(1, '+33199001234'),
      vault.matchHash(1, '+33199001235'),
      vault.matchHash(2, '+33199001234'),
      stranger.matchHash(1, '+33199001234'),
    ];
    expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(4);
    expect(hashes.map((hash) => hash.length)).toEqual([16, 16, 16, 16]);
    expect(vault.fingerprint.equals(PhoneVault.fromSecret(SECRET).fingerprint)).toBe(true);
    expect(vault.fingerprint.equals(stranger.fingerprint)).toBe(false);
  });

  it('opens a sealed text only in its own place', () => {
    const sealed = vault.sealText(1, 'import:1:row:2', 'Анна, 0199001234');
    expect(vault.openText(1, 'import:1:row:2', sealed)).toBe('Анна, 0199001234');
    expect(() => vault.openText(1, 'import:1:row:3', sealed)).toThrow(/can't be opened/);
    expect(() => vault.openText(1, 'import:1:row:2', sealed.subarray(0, 20))).toThrow('too short');
  });

  it('is the same vault in another thread', async () => {
    const { sealed, matchHash } = vault.seal(1, '+33199001234');
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.loader)
        .then(() => import(workerData.vault))
        .then(({ PhoneVault }) => {
          const vault = PhoneVault.fromShared(workerData.keys);
          parentPort.postMessage({
            opened: vault.open(1, Buffer.from(workerData.sealed), Buffer.from(workerData.matchHash)),
            seal: vault.seal(1, '+33199001235'),
            fingerprint: vault.fingerprint.toString('hex'),
            text: vault.openText(1, 'import:1:row:2', Buffer.from(workerData.text)),
          });
        });`;
    const file = (...path: string[]) => pathToFileURL(join(import.meta.dirname, ...path)).href;
    const worker = new Worker(script, {
      eval: true,
      workerData: {
        loader: file('../../test/register-typescript.mjs'),
        vault: file('phone-vault.ts'),
        keys: vault.share(),
        text: vault.sealText(1, 'import:1:row:2', 'a text'),
        ...{ sealed, matchHash },
      },
    });
    const [answer] = (await once(worker, 'message')) as [
      { opened: string; seal: { sealed: Uint8Array; matchHash: Uint8Array }; fingerprint: string; text: string },
    ];
    await worker.terminate();
    expect(answer).toMatchObject({
      opened: '+33199001234',
      text: 'a text',
      fingerprint: vault.fingerprint.toString('hex'),
    });
    expect(vault.open(1, Buffer.from(answer.seal.sealed), Buffer.from(answer.seal.matchHash))).toBe('+33199001235');
  });
});
