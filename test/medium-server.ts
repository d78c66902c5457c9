import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

import { isAlive } from '../src/common/live-process.js';
import { createDataSource } from '../src/database/data-source.js';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../src/database/embedded-postgres.js';
import { migrate } from '../src/database/migrations.js';

/**
 * One server for a run of the tests on a database: that of DATABASE_URL, or a throw-away one. Runs side by side do not
 * meet: each has its own throw-away server, and on a shared one its own template.
 */
export async function startTestServer(): Promise<{ stop(): Promise<void> }> {
  const given = process.env['DATABASE_URL']?.trim();
  const server = given ? sharedServer(given) : await throwAwayServer();
  const template = `zvon_test_${process.pid}_template`;
  try {
    await dropDatabases(server.adminUrl, `zvon_test_${process.pid}_`);
    await makeTemplate(server.adminUrl, template);
  } catch (error) {
    await server.stop();
    throw error;
  }
  process.env['ZVON_TEST_ADMIN_URL'] = server.adminUrl;
  process.env['ZVON_TEST_TEMPLATE'] = template;
  return {
    stop: async () => {
      if (given) await dropDatabases(server.adminUrl, `zvon_test_${process.pid}_`);
      await server.stop();
    },
  };
}

interface Server {
  adminUrl: string;
  stop(): Promise<void>;
}

function sharedServer(url: string): Server {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  if (!/test/i.test(name)) {
    throw new Error(
      `DATABASE_URL names the database "${name}". The tests make and drop databases on that server, ` +
        'and only do so when the name says "test".',
    );
  }
  return { adminUrl: url, stop: async () => undefined };
}

async function throwAwayServer(): Promise<Server> {
  const home = join(dirname(dirname(fileURLToPath(import.meta.url))), '.zvon');
  await removeDeadRuns(home);
  const folder = join(home, `test-${process.pid}`);
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    durable: false,
    tune: { shared_buffers: '128MB', max_wal_size: '512MB', wal_buffers: '4MB' },
  });
  return {
    adminUrl: postgres.url,
    stop: async () => {
      await postgres.stop();
      await removeEmbeddedPostgres(join(folder, 'postgres'));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Servers and data of runs that were killed. */
async function removeDeadRuns(home: string): Promise<void> {
  if (!existsSync(home)) return;
  for (const entry of readdirSync(home)) {
    const pid = /^test-(\d+)$/.exec(entry)?.[1];
    // Our own number: an earlier process had it.
    if (!pid || (isAlive(Number(pid)) && Number(pid) !== process.pid)) continue;
    await removeEmbeddedPostgres(join(home, entry, 'postgres'));
    rmSync(join(home, entry), { recursive: true, force: true });
  }
}

async function makeTemplate(adminUrl: string, template: string): Promise<void> {
  await withClient(adminUrl, (admin) => admin.query(`create database ${template}`));
  const url = new URL(adminUrl);
  url.pathname = `/${template}`;
  const source = createDataSource({ url: url.toString(), entities: [], poolSize: 2 });
  await source.initialize();
  try {
    await migrate(source);
  } finally {
    await source.destroy();
  }
}

async function dropDatabases(adminUrl: string, prefix: string): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    const { rows } = await admin.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`);
  });
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
