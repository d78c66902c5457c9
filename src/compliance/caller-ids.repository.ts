import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';

/** By what right a number is shown. owned: assigned to us · contract: lent by a carrier · mandate: of the client for whom we call. */
export const AUTHORITIES = ['owned', 'contract', 'mandate'] as const;
export type Authority = (typeof AUTHORITIES)[number];

/** A number that we may show to whom we call. */
export interface CallerIdRow {
  id: number;
  /** In E.164. */
  number: string;
  name: string;
  authority: Authority;
  evidence: string;
  /** Where it may be shown (ISO 3166-1); empty: everywhere. */
  countries: string[];
  lineType: string;
  /** What the carrier shows beside it; null: nothing is registered there. */
  label: string | null;
  validTo: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** Campaigns that show it and are not over. */
  campaigns: { id: number; name: string }[];
}

/** What may be said of one. */
export type CallerIdInput = Pick<
  CallerIdRow,
  'number' | 'name' | 'authority' | 'evidence' | 'countries' | 'lineType' | 'label' | 'validTo'
>;

@Injectable()
export class CallerIdsRepository {
  constructor(private readonly database: Database) {}

  /** In the order of their numbers. */
  list(organisationId: number, on: Queryable = this.database): Promise<CallerIdRow[]> {
    return on.query<CallerIdRow>(LIST, [organisationId, null]);
  }

  /** One that is not removed, locked. */
  async lock(on: Queryable, organisationId: number, id: number): Promise<CallerIdRow | null> {
    await on.query(LOCK, [id]);
    return this.find(on, organisationId, id);
  }

  async find(on: Queryable, organisationId: number, id: number): Promise<CallerIdRow | null> {
    const [row] = await on.query<CallerIdRow>(LIST, [organisationId, id]);
    return row ?? null;
  }

  /** Null: the number is there already. */
  async insert(
    on: Queryable,
    organisationId: number,
    input: CallerIdInput,
    createdBy: number | null,
    at: Date,
  ): Promise<number | null> {
    const [row] = await on.query<{ id: number }>(INSERT, [organisationId, ...valuesOf(input), createdBy, at]);
    return row?.id ?? null;
  }

  async update(on: Queryable, id: number, input: CallerIdInput, at: Date): Promise<void> {
    await on.query(UPDATE, [id, ...valuesOf(input), at]);
  }

  async remove(on: Queryable, id: number, at: Date): Promise<void> {
    await on.query(REMOVE, [id, at]);
  }
}

function valuesOf(input: CallerIdInput): unknown[] {
  const { number, name, authority, evidence, countries, lineType, label, validTo } = input;
  return [number, name, authority, evidence, countries, lineType, label, validTo];
}

// caller_ids_number (organisation_id, number), and campaigns_organisation for each: a handful.
const LIST = statement(
  'caller_ids.list',
  `select i.id, i.number, i.name, i.authority, i.evidence, i.countries, i.line_type as "lineType", i.label,
     i.valid_to as "validTo", i.version, i.created_at as "createdAt", i.updated_at as "updatedAt",
     coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name) order by c.id)
       from campaigns c
       where c.organisation_id = i.organisation_id and c.caller_id = i.number and c.state not in ('finished', 'archived')),
       '[]') as campaigns
   from caller_ids i
   where i.organisation_id = $1 and i.removed_at is null and ($2::integer is null or i.id = $2)
   order by i.number`,
);

const LOCK = statement('caller_ids.lock', `select from caller_ids where id = $1 for no key update`);

const INSERT = statement(
  'caller_ids.insert',
  `insert into caller_ids
     (organisation_id, number, name, authority, evidence, countries, line_type, label, valid_to, created_by, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
   on conflict (organisation_id, number) where removed_at is null do nothing
   returning id`,
);

const UPDATE = statement(
  'caller_ids.update',
  `update caller_ids
   set number = $2, name = $3, authority = $4, evidence = $5, countries = $6, line_type = $7, label = $8, valid_to = $9,
     updated_at = $10, version = version + 1
   where id = $1`,
);

const REMOVE = statement('caller_ids.remove', `update caller_ids set removed_at = $2, updated_at = $2 where id = $1`);
