import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Offer } from './offer.entity.js';

@Injectable()
export class OffersRepository {
  constructor(private readonly database: Database) {}

  async findOffer(organisationId: number, id: number, on: Queryable = this.database): Promise<Offer | null> {
    const [row] = await on.query<Offer>(FIND_OFFER, [organisationId, id]);
    return row ?? null;
  }

  async lockOffer(organisationId: number, id: number, on: Queryable): Promise<Offer | null> {
    const [row] = await on.query<Offer>(LOCK_OFFER, [organisationId, id]);
    return row ?? null;
  }

  /** Newest first. */
  listOffers(organisationId: number, archivedToo: boolean): Promise<Offer[]> {
    return this.database.manager.find(Offer, {
      where: { organisationId, ...(archivedToo ? {} : { archivedAt: IsNull() }) },
      order: { id: 'DESC' },
    });
  }

  insertOffer(values: Omit<Offer, 'id'>, tx: Tx): Promise<Offer> {
    return tx.manager.save(Offer, values);
  }

  async updateOffer(id: number, changes: Partial<Omit<Offer, 'id'>>, tx: Tx): Promise<void> {
    await tx.manager.update(Offer, { id }, changes);
  }
}

const COLUMNS = `id, organisation_id as "organisationId", name, description, price, currency, attributes, version,
  created_at as "createdAt", updated_at as "updatedAt", archived_at as "archivedAt"`;

// The primary key, both.
const FIND_OFFER = statement(
  'campaigns.find_offer',
  `select ${COLUMNS} from offers where organisation_id = $1 and id = $2`,
);
const LOCK_OFFER = statement(
  'campaigns.lock_offer',
  // Outcomes refer to the offer: their foreign keys must not wait for an edit of its text.
  `select ${COLUMNS} from offers where organisation_id = $1 and id = $2 for no key update`,
);
