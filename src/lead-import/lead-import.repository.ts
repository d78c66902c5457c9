import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { from as copyFrom } from 'pg-copy-streams';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { ImportChunk, ImportPlan, ImportProblem, ImportState, LeadImport } from './import.js';

export interface NewImport {
  organisationId: number;
  baseId: number;
  fileName: string;
  filePath: string;
  fileBytes: number;
  fileSha256: Buffer;
  options: ImportPlan;
  createdBy: number | null;
  createdAt: Date;
}

export interface RejectRow {
  rowNumber: number;
  line: number;
  columnName: string | null;
  code: string;
  detail: string;
  recordSealed: Buffer;
}

/** Fates of the staged rows of one chunk. */
export interface MergeCounts {
  imported: number;
  duplicate: number;
  suppressed: number;
}

@Injectable()
export class LeadImportRepository {
  constructor(private readonly database: Database) {}

  async insertImport(values: NewImport, tx: Tx): Promise<number> {
    const [row] = await tx.query<{ id: number }>(INSERT_IMPORT, [
      values.organisationId,
      values.baseId,
      values.fileName,
      values.filePath,
      values.fileBytes,
      values.fileSha256,
      JSON.stringify(values.options),
      values.createdBy,
      values.createdAt,
    ]);
    return row!.id;
  }

  async setJob(id: number, jobId: number, tx: Tx): Promise<void> {
    await tx.query(SET_JOB, [id, jobId]);
  }

  async findImport(
    organisationId: number | null,
    id: number,
    on: Queryable = this.database,
  ): Promise<LeadImport | null> {
    const [row] = await on.query<LeadImport>(FIND_IMPORT, [id, organisationId]);
    return row ?? null;
  }

  listImports(organisationId: number, limit: number): Promise<LeadImport[]> {
    return this.database.query<LeadImport>(LIST_IMPORTS, [organisationId, limit]);
  }

  /** The newest import of each base. */
  listLastImports(organisationId: number, baseIds: readonly number[]): Promise<LeadImport[]> {
    return this.database.query<LeadImport>(LIST_LAST_IMPORTS, [organisationId, baseIds]);
  }

  /** The import through which this very file has already come into the base, or is coming. */
  async findSameFile(baseId: number, sha256: Buffer, on: Queryable): Promise<number | null> {
    const [row] = await on.query<{ id: number }>(FIND_SAME_FILE, [baseId, sha256]);
    return row?.id ?? null;
  }

  /** Rows that were given fictional numbers in this base, and the import that is giving out more, if there is one. */
  async countGenerated(baseId: number, on: Queryable): Promise<{ rows: number; unfinished: number | null }> {
    const [row] = await on.query<{ rows: number; unfinished: number | null }>(COUNT_GENERATED, [baseId]);
    return row!;
  }

  /** Nobody else merges into this base until the transaction ends. */
  async lockBase(baseId: number, tx: Tx): Promise<void> {
    await tx.query(LOCK_BASE, [baseId]);
  }

  /** State and rows, and nobody else changes them until the transaction ends. */
  async lockImport(id: number, tx: Tx): Promise<{ state: ImportState; rows: number } | null> {
    const [row] = await tx.query<{ state: ImportState; rows: number }>(LOCK_IMPORT, [id]);
    return row ?? null;
  }

  async setState(
    id: number,
    change: { state: ImportState; from: readonly ImportState[]; at: Date; problem?: ImportProblem },
    on: Queryable = this.database,
  ): Promise<boolean> {
    const problem = change.problem ? JSON.stringify(change.problem) : null;
    const rows = await on.query(SET_STATE, [id, change.state, change.from, change.at, problem]);
    return rows.length > 0;
  }

  /** Stage the chunk's leads and merge them into the base in one pass. */
  async mergeStaged(
    p: { importId: number; organisationId: number; baseId: number; at: Date; staging: string },
    tx: Tx,
  ): Promise<MergeCounts> {
    await tx.query(CREATE_STAGING);
    await copyInto(tx, COPY_STAGING, p.staging);
    const [counts] = await tx.query<MergeCounts>(MERGE, [p.importId, p.organisationId, p.baseId, p.at]);
    return counts!;
  }

