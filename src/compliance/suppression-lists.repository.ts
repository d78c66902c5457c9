import { Injectable } from '@nestjs/common';

import { copyInto } from '../database/copy.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';

export const LIST_KINDS = ['do_not_call', 'registry', 'prefixes'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

export type LoadMode = 'replace' | 'add';

/** A list with what binds of it now. */
export interface SuppressionListRow {
  id: number;
  organisationId: number;
  name: string;
  kind: ListKind;
  registry: string | null;
  country: string | null;
  createdAt: Date;
  retiredAt: Date | null;
  /** Numbers and prefixes of its active loads. One that is in two of them counts twice. */
  numbers: number;
  /** Of the newest active load. */
  datedAt: Date | null;
}

export interface LoadRow {
  id: number;
  listId: number;
  organisationId: number;
  mode: LoadMode;
  state: 'loading' | 'active' | 'replaced' | 'discarded';
  listRetiredAt: Date | null;
}

export interface ActiveLoad {
  id: number;
  numbers: number;
}

export interface PrefixLoad {
  loadId: number;
  listId: number;
}

export interface Counts {
  rows: number;
  distinct: number;
}

@Injectable()
export class SuppressionListsRepository {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  listLists(organisationId: number): Promise<SuppressionListRow[]> {
    return this.database.query<SuppressionListRow>(LIST_LISTS, [organisationId]);
  }

  async findList(
    organisationId: number,
    id: number,
    on: Queryable = this.database,
  ): Promise<SuppressionListRow | null> {
    const [row] = await on.query<SuppressionListRow>(FIND_LIST, [organisationId, id]);
    return row ?? null;
  }

  /** Null: an unretired list of the organisation has the registry already. */
  async insertList(
    on: Queryable,
    p: {
      organisationId: number;
      name: string;
      kind: ListKind;
      registry: string | null;
      country: string | null;
      createdBy: number | null;
      at: Date;
    },
  ): Promise<number | null> {
    const [row] = await on.query<{ id: number }>(INSERT_LIST, [
      p.organisationId,
      p.name,
      p.kind,
      p.registry,
      p.country,
      p.createdBy,
      p.at,
    ]);
    return row?.id ?? null;
  }

  /** Until the transaction ends, no load of the list begins, ends or is given up, and it is not retired. */
  async lockList(on: Queryable, id: number): Promise<void> {
    await on.query(LOCK_LIST, [id]);
  }

  async retireList(on: Queryable, id: number, at: Date): Promise<void> {
    await on.query(RETIRE_LIST, [id, at]);
    await on.query(DISCARD_LOADS, [id]);
  }

  /** Returns how many. */
  async revokeSuppressions(on: Queryable, organisationId: number, source: string, at: Date): Promise<number> {
    return (await on.query(REVOKE_SUPPRESSIONS, [organisationId, source, at])).length;
  }

  async findLoad(on: Queryable, id: number): Promise<LoadRow | null> {
    const [row] = await on.query<LoadRow>(FIND_LOAD, [id]);
    return row ?? null;
  }

  /** A load with its empty table, which has no index yet: COPY fills it faster without. */
  async insertLoad(
    tx: Tx,
    p: { listId: number; importId: number | null; mode: LoadMode; datedAt: Date },
  ): Promise<number> {
    const [row] = await tx.query<{ id: number }>(INSERT_LOAD, [p.listId, p.importId, p.mode, p.datedAt]);
    const load = row!.id;
    // The check is that of the partition to come: with it, attaching reads no row.
    await define(
      tx,
      `create table ${tableOf(load)} (
         load_id integer not null default ${load} check (load_id = ${load}), match_hash bytea not null)`,
    );
    return load;
  }

  async copyNumbers(tx: Tx, load: number, lines: readonly Uint8Array[]): Promise<void> {
    await copyInto(tx, `copy ${tableOf(load)} (match_hash) from stdin`, lines);
  }

  async insertPrefixes(tx: Tx, load: number, prefixes: readonly string[]): Promise<void> {
    await tx.query(INSERT_PREFIXES, [load, prefixes]);
  }

  async countNumbers(tx: Tx, load: number): Promise<Counts> {
    const { rows } = await tx.client.query<Counts>(
      `select count(*) as rows, count(distinct match_hash) as distinct from ${tableOf(load)}`,
    );
    return rows[0]!;
  }

  async countPrefixes(on: Queryable, load: number): Promise<Counts> {
    const [row] = await on.query<Counts>(COUNT_PREFIXES, [load]);
    return row!;
  }

  /** Newest first. */
  listActiveLoads(on: Queryable, listId: number): Promise<ActiveLoad[]> {
    return on.query<ActiveLoad>(LIST_ACTIVE_LOADS, [listId]);
  }

  /** Put what other loads hold into this one too. */
  async absorbLoads(tx: Tx, load: number, others: readonly number[]): Promise<void> {
    await tx.client.query({
      text: `insert into ${tableOf(load)} (match_hash) select match_hash from suppression_numbers where load_id = any($1)`,
      values: [[...others]],
    });
    await tx.query(COPY_PREFIXES, [load, others]);
  }

  /**
   * Make the table of a load a partition. It is not read yet by anybody, for its load is not active. Of the locks that
   * this takes, one is on suppression_numbers itself: share update exclusive, which gates do not meet.
   */
  async attachTable(tx: Tx, load: number): Promise<void> {
    await define(tx, `create index ${tableOf(load)}_match on ${tableOf(load)} (match_hash)`);
    // Without figures the planner takes it that a hash stands in the table thousands of times.
    await define(tx, `analyze ${tableOf(load)}`);
    await define(tx, `alter table suppression_numbers attach partition ${tableOf(load)} for values in (${load})`);
  }

  /** The table of a load that is no partition. */
  async dropTable(tx: Tx, load: number): Promise<void> {
    await define(tx, `drop table if exists ${tableOf(load)}`);
  }

  /**
   * Wait for the gates under way and hold those that follow until this transaction ends. Throws the error 55P03 of
   * Postgres when that takes longer than `timeoutMs`.
   */
  async lockGates(tx: Tx, timeoutMs: number): Promise<void> {
    await tx.query(SET_LOCK_TIMEOUT, [`${timeoutMs}ms`]);
    await tx.query(LOCK_GATES);
    await tx.query(SET_LOCK_TIMEOUT, ['0']);
  }

  async activateLoad(
    on: Queryable,
    p: { load: number; numbers: number; replaces: readonly number[]; at: Date },
  ): Promise<void> {
    await on.query(REPLACE_LOADS, [p.replaces]);
    await on.query(ACTIVATE_LOAD, [p.load, p.numbers, p.at]);
  }

  async discardLoad(on: Queryable, load: number): Promise<void> {
    await on.query(DISCARD_LOAD, [load]);
  }

  /** Loads that bind nobody any more and still have numbers or prefixes here. */
  async listSpentLoads(): Promise<number[]> {
    return (await this.database.query<{ id: number }>(LIST_SPENT_LOADS)).map((row) => row.id);
  }

  /**
   * Drop what a load held. For a partition that takes suppression_numbers itself, alone: gates wait for it while it waits
   * for whoever reads, at most `timeoutMs`. Throws the error 55P03 of Postgres after that.
   */
  async dropSpentLoad(tx: Tx, load: number, timeoutMs: number): Promise<void> {
    await tx.query(SET_LOCK_TIMEOUT, [`${timeoutMs}ms`]);
    await this.dropTable(tx, load);
    await tx.query(DELETE_PREFIXES, [load]);
  }

  listPrefixLoads(organisationId: number): Promise<PrefixLoad[]> {
    return this.database.query<PrefixLoad>(LIST_PREFIX_LOADS, [organisationId]);
  }

  listPrefixes(loads: readonly number[]): Promise<{ prefix: string; listId: number }[]> {
    return this.database.query(LIST_PREFIXES, [loads]);
  }

  /** When the newest active load of each registry was given out; one that has none is absent. */
  listRegistryDates(
    on: Queryable,
    organisationId: number,
    registries: readonly string[],
  ): Promise<{ registry: string; datedAt: Date }[]> {
    return on.query(LIST_REGISTRY_DATES, [organisationId, registries]);
  }
}

/** The error of Postgres for a lock that did not come in time. */
export function isLockTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === '55P03';
}

