import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';

import { projectPath } from '../common/project-folder.js';

type MigrationClass = new () => MigrationInterface;

/** A migration is a pair of files, `<millis>-<name>.up.sql` and `.down.sql`, run in the order of their names. */
export function listMigrations(folder: string = projectPath('migrations')): MigrationClass[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.up.sql'))
    .sort()
    .map((file) => migrationOf(folder, file.slice(0, -'.up.sql'.length)));
}

function migrationOf(folder: string, base: string): MigrationClass {
  const match = /^(\d{13})-([a-z0-9-]+)$/.exec(base);
  if (!match) throw new Error(`Migration ${base}: the name must be 13 digits, a dash and a name in small letters`);
  const [, timestamp, title] = match;
  const sql = (direction: 'up' | 'down') => readFileSync(join(folder, `${base}.${direction}.sql`), 'utf8');
  return class implements MigrationInterface {
    // The ORM orders by the digits at the end of the name.
    readonly name = `${title}${timestamp}`;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql('up'));
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(sql('down'));
    }
  };
}

/** Run what has not been run. Processes that start together take turns by a lock, so that each migration runs once. */
export async function migrate(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const done = await source.runMigrations();
    return done.map((migration) => migration.name);
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}

const MIGRATION_LOCK = 0x5a766f6e;
