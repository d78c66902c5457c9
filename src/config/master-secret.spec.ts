import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { loadMasterSecret } from './master-secret.js';

describe('the master secret', () => {
  let dataDir: string;
  beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), 'zvon-key-'))));
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('is that of the environment where there is one', () => {
    expect(loadMasterSecret({ secret: 'x'.repeat(32), dataDir }).toString()).toBe('x'.repeat(32));
  });

  it('is made at the first start, readable by its owner alone, and found again at the next', () => {
    const home = join(dataDir, 'new');
    const first = loadMasterSecret({ secret: null, dataDir: home });
    expect(first.length).toBe(32);
    expect(statSync(join(home, 'master.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(home, 'master.key')).equals(first)).toBe(true);
    expect(loadMasterSecret({ secret: null, dataDir: home }).equals(first)).toBe(true);
  });

  it('is never made anew over a key that is damaged', () => {
    writeFileSync(join(dataDir, 'master.key'), 'short');
    expect(() => loadMasterSecret({ secret: null, dataDir })).toThrow('has 5 bytes where 32 belong');
  });
});
