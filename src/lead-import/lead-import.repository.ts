import { Injectable } from '@nestjs/common';

import { asBuffer, copyInto } from '../database/copy.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { KnownLead } from './chunk-fates.js';
import type {
  Consent,
  Dedupe,
  ImportKind,
  ImportPlan,
  ImportProblem,
  ImportState,
  LeadImport,
  RowCounts,
} from './import.js';
import { LEAD_COLUMNS, PHONE_COLUMNS, REJECT_COLUMNS, type EncodedChunk } from './import-encoder.js';
import type { Mapping } from './mapping.js';

export interface NewImport {
  organisationId: number;
  kind: ImportKind;
  baseId: number | null;
  listId: number | null;
  fileName: string;
  filePath: string;
  fileBytes: number;
  fileSha256: Buffer;
  createdBy: number | null;
  createdAt: Date;
}

export interface RejectRow {
  rowNumber: number;
  line: number;
  columnName: string | null;
  code: string;
  detail: string;
  recordSealed: Buffer | null;
}

/** A lead that an import made or changed, by the row of its file. */
export interface RowLead {
  row: number;
  leadId: number;
}

/** A file that waits for somebody to say how it is to be imported. */
export interface Upload {
  id: string;
  fileName: string;
  fileBytes: number;
  createdBy: number | null;
  createdAt: Date;
}

/** Whose rows a chunk holds, and when it is judged. */
export interface ChunkScope {
  importId: number;
  organisationId: number;
  baseId: number;
  at: Date;
}

/** COPY text of leads and of their phones. */
export interface LeadLines {
  leads: readonly Uint8Array[];
  phones: readonly Uint8Array[];
}

@Injectable()
export class LeadImportRepository {
  constructor(private readonly database: Database) {}

  /** A row without its plan, which names what is made along with it: see setPlan. */
  async insertImport(values: NewImport, tx: Tx): Promise<number> {
    const [row] = await tx.query<{ id: number }>(INSERT_IMPORT, [
      values.organisationId,
      values.kind,
      values.baseId,
      values.listId,
      values.fileName,
      values.filePath,
      values.fileBytes,
      values.fileSha256,
      values.createdBy,
      values.createdAt,
    ]);
    return row!.id;
  }

  async setPlan(id: number, plan: ImportPlan, tx: Tx): Promise<void> {
    await tx.query(SET_PLAN, [id, JSON.stringify(plan)]);
  }

  async insertConsent(
    values: Consent & { organisationId: number; createdBy: number | null; createdAt: Date },
    tx: Tx,
  ): Promise<number> {
    const { organisationId, source, wording, proof, createdBy, createdAt } = values;
    const [row] = await tx.query<{ id: number }>(INSERT_CONSENT, [
      organisationId,
      source,
      wording,
      proof ?? null,
      createdBy,
      createdAt,
    ]);
    return row!.id;
  }

  /** The types of a base's attributes, as its newest import has them. */
  async declareAttributes(baseId: number, attributes: Mapping['attributes'], tx: Tx): Promise<void> {
    await tx.query(DECLARE_ATTRIBUTES, [
      baseId,
      attributes.map((attribute) => attribute.name),
      attributes.map((attribute) => attribute.type),
    ]);
  }

  /** How a file with this header was imported last. */
  async findSavedMapping(
    organisationId: number,
    signature: Buffer,
  ): Promise<{ mapping: Mapping; usedAt: Date } | null> {
    const [row] = await this.database.query<{ mapping: Mapping; usedAt: Date }>(FIND_SAVED_MAPPING, [
      organisationId,
      signature,
    ]);
    return row ?? null;
  }

