import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { CompiledRule } from './compile-rule.js';
import { Segment } from './segment.entity.js';

export interface SampleRow {
  id: number;
  name: string | null;
  region: string | null;
  attributes: Record<string, unknown>;
  country: string | null;
  lastDigits: string | null;
}

export interface FieldSampleRow {
  field: string;
  samples: string[];
}

/** Compiles a rule, its parameters numbered from the one given. */
export type RuleCompiler = (firstParameter: number) => CompiledRule;

@Injectable()
export class SegmentsRepository {
  constructor(private readonly database: Database) {}

  async findSegment(organisationId: number, id: number, on: Queryable = this.database): Promise<Segment | null> {
    const [row] = await on.query<Segment>(FIND_SEGMENT, [organisationId, id]);
    return row ?? null;
  }

  async lockSegment(organisationId: number, id: number, on: Queryable): Promise<Segment | null> {
    const [row] = await on.query<Segment>(LOCK_SEGMENT, [organisationId, id]);
    return row ?? null;
  }

  /** Newest first. */
  listSegments(organisationId: number): Promise<Segment[]> {
    return this.database.manager.find(Segment, { where: { organisationId }, order: { id: 'DESC' } });
  }

  insertSegment(values: Omit<Segment, 'id'>, tx: Tx): Promise<Segment> {
    return tx.manager.save(Segment, values);
  }

  async updateSegment(
    id: number,
    changes: Pick<Segment, 'name' | 'rule' | 'version' | 'updatedAt'>,
    tx: Tx,
  ): Promise<void> {
    await tx.manager.update(Segment, { id }, changes);
  }

  async countLeads(organisationId: number, compile: RuleCompiler): Promise<number> {
    const rule = compile(2);
    const [row] = await this.database.query<{ count: number }>(countLeads(rule.sql), [organisationId, ...rule.values]);
    return row!.count;
  }

  /** The first leads that fit, by id. */
  sampleLeads(organisationId: number, compile: RuleCompiler, limit: number): Promise<SampleRow[]> {
    const rule = compile(3);
    return this.database.query<SampleRow>(sampleLeads(rule.sql), [organisationId, limit, ...rule.values]);
  }

  /** Attribute keys and values of standard fields among the newest leads, of one base or of all. */
  listFieldSamples(organisationId: number, baseId: number | null): Promise<FieldSampleRow[]> {
    return this.database.query<FieldSampleRow>(LIST_FIELD_SAMPLES, [organisationId, baseId]);
  }

  async recordChange(
    change: {
      organisationId: number;
      at: Date;
      actorId: number | null;
      action: string;
      segmentId: number;
      before: Record<string, unknown> | null;
      after: Record<string, unknown>;
    },
    on: Queryable,
  ): Promise<void> {
    const { organisationId, at, actorId, action, segmentId, before, after } = change;
    await on.query(RECORD_CHANGE, [organisationId, at, actorId, action, segmentId, before, after]);
  }
}

const COLUMNS = `id, organisation_id as "organisationId", name, version, rule, created_by as "createdBy",
  created_at as "createdAt", updated_at as "updatedAt"`;

// The primary key, both.
const FIND_SEGMENT = statement(
  'segmentation.find_segment',
  `select ${COLUMNS} from segments where organisation_id = $1 and id = $2`,
);
const LOCK_SEGMENT = statement(
  'segmentation.lock_segment',
  `select ${COLUMNS} from segments where organisation_id = $1 and id = $2 for no key update`,
);

// Rules make statements of their own: these have no name, so that each is planned for its rule and no connection keeps it.
// leads_base serves rules that name a base, phones_lead and dispositions_lead those that ask for phones and history; the
// rest read the leads from end to end.
const countLeads = (rule: string) =>
  statement('', `select count(*) as count from leads l where l.organisation_id = $1 and ${rule}`);

// The primary key in its order, until enough are found.
const sampleLeads = (rule: string) =>
  statement(
    '',
    `select l.id, l.name, l.region, l.attributes, p.country, p.last_digits as "lastDigits"
     from (select * from leads l where l.organisation_id = $1 and ${rule} order by l.id limit $2) l
     left join phones p on p.lead_id = l.id and p.position = 1
     order by l.id`,
  );

// The newest thousand leads: leads_base for one base, else the primary key from its end. Outcome sets are a few dozen rows.
const LIST_FIELD_SAMPLES = statement(
  'segmentation.list_field_samples',
  `with recent as materialized (
     select l.* from leads l
     where l.organisation_id = $1 and ($2::int is null or l.base_id = $2) order by l.id desc limit 1000
   ), seen as (
     select 'attribute.' || a.key as field, a.value from recent, jsonb_each_text(attributes) a
     union all select 'name', name from recent
     union all select 'region', region from recent
     union all select 'external_id', external_id from recent
     union all select 'base', base_id::text from recent
     union all select 'priority', priority::text from recent
     union all select 'country', p.country from recent r join phones p on p.lead_id = r.id and p.position = 1
     union all select 'line_type', p.line_type from recent r join phones p on p.lead_id = r.id and p.position = 1
     union all select 'last_outcome', o.code from outcomes o join outcome_sets s on s.id = o.outcome_set_id
       where s.organisation_id = $1
     union all select 'refusal_reason', r.code from refusal_reasons r join outcome_sets s on s.id = r.outcome_set_id
       where s.organisation_id = $1
   ), counted as (
     select field, value, row_number() over (partition by field order by count(*) desc, value collate "C") as rank
     from seen where value <> '' group by field, value
   )
   select field, array_agg(left(value, 100) order by rank) as samples
   from counted where rank <= 20 group by field order by field collate "C"`,
);

const RECORD_CHANGE = statement(
  'segmentation.record_change',
  `insert into audit_trail (organisation_id, at, actor_id, action, subject_kind, subject_id, before, after)
   values ($1, $2, $3, $4, 'segment', $5, $6, $7)`,
);