function tableOf(load: number): string {
  if (!Number.isSafeInteger(load)) throw new Error(`${load} is no id of a load`);
  return `suppression_numbers_${load}`;
}

/** Definitions of tables name the table, so each has a text of its own: they are not kept as prepared statements. */
async function define(tx: Tx, sql: string): Promise<void> {
  await tx.client.query(sql);
}

const COLUMNS = `
  s.id, s.organisation_id as "organisationId", s.name, s.kind, s.registry, s.country, s.created_at as "createdAt",
  s.retired_at as "retiredAt", coalesce(l.numbers, 0) as numbers, l."datedAt"`;

const ACTIVE = `
  left join lateral (
    select sum(numbers)::bigint as numbers, max(dated_at) as "datedAt"
    from suppression_loads where list_id = s.id and state = 'active') l on true`;

// suppression_lists_organisation, and suppression_loads_list for each.
const LIST_LISTS = statement(
  'suppression_lists.list',
  `select ${COLUMNS} from suppression_lists s ${ACTIVE} where s.organisation_id = $1 order by s.id desc`,
);

// Primary key, and suppression_loads_list.
const FIND_LIST = statement(
  'suppression_lists.find',
  `select ${COLUMNS} from suppression_lists s ${ACTIVE} where s.id = $2 and s.organisation_id = $1`,
);

const INSERT_LIST = statement(
  'suppression_lists.insert',
  `insert into suppression_lists (organisation_id, name, kind, registry, country, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (organisation_id, registry) where retired_at is null do nothing
   returning id`,
);

