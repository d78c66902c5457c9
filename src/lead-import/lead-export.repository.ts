import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

/** A lead with its phones, sealed. */
export interface ExportedLead {
  id: number;
  externalId: string | null;
  name: string | null;
  region: string | null;
  priority: number;
  attributes: Record<string, unknown>;
  phones: { sealed: string; matchHash: string; country: string; lastDigits: string }[];
}

@Injectable()
export class LeadExportRepository {
  constructor(private readonly database: Database) {}

  /** Names of a base's attributes, in the order of the alphabet. */
  async listAttributes(baseId: number): Promise<string[]> {
    const rows = await this.database.query<{ name: string }>(LIST_ATTRIBUTES, [baseId]);
    return rows.map((row) => row.name);
  }

  /** Most phones that a lead of the base has. */
  async countPhones(baseId: number): Promise<number> {
    const [row] = await this.database.query<{ most: number }>(COUNT_PHONES, [baseId]);
    return row!.most;
  }

  /** Leads of a base after a lead, by id. Bytes in hex. */
  listLeads(baseId: number, afterLeadId: number, limit: number): Promise<ExportedLead[]> {
    return this.database.query<ExportedLead>(LIST_LEADS, [baseId, afterLeadId, limit]);
  }
}

/** Primary key of base_attributes. */
const LIST_ATTRIBUTES = statement(
  'lead_export.list_attributes',
  'select name from base_attributes where base_id = $1 order by name',
);

/** A scan of the base's leads (leads_base) and their phones. */
const COUNT_PHONES = statement(
  'lead_export.count_phones',
  `select coalesce(max(p.position), 1) as most
     from leads l join phones p on p.lead_id = l.id
    where l.base_id = $1`,
);

/** leads_base; primary key of phones. */
const LIST_LEADS = statement(
  'lead_export.list_leads',
  `select l.id, l.external_id as "externalId", l.name, l.region, l.priority, l.attributes,
          (select coalesce(jsonb_agg(jsonb_build_object(
                    'sealed', encode(p.sealed, 'hex'), 'matchHash', encode(p.match_hash, 'hex'),
                    'country', p.country, 'lastDigits', p.last_digits) order by p.position), '[]')
             from phones p where p.lead_id = l.id) as phones
     from leads l
    where l.base_id = $1 and l.id > $2
    order by l.id
    limit $3`,
);