  async copyRejects(text: string, tx: Tx): Promise<void> {
    await copyInto(tx, COPY_REJECTS, text);
  }

  async addCounts(id: number, chunk: ImportChunk, counts: MergeCounts, tx: Tx): Promise<void> {
    await tx.query(ADD_COUNTS, [
      id,
      chunk.rows,
      counts.imported,
      counts.duplicate,
      counts.suppressed,
      chunk.rejected,
      chunk.bytesRead,
    ]);
  }

  /** Files that imports still wait for. */
  async listFilePaths(): Promise<string[]> {
    const rows = await this.database.query<{ path: string }>(LIST_FILE_PATHS);
    return rows.map((row) => row.path);
  }

  /** Rejects after row `after`, in the file's order. */
  listRejects(id: number, after: number, limit: number): Promise<RejectRow[]> {
    return this.database.query<RejectRow>(LIST_REJECTS, [id, after, limit]);
  }
}

async function copyInto(tx: Tx, sql: string, text: string): Promise<void> {
  await pipeline(Readable.from([Buffer.from(text, 'utf8')]), tx.client.query(copyFrom(sql)));
}

const INSERT_IMPORT = statement(
  'lead_import.insert_import',
  `insert into imports (organisation_id, base_id, file_name, file_path, file_bytes, file_sha256, options, state, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9)
   returning id`,
);

/** Primary key. */
const SET_JOB = statement('lead_import.set_job', 'update imports set job_id = $2 where id = $1');

const IMPORT_COLUMNS = `i.id, i.organisation_id as "organisationId", i.base_id as "baseId", b.name as "baseName",
       i.job_id as "jobId", i.file_name as "fileName", i.file_path as "filePath", i.file_bytes as "fileBytes",
       i.bytes_read as "bytesRead", i.state, i.rows, i.imported, i.updated, i.duplicate, i.suppressed, i.rejected,
       (select coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'count', r.count) order by r.count desc, r.code), '[]')
          from (select code, count(*) from import_rejects where import_id = i.id group by code) r) as "rejectsByCode",
       i.problem, i.options, i.created_at as "createdAt", i.started_at as "startedAt", i.finished_at as "finishedAt",
       u.name as "createdBy"`;
const IMPORT_TABLES = 'imports i join bases b on b.id = i.base_id left join users u on u.id = i.created_by';

/** Primary keys; rejects by the first column of theirs. */
const FIND_IMPORT = statement(
  'lead_import.find_import',
  `select ${IMPORT_COLUMNS} from ${IMPORT_TABLES} where i.id = $1 and ($2::smallint is null or i.organisation_id = $2)`,
);

/** Primary key backwards, up to the limit. */
const LIST_IMPORTS = statement(
  'lead_import.list_imports',
  `select ${IMPORT_COLUMNS} from ${IMPORT_TABLES} where i.organisation_id = $1 order by i.id desc limit $2`,
);

/** imports_base: one step for each base. */
const LIST_LAST_IMPORTS = statement(
  'lead_import.list_last_imports',
  `select ${IMPORT_COLUMNS}
     from unnest($2::int[]) as wanted (base_id)
    cross join lateral (select id from imports where base_id = wanted.base_id order by id desc limit 1) last
     join imports i on i.id = last.id
     join bases b on b.id = i.base_id
     left join users u on u.id = i.created_by
    where i.organisation_id = $1`,
);

/** imports_base. One that failed or was cancelled may be tried again. */
const FIND_SAME_FILE = statement(
  'lead_import.find_same_file',
  `select id from imports
    where base_id = $1 and file_sha256 = $2 and state in ('queued', 'running', 'done')
    order by id desc limit 1`,
);

/** imports_base. */
const COUNT_GENERATED = statement(
  'lead_import.count_generated',
  `select coalesce(sum(rows), 0)::bigint as rows, max(id) filter (where state in ('queued', 'running')) as unfinished
     from imports where base_id = $1 and options -> 'generate' <> 'null'`,
);

/** Primary key. Rows that refer to the base may still be added. */
const LOCK_BASE = statement('lead_import.lock_base', 'select from bases where id = $1 for no key update');

/** Primary key. */
const LOCK_IMPORT = statement(
  'lead_import.lock_import',
  'select state, rows from imports where id = $1 for no key update',
);

