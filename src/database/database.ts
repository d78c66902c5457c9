import type { Writable } from 'node:stream';

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

/** A transaction whose statements are sent without waiting for the answers to those before them. No ORM and no COPY in it. */
export interface PipelinedTx extends Tx {
  /** Run the last statement and commit along with it, in one trip. Nothing follows; the transaction's work returns. */
  finish<Row = Record<string, unknown>>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
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

  /**
   * The same for work that is short of time: begin goes along with the first statements, commit with the last one, and
   * statements that `work` does not await go out together. Postgres runs them one after another, each with a snapshot of its
   * own, and once one has failed, none of those behind it, be it the commit.
   *
   * `durable` false: the commit does not wait for the disk. For what may be lost with the last instants of a crashed server,
   * since whatever rests on it commits later: what is on disk of that has this before it.
   */
  async pipelined<T>(work: (tx: PipelinedTx) => Promise<T>, { durable }: { durable: boolean }): Promise<T> {
    const client = (await this.pool.connect()) as PoolClient & { pipeline: boolean; connection: { stream: Writable } };
    const { stream } = client.connection;
    const last: (() => Promise<void>)[] = [];
    const tasks: (() => void)[] = [];
    let broken: Error | undefined;
    const onError = (error: Error) => void (broken = error);
    client.on('error', onError);
    let committed = false;
    /** What is sent in one go leaves in one packet: each write of its own would wake the server. */
    const together = () => {
      stream.cork();
      process.nextTick(() => stream.uncork());
    };
    const query = async <Row>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> => {
      together();
      return (await client.query({ ...statement, values: values as unknown[] })).rows as Row[];
    };
    const commit = async (): Promise<void> => {
      const { command } = await client.query(COMMIT);
      // A commit of what has failed rolls it back, and says so no louder.
      if (command !== 'COMMIT') throw new Error('The transaction was rolled back');
      committed = true;
    };
    const runLast = async () => {
      for (let task = last.shift(); task; task = last.shift()) await task();
    };
    const tx: PipelinedTx = {
      get manager(): never {
        throw new Error('There is no ORM in a pipelined transaction');
      },
      client,
      query,
      beforeCommit: (task) => void last.push(task),
      afterCommit: (task) => void tasks.push(task),
      finish: async <Row>(statement: Statement, values: readonly unknown[] = []) => {
        const answer = query<Row>(statement, values);
        if (last.length > 0) {
          const rows = await answer;
          await runLast();
          await commit();
          return rows;
        }
        const [rows, end] = await Promise.allSettled([answer, commit()]);
        if (rows.status === 'rejected') throw rows.reason;
        if (end.status === 'rejected') throw end.reason;
        return rows.value;
      },
    };
    // On an idle connection: what is sent from here on does not wait. COPY can't be sent so, and is not.
    client.pipeline = true;
    try {
      together();
      // Fails only with the connection, and so does what is behind it.
      client.query(durable ? BEGIN : BEGIN_UNSYNCED).catch(() => undefined);
      const result = await work(tx);
      if (!committed) {
        await runLast();
        await commit();
      }
      for (const task of tasks) task();
      return result;
    } catch (error) {
      if (!committed && !broken) await client.query(ROLLBACK).catch((fault: Error) => (broken = fault));
      throw error;
    } finally {
      client.pipeline = false;
      client.off('error', onError);
      client.release(broken);
    }
  }

  /** The pool that the ORM uses too: there is one. */
  get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }
}

// Each statement is planned once a connection: what fits every value of its parameters. Planned for those at hand, a large one
// takes longer to plan than to run.
const BEGIN = 'begin; set local plan_cache_mode = force_generic_plan';
const BEGIN_UNSYNCED = `${BEGIN}; set local synchronous_commit = off`;
const COMMIT = 'commit';
const ROLLBACK = 'rollback';
