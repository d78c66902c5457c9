import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { SeededRandom } from '../common/random.js';
import { readHead, scanFile } from './file-analysis.js';
import { estimateRows } from './file-estimate.js';
import { DEFAULT_DEDUPE, type Dedupe } from './import.js';
import { rowReader } from './row.js';

let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zvon-estimates-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const MAPPING = {
  ...{ phones: ['phone', 'phone 2'], name: null, nameParts: [], externalId: 'id', region: null, timeZone: null },
  ...{ priority: null, owner: null, attributes: [] },
};

async function sampleOf(lines: readonly string[], dedupe: Partial<Dedupe> = {}, isBarred = (_: string) => false) {
  const path = join(folder, `${++files}.csv`);
  writeFileSync(path, `id,phone,phone 2,notes\n${lines.join('\n')}\n`);
  const scan = await scanFile(path);
  const reading = await readHead(path, scan);
  const { columns } = reading;
  return estimateRows(
    path,
    { scan, reading },
    {
      readRow: rowReader({
        columns,
        mapping: MAPPING,
        country: 'RU',
        defaultPriority: 0,
        generate: null,
        owners: null,
      }),
      dedupe: { ...DEFAULT_DEDUPE, ...dedupe },
      isBarred,
      hashOf: (e164) => createHash('sha256').update(e164).digest().subarray(0, 16),
    },
  );
}

const NOBODY = { suppressed: 0, duplicate: 0 };
const phone = (n: number) => `+7916${String(1_000_000 + n)}`;

describe('the estimate of a file that was read to its end', () => {
  it('is exact: repeats, also by further phones, barred numbers and rejects by their reasons', async () => {
    const lines = [
      ...[`1,${phone(1)},${phone(2)},`, `2,${phone(1)},,`, `3,${phone(2)},,`, `4,12,,`, `5,,,`, `6,12,,`],
      ...[`7,${phone(3)},,`, `8,${phone(4)},,`],
    ];
    const sample = await sampleOf(lines, {}, (e164) => e164 === phone(4));
    expect(sample.estimate(NOBODY)).toEqual({
      ...{ rows: 8, exact: true, sampledRows: 8, valid: 2, duplicate: 2, suppressed: 1, rejected: 3 },
      rejectsByCode: [
        { code: 'phone_too_short', count: 2 },
        { code: 'phone_missing', count: 1 },
      ],
    });
    expect(sample.hashes).toBe(2);
    expect(sample.matchHashes).toHaveLength(32);
    expect(sample.externalIds).toBeNull();
    expect(sample.estimate({ suppressed: 1, duplicate: 1 })).toMatchObject({ valid: 0, duplicate: 3, suppressed: 2 });
    expect(sample.zones()).toEqual([{ country: 'RU', zones: expect.any(Array), leads: 2 }]);
  });

  it('tells duplicates by ids where it is asked to, and by nothing where both are kept', async () => {
    const lines = [`1,${phone(1)},,`, `1,${phone(2)},,`, `,${phone(2)},,`, `,${phone(2)},,`];
    const byId = await sampleOf(lines, { key: 'external_id' });
    expect(byId.estimate(NOBODY)).toMatchObject({ valid: 3, duplicate: 1 });
    expect(byId.externalIds).toEqual(['1', '', '']);
    const both = await sampleOf(lines, { action: 'keep_both' });
    expect(both.estimate({ suppressed: 0, duplicate: 2 })).toMatchObject({ valid: 4, duplicate: 0 });
  });
});

describe('the estimate of a large file', () => {
  const ROWS = 400_000;

  it('comes near what all rows would come to, and adds up', async () => {
    const random = new SeededRandom('estimate');
    let rejected = 0;
    const seen = new Set<number>();
    let duplicate = 0;
    const lines = Array.from({ length: ROWS }, (_, i) => {
      if (random.next() < 0.04) {
        rejected++;
        return `${i},12,,some notes`;
      }
      const number = random.next() < 0.06 ? Math.floor(random.next() * ROWS) : i;
      if (seen.has(number)) duplicate++;
      seen.add(number);
      return `${i},${phone(number)},,some notes`;
    });
    const sample = await sampleOf(lines);
    const estimate = sample.estimate(NOBODY);
    expect(estimate).toMatchObject({ exact: false });
    expect(estimate.sampledRows).toBeLessThan(ROWS / 2);
    const near = (found: number, real: number) => expect(Math.abs(found - real) / real).toBeLessThan(0.1);
    near(estimate.rows, ROWS);
    near(estimate.rejected, rejected);
    expect(duplicate).toBeGreaterThan(5_000);
    expect(Math.abs(estimate.duplicate - duplicate)).toBeLessThan(ROWS * 0.03);
    expect(estimate.valid + estimate.duplicate + estimate.suppressed + estimate.rejected).toBe(estimate.rows);
  });
});
