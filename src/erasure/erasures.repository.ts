import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';

export interface ErasureRow {
  id: number;
  organisationId: number;
  state: 'queued' | 'running' | 'done' | 'failed';
  jobId: number | null;
  evidence: string;
  leads: number;
  phones: number;
  rejects: number;
  requestedAt: Date;
  requestedBy: string | null;
  finishedAt: Date | null;
  /** What its job last reported. */
  progress: Record<string, unknown> | null;
}

export interface OwnedNumber {
  leadId: number;
  hash: Buffer;
  sealed: Buffer;
}

export interface ErasureNumber {
  hash: Buffer;
  asked: boolean;
  sealed: Buffer | null;
}

export interface SealedReject {
  importId: number;
  row: number;
  sealed: Buffer;
}

@Injectable()
export class ErasuresRepository {
  constructor(private readonly database: Database) {}

  /** Numbers of the people who have a number. */
  listOwned(on: Queryable, organisationId: number, matchHash: Buffer): Promise<OwnedNumber[]> {
    return on.query<OwnedNumber>(LIST_OWNED, [organisationId, matchHash]);
  }

  async insert(
    on: Queryable,
    p: { organisationId: number; evidence: string; requestedBy: number | null; at: Date },
    numbers: readonly ErasureNumber[],
  ): Promise<number> {
    const [row] = await on.query<{ id: number }>(INSERT, [p.organisationId, p.evidence, p.requestedBy, p.at]);
    await on.query(INSERT_NUMBERS, [
      row!.id,
      numbers.map(({ hash }) => hash),
      numbers.map(({ asked }) => asked),
      numbers.map(({ sealed }) => sealed),
    ]);
    return row!.id;
  }

  async setJob(on: Queryable, id: number, jobId: number): Promise<void> {
    await on.query(SET_JOB, [id, jobId]);
  }

  /** Have the calls to these numbers ended, also those in which two are talking. Returns the attempts. */
  async requestHangups(on: Queryable, organisationId: number, hashes: readonly Buffer[], at: Date): Promise<number[]> {
    return (await on.query<{ id: number }>(REQUEST_HANGUPS, [organisationId, hashes, at])).map((row) => row.id);
  }

  async find(organisationId: number | null, id: number, on: Queryable = this.database): Promise<ErasureRow | null> {
    const [row] = await on.query<ErasureRow>(FIND, [id, organisationId]);
    return row ?? null;
  }

  /** `limit` of them, newest first, those with an id below `before`. */
  list(organisationId: number, before: number | null, limit: number): Promise<ErasureRow[]> {
    return this.database.query<ErasureRow>(LIST, [organisationId, before, limit]);
  }

  listNumbers(on: Queryable, id: number): Promise<ErasureNumber[]> {
    return on.query<ErasureNumber>(LIST_NUMBERS, [id]);
  }

  async begin(on: Queryable, id: number): Promise<void> {
    await on.query(BEGIN, [id]);
  }

  async finish(on: Queryable, id: number, state: 'done' | 'failed', at: Date): Promise<void> {
    await on.query(FINISH, [id, state, at]);
    await on.query(FORGET_NUMBERS, [id]);
  }

  /** Rows of files that could not be imported, in their order, after one of them. */
  listRejects(
    on: Queryable,
    organisationId: number,
    after: { importId: number; row: number },
    limit: number,
  ): Promise<SealedReject[]> {
    return on.query<SealedReject>(LIST_REJECTS, [organisationId, after.importId, after.row, limit]);
  }

  async emptyRejects(on: Queryable, id: number, rejects: readonly SealedReject[]): Promise<void> {
    await on.query(EMPTY_REJECTS, [rejects.map(({ importId }) => importId), rejects.map(({ row }) => row)]);
    await on.query(COUNT, [id, 0, 0, rejects.length]);
  }

