import { Injectable } from '@nestjs/common';

import type { Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { CompiledRule } from '../segmentation/compile-rule.js';

/** A new lead's rung of the priority ladder, the lowest. */
const TIER_NEW = 5;

export interface ListSlice {
  organisationId: number;
  campaignId: number;
  segmentId: number;
  /** Leads with ids above `afterLeadId`, up to and including `upToLeadId`. */
  afterLeadId: number;
  upToLeadId: number;
  dueAt: Date;
}

@Injectable()
export class CallingListRepository {
  /** Id of the newest lead, 0 when there is none. */
  async findLastLeadId(on: Queryable): Promise<number> {
    const [row] = await on.query<{ id: number }>(LAST_LEAD_ID);
    return row!.id;
  }

  /**
   * Put the leads of a slice that fit the rule on the list, ready, in the order of their ids, so that the same base and rule
   * make the same list. Leads that are on it already, by this or another segment, stay as they are. Returns how many came.
   * `compile` is handed the number of the first parameter that the rule may use.
   */
  async addLeads(slice: ListSlice, compile: (firstParameter: number) => CompiledRule, on: Queryable): Promise<number> {
    const fixed = [
      slice.organisationId,
      slice.afterLeadId,
      slice.upToLeadId,
      slice.campaignId,
      slice.segmentId,
      slice.dueAt,
      TIER_NEW,
    ];
    const rule = compile(fixed.length + 1);
    const [row] = await on.query<{ added: number }>(addLeads(rule.sql), [...fixed, ...rule.values]);
    return row!.added;
  }
}

// The primary key, read from its end.
const LAST_LEAD_ID = statement('campaigns.last_lead_id', `select coalesce(max(id), 0) as id from leads`);

/**
 * The slice is a range of the primary key of leads, or of leads_base where the rule names a base; phones by phones_lead;
 * conflicts by the unique key (campaign_id, lead_id). Unnamed, so that it is planned for its own rule each time and no
 * connection keeps it.
 */
const addLeads = (rule: string) =>
  statement(
    '',
    `with fitting as (
       select l.id, l.priority, p.bucket_id
       from leads l join phones p on p.lead_id = l.id and p.position = 1
       where l.organisation_id = $1 and l.id > $2 and l.id <= $3 and ${rule}
     ), added as (
       insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, priority, due_at)
       select $4, id, $5, bucket_id, 'ready', $7, priority, $6 from fitting order by id
       on conflict (campaign_id, lead_id) do nothing
       returning 1
     )
     select count(*) as added from added`,
  );
