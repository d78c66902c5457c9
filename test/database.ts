import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';

import { createDataSource } from '../src/database/data-source.js';
import { Database } from '../src/database/database.js';
import { ENTITIES } from '../src/entities.js';

export interface TestDatabase {
  url: string;
  /** The pool, connected. */
  source: DataSource;
  database: Database;
  /** Close the pool and drop the database. Fails when anything is still connected to it: a leak in the code under test. */
  drop(): Promise<void>;
}

/** A migrated database of one test file's own, cloned from the template that the setup of the tier made. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = templateName();
  const name = `${template.replace('_template', '')}_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) => admin.query(`create database ${name} template ${template}`));
  const url = addressOf(name);
  const source = createDataSource({ url, entities: ENTITIES });
  await source.initialize();
  return {
    url,
    source,
    database: new Database(source),
    drop: async () => {
      if (source.isInitialized) await source.destroy();
      await asAdmin((admin) => dropUnused(admin, name));
    },
  };
}

/** An empty database, without the schema, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `${templateName().replace('_template', '')}_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) => admin.query(`create database ${name}`));
  return { url: addressOf(name), drop: () => asAdmin((admin) => dropUnused(admin, name)) };
}

function templateName(): string {
  const name = process.env['ZVON_TEST_TEMPLATE'];
  if (!name) throw new Error('This test needs a database: run it as part of the `medium` project.');
  return name;
}

function addressOf(database: string): string {
  const url = new URL(process.env['ZVON_TEST_ADMIN_URL']!);
  url.pathname = `/${database}`;
  return url.toString();
}

async function asAdmin(work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: process.env['ZVON_TEST_ADMIN_URL'] });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

/** Never by force. A session that was closed takes an instant to end on the server: so a few tries. */
async function dropUnused(admin: pg.Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.query(`drop database ${name}`);
      return;
    } catch (error) {
      if ((error as pg.DatabaseError).code !== OBJECT_IN_USE) throw error;
      if (attempt === 10) throw new Error(await leaks(admin, name), { cause: error });
      await delay(50 * attempt);
    }
  }
}

const OBJECT_IN_USE = '55006';

async function leaks(admin: pg.Client, name: string): Promise<string> {
  const { rows } = await admin.query<{ application_name: string; state: string; query: string }>(
    'select application_name, state, query from pg_stat_activity where datname = $1',
    [name],
  );
  const lines = rows.map((row) => `  ${row.application_name} (${row.state}): ${row.query}`);
  return `${rows.length} connections were left open to the test's database:\n${lines.join('\n')}`;
}