/** Primary key. The upload is not ours any more once the import has ended. */
const SET_STATE = statement(
  'lead_import.set_state',
  `update imports
      set state = $2,
          started_at = case when $2 = 'running' then coalesce(started_at, $4) else started_at end,
          finished_at = case when $2 in ('done', 'failed', 'cancelled') then $4::timestamptz end,
          file_path = case when $2 in ('done', 'failed', 'cancelled') then null else file_path end,
          bytes_read = case when $2 = 'done' then file_bytes else bytes_read end,
          problem = $5
    where id = $1 and state = any ($3)
    returning id`,
);

/** Of the session, empty at each start of a transaction: no trace in the log of the database, nothing to clean up. */
const CREATE_STAGING = statement(
  'lead_import.create_staging',
  `create temporary table if not exists lead_import_staging (
     row_number bigint not null,
     external_id text,
     name text,
     region text,
     attributes jsonb not null,
     priority smallint not null,
     sealed bytea not null,
     dedupe_hash bytea not null,
     match_hash bytea not null,
     country char(2) not null,
     line_type text not null,
     last_digits char(2) not null,
     bucket_id smallint not null
   ) on commit delete rows`,
);

const COPY_STAGING = 'copy lead_import_staging from stdin';
const COPY_REJECTS =
  'copy import_rejects (import_id, row_number, line, column_name, code, detail, record_sealed) from stdin';

/**
 * One fate for each staged row. Suppression goes first, so that a number that must not be called counts the same in every
 * row. suppressions_match and phones_base_dedupe, one step each a row: written as scalar subqueries, which the planner
 * cannot turn into a scan of all phones while it has no statistics of a base that is just growing. Ids follow the order of
 * the file.
 */
const MERGE = statement(
  'lead_import.merge',
  `with judged as materialized (
     select s.*,
            case
              when (select true from suppressions x
                     where x.match_hash = s.match_hash and x.organisation_id = $2 and x.revoked_at is null
                       and x.scope in ('global', 'company', 'client')
                       and x.valid_from <= $4 and (x.valid_to is null or x.valid_to > $4)
                     limit 1) then 'suppressed'
              when s.occurrence > 1
                or (select true from phones p where p.base_id = $3 and p.dedupe_hash = s.dedupe_hash limit 1)
              then 'duplicate'
              else 'imported'
            end as fate
       from (select *, row_number() over (partition by dedupe_hash order by row_number) as occurrence
               from lead_import_staging) s
   ),
   chosen as materialized (
     select nextval(pg_get_serial_sequence('leads', 'id')) as lead_id, j.*
       from (select * from judged where fate = 'imported' order by row_number) j
   ),
   new_leads as (
     insert into leads (id, organisation_id, base_id, import_id, external_id, name, region, attributes, priority, created_at)
     overriding system value
     select lead_id, $2, $3, $1, external_id, name, region, attributes, priority, $4 from chosen
   ),
   new_phones as (
     insert into phones
       (organisation_id, lead_id, base_id, sealed, dedupe_hash, match_hash, country, line_type, bucket_id, last_digits)
     select $2, lead_id, $3, sealed, dedupe_hash, match_hash, country, line_type, bucket_id, last_digits from chosen
   )
   select count(*) filter (where fate = 'imported') as imported,
          count(*) filter (where fate = 'duplicate') as duplicate,
          count(*) filter (where fate = 'suppressed') as suppressed
     from judged`,
);

/** Primary key. */
const ADD_COUNTS = statement(
  'lead_import.add_counts',
  `update imports
      set rows = rows + $2, imported = imported + $3, duplicate = duplicate + $4, suppressed = suppressed + $5,
          rejected = rejected + $6, bytes_read = $7
    where id = $1`,
);

/** Primary key. */
const LIST_REJECTS = statement(
  'lead_import.list_rejects',
  `select row_number as "rowNumber", line, column_name as "columnName", code, detail, record_sealed as "recordSealed"
     from import_rejects where import_id = $1 and row_number > $2 order by row_number limit $3`,
);

/** A scan of all imports, once at each start: there are thousands at most. */
const LIST_FILE_PATHS = statement(
  'lead_import.list_file_paths',
  'select file_path as path from imports where file_path is not null',
);