  /** People to be erased who are still there, with their ids in other systems. */
  listPeople(on: Queryable, id: number, limit: number): Promise<{ leadId: number; externalId: string | null }[]> {
    return on.query(LIST_PEOPLE, [id, limit]);
  }

  /**
   * These people go, with all that was written about them. What is left are attempts, decisions and outcomes, without a
   * word of theirs.
   */
  async erasePeople(on: Queryable, id: number, leadIds: readonly number[]): Promise<void> {
    for (const step of ERASE_STEPS) await on.query(step, [leadIds]);
    const phones = await on.query(DELETE_PHONES, [leadIds]);
    const leads = await on.query(DELETE_LEADS, [leadIds]);
    await on.query(COUNT, [id, leads.length, phones.length, 0]);
  }

  /** Whoever dials, answers or settles calls of these people is waited for, in the order in which they take their locks. */
  async lockCalls(on: Queryable, leadIds: readonly number[]): Promise<void> {
    await on.query(LOCK_ATTEMPTS, [leadIds]);
    await on.query(LOCK_ENTRIES, [leadIds]);
  }
}

// phones_match, then the primary key of phones.
const LIST_OWNED = statement(
  'erasure.list_owned',
  `select q.lead_id as "leadId", q.match_hash as hash, q.sealed
   from (select distinct p.lead_id from phones p where p.match_hash = $2 and p.organisation_id = $1) o
   join phones q on q.lead_id = o.lead_id
   order by q.lead_id, q.position`,
);

const INSERT = statement(
  'erasure.insert',
  `insert into erasures (organisation_id, state, evidence, requested_by, requested_at)
   values ($1, 'queued', $2, $3, $4) returning id`,
);

const INSERT_NUMBERS = statement(
  'erasure.insert_numbers',
  `insert into erasure_numbers (erasure_id, match_hash, asked, sealed)
   select $1, n.hash, n.asked, n.sealed from unnest($2::bytea[], $3::boolean[], $4::bytea[]) as n (hash, asked, sealed)`,
);

const SET_JOB = statement('erasure.set_job', `update erasures set job_id = $2 where id = $1`);

// attempts_live_phone
const REQUEST_HANGUPS = statement(
  'erasure.request_hangups',
  `update attempts set hangup_requested_at = coalesce(hangup_requested_at, $3)
   where organisation_id = $1 and match_hash = any($2::bytea[]) and state <> 'ended' returning id`,
);

const COLUMNS = `e.id, e.organisation_id as "organisationId", e.state, e.job_id as "jobId", e.evidence, e.leads, e.phones,
     e.rejects, e.requested_at as "requestedAt", u.name as "requestedBy", e.finished_at as "finishedAt", j.progress
   from erasures e left join users u on u.id = e.requested_by left join jobs j on j.id = e.job_id`;

const FIND = statement(
  'erasure.find',
  `select ${COLUMNS} where e.id = $1 and ($2::smallint is null or e.organisation_id = $2)`,
);

// Primary key, from its end.
const LIST = statement(
  'erasure.list',
  `select ${COLUMNS} where e.organisation_id = $1 and ($2::bigint is null or e.id < $2) order by e.id desc limit $3`,
);

const LIST_NUMBERS = statement(
  'erasure.list_numbers',
  `select match_hash as hash, asked, sealed from erasure_numbers where erasure_id = $1 order by asked desc, match_hash`,
);

const BEGIN = statement('erasure.begin', `update erasures set state = 'running' where id = $1 and state = 'queued'`);

const FINISH = statement('erasure.finish', `update erasures set state = $2, finished_at = $3 where id = $1`);

const FORGET_NUMBERS = statement(
  'erasure.forget_numbers',
  `update erasure_numbers set sealed = null where erasure_id = $1`,
);

const COUNT = statement(
  'erasure.count',
  `update erasures set leads = leads + $2, phones = phones + $3, rejects = rejects + $4 where id = $1`,
);

