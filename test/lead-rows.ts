import { createHash } from 'node:crypto';

import type { Database } from '../src/database/database.js';
import { statement } from '../src/database/statement.js';

/** A lead to put into a test's database without an import. */
export interface LeadRow {
  name?: string | null;
  region?: string | null;
  externalId?: string | null;
  priority?: number;
  attributes?: Record<string, unknown>;
  /** Of its one phone; null for a lead without one. */
  country?: string | null;
  lineType?: string;
}

const AT = new Date('2026-01-01T00:00:00Z');

/** A base with an import that brought nothing. Returns the base's id. */
export async function insertBase(database: Database, name = 'A base'): Promise<number> {
  const [row] = await database.query<{ id: number }>(
    statement(
      '',
      `with base as (
         insert into bases (organisation_id, name, country, created_at) values (1, $1, 'FR', $2) returning id
       )
       insert into imports (organisation_id, base_id, file_name, file_bytes, file_sha256, options, state, created_at)
       select 1, id, 'leads.csv', 0, ''::bytea, '{}', 'done', $2 from base returning base_id as id`,
    ),
    [name, AT],
  );
  return row!.id;
}

/** Leads of a base, each with one phone whose hash is made from the lead's id. Returns their ids, in order. */
export async function insertLeads(database: Database, baseId: number, leads: readonly LeadRow[]): Promise<number[]> {
  await database.query(
    statement('', `insert into buckets (country, zones) values ('FR', '{Europe/Paris}') on conflict do nothing`),
  );
  const rows = await database.query<{ id: number }>(
    statement(
      '',
      `insert into leads (organisation_id, base_id, import_id, external_id, name, region, attributes, priority, created_at)
       select 1, $1, (select max(id) from imports where base_id = $1), external_id, name, region, attributes, priority, $3
       from jsonb_to_recordset($2) as r (position int, external_id text, name text, region text, attributes jsonb, priority int)
       order by position returning id`,
    ),
    [
      baseId,
      JSON.stringify(
        leads.map((lead, position) => ({
          position,
          external_id: lead.externalId ?? null,
          name: lead.name ?? null,
          region: lead.region ?? null,
          attributes: lead.attributes ?? {},
          priority: lead.priority ?? 0,
        })),
      ),
      AT,
    ],
  );
  const ids = rows.map((row) => row.id);
  const withPhone = ids.flatMap((id, i) => {
    const { country = 'FR', lineType = 'mobile' } = leads[i]!;
    return country === null ? [] : [{ id, country, line_type: lineType, hash: fakeHash(id).toString('hex') }];
  });
  await database.query(
    statement(
      '',
      `insert into phones (organisation_id, lead_id, base_id, sealed, match_hash, country, line_type, bucket_id, last_digits)
       select 1, id, $1, '\\x00', decode(hash, 'hex'), country, line_type,
              (select id from buckets where country = 'FR' limit 1), lpad((id % 100)::text, 2, '0')
       from jsonb_to_recordset($2) as r (id bigint, country text, line_type text, hash text) order by r.id`,
    ),
    [baseId, JSON.stringify(withPhone)],
  );
  return ids;
}

/** Sixteen bytes that stand for the phone of a lead. */
export function fakeHash(leadId: number): Buffer {
  return createHash('sha256').update(String(leadId)).digest().subarray(0, 16);
}
