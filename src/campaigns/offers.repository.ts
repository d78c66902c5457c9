import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Offer } from './offer.entity.js';

@Injectable()
export class OffersRepository {
  constructor(private readonly database: Database) {}

  async findOffer(organisationId: number, id: number, on: Queryable = this.database): Promise<Offer | null> {
    const [row] = await on.query<Offer>(FIND_OFFER, [organisationId, id]);
    return row ?? null;
  }

  /** Newest first. */
  listOffers(organisationId: number): Promise<Offer[]> {
    return this.database.manager.find(Offer, { where: { organisationId }, order: { id: 'DESC' } });
  }

  async insertOffer(values: Omit<Offer, 'id'>): Promise<Offer> {
    return this.database.manager.save(Offer, values);
  }
}

// The primary key.
const FIND_OFFER = statement(
  'campaigns.find_offer',
  `select id, organisation_id as "organisationId", name, description, price, currency, created_at as "createdAt"
   from offers where organisation_id = $1 and id = $2`,
);
