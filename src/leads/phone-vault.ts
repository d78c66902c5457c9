import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { Problem } from '../common/problem.js';

/** A phone as it lies in the database. */
export interface SealedPhone {
  /** Version byte, 13 bytes of nonce, 16 bytes of tag, ciphertext. */
  sealed: Buffer;
  /** Finds duplicates, suppressions, caps and the history of a number across bases. */
  matchHash: Buffer;
}

/** What another thread needs to seal and open: it can be posted, as `workerData` too. It never leaves the process. */
export interface SharedKeys {
  phone: KeyObject;
  phoneTag: KeyObject;
  phoneHash: KeyObject;
  text: KeyObject;
  fingerprint: Uint8Array;
}

const TEXT_VERSION = 1;
const PHONE_VERSION = 2;
const TAG_BYTES = 16;
/** Of a phone's match hash. */
export const HASH_BYTES = 16;

/** Of the nonce of a phone, drawn for many at once; one more byte counts the blocks since. */
const DRAWN_BYTES = 12;
const PHONE_NONCE_BYTES = DRAWN_BYTES + 1;
const PHONE_HEAD_BYTES = 1 + PHONE_NONCE_BYTES + TAG_BYTES;
const BLOCK_BYTES = 16;
const BLOCKS_PER_DRAW = 256;
/** E.164 has 15 digits at most; national plans have a few more. */
const MAX_PHONE_CHARACTERS = 32;
/** How much `sealInto` writes at most. */
export const MAX_SEALED_BYTES = HASH_BYTES + PHONE_HEAD_BYTES + MAX_PHONE_CHARACTERS;

const TEXT_NONCE_BYTES = 12;
const TEXT_HEAD_BYTES = 1 + TEXT_NONCE_BYTES + TAG_BYTES;

/**
 * Seals phones at rest and finds them by keyed hash. Equality is all that the hashes give: what is needed besides
 * (country, line type, last two digits) is derived before sealing. Only dialing and an audited reveal may open.
 *
 * A phone is encrypted by AES-256-CTR and then authenticated by HMAC-SHA-256 under a key of its own, cut to 16 bytes, over
 * version, nonce, organisation, the row's match hash and ciphertext (encrypt-then-MAC). With AES-256-GCM for each it
 * would all take twice the time, as Node makes a cipher and four buffers to encrypt a dozen bytes; texts, which are few,
 * have it.
 */
export class PhoneVault {
  private readonly hasher: ShortHmac;
  private readonly tagger: ShortHmac;
  private readonly pad: KeyStream;

  private constructor(private readonly keys: SharedKeys) {
    this.hasher = new ShortHmac(keys.phoneHash);
    this.tagger = new ShortHmac(keys.phoneTag);
    this.pad = new KeyStream(keys.phone);
  }

