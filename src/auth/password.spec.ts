import { describe, expect, it } from '@jest/globals';

import { hashPassword, isOutdated, PASSWORD_COST, verifyPassword } from './password.js';

const CHEAP = { logN: 10, r: 8, p: 1 };

describe('passwords', () => {
  it('are known again, and others are not', async () => {
    const hash = await hashPassword('correct horse', CHEAP);
    expect(await verifyPassword('correct horse', hash)).toBe(true);
    expect(await verifyPassword('Correct horse', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('have a salt of their own: the same one twice gives two hashes', async () => {
    expect(await hashPassword('same', CHEAP)).not.toBe(await hashPassword('same', CHEAP));
  });

  it('are the same however the keyboard composes their letters', async () => {
    const hash = await hashPassword('pa\u0301role', CHEAP);
    expect(await verifyPassword('p\u00e1role', hash)).toBe(true);
  });

  it('carry their cost, so that a hash of other days is still read and known to be outdated', async () => {
    const hash = await hashPassword('x', CHEAP);
    expect(hash).toMatch(/^scrypt\$10\$8\$1\$/);
    expect(isOutdated(hash)).toBe(true);
    expect(isOutdated(hash, CHEAP)).toBe(false);
  });

  it('are hashed at a cost of 32 MiB, three times over', async () => {
    const hash = await hashPassword('x');
    expect(hash).toMatch(/^scrypt\$15\$8\$3\$/);
    expect(isOutdated(hash)).toBe(false);
    expect(PASSWORD_COST).toEqual({ logN: 15, r: 8, p: 3 });
  });

  it('of nobody are never right', async () => {
    expect(await verifyPassword('anything', null)).toBe(false);
  });

  it('of nobody take as long to refuse as those of somebody', async () => {
    const hash = await hashPassword('somebody');
    // Work, not time: what else runs on this machine is no part of it.
    const time = async (of: string | null) => {
      const began = process.cpuUsage();
      await verifyPassword('wrong', of);
      const { user, system } = process.cpuUsage(began);
      return user + system;
    };
    await time(null);
    const somebody = Math.min(await time(hash), await time(hash), await time(hash));
    const nobody = Math.min(await time(null), await time(null), await time(null));
    // Without the work, nobody would be refused in a thousandth of the time.
    expect(nobody).toBeGreaterThan(somebody / 3);
  });

  it('in a form that we do not know are an error, not a refusal', async () => {
    await expect(verifyPassword('x', 'md5$abc')).rejects.toThrow('form that we do not know');
  });
});
