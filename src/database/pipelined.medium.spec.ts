import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import type { PipelinedTx } from './database.js';
import { statement } from './statement.js';

const sql = (text: string) => statement('', text);
const INSERT = statement('test.insert', 'insert into things (id) values ($1) returning id');
const COUNT = statement('test.count', 'select count(*) as count from things');

describe('a pipelined transaction', () => {
  let test: TestDatabase;
  const ids = async () =>
    (await test.database.query<{ id: number }>(sql('select id from things order by id'))).map(({ id }) => id);
  const run = <T>(work: (tx: PipelinedTx) => Promise<T>) => test.database.pipelined(work, { durable: false });

  beforeAll(async () => {
    test = await createTestDatabase();
    await test.database.query(
      sql('create table things (id integer primary key, twin integer unique deferrable initially deferred)'),
    );
  });

  afterAll(() => test.drop());

  beforeEach(async () => {
    await test.database.query(sql('truncate things'));
  });

  it('runs what is sent together one after the other, each with a snapshot of its own, and commits', async () => {
    const counts = await run(async (tx) => {
      const [, one, , two] = await Promise.all([
        tx.query(INSERT, [1]),
        tx.query<{ count: number }>(COUNT),
        tx.query(INSERT, [2]),
        tx.query<{ count: number }>(COUNT),
      ]);
      return [one[0]!.count, two[0]!.count];
    });
    expect(counts).toEqual([1, 2]);
    expect(await ids()).toEqual([1, 2]);
  });

  it('reads in a later statement what another transaction committed while an earlier one waited for its lock', async () => {
    const LOCK = sql('select pg_advisory_xact_lock(77)');
    let seen: number | null = null;
    let waits = Promise.resolve();
    await test.database.transaction(async (other) => {
      await other.query(LOCK);
      waits = run(async (tx) => {
        const [, rows] = await Promise.all([tx.query(LOCK), tx.query<{ count: number }>(COUNT)]);
        seen = rows[0]!.count;
      });
      await other.query(INSERT, [7]);
    });
    await waits;
    expect(seen).toBe(1);
  });

  it('ends with its last statement, with tasks before the commit and after it', async () => {
    const log: string[] = [];
    const made = await run(async (tx) => {
      tx.beforeCommit(async () => {
        log.push(`before: ${(await tx.query<{ count: number }>(COUNT))[0]!.count}`);
      });
      tx.afterCommit(() => void log.push('after'));
      return tx.finish<{ id: number }>(INSERT, [1]);
    });
    expect(made).toEqual([{ id: 1 }]);
    expect(log).toEqual(['before: 1', 'after']);
    expect(await run((tx) => tx.finish<{ id: number }>(INSERT, [2]))).toEqual([{ id: 2 }]);
    expect(await ids()).toEqual([1, 2]);
  });

  it('rolls back whatever fails: a statement among others, the last one, the commit, the work itself', async () => {
    const after: string[] = [];
    const told = (tx: PipelinedTx) => tx.afterCommit(() => void after.push('committed'));
    const failures: ((tx: PipelinedTx) => Promise<unknown>)[] = [
      (tx) => Promise.all([tx.query(INSERT, [1]), tx.query(INSERT, [1]), tx.query(INSERT, [2])]),
      async (tx) => {
        await tx.query(INSERT, [1]);
        return tx.finish(INSERT, [1]);
      },
      (tx) => tx.finish(sql('insert into things (id, twin) values (1, 1), (2, 1)')),
      async (tx) => {
        await tx.query(INSERT, [1]);
        throw new Error('the work');
      },
      async (tx) => {
        // Nobody looks at the answer of what fails: the commit does.
        tx.query(sql('select 1 / 0')).catch(() => undefined);
        await Promise.resolve();
      },
    ];
    const said = [];
    for (const work of failures)
      said.push(
        await run((tx) => {
          told(tx);
          return work(tx);
        }).then(
          () => 'nothing',
          (error: Error) => error.message,
        ),
      );
    expect(said).toEqual([
      expect.stringContaining('things_pkey'),
      expect.stringContaining('things_pkey'),
      expect.stringContaining('things_twin_key'),
      'the work',
      'The transaction was rolled back',
    ]);
    expect(await ids()).toEqual([]);
    expect(after).toEqual([]);
    // The connections are as good as before.
    await Promise.all(Array.from({ length: 20 }, (_, id) => run((tx) => tx.finish(INSERT, [id]))));
    expect(await ids()).toHaveLength(20);
  });

  it('gives its connection back for everything that does not go together with it', async () => {
    await run((tx) => tx.finish(INSERT, [1]));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => test.database.transaction((tx) => tx.manager.query('select 1 as one'))),
    );
    expect(answers[0]).toEqual([{ one: 1 }]);
    await expect(run((tx) => tx.manager.query('select 1') as Promise<unknown>)).rejects.toThrow('no ORM');
  });

  it('throws when its connection breaks, and the next one has another', async () => {
    const broken = run(async (tx) => {
      const [row] = await tx.query<{ pid: number }>(sql('select pg_backend_pid() as pid'));
      await test.database.query(sql('select pg_terminate_backend($1)'), [row!.pid]);
      await tx.query(INSERT, [1]);
    });
    await expect(broken).rejects.toThrow();
    await run((tx) => tx.finish(INSERT, [2]));
    expect(await ids()).toEqual([2]);
  });

  it('waits for the disk only where it is told to', async () => {
    const setting = (durable: boolean) =>
      test.database.pipelined(
        async (tx) =>
          (await tx.query<{ value: string }>(sql(`select current_setting('synchronous_commit') as value`)))[0]!.value,
        { durable },
      );
    const usual = await setting(true);
    expect(await setting(false)).toBe('off');
    expect(await setting(true)).toBe(usual);
  });
});
