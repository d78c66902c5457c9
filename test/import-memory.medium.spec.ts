import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { createTestDatabase } from './database.js';
import { account, createImportDesk, newBase, type ImportDesk } from './import-desk.js';
import { buildServer, runElsewhere } from './import-elsewhere.js';

const MB = 1_048_576;

jest.setTimeout(300_000);

let desk: ImportDesk;
let url: string;

beforeAll(async () => {
  await buildServer();
  const database = await createTestDatabase();
  ({ url } = database);
  desk = await createImportDesk(database);
});

afterAll(() => desk.close());

/** Long rows: much to read, little to write. */
function* lines(rows: number): Generator<string> {
  yield 'phone,name,notes\n';
  for (let i = 0; i < rows; i++) yield `+7916${1_000_000 + i},Person ${i},"${'many words, '.repeat(30)}"\n`;
}

async function peakOf(rows: number): Promise<{ fileMb: number; peakMb: number }> {
  const path = join(desk.folder, `${rows}.csv`);
  await pipeline(Readable.from(lines(rows)), createWriteStream(path));
  const started = await desk.start(path, { base: newBase(String(rows), 'RU') });
  const last = await runElsewhere(url, started.id, () => undefined, { file: path });
  expect(last).toMatchObject({ at: 'ended', state: 'done' });
  expect(account(await desk.imports.getImport(1, started.id))).toMatchObject({ rows, imported: rows });
  return { fileMb: (await stat(path)).size / MB, peakMb: last!.peakMb! };
}

it('takes a process that analyses and imports a file no more memory when the file is six times as large', async () => {
  // More chunks than are ever held at once. A peak depends on when the collector last ran, by tens of megabytes either way:
  // the files are so far apart that a process which kept even half of the larger one would stand out of that.
  const small = await peakOf(100_000);
  const large = await peakOf(600_000);
  expect(large.fileMb - small.fileMb).toBeGreaterThan(180);
  expect(large.peakMb).toBeLessThan(400);
  expect(large.peakMb - small.peakMb).toBeLessThan((large.fileMb - small.fileMb) / 2);
});