  async saveMapping(organisationId: number, signature: Buffer, mapping: Mapping, at: Date, tx: Tx): Promise<void> {
    await tx.query(SAVE_MAPPING, [organisationId, signature, JSON.stringify(mapping), at]);
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

  /** Newest first, those with an id below `before`. */
  listImports(organisationId: number, before: number | null, limit: number): Promise<LeadImport[]> {
    return this.database.query<LeadImport>(LIST_IMPORTS, [organisationId, before, limit]);
  }

  /** The newest import of each suppression list. */
  listLastOfLists(organisationId: number): Promise<LeadImport[]> {
    return this.database.query<LeadImport>(LIST_LAST_OF_LISTS, [organisationId]);
  }

  /** The newest import of each base. */
  listLastImports(organisationId: number, baseIds: readonly number[]): Promise<LeadImport[]> {
    return this.database.query<LeadImport>(LIST_LAST_IMPORTS, [organisationId, baseIds]);
  }

  /** The import through which this very file has already come into the base, or is coming. */
  async findSameFile(baseId: number, sha256: Buffer, on: Queryable = this.database): Promise<number | null> {
    const [row] = await on.query<{ id: number }>(FIND_SAME_FILE, [baseId, sha256]);
    return row?.id ?? null;
  }

  /** The newest import through which this very file has come into any base, or is coming. */
  async findSameFileAnywhere(organisationId: number, sha256: Buffer): Promise<number | null> {
    const [row] = await this.database.query<{ id: number }>(FIND_SAME_FILE_ANYWHERE, [organisationId, sha256]);
    return row?.id ?? null;
  }

  /** The newest import of a base that is in one of these states. */
  async findInBase(baseId: number, states: readonly ImportState[], on: Queryable): Promise<number | null> {
    const [row] = await on.query<{ id: number }>(FIND_IN_BASE, [baseId, states]);
    return row?.id ?? null;
  }

  /** Rows that were given fictional numbers in this base, and the import that is giving out more, if there is one. */
  async countGenerated(
    baseId: number,
    exceptId: number,
    on: Queryable,
  ): Promise<{ rows: number; unfinished: number | null }> {
    const values = [baseId, exceptId];
    const [row] = await on.query<{ rows: number; unfinished: number | null }>(COUNT_GENERATED, values);
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

  /** Ids for `count` leads, none of which anybody else gets; the first of them. */
  async reserveLeadIds(count: number): Promise<number> {
    const [row] = await this.database.transaction((tx) => tx.query<{ first: number }>(RESERVE_LEAD_IDS, [count]));
    return row!.first;
  }

  /** Which leads of a chunk must not be called, and which are there already. */
  findKnown(scope: ChunkScope, chunk: EncodedChunk, dedupe: Dedupe, on: Queryable): Promise<KnownLead[]> {
    const { matchHashes, staged, externalIds } = chunk;
    const inFile = dedupe.scope === 'file' ? scope.importId : null;
    const inBase = dedupe.scope === 'all_bases' ? null : scope.baseId;
    const common = [scope.organisationId, scope.at, asBuffer(matchHashes), staged, inBase, inFile];
    if (dedupe.action === 'keep_both') return on.query<KnownLead>(FIND_SUPPRESSED, common.slice(0, 4));
    if (dedupe.key === 'phone') return on.query<KnownLead>(FIND_KNOWN_BY_PHONE, common);
    return on.query<KnownLead>(FIND_KNOWN_BY_EXTERNAL_ID, [...common, externalIds]);
  }

  /**
   * For an estimate: how many of these numbers must not be called, or are in the base (in any base, when null) already, told
   * by their ids where these are given.
   */
  async countKnown(p: {
    organisationId: number;
    baseId: number | null;
    at: Date;
    matchHashes: Uint8Array;
    count: number;
    externalIds: string[] | null;
  }): Promise<{ suppressed: number; duplicate: number }> {
    const values = [p.organisationId, p.at, asBuffer(p.matchHashes), p.count, p.baseId, null];
    const known = await (p.externalIds
      ? this.database.query<KnownLead>(FIND_KNOWN_BY_EXTERNAL_ID, [...values, p.externalIds])
      : this.database.query<KnownLead>(FIND_KNOWN_BY_PHONE, values));
    const suppressed = known.filter((lead) => lead.suppressed).length;
    return { suppressed, duplicate: known.length - suppressed };
  }

  async copyLeads(lines: LeadLines, tx: Tx): Promise<void> {
    await copyInto(tx, COPY_LEADS, lines.leads);
    await copyInto(tx, COPY_PHONES, lines.phones);
  }

  /**
   * Other numbers of these leads that belonged to somebody who was erased: they don't come back. (A row whose main number
   * did is suppressed as a whole.) The places of the others close up.
   */
  async dropErased(
    organisationId: number,
    leads: { fromId: number; toId: number } | { ids: readonly number[] },
    tx: Tx,
  ): Promise<void> {
    const [fromId, toId, ids] = 'ids' in leads ? [null, null, leads.ids] : [leads.fromId, leads.toId, null];
    const dropped = await tx.query<{ leadId: number }>(DROP_ERASED, [organisationId, fromId, toId, ids]);
    if (dropped.length === 0) return;
    const leadIds = dropped.map(({ leadId }) => leadId);
    await tx.query(CLOSE_PLACES, [leadIds]);
    await tx.query(PLACE_PHONES, [leadIds]);
  }

  /** Put rows that go over leads that are there where applyUpdates finds them. */
  async stageUpdates(lines: LeadLines, tx: Tx): Promise<void> {
    await tx.query(CREATE_UPDATED_LEADS);
    await tx.query(CREATE_UPDATED_PHONES);
    await copyInto(tx, COPY_UPDATED_LEADS, lines.leads);
    await copyInto(tx, COPY_UPDATED_PHONES, lines.phones);
  }

  /**
   * Staged rows over the leads that are there: what a row says replaces what stood there, what it leaves empty stays. No
   * lead may be named twice. What stood there is kept for an undo, once an import and lead.
   */
  async applyUpdates(job: LeadImport, pairs: readonly { stagedId: number; leadId: number }[], tx: Tx): Promise<void> {
    const { options } = job;
    const stagedIds = pairs.map((pair) => pair.stagedId);
    const leadIds = pairs.map((pair) => pair.leadId);
    // In the order of ids, so that imports into other bases that meet here wait for each other and do not lock up.
    await tx.query(LOCK_LEADS, [leadIds]);
    await tx.query(KEEP_BEFORE, [job.id, stagedIds, leadIds]);
    await tx.query(UPDATE_LEADS, [stagedIds, leadIds, options.mapping.priority !== null]);
    await tx.query(UPDATE_PHONES, [stagedIds, leadIds]);
    await tx.query(ADD_PHONES, [stagedIds, leadIds]);
    // Told by its id, the person may have a new number, which then comes first.
    if (options.dedupe.key === 'external_id') {
      await tx.query(RANK_PHONES, [stagedIds, leadIds]);
      await tx.query(PLACE_PHONES, [leadIds]);
    }
  }

  async copyRejects(lines: Uint8Array, tx: Tx): Promise<void> {
    await copyInto(tx, COPY_REJECTS, [lines]);
  }

  async addCounts(id: number, chunk: EncodedChunk, counts: RowCounts, tx: Tx): Promise<void> {
    await tx.query(ADD_COUNTS, [
      id,
      chunk.rows,
      counts.imported,
      counts.updated,
      counts.duplicate,
      counts.suppressed,
      chunk.rejected,
      chunk.bytesRead,
      counts.firstLeadId,
      counts.lastLeadId,
    ]);
  }

  /** Of the rows that were counted as imported, `count` turned out to be duplicates. */
  async moveToDuplicates(id: number, count: number, tx: Tx): Promise<void> {
    await tx.query(MOVE_TO_DUPLICATES, [id, count]);
  }

  /** Leads that the import made, after a lead, in the file's order. */
  listMade(found: LeadImport, afterLeadId: number, limit: number): Promise<RowLead[]> {
    const values = [found.id, Math.max(afterLeadId, (found.firstLeadId ?? 1) - 1), found.lastLeadId ?? 0, limit];
    return this.database.query<RowLead>(LIST_MADE, values);
  }

  /** Leads that the import changed, after a row, in the file's order. */
  listChanged(id: number, afterRow: number, limit: number): Promise<RowLead[]> {
    return this.database.query<RowLead>(LIST_CHANGED, [id, afterRow, limit]);
  }

  /** Leads that the undo left alone, in the file's order. */
  listKept(id: number): Promise<(RowLead & { reason: string })[]> {
    return this.database.query<RowLead & { reason: string }>(LIST_KEPT, [id]);
  }

  async setProblem(id: number, problem: ImportProblem, tx: Tx): Promise<void> {
    await tx.query(SET_PROBLEM, [id, JSON.stringify(problem)]);
  }

  async insertUpload(upload: Upload & { filePath: string; organisationId: number }): Promise<void> {
    const { id, organisationId, fileName, filePath, fileBytes, createdBy, createdAt } = upload;
    const values = [id, organisationId, fileName, filePath, fileBytes, createdBy, createdAt];
    await this.database.query(INSERT_UPLOAD, values);
  }

  async findUpload(organisationId: number, id: string): Promise<(Upload & { filePath: string }) | null> {
    const [row] = await this.database.query<Upload & { filePath: string }>(FIND_UPLOAD, [organisationId, id]);
    return row ?? null;
  }

  async deleteUpload(id: string): Promise<void> {
    await this.database.query(DELETE_UPLOAD, [id]);
  }

  /** Is this a file that was uploaded by itself, and not taken by an import yet? */
  async isUpload(path: string): Promise<boolean> {
    return (await this.database.query(FIND_UPLOAD_BY_PATH, [path])).length > 0;
  }

  /** From now on the file is the import's. */
  async takeUpload(path: string, tx: Tx): Promise<void> {
    await tx.query(TAKE_UPLOAD, [path]);
  }

  async deleteUploads(before: Date): Promise<void> {
    await this.database.query(DELETE_UPLOADS, [before]);
  }

  /** Files that imports still wait for, or people who have yet to say how they are to be imported. */
  async listFilePaths(): Promise<string[]> {
    const rows = await this.database.query<{ path: string }>(LIST_FILE_PATHS);
    return rows.map((row) => row.path);
  }

  /** Rejects after row `after`, in the file's order. */
  listRejects(id: number, after: number, limit: number): Promise<RejectRow[]> {
    return this.database.query<RejectRow>(LIST_REJECTS, [id, after, limit]);
  }
}

const INSERT_IMPORT = statement(
  'lead_import.insert_import',
  `insert into imports
     (organisation_id, kind, base_id, list_id, file_name, file_path, file_bytes, file_sha256, options, state, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, '{}', 'queued', $9, $10)
   returning id`,
);

/** Primary key. */
const SET_PLAN = statement('lead_import.set_plan', 'update imports set options = $2 where id = $1');

const INSERT_CONSENT = statement(
  'lead_import.insert_consent',
  `insert into consent_texts (organisation_id, source, wording, proof, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6) returning id`,
);

/** Primary key of base_attributes. */
const DECLARE_ATTRIBUTES = statement(
  'lead_import.declare_attributes',
  `insert into base_attributes (base_id, name, type)
   select $1, name, type from unnest($2::text[], $3::text[]) as a (name, type)
   on conflict (base_id, name) do update set type = excluded.type`,
);

/** Primary key. */
const FIND_SAVED_MAPPING = statement(
  'lead_import.find_saved_mapping',
  `select mapping, used_at as "usedAt" from saved_mappings where organisation_id = $1 and signature = $2`,
);

/** Primary key. */
const SAVE_MAPPING = statement(
  'lead_import.save_mapping',
  `insert into saved_mappings (organisation_id, signature, mapping, used_at) values ($1, $2, $3, $4)
   on conflict (organisation_id, signature) do update set mapping = excluded.mapping, used_at = excluded.used_at`,
);

/** Primary key. */
const SET_JOB = statement('lead_import.set_job', 'update imports set job_id = $2 where id = $1');

const IMPORT_COLUMNS = `i.id, i.organisation_id as "organisationId", i.kind, i.base_id as "baseId", b.name as "baseName",
       i.list_id as "listId", s.name as "listName", i.job_id as "jobId", i.file_name as "fileName", i.file_path as "filePath", i.file_bytes as "fileBytes",
       i.bytes_read as "bytesRead", i.state, i.rows, i.imported, i.updated, i.duplicate, i.suppressed, i.rejected,
       (select coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'count', r.count) order by r.count desc, r.code), '[]')
          from (select code, count(*) from import_rejects where import_id = i.id group by code) r) as "rejectsByCode",
       i.first_lead_id as "firstLeadId", i.last_lead_id as "lastLeadId", i.removed, i.restored, i.kept,
       i.problem, i.options, i.created_at as "createdAt", i.started_at as "startedAt", i.finished_at as "finishedAt",
       u.name as "createdBy", w.name as "undoneBy"`;
const IMPORT_TABLES = `imports i
       left join bases b on b.id = i.base_id
       left join suppression_lists s on s.id = i.list_id
       left join users u on u.id = i.created_by
       left join users w on w.id = i.undone_by`;

/** Primary keys; rejects by the first column of theirs. */
const FIND_IMPORT = statement(
  'lead_import.find_import',
  `select ${IMPORT_COLUMNS} from ${IMPORT_TABLES} where i.id = $1 and ($2::smallint is null or i.organisation_id = $2)`,
);

/** Primary key backwards, up to the limit. */
const LIST_IMPORTS = statement(
  'lead_import.list_imports',
  `select ${IMPORT_COLUMNS} from ${IMPORT_TABLES} where i.organisation_id = $1 and ($2::int is null or i.id < $2)
    order by i.id desc limit $3`,
);

/** imports_base: one step for each base. */
const LIST_LAST_IMPORTS = statement(
  'lead_import.list_last_imports',
  `select ${IMPORT_COLUMNS}
     from ${IMPORT_TABLES}
    where i.organisation_id = $1
      and i.id in (select last.id
                     from unnest($2::int[]) as wanted (base_id)
                    cross join lateral
                      (select id from imports where base_id = wanted.base_id order by id desc limit 1) last)`,
);

/** imports_list: one step for each list. */
const LIST_LAST_OF_LISTS = statement(
  'lead_import.list_last_of_lists',
  `select ${IMPORT_COLUMNS}
     from ${IMPORT_TABLES}
    where i.organisation_id = $1
      and i.id in (select last.id
                     from suppression_lists wanted
                    cross join lateral
                      (select id from imports where list_id = wanted.id order by id desc limit 1) last)`,
);

/** imports_base. One that failed or was cancelled may be tried again. */
const FIND_SAME_FILE = statement(
  'lead_import.find_same_file',
  `select id from imports
    where base_id = $1 and file_sha256 = $2 and state in ('queued', 'running', 'done')
    order by id desc limit 1`,
);

/** A scan of the imports, of which there are thousands at most. */
const FIND_SAME_FILE_ANYWHERE = statement(
  'lead_import.find_same_file_anywhere',
  `select id from imports
    where organisation_id = $1 and kind = 'leads' and file_sha256 = $2 and state in ('queued', 'running', 'done')
    order by id desc limit 1`,
);

/** imports_base. */
const FIND_IN_BASE = statement(
  'lead_import.find_in_base',
  'select id from imports where base_id = $1 and state = any ($2) order by id desc limit 1',
);

/** imports_base. */
const COUNT_GENERATED = statement(
  'lead_import.count_generated',
  `select coalesce(sum(rows), 0)::bigint as rows, max(id) filter (where state in ('queued', 'running')) as unfinished
     from imports where base_id = $1 and options -> 'generate' <> 'null' and state <> 'undone' and id <> $2`,
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
          finished_at = case when $2 in ('done', 'failed', 'cancelled') then $4::timestamptz else finished_at end,
          file_path = case when $2 in ('done', 'failed', 'cancelled') then null else file_path end,
          bytes_read = case when $2 = 'done' then file_bytes else bytes_read end,
          problem = coalesce($5, problem)
    where id = $1 and state = any ($3)
    returning id`,
);

/** Key of the advisory lock of whoever takes ids in blocks. */
const LEAD_ID_LOCK = 0x6c656164;

/** All who take ids in blocks take turns, for as long as it takes to move the sequence. */
const RESERVE_LEAD_IDS = statement(
  'lead_import.reserve_lead_ids',
  `select setval(seq, nextval(seq) + $1 - 1) - $1 + 1 as first
     from (select pg_advisory_xact_lock(${LEAD_ID_LOCK})) taken, (select pg_get_serial_sequence('leads', 'id') as seq) s`,
);

const COPY_LEADS = `copy leads (${LEAD_COLUMNS}) from stdin`;
const COPY_PHONES = `copy phones (${PHONE_COLUMNS}) from stdin`;
const COPY_REJECTS = `copy import_rejects (${REJECT_COLUMNS}) from stdin`;

/**
 * The numbers of a chunk, cut from one piece of memory: 16 bytes each. Whatever is asked of them goes by one step of an
 * index for each, written as lateral look-ups that the planner can't turn into a scan of all phones while it has no
 * statistics of a base that is just growing.
 */
const NUMBERS = `generate_series(0, $4::int - 1) as n (at)
    cross join lateral (select substring($3::bytea from n.at * 16 + 1 for 16) as match_hash offset 0) h`;

/** suppressions_match, and the index of each load in force. */
const SUPPRESSED = `(exists (select from suppressions x
            where x.match_hash = h.match_hash and x.organisation_id = $1 and x.revoked_at is null
              and x.scope in ('global', 'company', 'client')
              -- Somebody who is left alone for a while may come in meanwhile.
              and x.reason <> 'refusal_cooldown'
              and x.valid_from <= $2 and (x.valid_to is null or x.valid_to > $2))
     or exists (select from listed_numbers x where x.match_hash = h.match_hash and x.organisation_id = $1))`;

const FIND_SUPPRESSED = statement(
  'lead_import.find_suppressed',
  `select n.at, true as suppressed, null::bigint as "leadId" from ${NUMBERS} where ${SUPPRESSED}`,
);

/** phones_match; primary key of leads where only this file's count. The oldest lead of several. */
const FIND_KNOWN_BY_PHONE = statement(
  'lead_import.find_known_by_phone',
  `select n.at, s.suppressed, d.lead_id as "leadId"
     from ${NUMBERS}
    cross join lateral (select ${SUPPRESSED} as suppressed offset 0) s
     left join lateral
          (select p.lead_id from phones p
            where p.match_hash = h.match_hash and ($5::int is null or p.base_id = $5)
              and ($6::int is null or (select l.import_id from leads l where l.id = p.lead_id) = $6)
            order by p.lead_id limit 1) d on true
    where s.suppressed or d.lead_id is not null`,
);

/** leads_external_id. */
const FIND_KNOWN_BY_EXTERNAL_ID = statement(
  'lead_import.find_known_by_external_id',
  `select n.at, s.suppressed, d.lead_id as "leadId"
     from ${NUMBERS}
    cross join lateral (select ${SUPPRESSED} as suppressed offset 0) s
     join unnest($7::text[]) with ordinality as e (external_id, place) on e.place = n.at + 1
     left join lateral
          (select l.id as lead_id from leads l
            where l.external_id = nullif(e.external_id, '') and l.organisation_id = $1
              and ($5::int is null or l.base_id = $5) and ($6::int is null or l.import_id = $6)
            order by l.id limit 1) d on true
    where s.suppressed or d.lead_id is not null`,
);

/** Of the session, empty at each start of a transaction: no trace in the log of the database, nothing to clean up. */
const CREATE_UPDATED_LEADS = statement(
  'lead_import.create_updated_leads',
  `create temporary table if not exists import_updated_leads on commit delete rows
   as select ${LEAD_COLUMNS} from leads with no data`,
);

const CREATE_UPDATED_PHONES = statement(
  'lead_import.create_updated_phones',
  `create temporary table if not exists import_updated_phones on commit delete rows
   as select ${PHONE_COLUMNS} from phones with no data`,
);

const COPY_UPDATED_LEADS = `copy import_updated_leads (${LEAD_COLUMNS}) from stdin`;
const COPY_UPDATED_PHONES = `copy import_updated_phones (${PHONE_COLUMNS}) from stdin`;

/** Primary key. */
const LOCK_LEADS = statement(
  'lead_import.lock_leads',
  `select from leads where id = any ($1::bigint[]) order by id for no key update`,
);

/**
 * Primary keys of leads and phones, import_changes_lead. A lead that this import made, or has changed before, is noted
 * without a state to go back to: the undo knows it already.
 */
const KEEP_BEFORE = statement(
  'lead_import.keep_before',
  `insert into import_changes (import_id, row_number, lead_id, before)
   select $1, u.row_number, l.id,
          case
            when l.import_id = $1
              or exists (select from import_changes c where c.lead_id = l.id and c.import_id = $1) then null
            else jsonb_build_object(
              'externalId', l.external_id, 'name', l.name, 'region', l.region, 'attributes', l.attributes,
              'priority', l.priority, 'ownerId', l.owner_id, 'consentId', l.consent_id,
              'phones', (select coalesce(jsonb_agg(jsonb_build_object(
                                  'id', p.id, 'position', p.position, 'bucketId', p.bucket_id)), '[]')
                           from phones p where p.lead_id = l.id))
          end
     from unnest($2::bigint[], $3::bigint[]) as pair (staged_id, lead_id)
     join import_updated_leads u on u.id = pair.staged_id
     join leads l on l.id = pair.lead_id`,
);

/** Primary key. */
const UPDATE_LEADS = statement(
  'lead_import.update_leads',
  `update leads l
      set external_id = coalesce(u.external_id, l.external_id),
          name = coalesce(u.name, l.name),
          region = coalesce(u.region, l.region),
          attributes = l.attributes || u.attributes,
          priority = case when $3 then u.priority else l.priority end,
          owner_id = coalesce(u.owner_id, l.owner_id),
          consent_id = coalesce(u.consent_id, l.consent_id)
     from unnest($1::bigint[], $2::bigint[]) as pair (staged_id, lead_id)
     join import_updated_leads u on u.id = pair.staged_id
    where l.id = pair.lead_id`,
);

/**
 * Primary key of phones. A number that is there may be somewhere else by now. A row that says nothing of the place can be
 * anywhere in the country: where the person is known to be stays, as does all else that a row leaves empty.
 */
const UPDATE_PHONES = statement(
  'lead_import.update_phones',
  `update phones p
      set bucket_id = u.bucket_id
     from unnest($1::bigint[], $2::bigint[]) as pair (staged_id, lead_id)
     join import_updated_phones u on u.lead_id = pair.staged_id
     join import_updated_leads l on l.id = pair.staged_id
     join buckets b on b.id = u.bucket_id
    where p.lead_id = pair.lead_id and p.match_hash = u.match_hash and p.bucket_id <> u.bucket_id
      and (l.region is not null
           or cardinality(b.zones) <= (select cardinality(zones) from buckets where id = p.bucket_id))`,
);

/** Primary key of phones: numbers that the lead has not, after those that it has. */
const ADD_PHONES = statement(
  'lead_import.add_phones',
  `insert into phones (${PHONE_COLUMNS})
   select u.organisation_id, l.id, l.base_id,
          (select coalesce(max(p.position), 0) from phones p where p.lead_id = l.id)
            + row_number() over (partition by l.id order by u.position),
          u.sealed, u.match_hash, u.country, u.line_type, u.bucket_id, u.last_digits
     from unnest($1::bigint[], $2::bigint[]) as pair (staged_id, lead_id)
     join import_updated_phones u on u.lead_id = pair.staged_id
     join leads l on l.id = pair.lead_id
    where not exists (select from phones p where p.lead_id = l.id and p.match_hash = u.match_hash)`,
);

/** Primary key of phones. The file's numbers first, in its order; below zero, out of the way of those that stand. */
const RANK_PHONES = statement(
  'lead_import.rank_phones',
  `update phones p
      set position = -ranked.place
     from (select q.lead_id, q.position,
                  row_number() over (partition by q.lead_id order by u.position nulls last, q.position) as place
             from unnest($1::bigint[], $2::bigint[]) as pair (staged_id, lead_id)
             join phones q on q.lead_id = pair.lead_id
             left join import_updated_phones u on u.lead_id = pair.staged_id and u.match_hash = q.match_hash) ranked
    where p.lead_id = ranked.lead_id and p.position = ranked.position`,
);

/**
 * From the few numbers that were erased (erasure_numbers_match is the smaller side) to phones_match; a number may have been
 * given free again since.
 */
const DROP_ERASED = statement(
  'lead_import.drop_erased',
  `delete from phones p
    using (select distinct n.match_hash from erasure_numbers n join erasures e on e.id = n.erasure_id
            where e.organisation_id = $1
              and exists (select from suppressions s where s.match_hash = n.match_hash and s.organisation_id = $1
                           and s.reason = 'erasure' and s.revoked_at is null)) gone
    where p.match_hash = gone.match_hash and p.organisation_id = $1 and p.position > 1
      and (p.lead_id between $2::bigint and $3::bigint or p.lead_id = any ($4::bigint[]))
    returning p.lead_id as "leadId"`,
);

/** Primary key of phones. Below zero, out of the way of those that stand. */
const CLOSE_PLACES = statement(
  'lead_import.close_places',
  `update phones p
      set position = -ranked.place
     from (select q.lead_id, q.position, row_number() over (partition by q.lead_id order by q.position) as place
             from phones q where q.lead_id = any ($1::bigint[])) ranked
    where p.lead_id = ranked.lead_id and p.position = ranked.position`,
);

/** Primary key of phones. */
const PLACE_PHONES = statement(
  'lead_import.place_phones',
  `update phones set position = -position where lead_id = any ($1::bigint[]) and position < 0`,
);

/** Primary key. */
const ADD_COUNTS = statement(
  'lead_import.add_counts',
  `update imports
      set rows = rows + $2, imported = imported + $3, updated = updated + $4, duplicate = duplicate + $5,
          suppressed = suppressed + $6, rejected = rejected + $7, bytes_read = $8,
          first_lead_id = coalesce(first_lead_id, $9), last_lead_id = coalesce($10, last_lead_id)
    where id = $1`,
);

/** Primary key. */
const MOVE_TO_DUPLICATES = statement(
  'lead_import.move_to_duplicates',
  'update imports set imported = imported - $2, duplicate = duplicate + $2 where id = $1',
);

/** Primary key of leads, between the first and the last that the import made. */
const LIST_MADE = statement(
  'lead_import.list_made',
  `select row_number as row, id as "leadId" from leads
    where import_id = $1 and id > $2 and id <= $3 order by id limit $4`,
);

/** Primary key. */
const LIST_CHANGED = statement(
  'lead_import.list_changed',
  `select row_number as row, lead_id as "leadId" from import_changes
    where import_id = $1 and row_number > $2 order by row_number limit $3`,
);

/** Primary key. */
const LIST_KEPT = statement(
  'lead_import.list_kept',
  `select row_number as row, lead_id as "leadId", reason from import_kept where import_id = $1 order by row_number`,
);

/** Primary key. */
const LIST_REJECTS = statement(
  'lead_import.list_rejects',
  `select row_number as "rowNumber", line, column_name as "columnName", code, detail, record_sealed as "recordSealed"
     from import_rejects where import_id = $1 and row_number > $2 order by row_number limit $3`,
);

/** Primary key. */
const SET_PROBLEM = statement('lead_import.set_problem', 'update imports set problem = $2 where id = $1');

const INSERT_UPLOAD = statement(
  'lead_import.insert_upload',
  `insert into uploads (id, organisation_id, file_name, file_path, file_bytes, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);

/** Primary key. */
const FIND_UPLOAD = statement(
  'lead_import.find_upload',
  `select id, file_name as "fileName", file_path as "filePath", file_bytes as "fileBytes", created_by as "createdBy",
          created_at as "createdAt"
     from uploads where organisation_id = $1 and id = $2`,
);

/** Primary key. */
const DELETE_UPLOAD = statement('lead_import.delete_upload', 'delete from uploads where id = $1');

/** A scan of what waits: tens at most. */
const FIND_UPLOAD_BY_PATH = statement('lead_import.find_upload_by_path', 'select from uploads where file_path = $1');

const TAKE_UPLOAD = statement('lead_import.take_upload', 'delete from uploads where file_path = $1');

/** uploads_created. */
const DELETE_UPLOADS = statement('lead_import.delete_uploads', 'delete from uploads where created_at < $1');

/** A scan of all imports, once at each start: there are thousands at most. */
const LIST_FILE_PATHS = statement(
  'lead_import.list_file_paths',
  `select file_path as path from imports where file_path is not null
   union all
   select file_path from uploads`,
);
