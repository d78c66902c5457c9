import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { Rule } from './rule.js';
import { Segment, SegmentVersion } from './segment.entity.js';

export interface FieldSampleRow {
  field: string;
  samples: string[];
}

export interface AttributeRow {
  name: string;
  /** Those that the bases declare. */
  types: string[];
}

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

  /** Their rules, by id; those that there are. */
  async findRules(
    organisationId: number,
    ids: readonly number[],
    on: Queryable = this.database,
  ): Promise<{ id: number; rule: Rule }[]> {
    return on.query<{ id: number; rule: Rule }>(FIND_RULES, [organisationId, ids]);
  }

  /** Nobody else saves a rule that names segments until the transaction ends: two at once could name each other. */
  async lockNames(tx: Tx, organisationId: number): Promise<void> {
    await tx.query(LOCK_NAMES, [organisationId]);
  }

  async insertVersion(segment: Segment, createdBy: number | null, tx: Tx): Promise<void> {
    const { id: segmentId, version, name, rule, updatedAt: createdAt } = segment;
    await tx.manager.insert(SegmentVersion, { segmentId, version, name, rule: rule as object, createdBy, createdAt });
  }

  /** Newest first. */
  listVersions(segmentId: number): Promise<SegmentVersion[]> {
    return this.database.manager.find(SegmentVersion, { where: { segmentId }, order: { version: 'DESC' } });
  }

  /** What the bases declare of their attributes. */
  listAttributes(organisationId: number, baseId: number | null): Promise<AttributeRow[]> {
    return this.database.query<AttributeRow>(LIST_ATTRIBUTES, [organisationId, baseId]);
  }

  /** Attribute keys and values of standard fields among the newest leads, of one base or of all. */
  listFieldSamples(organisationId: number, baseId: number | null): Promise<FieldSampleRow[]> {
    return this.database.query<FieldSampleRow>(LIST_FIELD_SAMPLES, [organisationId, baseId]);
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

const FIND_RULES = statement(
  'segmentation.find_rules',
  `select id, rule from segments where organisation_id = $1 and id = any($2::int[])`,
);
const LOCK_NAMES = statement('segmentation.lock_names', `select pg_advisory_xact_lock(6, $1::int)`);

// The primary key of base_attributes, and bases_organisation.
const LIST_ATTRIBUTES = statement(
  'segmentation.list_attributes',
  `select a.name, array_agg(distinct a.type order by a.type) as types
   from base_attributes a join bases b on b.id = a.base_id
   where b.organisation_id = $1 and ($2::int is null or b.id = $2)
   group by a.name order by a.name collate "C"`,
);

// The newest thousand leads: leads_base for one base, else the primary key from its end; by primary keys what belongs to
// them. Outcome sets are a few dozen rows.
const LIST_FIELD_SAMPLES = statement(
  'segmentation.list_field_samples',
  `with recent as materialized (
     select l.* from leads l
     where l.organisation_id = $1 and ($2::int is null or l.base_id = $2) order by l.id desc limit 1000
   ), seen as (
     select 'attribute.' || a.key as field, i.item as value
       from recent, jsonb_each(attributes) a, lateral (
         select jsonb_array_elements_text(a.value) as item where jsonb_typeof(a.value) = 'array'
         union all select a.value #>> '{}' where jsonb_typeof(a.value) <> 'array'
       ) i
     union all select 'name', name from recent
     union all select 'region', region from recent
     union all select 'external_id', external_id from recent
     union all select 'base', base_id::text from recent
     union all select 'priority', priority::text from recent
     union all select 'country', p.country from recent r join phones p on p.lead_id = r.id and p.position = 1
     union all select 'line_type', p.line_type from recent r join phones p on p.lead_id = r.id and p.position = 1
     union all select 'zone', unnest(k.zones) from recent r join phones p on p.lead_id = r.id and p.position = 1
       join buckets k on k.id = p.bucket_id
     union all select 'owner', owner_id::text from recent
     union all select 'refusal_competitor', h.refusal_competitor from recent r join lead_history h on h.lead_id = r.id
     union all select 'last_outcome', o.code from outcomes o join outcome_sets s on s.id = o.outcome_set_id
       where s.organisation_id = $1
     union all select 'refusal_reason', r.code from refusal_reasons r join outcome_sets s on s.id = r.outcome_set_id
       where s.organisation_id = $1 and not exists (
         -- One that has parts is never recorded: a part of it is.
         select from refusal_reasons part where part.outcome_set_id = r.outcome_set_id and part.parent_code = r.code)
   ), counted as (
     select field, value, row_number() over (partition by field order by count(*) desc, value collate "C") as rank
     from seen where value <> '' group by field, value
   )
   select field, array_agg(left(value, 100) order by rank) as samples
   from counted where rank <= 20 group by field order by field collate "C"`,
);
