import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Topic } from './hub.js';
import { pack } from './postgres-hub.js';

const topic = fc.record({
  kind: fc.constantFrom<Topic['kind']>('campaign', 'operator', 'job', 'import'),
  id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
});

describe('topics packed into notifications', () => {
  it('are all there, in order, and each notification is small enough for Postgres', () => {
    fc.assert(
      fc.property(fc.array(topic, { maxLength: 1_000 }), (topics) => {
        const messages = pack('00000000-0000-0000-0000-000000000000', topics);
        for (const message of messages) expect(Buffer.byteLength(message)).toBeLessThan(8_000);
        const unpacked = messages.flatMap((message) => (JSON.parse(message) as { topics: [string, number][] }).topics);
        expect(unpacked).toEqual(topics.map(({ kind, id }) => [kind, id]));
      }),
    );
  });
});
