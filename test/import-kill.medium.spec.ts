import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { SeededRandom } from '../src/common/random.js';
import { CHUNK_ROWS } from '../src/lead-import/import-encoder.js';
import type { LeadImport } from '../src/lead-import/import.js';
import { createTestDatabase } from './database.js';
import { account, createImportDesk, newBase, type ImportDesk } from './import-desk.js';
import { buildServer, runElsewhere } from './import-elsewhere.js';

const ROWS = 200_000;
const KILLS = 10;
const DEDUPE = { key: 'phone', scope: 'base', action: 'update' } as const;

jest.setTimeout(300_000);

/** The server's own transactions of a process that was killed end an instant after it: nothing may be read before. */
async function untilAlone(desk: ImportDesk): Promise<void> {
  for (;;) {
    const { others } = await desk.one<{ others: number }>(
      `select count(*) as others from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    );
    if (others === 0) return;
    await delay(10);
  }
}

/** What the two imports left that is not the same, row by row. Ids and seals differ by their nature. */
const differences = (desk: ImportDesk, one: LeadImport, other: LeadImport) =>
  desk.rows(
    `with stored as (
       select l.base_id, l.row_number, l.external_id, l.name, l.region, l.attributes, l.priority,
              (select jsonb_agg(jsonb_build_array(p.position, encode(p.match_hash, 'hex'), p.country, p.line_type, p.bucket_id, p.last_digits)
                                order by p.position) from phones p where p.lead_id = l.id) as phones
         from leads l)
     select a.*, b.* from (select * from stored where base_id = $1) a
       full join (select * from stored where base_id = $2) b using (row_number)
      where to_jsonb(a) - 'base_id' is distinct from to_jsonb(b) - 'base_id'
      limit 5`,
    [one.baseId, other.baseId],
  );

const notesOf = (desk: ImportDesk, done: LeadImport) => ({
  rejects: desk.rows(
    'select row_number, line, column_name, code, detail from import_rejects where import_id = $1 order by row_number',
    [done.id],
  ),
  changes: desk.rows(
    `select c.row_number, c.before is null as known, l.row_number as of
       from import_changes c join leads l on l.id = c.lead_id where c.import_id = $1 order by c.row_number`,
    [done.id],
  ),
});

describe('an import of 200,000 rows, killed at random moments', () => {
  let desk: ImportDesk;
  let url: string;
  let path: string;

  beforeAll(async () => {
    await buildServer();
    const database = await createTestDatabase();
    ({ url } = database);
    desk = await createImportDesk(database);
    path = join(desk.folder, 'people.csv');
    await pipeline(Readable.from(peopleLines(new SeededRandom('people'))), createWriteStream(path));
    for (let n = 0; n < 50; n++) await desk.suppress(phoneOf(n * 3_001));
  });

  afterAll(() => desk.close());

  it('and taken up again each time, also after its thread has died, ends with the tables of an undisturbed run', async () => {
    const start = (name: string) => desk.start(path, { base: newBase(name, 'RU'), dedupe: DEDUPE });
    const one = await start('undisturbed');
    const steps: number[] = [];
    const ended = await runElsewhere(url, one.id, () => void steps.push(performance.now()));
    expect(ended).toMatchObject({ at: 'ended', state: 'done' });
    const firstMs = steps[1]! - steps[0]!;
    const chunkMs = (steps.at(-1)! - steps[1]!) / (ROWS / CHUNK_ROWS);

    const other = await start('killed');
    const random = new SeededRandom('kills');

    const rowsAfter: number[] = [];
    for (let kills = 0; kills < KILLS; kills++) {
      // Some die before the first commit, most somewhere from the first chunk on.
      const [from, lasts] = random.next() < 0.2 ? (['begun', firstMs] as const) : (['chunk', 4 * chunkMs] as const);
      const afterMs = random.next() * lasts;
      // So that rows are left for all ten.
      const most = Math.max(1, Math.min(3, ROWS / CHUNK_ROWS - 1 - (rowsAfter.at(-1) ?? 0) / CHUNK_ROWS));
      let seen = 0;
      const last = await runElsewhere(url, other.id, (step, kill) => {
        if (step.at === 'chunk') seen++;
        if (step.at === from && seen < 2) setTimeout(kill, afterMs);
        if (seen === most) kill();
      });
      expect(last?.at).toMatch(/begun|chunk/);
      await untilAlone(desk);
      const now = await desk.imports.getImport(1, other.id);
      rowsAfter.push(now.rows);
      expect(account(now).sum).toBe(now.rows);
      expect(now.state).toMatch(/queued|running/);
    }
    const died = await runElsewhere(url, other.id, () => undefined, { env: { END_THREAD_MS: '20' } });
    expect(died).toMatchObject({ at: 'failed', message: expect.stringContaining('The reading thread ended') });
    const done = await runElsewhere(url, other.id, () => undefined);
    expect(done).toMatchObject({ at: 'ended', state: 'done' });
    // Were there commits between the kills, and kills between commits?
    expect(new Set(rowsAfter).size).toBeGreaterThan(2);
    expect(rowsAfter.at(-1)).toBeLessThan(ROWS);

    const [first, second] = [await desk.imports.getImport(1, one.id), await desk.imports.getImport(1, other.id)];
    expect(account(first)).toMatchObject({ rows: ROWS, sum: ROWS });
    for (const count of ['imported', 'updated', 'suppressed', 'rejected'] as const)
      expect(first[count]).toBeGreaterThan(0);
    expect(account(second)).toEqual(account(first));
    expect(second.rejectsByCode).toEqual(first.rejectsByCode);
    expect(await differences(desk, first, second)).toEqual([]);
    const [notes, others] = [notesOf(desk, first), notesOf(desk, second)];
    expect(await others.rejects).toEqual(await notes.rejects);
    expect(await others.changes).toEqual(await notes.changes);
  });
});

const phoneOf = (n: number) => `+7916${String(1_000_000 + n)}`;

/** Rows of which some can't be read, some are there before, and some may not be called. */
function* peopleLines(random: SeededRandom): Generator<string> {
  yield 'id,phone,name,region,age,notes\n';
  const regions = ['Moscow', 'Omsk', '', 'Tatarstan'];
  for (let i = 0; i < ROWS; i++) {
    const chance = random.next();
    const number = chance < 0.06 ? Math.floor(random.next() * i) : i;
    const phone = chance > 0.96 ? '12' : phoneOf(number);
    const note = i % 50 === 0 ? `"said ""no"", twice\n${i}"` : `note ${i}`;
    yield `C-${i},${phone},Person ${i},${regions[i % 4]},${chance < 0.03 ? '' : 20 + (i % 60)},${note}\n`;
  }
}
