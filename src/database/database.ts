import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Pool, PoolClient } from 'pg';

import type { Statement } from './statement.js';

/** Something that runs statements: the database (each on its own) or a transaction. */
export interface Queryable {
  query<Row = Record<string, unknown>>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

/** One open transaction. */
export interface Tx extends Queryable {
  /** The ORM inside this transaction, for single rows. */
  readonly manager: EntityManager;
  /** The connection itself, for COPY. */
  readonly client: PoolClient;
  /** Run as the transaction's last work, before it commits: what has to see all that it did. Tasks run in their order. */
  beforeCommit(task: () => Promise<void>): void;
  /** Run once the transaction has committed: what other parts must hear of, never before it is true. */
  afterCommit(task: () => void): void;
}

/** The door to Postgres: named statements for sets, the ORM for single rows, both in one transaction where it matters. */
@Injectable()
export class Database implements Queryable {
  constructor(@Inject(DataSource) readonly source: DataSource) {}

  /** The ORM outside any transaction. */
  get manager(): EntityManager {
    return this.source.manager;
  }

  async query<Row>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    const result = await this.pool.query({ ...statement, values: values as unknown[] });
    return result.rows as Row[];
  }

  /** Run `work` in one transaction (read committed). Any error rolls it back and is thrown on. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    const last: (() => Promise<void>)[] = [];
    const tasks: (() => void)[] = [];
    try {
      const client = (await runner.connect()) as PoolClient;
      await runner.startTransaction();
      const tx: Tx = {
        manager: runner.manager,
        client,
        query: async <Row>(statement: Statement, values: readonly unknown[] = []) =>
          (await client.query({ ...statement, values: values as unknown[] })).rows as Row[],
        beforeCommit: (task) => void last.push(task),
        afterCommit: (task) => void tasks.push(task),
      };
      const result = await work(tx);
      // Not for-of over a copy: a task may add another.
      for (let task = last.shift(); task; task = last.shift()) await task();
      await runner.commitTransaction();
      for (const task of tasks) task();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** The pool that the ORM uses too: there is one. */
  get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }
}
