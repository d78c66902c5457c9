import pg from 'pg';
import { DataSource, DefaultNamingStrategy, type EntitySchema, type MixedList } from 'typeorm';

import { listMigrations } from './migrations.js';

// bigint and count(*) as numbers: no id or count of ours reaches 2^53. numeric as numbers: prices and ratios.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

class SnakeNaming extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return custom ?? [...prefixes, property].map(snake).join('_');
  }

  override joinColumnName(relation: string, referenced: string): string {
    return snake(`${relation}_${referenced}`);
  }
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export interface DataSourceOptions {
  url: string;
  entities: MixedList<Function | string | EntitySchema>; // eslint-disable-line @typescript-eslint/no-unsafe-function-type
  /** Connections at most. */
  poolSize?: number;
  /** Commit without waiting for the disk. Only where losing the last instants of a crashed server does no harm. */
  asyncCommit?: boolean;
  applicationName?: string;
}

/** The one connection pool of a process. Not connected yet. */
export function createDataSource(options: DataSourceOptions): DataSource {
  const session = [
    // A transaction left open keeps dead rows of the calling list alive and slows every claim.
    '-c idle_in_transaction_session_timeout=30000',
    '-c timezone=UTC',
    ...(options.asyncCommit ? ['-c synchronous_commit=off'] : []),
  ];
  return new DataSource({
    type: 'postgres',
    url: options.url,
    entities: options.entities,
    migrations: listMigrations(),
    migrationsTransactionMode: 'each',
    migrationsTableName: 'migrations',
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    installExtensions: false,
    logging: false,
    poolSize: options.poolSize ?? 20,
    applicationName: options.applicationName ?? 'zvon',
    extra: { options: session.join(' ') },
  });
}
