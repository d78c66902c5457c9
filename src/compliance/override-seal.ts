import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';

import { canonicalJson } from './canonical-json.js';
import type { CellName } from './profile-document.js';

/** A departure from a cell of a profile, for a while, as a legal opinion allows it. */
export interface Override {
  organisationId: number;
  /** Code of the profile. */
  profile: string;
  cell: CellName;
  value: unknown;
  opinion: string;
  validFrom: Date;
  validTo: Date;
}

export interface SignedOverride extends Override {
  id: number;
  /** HMAC-SHA-256 over all of the above but the id. */
  signature: Buffer;
}

/**
 * Signs overrides and knows its own signature. The key is derived from the master secret, which is not in the database: a
 * row that was written or changed past the engine is not genuine.
 */
export class OverrideSeal {
  private constructor(private readonly key: KeyObject) {}

  /** Key by HKDF-SHA-256 (RFC 5869). `secret` has 32 bytes or more. */
  static fromSecret(secret: Buffer): OverrideSeal {
    return new OverrideSeal(createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'zvon', 'zvon/override/v1', 32))));
  }

  sign(override: Override): Buffer {
    const { organisationId, profile, cell, value, opinion, validFrom, validTo } = override;
    const content = { organisationId, profile, cell, value, opinion };
    const text = canonicalJson({ ...content, validFrom: validFrom.toISOString(), validTo: validTo.toISOString() });
    return createHmac('sha256', this.key).update(text).digest();
  }

  isGenuine(override: SignedOverride): boolean {
    const { signature } = override;
    const expected = this.sign(override);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
}
