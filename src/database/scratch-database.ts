import pg from 'pg';

import { dataPath, type Settings } from '../config/settings.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

export interface ScratchDatabase {
  url: string;
  /** Stops the server if it was started here. A database that nobody will go on with is dropped. */
  close(fate: 'keep' | 'drop'): Promise<void>;
}

/**
 * A database of one run's own, on the server that the environment names or an embedded one in `settings.dataDir`. One that
 * an unfinished run left is gone on with; one of a finished run is made anew.
 */
export async function openScratchDatabase(
  settings: Pick<Settings, 'databaseUrl' | 'dataDir'>,
  name: string,
  options: { fresh: boolean; isFinished: string; log: (line: string) => void },
): Promise<ScratchDatabase> {
  const server = settings.databaseUrl
    ? { url: settings.databaseUrl, stop: async () => undefined }
    : // What a machine's crash could lose here can be run again.
      await startEmbeddedPostgres({ dataDir: dataPath(settings, 'postgres'), durable: false, log: options.log });
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  try {
    const exists = await withClient(server.url, async (admin) => {
      const found = await admin.query('select from pg_database where datname = $1', [name]);
      return found.rowCount === 1;
    });
    const keep = exists && !options.fresh && !(await isFinished(url.toString(), options.isFinished));
    if (!keep)
      await withClient(server.url, async (admin) => {
        // Names are ours, made of letters, digits and underscores.
        await admin.query(`drop database if exists ${name} with (force)`);
        await admin.query(`create database ${name}`);
      });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    url: url.toString(),
    close: async (fate) => {
      try {
        if (fate === 'drop')
          await withClient(server.url, (admin) => admin.query(`drop database if exists ${name} with (force)`));
      } finally {
        await server.stop();
      }
    },
  };
}

async function isFinished(url: string, question: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const migrated = await client.query<{ found: boolean }>(`select to_regclass('jobs') is not null as found`);
    if (!migrated.rows[0]!.found) return true;
    return (await client.query<{ finished: boolean }>(question)).rows[0]!.finished;
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
