import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { ScriptContent } from './script-content.js';
import { Script, ScriptVersion } from './script.entity.js';

/** A published version without what it says. */
export type VersionRow = Pick<ScriptVersion, 'version' | 'publishedAt'> & { publishedBy: string | null };

@Injectable()
export class ScriptsRepository {
  constructor(private readonly database: Database) {}

  async findScript(organisationId: number, id: number, on: Queryable = this.database): Promise<Script | null> {
    const [row] = await on.query<Script>(FIND_SCRIPT, [organisationId, id]);
    return row ?? null;
  }

  async lockScript(organisationId: number, id: number, tx: Tx): Promise<Script | null> {
    const [row] = await tx.query<Script>(LOCK_SCRIPT, [organisationId, id]);
    return row ?? null;
  }

  /** Newest first. */
  listScripts(organisationId: number): Promise<Script[]> {
    return this.database.manager.find(Script, { where: { organisationId }, order: { id: 'DESC' } });
  }

  insertScript(values: Omit<Script, 'id'>, tx: Tx): Promise<Script> {
    return tx.manager.save(Script, { ...values });
  }

  async updateScript(
    id: number,
    changes: Partial<Pick<Script, 'name' | 'content' | 'version' | 'publishedVersion' | 'updatedAt'>>,
    tx: Tx,
  ): Promise<void> {
    await tx.manager.update(Script, { id }, changes as Parameters<typeof tx.manager.update<Script>>[2]);
  }

  /** One transaction for what a service does with a script. */
  inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  async findVersion(
    organisationId: number,
    scriptId: number,
    version: number,
    on: Queryable = this.database,
  ): Promise<ScriptVersion | null> {
    const [row] = await on.query<ScriptVersion>(FIND_VERSION, [organisationId, scriptId, version]);
    return row ?? null;
  }

  /** Newest first. */
  listVersions(organisationId: number, scriptId: number): Promise<VersionRow[]> {
    return this.database.query<VersionRow>(LIST_VERSIONS, [organisationId, scriptId]);
  }

  /** The next version of a locked script. */
  async insertVersion(
    values: { scriptId: number; content: ScriptContent; publishedBy: number | null; publishedAt: Date },
    tx: Tx,
  ): Promise<number> {
    const { scriptId, content, publishedBy, publishedAt } = values;
    const rows = await tx.query<{ version: number }>(INSERT_VERSION, [
      ...[scriptId, JSON.stringify(content), publishedBy, publishedAt],
    ]);
    return rows[0]!.version;
  }

  /** Names of attributes that leads of the organisation have, as their imports declared them. */
  async listAttributes(organisationId: number, on: Queryable = this.database): Promise<string[]> {
    return (await on.query<{ name: string }>(LIST_ATTRIBUTES, [organisationId])).map((row) => row.name);
  }

  /** Codes of the refusal reasons of all outcome sets of the organisation. */
  async listRefusalReasons(organisationId: number, on: Queryable = this.database): Promise<string[]> {
    return (await on.query<{ code: string }>(LIST_REFUSAL_REASONS, [organisationId])).map((row) => row.code);
  }
}

const COLUMNS = `s.id, s.organisation_id as "organisationId", s.name, s.version, s.content,
     s.published_version as "publishedVersion", s.created_by as "createdBy", s.created_at as "createdAt",
     s.updated_at as "updatedAt"`;

// The primary key.
const FIND_SCRIPT = statement(
  'campaigns.find_script',
  `select ${COLUMNS} from scripts s where s.organisation_id = $1 and s.id = $2`,
);

// The primary key.
const LOCK_SCRIPT = statement(
  'campaigns.lock_script',
  `select ${COLUMNS} from scripts s where s.organisation_id = $1 and s.id = $2 for no key update`,
);

// Primary keys.
const FIND_VERSION = statement(
  'campaigns.find_script_version',
  `select v.script_id as "scriptId", v.version, v.content, v.published_by as "publishedBy", v.published_at as "publishedAt"
   from script_versions v join scripts s on s.id = v.script_id
   where s.organisation_id = $1 and v.script_id = $2 and v.version = $3`,
);

// Primary keys.
const LIST_VERSIONS = statement(
  'campaigns.list_script_versions',
  `select v.version, v.published_at as "publishedAt", u.name as "publishedBy"
   from script_versions v join scripts s on s.id = v.script_id left join users u on u.id = v.published_by
   where s.organisation_id = $1 and v.script_id = $2
   order by v.version desc`,
);

// The primary key; the script's row is locked, so that two do not take the same number.
const INSERT_VERSION = statement(
  'campaigns.insert_script_version',
  `insert into script_versions (script_id, version, content, published_by, published_at)
   select $1, coalesce(max(v.version), 0) + 1, $2, $3::integer, $4
   from script_versions v where v.script_id = $1
   returning version`,
);

// A few hundred rows: attributes by base; and the newest leads, by the primary key, for bases of before types were declared.
const LIST_ATTRIBUTES = statement(
  'campaigns.list_lead_attributes',
  `select a.name from base_attributes a join bases b on b.id = a.base_id where b.organisation_id = $1
   union
   select jsonb_object_keys(l.attributes)
   from (select attributes from leads where organisation_id = $1 order by id desc limit 1000) l`,
);

// A few hundred rows: reasons by outcome set.
const LIST_REFUSAL_REASONS = statement(
  'campaigns.list_refusal_reason_codes',
  `select distinct r.code from refusal_reasons r join outcome_sets o on o.id = r.outcome_set_id
   where o.organisation_id = $1`,
);