  /** Keys by HKDF-SHA-256 (RFC 5869), one for each purpose. `secret` has 32 bytes or more. */
  static fromSecret(secret: Buffer): PhoneVault {
    const derive = (purpose: string) =>
      createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'zvon', `zvon/${purpose}`, 32)));
    return new PhoneVault({
      phone: derive('phone/v2'),
      phoneTag: derive('phone-tag/v2'),
      phoneHash: derive('phone-match/v1'),
      text: derive('text/v1'),
      fingerprint: createHmac('sha256', derive('fingerprint/v1')).update('zvon').digest().subarray(0, HASH_BYTES),
    });
  }

  /** The vault of another thread of this process, from what its `share` gave. */
  static fromShared(keys: SharedKeys): PhoneVault {
    return new PhoneVault({ ...keys, fingerprint: Buffer.from(keys.fingerprint) });
  }

  share(): SharedKeys {
    return { ...this.keys };
  }

  /** Tells one secret from another, and nothing about it. */
  get fingerprint(): Buffer {
    return this.keys.fingerprint as Buffer;
  }

  /** `e164` with its `+`. Sealing twice gives other bytes, hashing twice gives the same. */
  seal(organisationId: number, e164: string): SealedPhone {
    const bytes = Buffer.allocUnsafe(HASH_BYTES + PHONE_HEAD_BYTES + e164.length);
    this.sealInto(organisationId, e164, bytes, 0);
    return { matchHash: bytes.subarray(0, HASH_BYTES), sealed: bytes.subarray(HASH_BYTES) };
  }

  /**
   * `seal` for the many: writes the match hash (HASH_BYTES) and behind it what is sealed into `target` at `at`, and makes no
   * object. Returns where it ended, at most MAX_SEALED_BYTES on. RangeError: it is too long for a phone, or not ASCII.
   */
  sealInto(organisationId: number, e164: string, target: Buffer, at: number): number {
    const { length } = e164;
    if (length > MAX_PHONE_CHARACTERS || NOT_ASCII.test(e164)) throw new RangeError('What is to be sealed is no phone');
    this.matchHashInto(organisationId, e164, target, at);
    const { pad } = this;
    const padAt = pad.take(length);
    const start = at + HASH_BYTES;
    target[start] = PHONE_VERSION;
    for (let index = 0; index < PHONE_NONCE_BYTES; index++) target[start + 1 + index] = pad.nonce[index]!;
    const bodyAt = start + PHONE_HEAD_BYTES;
    for (let index = 0; index < length; index++) {
      target[bodyAt + index] = e164.charCodeAt(index) ^ pad.bytes[padAt + index]!;
    }
    target.write(
      this.tagOf(organisationId, target, at, target, start, length),
      bodyAt - TAG_BYTES,
      TAG_BYTES,
      'latin1',
    );
    return bodyAt + length;
  }

  /** The number in E.164. Throws phone_seal_broken (500) when it was changed, moved, or sealed under another secret. */
  open(organisationId: number, sealed: Buffer, matchHash: Buffer): string {
    if (sealed.length < PHONE_HEAD_BYTES) throw broken('phone', 'it is too short');
    if (sealed.length > PHONE_HEAD_BYTES + MAX_PHONE_CHARACTERS) throw broken('phone', 'it is too long');
    if (sealed[0] !== PHONE_VERSION) throw broken('phone', `its version is ${sealed[0]}`);
    if (matchHash.length !== HASH_BYTES) throw broken('phone', 'its hash is none');
    const tag = this.tagOf(organisationId, matchHash, 0, sealed, 0, sealed.length - PHONE_HEAD_BYTES);
    const found = sealed.subarray(PHONE_HEAD_BYTES - TAG_BYTES, PHONE_HEAD_BYTES);
    if (!timingSafeEqual(Buffer.from(tag, 'latin1').subarray(0, TAG_BYTES), found)) throw broken('phone', CHANGED);
    const nonce = sealed.subarray(1, 1 + PHONE_NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-ctr', this.keys.phone, counterOf(nonce));
    return decipher.update(sealed.subarray(PHONE_HEAD_BYTES), undefined, 'latin1') + decipher.final('latin1');
  }

  /** What suppressions and caps are found by: 16 bytes of HMAC-SHA-256 over organisation and number. */
  matchHash(organisationId: number, e164: string): Buffer {
    const bytes = Buffer.allocUnsafe(HASH_BYTES);
    this.matchHashInto(organisationId, e164, bytes, 0);
    return bytes;
  }

  /** `matchHash` for the many: writes its HASH_BYTES into `target` at `at`. */
  matchHashInto(organisationId: number, e164: string, target: Buffer, at: number): void {
    target.write(this.hasher.digest(`${organisationId}:${e164}`), at, HASH_BYTES, 'latin1');
  }

  /** Seal a text that may hold a phone. `place` says where it lies, so that it opens nowhere else. */
  sealText(organisationId: number, place: string, text: string): Buffer {
    const nonce = randomBytes(TEXT_NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys.text, nonce);
    cipher.setAAD(Buffer.from(`${organisationId}:${place}`));
    const body = cipher.update(text, 'utf8');
    const rest = cipher.final();
    return Buffer.concat([Buffer.of(TEXT_VERSION), nonce, cipher.getAuthTag(), body, rest]);
  }

  /** Throws text_seal_broken (500) when it was changed, moved, or sealed under another secret. */
  openText(organisationId: number, place: string, sealed: Buffer): string {
    if (sealed.length < TEXT_HEAD_BYTES) throw broken('text', 'it is too short');
    if (sealed[0] !== TEXT_VERSION) throw broken('text', `its version is ${sealed[0]}`);
    const nonce = sealed.subarray(1, 1 + TEXT_NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.keys.text, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(`${organisationId}:${place}`));
    decipher.setAuthTag(sealed.subarray(1 + TEXT_NONCE_BYTES, TEXT_HEAD_BYTES));
    const body = decipher.update(sealed.subarray(TEXT_HEAD_BYTES), undefined, 'utf8');
    try {
      return body + decipher.final('utf8');
    } catch (error) {
      throw Object.assign(broken('text', CHANGED), { cause: error });
    }
  }

  /** A phone's tag: the first TAG_BYTES characters, each a byte. All before the ciphertext has a fixed length. */
  private tagOf(
    organisationId: number,
    hashFrom: Buffer,
    hashAt: number,
    from: Buffer,
    at: number,
    length: number,
  ): string {
    const { message } = this.tagger;
    const clearBytes = 1 + PHONE_NONCE_BYTES;
    for (let index = 0; index < clearBytes; index++) message[index] = from[at + index]!;
    message.writeUInt32BE(organisationId, clearBytes);
    const fixedBytes = clearBytes + 4 + HASH_BYTES;
    for (let index = 0; index < HASH_BYTES; index++) message[clearBytes + 4 + index] = hashFrom[hashAt + index]!;
    for (let index = 0; index < length; index++) message[fixedBytes + index] = from[at + PHONE_HEAD_BYTES + index]!;
    return this.tagger.digestOf(fixedBytes + length);
  }
}

