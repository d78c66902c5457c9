import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';

import { checkScript } from '../src/campaigns/check-script.js';
import type { ScriptContent } from '../src/campaigns/script-content.js';
import { createDataSource } from '../src/database/data-source.js';
import { createEmptyDatabase } from './database.js';

const STEPS = [
  { title: 'Hello', text: 'Good day, {{name}}' },
  { title: '', text: 'Текст “с кавычками”' },
  { title: 'Close', text: 'Bye' },
];

describe('scripts of steps in a row', () => {
  let source: DataSource;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const empty = await createEmptyDatabase();
    drop = empty.drop;
    source = createDataSource({ url: empty.url, entities: [], poolSize: 2 });
    await source.initialize();
    const all = [...source.migrations];
    const at = all.findIndex((migration) => /scripts/i.test(migration.name!));
    source.migrations.splice(0, Infinity, ...all.slice(0, at));
    await source.runMigrations();
    await source.query(
      `insert into scripts (organisation_id, name, steps, created_at) values (1, 'Old', $1, '2026-01-01Z'), (1, 'One', $2, '2026-01-01Z')`,
      [JSON.stringify(STEPS), JSON.stringify([STEPS[0]])],
    );
    source.migrations.splice(0, Infinity, ...all.slice(0, at + 1));
    await source.runMigrations();
  });

  afterAll(async () => {
    await source.destroy();
    await drop();
  });

  it('become chains that say the same, published as their first version', async () => {
    const [old, one] = (await source.query('select * from scripts order by id')) as {
      content: ScriptContent;
      published_version: number;
    }[];
    expect(old!.content).toEqual({
      ...{ purpose: 'sale', seller: null, languages: [], objections: [], forms: [], printed: [] },
      steps: [
        { ...STEPS[0], id: 's1', answers: [{ label: '→', goto: 's2' }] },
        { ...STEPS[1], id: 's2', answers: [{ label: '→', goto: 's3' }] },
        { ...STEPS[2], id: 's3', answers: [{ label: '→', goto: 'end' }] },
      ],
    });
    expect(one!.content.steps).toEqual([{ ...STEPS[0], id: 's1', answers: [{ label: '→', goto: 'end' }] }]);
    expect(old!.published_version).toBe(1);
    expect(checkScript(old!.content, { attributes: new Set(), refusalReasons: new Set() })).toEqual([]);
    const versions = (await source.query(
      'select version, content from script_versions order by script_id',
    )) as object[];
    expect(versions).toEqual([
      { version: 1, content: old!.content },
      { version: 1, content: one!.content },
    ]);
  });

  it('are steps in a row again when the migration is undone', async () => {
    await source.undoLastMigration();
    const rows = (await source.query('select version, steps from scripts order by id')) as object[];
    expect(rows).toEqual([
      { version: 1, steps: STEPS },
      { version: 1, steps: [STEPS[0]] },
    ]);
  });
});
