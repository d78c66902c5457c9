import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import { AdvertisingClaim } from './advertising-claim.entity.js';

export interface ClaimRow extends Omit<AdvertisingClaim, 'organisationId' | 'createdBy'> {
  /** Name of whoever entered it. */
  createdBy: string | null;
}

@Injectable()
export class AdvertisingRepository {
  constructor(private readonly database: Database) {}

  inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  /** Newest first, the withdrawn ones too. */
  listClaims(organisationId: number, on: Queryable = this.database): Promise<ClaimRow[]> {
    return on.query<ClaimRow>(LIST_CLAIMS, [organisationId]);
  }

  async findClaim(organisationId: number, id: number, on: Queryable = this.database): Promise<ClaimRow | null> {
    const [row] = await on.query<ClaimRow>(FIND_CLAIM, [organisationId, id]);
    return row ?? null;
  }

  insertClaim(values: Omit<AdvertisingClaim, 'id'>, tx: Tx): Promise<AdvertisingClaim> {
    return tx.manager.save(AdvertisingClaim, { ...values });
  }

  /** False where it has been withdrawn before, or there is none. */
  async withdrawClaim(organisationId: number, id: number, at: Date, tx: Tx): Promise<boolean> {
    return (await tx.query(WITHDRAW_CLAIM, [organisationId, id, at])).length > 0;
  }

  /** By name. */
  async listCompetitors(organisationId: number, on: Queryable = this.database): Promise<string[]> {
    return (await on.query<{ name: string }>(LIST_COMPETITORS, [organisationId])).map((row) => row.name);
  }

  /** Names of a campaign's own, or of all campaigns that use a script. */
  async listCampaignCompetitors(
    organisationId: number,
    of: { scriptId: number | null; campaignId: number | null },
    on: Queryable = this.database,
  ): Promise<string[]> {
    const rows = await on.query<{ name: string }>(LIST_CAMPAIGN_COMPETITORS, [
      ...[organisationId, of.scriptId, of.campaignId],
    ]);
    return rows.map((row) => row.name);
  }

  async replaceCompetitors(organisationId: number, names: readonly string[], tx: Tx): Promise<void> {
    await tx.query(LOCK_COMPETITORS, [organisationId]);
    await tx.query(DELETE_COMPETITORS, [organisationId]);
    await tx.query(INSERT_COMPETITORS, [organisationId, names]);
  }
}

const CLAIM_COLUMNS = `c.id, c.text, c.criterion, c.proof, c.valid_until::text as "validUntil", u.name as "createdBy",
     c.created_at as "createdAt", c.withdrawn_at as "withdrawnAt"`;

// advertising_claims_organisation
const LIST_CLAIMS = statement(
  'campaigns.list_claims',
  `select ${CLAIM_COLUMNS} from advertising_claims c left join users u on u.id = c.created_by
   where c.organisation_id = $1 order by c.id desc limit 1000`,
);

// The primary key.
const FIND_CLAIM = statement(
  'campaigns.find_claim',
  `select ${CLAIM_COLUMNS} from advertising_claims c left join users u on u.id = c.created_by
   where c.organisation_id = $1 and c.id = $2`,
);

// The primary key.
const WITHDRAW_CLAIM = statement(
  'campaigns.withdraw_claim',
  `update advertising_claims set withdrawn_at = $3
   where organisation_id = $1 and id = $2 and withdrawn_at is null returning id`,
);

// The primary key.
const LIST_COMPETITORS = statement(
  'campaigns.list_competitors',
  'select name from competitors where organisation_id = $1 order by name',
);

// campaigns_organisation: a few hundred campaigns.
const LIST_CAMPAIGN_COMPETITORS = statement(
  'campaigns.list_campaign_competitors',
  `select distinct n.name from campaigns c cross join lateral unnest(c.competitors) as n (name)
   where c.organisation_id = $1 and (c.id = $3::integer or (c.script_id = $2::integer and c.state <> 'archived'))`,
);

// The list is replaced as a whole: two who do so at once do it one after the other.
const LOCK_COMPETITORS = statement(
  'campaigns.lock_competitors',
  'select from organisations where id = $1 for no key update',
);

// The primary key.
const DELETE_COMPETITORS = statement(
  'campaigns.delete_competitors',
  'delete from competitors where organisation_id = $1',
);

const INSERT_COMPETITORS = statement(
  'campaigns.insert_competitors',
  'insert into competitors (organisation_id, name) select $1, name from unnest($2::text[]) as n (name)',
);
