/** Key of a phone's advisory lock, and its number in the audit trail: the first eight bytes of its hash. */
export function lockKey(matchHash: Buffer): bigint {
  return matchHash.readBigInt64BE(0);
}
