import { Injectable } from '@nestjs/common';

import type { Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { ImportProblem } from './import.js';

/** What one step of an undo did, and from where the next one goes on; `next` null: there is nothing left of its kind. */
export interface UndoStep {
  done: number;
  kept: number;
  next: number | null;
}

@Injectable()
export class ImportUndoRepository {
  /** From `done`, `failed` or `cancelled`; false when it is in another state. */
  async begin(id: number, userId: number | null, at: Date, tx: Tx): Promise<boolean> {
    if ((await tx.query(BEGIN_UNDO, [id, userId])).length === 0) return false;
    await tx.query(VOID_CONSENT, [id, at]);
    await tx.query(FORGET_KEPT, [id]);
    return true;
  }

  async setJob(id: number, jobId: number, tx: Tx): Promise<void> {
    await tx.query(SET_JOB, [id, jobId]);
  }

  /** The import stands again, as far as it was not undone yet. */
  async breakOff(id: number, problem: ImportProblem | null, tx: Tx): Promise<void> {
    const broken = await tx.query(BREAK_OFF, [id, problem ? JSON.stringify(problem) : null]);
    if (broken.length > 0) await tx.query(VOID_CONSENT, [id, null]);
  }

  async finish(id: number, tx: Tx): Promise<void> {
    await tx.query(FINISH_UNDO, [id]);
  }

  /**
   * Take out the next `limit` leads that the import made, after a lead. Those who have been called stay, and so do those whom
   * a later import has changed: what it said would be lost.
   */
  async removeLeads(
    p: { importId: number; afterLeadId: number; lastLeadId: number; limit: number },
    tx: Tx,
  ): Promise<UndoStep> {
    const slice = await tx.query<{ id: number }>(NEXT_MADE, [p.importId, p.afterLeadId, p.lastLeadId, p.limit]);
    if (slice.length === 0) return { done: 0, kept: 0, next: null };
    const ids = slice.map((row) => row.id);
    // Whoever is about to reserve an attempt has its entry locked: wait for him, and see his attempt below.
    await tx.query(LOCK_ENTRIES, [ids]);
    const [kept] = await tx.query<{ kept: number }>(KEEP_MADE, [p.importId, ids]);
    await tx.query(DELETE_ENTRIES, [p.importId, ids]);
    await tx.query(DELETE_PHONES, [p.importId, ids]);
    const removed = await tx.query(DELETE_LEADS, [p.importId, ids]);
    const step = { done: removed.length, kept: kept!.kept, next: ids.at(-1)! };
    await tx.query(COUNT_UNDONE, [p.importId, step.done, 0, step.kept]);
    return step;
  }

  /** Put back the next `limit` leads that the import changed, after a row, as they were. */
  async restoreLeads(
    p: { importId: number; afterRow: number; limit: number },
    tx: Tx,
  ): Promise<UndoStep & { leadIds: number[] }> {
    const slice = await tx.query<{ row: number; leadId: number }>(NEXT_CHANGED, [p.importId, p.afterRow, p.limit]);
    if (slice.length === 0) return { done: 0, kept: 0, next: null, leadIds: [] };
    const ids = slice.map((row) => row.leadId);
    await tx.query(LOCK_ENTRIES, [ids]);
    const [kept] = await tx.query<{ kept: number }>(KEEP_CHANGED, [p.importId, ids]);
    await tx.query(DELETE_ADDED_PHONES, [p.importId, ids]);
    await tx.query(MOVE_PHONES_AWAY, [p.importId, ids]);
    await tx.query(RESTORE_PHONES, [p.importId, ids]);
    const restored = await tx.query<{ id: number }>(RESTORE_LEADS, [p.importId, ids]);
    const step = {
      done: restored.length,
      kept: kept!.kept,
      next: slice.at(-1)!.row,
      leadIds: restored.map((row) => row.id),
    };
    await tx.query(COUNT_UNDONE, [p.importId, 0, step.done, step.kept]);
    return step;
  }
}

/** Primary key. */
const BEGIN_UNDO = statement(
  'import_undo.begin',
  `update imports set state = 'undoing', undone_by = $2, restored = 0, kept = 0
    where id = $1 and kind = 'leads' and state in ('done', 'failed', 'cancelled')
    returning id`,
);

/** Primary key. Of an undo before this one that was broken off. */
const FORGET_KEPT = statement('import_undo.forget_kept', 'delete from import_kept where import_id = $1');

/** Primary key. */
const BREAK_OFF = statement(
  'import_undo.break_off',
  `update imports set state = 'done', problem = $2 where id = $1 and state = 'undoing' returning 1`,
);

/** Primary keys. What its people agreed to was never said, or so it must be taken; null: it counts again. */
const VOID_CONSENT = statement(
  'import_undo.void_consent',
  `update consent_texts t set voided_at = $2
     from imports i where i.id = $1 and t.id = (i.options ->> 'consentId')::int`,
);

/** Primary key. */
const SET_JOB = statement('import_undo.set_job', 'update imports set job_id = $2 where id = $1');

/** Primary key. */
const FINISH_UNDO = statement(
  'import_undo.finish',
  `update imports set state = 'undone' where id = $1 and state = 'undoing'`,
);

/** Primary key of leads, between the first and the last that the import made. */
const NEXT_MADE = statement(
  'import_undo.next_made',
  `select id from leads where import_id = $1 and id > $2 and id <= $3 order by id limit $4`,
);

/** Primary key of import_changes. Rows without a state to go back to changed what another row had changed or made. */
const NEXT_CHANGED = statement(
  'import_undo.next_changed',
  `select row_number as row, lead_id as "leadId" from import_changes
    where import_id = $1 and row_number > $2 and before is not null order by row_number limit $3`,
);

/** calling_list_lead. */
const LOCK_ENTRIES = statement(
  'import_undo.lock_entries',
  `select from calling_list_entries where lead_id = any ($1::bigint[]) order by id for update`,
);

/**
 * Who has been called (attempts_lead), and whom a later import has changed (import_changes_lead), unless that was undone for
 * them since.
 */
const KEPT_BECAUSE = `case
       when exists (select from attempts a where a.lead_id = w.lead_id) then 'called'
       when exists (select from import_changes c join imports later on later.id = c.import_id
                     where c.lead_id = w.lead_id and c.import_id > $1
                       and (later.state <> 'undone'
                            or exists (select from import_kept k where k.import_id = c.import_id and k.lead_id = c.lead_id)))
         then 'changed_since'
     end`;

const KEEP_MADE = statement(
  'import_undo.keep_made',
  `with kept as (
     insert into import_kept (import_id, lead_id, row_number, reason)
     select $1, w.lead_id, l.row_number, r.reason
       from unnest($2::bigint[]) as w (lead_id)
       join leads l on l.id = w.lead_id
      cross join lateral (select ${KEPT_BECAUSE} as reason) r
      where r.reason is not null
     on conflict (import_id, lead_id) do nothing
     returning 1
   )
   select count(*) as kept from kept`,
);

const KEEP_CHANGED = statement(
  'import_undo.keep_changed',
  `with kept as (
     insert into import_kept (import_id, lead_id, row_number, reason)
     select $1, w.lead_id, c.row_number, r.reason
       from unnest($2::bigint[]) as w (lead_id)
       join import_changes c on c.import_id = $1 and c.lead_id = w.lead_id and c.before is not null
      cross join lateral (select ${KEPT_BECAUSE} as reason) r
      where r.reason is not null
     on conflict (import_id, lead_id) do nothing
     returning 1
   )
   select count(*) as kept from kept`,
);

const NOT_KEPT = `not exists (select from import_kept k where k.import_id = $1 and k.lead_id = x.lead_id)`;

/** calling_list_lead. */
const DELETE_ENTRIES = statement(
  'import_undo.delete_entries',
  `delete from calling_list_entries x where x.lead_id = any ($2::bigint[]) and ${NOT_KEPT}`,
);

/** Primary key of phones. */
const DELETE_PHONES = statement(
  'import_undo.delete_phones',
  `delete from phones x where x.lead_id = any ($2::bigint[]) and ${NOT_KEPT}`,
);

/** Primary key. */
const DELETE_LEADS = statement(
  'import_undo.delete_leads',
  `delete from leads l using unnest($2::bigint[]) as x (lead_id)
    where l.id = x.lead_id and ${NOT_KEPT} returning l.id`,
);

/** Primary key of import_changes by lead; phones by theirs. Numbers that the import brought. */
const DELETE_ADDED_PHONES = statement(
  'import_undo.delete_added_phones',
  `delete from phones p
    using import_changes x
    where x.import_id = $1 and x.lead_id = any ($2::bigint[]) and x.before is not null and ${NOT_KEPT}
      and p.lead_id = x.lead_id
      and not exists (select from jsonb_array_elements(x.before -> 'phones') was where (was ->> 'id')::bigint = p.id)`,
);

/** Below zero, out of the way of those that come back to their places. */
const MOVE_PHONES_AWAY = statement(
  'import_undo.move_phones_away',
  `update phones p set position = -p.position
     from import_changes x
    where x.import_id = $1 and x.lead_id = any ($2::bigint[]) and x.before is not null and ${NOT_KEPT}
      and p.lead_id = x.lead_id and p.position > 0`,
);

const RESTORE_PHONES = statement(
  'import_undo.restore_phones',
  `update phones p
      set position = (was ->> 'position')::smallint, bucket_id = (was ->> 'bucketId')::smallint
     from import_changes x, jsonb_array_elements(x.before -> 'phones') was
    where x.import_id = $1 and x.lead_id = any ($2::bigint[]) and x.before is not null and ${NOT_KEPT}
      and p.lead_id = x.lead_id and p.id = (was ->> 'id')::bigint`,
);

const RESTORE_LEADS = statement(
  'import_undo.restore_leads',
  `update leads l
      set external_id = x.before ->> 'externalId', name = x.before ->> 'name', region = x.before ->> 'region',
          attributes = x.before -> 'attributes', priority = (x.before ->> 'priority')::smallint,
          owner_id = (x.before ->> 'ownerId')::int, consent_id = (x.before ->> 'consentId')::int
     from import_changes x
    where x.import_id = $1 and x.lead_id = any ($2::bigint[]) and x.before is not null and ${NOT_KEPT}
      and l.id = x.lead_id
    returning l.id`,
);

/** Primary key. */
const COUNT_UNDONE = statement(
  'import_undo.count',
  'update imports set removed = removed + $2, restored = restored + $3, kept = kept + $4 where id = $1',
);
