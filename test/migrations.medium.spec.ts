import { afterEach, describe, expect, it } from '@jest/globals';
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';

import { createDataSource } from '../src/database/data-source.js';
import { ENTITIES } from '../src/entities.js';
import { listMigrations, migrate } from '../src/database/migrations.js';
import { createEmptyDatabase, createTestDatabase } from './database.js';
import { dumpSchema, findDrift } from './schema-dump.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function emptyDatabase(): Promise<DataSource> {
  const { url, drop } = await createEmptyDatabase();
  cleanups.push(drop);
  return await connect(createDataSource({ url, entities: [], poolSize: 4 }));
}

async function connect(source: DataSource): Promise<DataSource> {
  await source.initialize();
  cleanups.push(() => source.destroy());
  return source;
}

describe('migrations', () => {
  it('leave the same schema when each is run up, down and up again', async () => {
    const source = await emptyDatabase();
    const all = [...source.migrations];
    expect(all.length).toBeGreaterThan(0);
    for (const migration of all) {
      const before = await dumpSchema(source);
      source.migrations.splice(0, Infinity, ...all.slice(0, all.indexOf(migration) + 1));

      await source.runMigrations();
      const after = await dumpSchema(source);
      expect({ [migration.name!]: after }).not.toEqual({ [migration.name!]: before });

      await source.undoLastMigration();
      expect({ [migration.name!]: await dumpSchema(source) }).toEqual({ [migration.name!]: before });

      await source.runMigrations();
      expect({ [migration.name!]: await dumpSchema(source) }).toEqual({ [migration.name!]: after });
    }
  });

  it('go all the way down to an empty database and up again', async () => {
    const source = await emptyDatabase();
    const empty = await dumpSchema(source);
    await migrate(source);
    const full = await dumpSchema(source);

    for (const _ of source.migrations) await source.undoLastMigration();
    expect(await dumpSchema(source)).toEqual(empty);

    await migrate(source);
    expect(await dumpSchema(source)).toEqual(full);
  });

  it('run once when several processes start together', async () => {
    const { url, drop } = await createEmptyDatabase();
    cleanups.push(drop);
    const sources = await Promise.all(
      [1, 2, 3].map(() => connect(createDataSource({ url, entities: [], poolSize: 2 }))),
    );
    const runs = await Promise.all(sources.map((source) => migrate(source)));
    expect(runs.map((names) => names.length).sort((a, b) => a - b)).toEqual([0, 0, listMigrations().length]);
  });
});

describe('the ORM and the migrated schema', () => {
  it('agree on every column of every entity: its name, its type, whether it may be null, and none is left out', async () => {
    const { source, drop } = await createTestDatabase();
    cleanups.push(drop);
    expect(ENTITIES.length).toBeGreaterThan(0);
    expect(await findDrift(source)).toEqual([]);
  });

  it('are told apart by the check itself', async () => {
    @Entity('sign_posts')
    class SignPost {
      @PrimaryGeneratedColumn()
      id!: number;

      @Column('text')
      words!: string;

      @Column('int', { nullable: true })
      height!: number | null;

      @Column('text', { array: true })
      places!: string[];

      @Column('text')
      missing!: string;
    }

    const { url, drop } = await createEmptyDatabase();
    cleanups.push(drop);
    const source = await connect(createDataSource({ url, entities: [SignPost], poolSize: 2 }));
    await source.query(`create table sign_posts (
      id integer generated always as identity primary key,
      words varchar(20) not null, height integer not null, places text[] not null, forgotten date)`);

    expect(await findDrift(source)).toEqual([
      'SignPost.words is text, sign_posts.words is character varying',
      'SignPost.height may be null, sign_posts.height may not be null',
      'SignPost.missing: there is no column sign_posts.missing',
      'sign_posts.forgotten: no entity has this column',
    ]);
  });
});
