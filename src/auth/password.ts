import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/** Cost of a hash: 2^logN blocks of 128·r bytes, p times over. */
export interface ScryptCost {
  logN: number;
  r: number;
  p: number;
}

/** 32 MiB and three passes: one of the equivalent minimums of OWASP's password storage cheat sheet for scrypt. */
export const PASSWORD_COST: ScryptCost = { logN: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** NIST SP 800-63B asks for 64 at least; without a bound a request could make us hash megabytes. */
export const MAX_PASSWORD_LENGTH = 256;

/** `scrypt$logN$r$p$salt$key`, the last two in base64url: a hash carries its cost, so that the cost can be raised later. */
export async function hashPassword(password: string, cost: ScryptCost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, KEY_BYTES, cost);
  return ['scrypt', cost.logN, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/**
 * Is this the password? With `hash` null, for a login that nobody has, it costs the same time and says no: how long an
 * answer takes tells nothing about who exists.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const { cost, salt, key } = parse(hash ?? NOBODYS);
  const given = await derive(password, salt, key.length, cost);
  return timingSafeEqual(given, key) && hash !== null;
}

/** Was it made at another cost than today's? Then it is worth making anew while the password is at hand. */
export function isOutdated(hash: string, today: ScryptCost = PASSWORD_COST): boolean {
  const { cost } = parse(hash);
  return cost.logN !== today.logN || cost.r !== today.r || cost.p !== today.p;
}

function parse(hash: string): { cost: ScryptCost; salt: Buffer; key: Buffer } {
  const [scheme, logN, r, p, salt, key, ...rest] = hash.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined || rest.length > 0)
    throw new Error('A stored password hash has a form that we do not know');
  return {
    cost: { logN: Number(logN), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
}

function derive(password: string, salt: Buffer, length: number, { logN, r, p }: ScryptCost): Promise<Buffer> {
  const N = 2 ** logN;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  // The same letters typed on another keyboard may come as other code points.
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

const NOBODYS = ['scrypt', PASSWORD_COST.logN, PASSWORD_COST.r, PASSWORD_COST.p, 'A'.repeat(22), 'A'.repeat(43)].join(
  '$',
);
