import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';

import type { Tx } from './database.js';

/** So much goes to the server in one message. */
const MESSAGE_BYTES = 1_048_576;

/**
 * Run a `copy … from stdin` with these parts of its text, one after the other. They are joined first: a message for each
 * costs two writes to the socket, and of an import there is one for every ten rows.
 */
export async function copyInto(tx: Tx, sql: string, parts: readonly Uint8Array[]): Promise<void> {
  const text = parts.length === 1 ? asBuffer(parts[0]!) : Buffer.concat(parts);
  const messages: Buffer[] = [];
  for (let from = 0; from < text.length; from += MESSAGE_BYTES)
    messages.push(text.subarray(from, from + MESSAGE_BYTES));
  await pipeline(Readable.from(messages), tx.client.query(copyFrom(sql)));
}

/** The same memory: what comes from another thread is no Buffer any more, and the driver sends nothing else as bytes. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