// Imports refer to the list: their foreign keys must not wait.
const LOCK_LIST = statement('suppression_lists.lock', `select from suppression_lists where id = $1 for no key update`);

const RETIRE_LIST = statement('suppression_lists.retire', `update suppression_lists set retired_at = $2 where id = $1`);

// suppression_loads_list. A load that is still filled is given up by whoever fills it.
const DISCARD_LOADS = statement(
  'suppression_lists.discard_loads',
  `update suppression_loads set state = 'discarded' where list_id = $1 and state = 'active'`,
);

// Reads all suppressions of the organisation: retiring a list is rare.
const REVOKE_SUPPRESSIONS = statement(
  'suppression_lists.revoke_suppressions',
  `update suppressions set revoked_at = $3
   where organisation_id = $1 and source = $2 and reason = 'imported' and revoked_at is null
   returning id`,
);

// Primary keys.
const FIND_LOAD = statement(
  'suppression_lists.find_load',
  `select l.id, l.list_id as "listId", s.organisation_id as "organisationId", l.mode, l.state,
     s.retired_at as "listRetiredAt"
   from suppression_loads l join suppression_lists s on s.id = l.list_id
   where l.id = $1`,
);

const INSERT_LOAD = statement(
  'suppression_lists.insert_load',
  `insert into suppression_loads (list_id, import_id, mode, state, dated_at) values ($1, $2, $3, 'loading', $4)
   returning id`,
);

const INSERT_PREFIXES = statement(
  'suppression_lists.insert_prefixes',
  `insert into suppression_prefixes (load_id, prefix) select $1, unnest($2::text[])`,
);

// suppression_prefixes_load, alone.
const COUNT_PREFIXES = statement(
  'suppression_lists.count_prefixes',
  `select count(*) as rows, count(distinct prefix) as distinct from suppression_prefixes where load_id = $1`,
);

const COPY_PREFIXES = statement(
  'suppression_lists.copy_prefixes',
  `insert into suppression_prefixes (load_id, prefix)
   select distinct $1::integer, prefix from suppression_prefixes where load_id = any($2)`,
);

// suppression_loads_list
const LIST_ACTIVE_LOADS = statement(
  'suppression_lists.list_active_loads',
  `select id, numbers from suppression_loads where list_id = $1 and state = 'active' order by id desc`,
);

const SET_LOCK_TIMEOUT = statement('suppression_lists.set_lock_timeout', `select set_config('lock_timeout', $1, true)`);

// Every gate holds it shared, from before it reads to its commit.
const LOCK_GATES = statement('suppression_lists.lock_gates', `select pg_advisory_xact_lock(2, 0)`);

const REPLACE_LOADS = statement(
  'suppression_lists.replace_loads',
  `update suppression_loads set state = 'replaced' where id = any($1) and state = 'active'`,
);

const ACTIVATE_LOAD = statement(
  'suppression_lists.activate_load',
  `update suppression_loads set state = 'active', numbers = $2, activated_at = $3 where id = $1`,
);

const DISCARD_LOAD = statement(
  'suppression_lists.discard_load',
  `update suppression_loads set state = 'discarded' where id = $1`,
);

// One row a file that was ever loaded.
const LIST_SPENT_LOADS = statement(
  'suppression_lists.list_spent_loads',
  `select l.id from suppression_loads l
   where l.state in ('replaced', 'discarded')
     and (to_regclass('suppression_numbers_' || l.id) is not null
       or exists (select from suppression_prefixes p where p.load_id = l.id))
   order by l.id`,
);

const DELETE_PREFIXES = statement(
  'suppression_lists.delete_prefixes',
  `delete from suppression_prefixes where load_id = $1`,
);

// suppression_lists_organisation; suppression_loads_list and suppression_prefixes_load for each list.
const LIST_PREFIX_LOADS = statement(
  'suppression_lists.list_prefix_loads',
  `select l.id as "loadId", l.list_id as "listId"
   from suppression_lists s join suppression_loads l on l.list_id = s.id and l.state = 'active'
   where s.organisation_id = $1 and s.retired_at is null
     and exists (select from suppression_prefixes p where p.load_id = l.id)
   order by l.id`,
);

// suppression_prefixes_load
const LIST_PREFIXES = statement(
  'suppression_lists.list_prefixes',
  `select p.prefix, min(l.list_id) as "listId"
   from suppression_prefixes p join suppression_loads l on l.id = p.load_id
   where p.load_id = any($1)
   group by p.prefix order by p.prefix`,
);

// suppression_lists_registry, and suppression_loads_list for each.
const LIST_REGISTRY_DATES = statement(
  'suppression_lists.list_registry_dates',
  `select s.registry, max(l.dated_at) as "datedAt"
   from suppression_lists s join suppression_loads l on l.list_id = s.id and l.state = 'active'
   where s.organisation_id = $1 and s.registry = any($2) and s.retired_at is null
   group by s.registry`,
);