// Primary key of import_rejects, in its order.
const LIST_REJECTS = statement(
  'erasure.list_rejects',
  `select r.import_id as "importId", r.row_number as row, r.record_sealed as sealed
   from import_rejects r
   where (r.import_id, r.row_number) > ($2::int, $3::bigint) and r.record_sealed is not null
     and exists (select from imports i where i.id = r.import_id and i.organisation_id = $1)
   order by r.import_id, r.row_number limit $4`,
);

// Primary key.
const EMPTY_REJECTS = statement(
  'erasure.empty_rejects',
  `update import_rejects r set record_sealed = null
   from unnest($1::int[], $2::bigint[]) as x (import_id, row_number)
   where r.import_id = x.import_id and r.row_number = x.row_number`,
);

// erasure_numbers by its key, phones_match for the number that was asked for.
const LIST_PEOPLE = statement(
  'erasure.list_people',
  `select distinct l.id as "leadId", l.external_id as "externalId"
   from erasure_numbers n
   join erasures e on e.id = n.erasure_id
   join phones p on p.match_hash = n.match_hash and p.organisation_id = e.organisation_id
   join leads l on l.id = p.lead_id
   where n.erasure_id = $1 and n.asked
   order by 1 limit $2`,
);

// attempts_lead
const LOCK_ATTEMPTS = statement(
  'erasure.lock_attempts',
  `select from attempts where lead_id = any($1::bigint[]) order by id for update`,
);

// calling_list_lead
const LOCK_ENTRIES = statement(
  'erasure.lock_entries',
  `select from calling_list_entries where lead_id = any($1::bigint[]) order by id for update`,
);

const ERASE_STEPS = [
  // calling_list_lead. Entries without a call go; the ledger refers to the others.
  statement(
    'erasure.delete_entries',
    `delete from calling_list_entries e
     where e.lead_id = any($1::bigint[]) and not exists (select from attempts a where a.entry_id = e.id)
       and not exists (select from callbacks k where k.entry_id = e.id)`,
  ),
  statement(
    'erasure.complete_entries',
    `update calling_list_entries
     set state = 'completed', completed_code = 'erased', owner_id = null, callback_id = null
     where lead_id = any($1::bigint[])`,
  ),
  // A few rows each campaign and segment; no index on the lead.
  statement('erasure.delete_marks', `delete from calling_list_marks where lead_id = any($1::bigint[])`),
  // attempts_lead, then callbacks_attempt.
  statement(
    'erasure.empty_callbacks',
    `update callbacks k set note = null, phone_id = null
     from attempts a where a.lead_id = any($1::bigint[]) and k.promised_in_attempt_id = a.id`,
  ),
  statement(
    'erasure.empty_callback_events',
    `update callback_events v set detail = null
     from attempts a join callbacks k on k.promised_in_attempt_id = a.id
     where a.lead_id = any($1::bigint[]) and v.callback_id = k.id and v.detail is not null`,
  ),
  // dispositions_lead. Prices and competitors say nothing of the person.
  statement(
    'erasure.empty_dispositions',
    `update dispositions set note = null, refusal_detail = nullif(refusal_detail - 'note', '{}')
     where lead_id = any($1::bigint[]) and (note is not null or refusal_detail ? 'note')`,
  ),
  // attempts_lead, then complaints_attempt.
  statement(
    'erasure.empty_complaints',
    `update complaints k set note = null
     from attempts a where a.lead_id = any($1::bigint[]) and k.attempt_id = a.id and k.note is not null`,
  ),
  // import_changes_lead
  statement('erasure.empty_changes', `update import_changes set before = null where lead_id = any($1::bigint[])`),
  statement('erasure.delete_history', `delete from lead_history where lead_id = any($1::bigint[])`),
];

// Primary key.
const DELETE_PHONES = statement(
  'erasure.delete_phones',
  `delete from phones where lead_id = any($1::bigint[]) returning 1`,
);

// Primary key.
const DELETE_LEADS = statement('erasure.delete_leads', `delete from leads where id = any($1::bigint[]) returning 1`);
