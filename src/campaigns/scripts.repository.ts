import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Script } from './script.entity.js';

@Injectable()
export class ScriptsRepository {
  constructor(private readonly database: Database) {}

  async findScript(organisationId: number, id: number, on: Queryable = this.database): Promise<Script | null> {
    const [row] = await on.query<Script>(FIND_SCRIPT, [organisationId, id]);
    return row ?? null;
  }

  /** Newest first. */
  listScripts(organisationId: number): Promise<Script[]> {
    return this.database.manager.find(Script, { where: { organisationId }, order: { id: 'DESC' } });
  }

  async insertScript(values: Omit<Script, 'id'>): Promise<Script> {
    return this.database.manager.save(Script, values);
  }
}

// The primary key.
const FIND_SCRIPT = statement(
  'campaigns.find_script',
  `select id, organisation_id as "organisationId", name, version, steps, created_at as "createdAt"
   from scripts where organisation_id = $1 and id = $2`,
);