const NOT_ASCII = /[^\x20-\x7e]/;
const CHANGED = 'it was changed, moved, or sealed under another secret';

function broken(what: 'phone' | 'text', why: string): Problem {
  return new Problem(`${what}_seal_broken`, 500, `A sealed ${what} can't be opened: ${why}.`, {
    fix: 'Check that the master secret is the one it was sealed under, and restore the row from a backup.',
  });
}

/** The first counter block (NIST SP 800-38A) of what was encrypted under a phone's nonce. */
function counterOf(nonce: Uint8Array): Buffer {
  const counter = Buffer.alloc(BLOCK_BYTES);
  counter.set(nonce.subarray(0, DRAWN_BYTES));
  counter[BLOCK_BYTES - 1] = nonce[DRAWN_BYTES] ?? 0;
  return counter;
}

/**
 * What AES-256-CTR adds to phones, a few hundred blocks of it at once: making a cipher costs more than a hundred blocks.
 * No block is given twice, and each draw starts at a counter of its own.
 */
class KeyStream {
  /** What `take` gives is in here, from where it says. */
  bytes: Buffer = Buffer.alloc(0);
  /** Of what was taken last. */
  readonly nonce = Buffer.alloc(PHONE_NONCE_BYTES);
  private nextBlock = BLOCKS_PER_DRAW;

  constructor(private readonly key: KeyObject) {}

  /** Where the next `length` bytes are, MAX_PHONE_CHARACTERS at most. */
  take(length: number): number {
    const blocks = Math.ceil(length / BLOCK_BYTES);
    if (this.nextBlock + blocks > BLOCKS_PER_DRAW) this.draw();
    const block = this.nextBlock;
    this.nextBlock += blocks;
    this.nonce[DRAWN_BYTES] = block;
    return block * BLOCK_BYTES;
  }

  private draw(): void {
    randomFillSync(this.nonce, 0, DRAWN_BYTES);
    this.nonce[DRAWN_BYTES] = 0;
    this.bytes = createCipheriv('aes-256-ctr', this.key, counterOf(this.nonce)).update(ZEROS);
    this.nextBlock = 0;
  }
}

const ZEROS = Buffer.alloc(BLOCKS_PER_DRAW * BLOCK_BYTES);

/**
 * HMAC-SHA-256 (RFC 2104: the hash of outer key and the hash of inner key and message) of short messages, by the hash that
 * Node computes in one call: a third of what `createHmac` takes, as that makes objects and streams.
 */
class ShortHmac {
  /** Where `digestOf` reads from. */
  readonly message: Buffer;
  private readonly inner: Buffer;
  private readonly outer: Buffer;
  private readonly inners: readonly Buffer[];

  constructor(key: KeyObject) {
    const bytes = key.export();
    if (bytes.length > HMAC_BLOCK_BYTES)
      throw new RangeError('A key longer than a block would have to be hashed first');
    this.inner = Buffer.alloc(HMAC_BLOCK_BYTES + MAX_MESSAGE_BYTES, 0x36);
    this.outer = Buffer.alloc(HMAC_BLOCK_BYTES + HMAC_BYTES, 0x5c);
    for (const [index, byte] of bytes.entries()) {
      this.inner[index]! ^= byte;
      this.outer[index]! ^= byte;
    }
    this.message = this.inner.subarray(HMAC_BLOCK_BYTES);
    this.inners = Array.from({ length: MAX_MESSAGE_BYTES + 1 }, (_, length) =>
      this.inner.subarray(0, HMAC_BLOCK_BYTES + length),
    );
  }

  /** Of ASCII text. The 32 bytes as characters of a string: making a Buffer of them costs as much as hashing. */
  digest(text: string): string {
    if (text.length > MAX_MESSAGE_BYTES) throw new RangeError('What is to be hashed is no phone');
    return this.digestOf(this.message.write(text, 0, 'latin1'));
  }

  /** Of the first `length` bytes of `message`. */
  digestOf(length: number): string {
    this.outer.write(hash('sha256', this.inners[length]!, 'binary'), HMAC_BLOCK_BYTES, HMAC_BYTES, 'latin1');
    return hash('sha256', this.outer, 'binary');
  }
}

const HMAC_BLOCK_BYTES = 64;
const HMAC_BYTES = 32;
const MAX_MESSAGE_BYTES = 96;
