import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import type { Queryable } from '../database/database.js';
import type { Offer } from './offer.entity.js';
import { OffersRepository } from './offers.repository.js';

export interface NewOffer {
  name: string;
  description?: string;
  price?: number | null;
  currency?: string | null;
}

/** What campaigns offer. */
@Injectable()
export class OffersService {
  constructor(
    private readonly offers: OffersRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  findOffer(organisationId: number, id: number, on?: Queryable): Promise<Offer | null> {
    return this.offers.findOffer(organisationId, id, on);
  }

  listOffers(organisationId: number): Promise<Offer[]> {
    return this.offers.listOffers(organisationId);
  }

  async create(organisationId: number, offer: NewOffer): Promise<Offer> {
    return this.offers.insertOffer({
      organisationId,
      name: offer.name,
      description: offer.description ?? '',
      price: offer.price ?? null,
      currency: offer.currency ?? null,
      createdAt: this.clock.now(),
    });
  }
}
