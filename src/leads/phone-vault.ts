import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { Problem } from '../common/problem.js';

/** A phone as it lies in the database. */
export interface SealedPhone {
  /** Version byte, 12 bytes of nonce, 16 bytes of tag, ciphertext. */
  sealed: Buffer;
  /** Finds duplicates within a base. */
  dedupeHash: Buffer;
  /** Finds suppressions, caps and the history of a number across bases. */
  matchHash: Buffer;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HASH_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/**
 * Seals phones at rest and finds them by keyed hash. Equality is all that the hashes give: what is needed besides
 * (country, line type, last two digits) is derived before sealing. Only dialing and an audited reveal may open.
 */
export class PhoneVault {
  private constructor(
    private readonly phoneKey: KeyObject,
    private readonly textKey: KeyObject,
    private readonly dedupeKey: KeyObject,
    private readonly matchKey: KeyObject,
    /** Tells one secret from another, and nothing about it. */
    readonly fingerprint: Buffer,
  ) {}

  /** Keys by HKDF-SHA-256 (RFC 5869), one for each purpose. `secret` has 32 bytes or more. */
  static fromSecret(secret: Buffer): PhoneVault {
    const derive = (purpose: string) =>
      createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'zvon', `zvon/${purpose}/v${VERSION}`, 32)));
    const fingerprint = createHmac('sha256', derive('fingerprint')).update('zvon').digest().subarray(0, HASH_BYTES);
    return new PhoneVault(derive('phone'), derive('text'), derive('phone-dedupe'), derive('phone-match'), fingerprint);
  }

  /** `e164` with its `+`. Sealing twice gives other bytes, hashing twice gives the same. */
  seal(organisationId: number, e164: string): SealedPhone {
    const matchHash = this.matchHash(organisationId, e164);
    return {
      sealed: encrypt(this.phoneKey, phoneContext(organisationId, matchHash), e164),
      dedupeHash: keyedHash(this.dedupeKey, organisationId, e164),
      matchHash,
    };
  }

  /** The number in E.164. Throws phone_seal_broken (500) when it was changed, moved, or sealed under another secret. */
  open(organisationId: number, sealed: Buffer, matchHash: Buffer): string {
    return decrypt(this.phoneKey, phoneContext(organisationId, matchHash), sealed, 'phone');
  }

  /** What suppressions and caps are found by: 16 bytes of HMAC-SHA-256 over organisation and number. */
  matchHash(organisationId: number, e164: string): Buffer {
    return keyedHash(this.matchKey, organisationId, e164);
  }

  /** Seal a text that may hold a phone. `place` says where it lies, so that it opens nowhere else. */
  sealText(organisationId: number, place: string, text: string): Buffer {
    return encrypt(this.textKey, Buffer.from(`${organisationId}:${place}`), text);
  }

  /** Throws text_seal_broken (500) when it was changed, moved, or sealed under another secret. */
  openText(organisationId: number, place: string, sealed: Buffer): string {
    return decrypt(this.textKey, Buffer.from(`${organisationId}:${place}`), sealed, 'text');
  }
}

function phoneContext(organisationId: number, matchHash: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${organisationId}:`), matchHash]);
}

function keyedHash(key: KeyObject, organisationId: number, e164: string): Buffer {
  return createHmac('sha256', key).update(`${organisationId}:${e164}`).digest().subarray(0, HASH_BYTES);
}

function encrypt(key: KeyObject, context: Buffer, text: string): Buffer {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  const body = cipher.update(text, 'utf8');
  const rest = cipher.final();
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body, rest]);
}

/** Random bytes are drawn for many nonces at once: one draw each took a twentieth of an import's time. */
function freshNonce(): Buffer {
  if (drawnAt === drawn.length) {
    drawn = randomBytes(NONCE_BYTES * 512);
    drawnAt = 0;
  }
  const nonce = drawn.subarray(drawnAt, drawnAt + NONCE_BYTES);
  drawnAt += NONCE_BYTES;
  return nonce;
}

let drawn: Buffer = Buffer.alloc(0);
let drawnAt = 0;

function decrypt(key: KeyObject, context: Buffer, sealed: Buffer, what: 'phone' | 'text'): string {
  const broken = (why: string) =>
    new Problem(`${what}_seal_broken`, 500, `A sealed ${what} can't be opened: ${why}.`, {
      fix: 'Check that the master secret is the one it was sealed under, and restore the row from a backup.',
    });
  if (sealed.length < HEAD_BYTES) throw broken('it is too short');
  if (sealed[0] !== VERSION) throw broken(`its version is ${sealed[0]}`);
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(context);
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  const body = decipher.update(sealed.subarray(HEAD_BYTES), undefined, 'utf8');
  try {
    return body + decipher.final('utf8');
  } catch (error) {
    throw Object.assign(broken('it was changed, moved, or sealed under another secret'), { cause: error });
  }
}
