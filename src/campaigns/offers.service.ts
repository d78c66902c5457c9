import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService, type AuditPage, type AuditSubject } from '../audit/audit-trail.service.js';
import { changeOf, type Change } from '../audit/changes.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import { Database, type Queryable, type Tx } from '../database/database.js';
import type { Offer, OfferAttributes } from './offer.entity.js';
import { OffersRepository } from './offers.repository.js';

export interface NewOffer {
  name: string;
  description?: string;
  price?: number | null;
  currency?: string | null;
  attributes?: OfferAttributes;
}

/** Who changes an offer; no user where the engine itself does it. */
export interface OfferAuthor {
  organisationId: number;
  userId: number | null;
}

/** What people say of an offer, as far as it can be changed. */
const CONTENT = ['name', 'description', 'price', 'currency', 'attributes'] as const;

/** What campaigns offer. */
@Injectable()
export class OffersService {
  constructor(
    private readonly database: Database,
    private readonly offers: OffersRepository,
    private readonly audit: AuditTrailService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  findOffer(organisationId: number, id: number, on?: Queryable): Promise<Offer | null> {
    return this.offers.findOffer(organisationId, id, on);
  }

  /** Throws offer_not_found. */
  async getOffer(organisationId: number, id: number, on?: Queryable): Promise<Offer> {
    const offer = await this.offers.findOffer(organisationId, id, on);
    if (!offer) throw notFound('offer', id);
    return offer;
  }

  /** Newest first; without those that were put away, unless told. */
  listOffers(organisationId: number, archivedToo = false): Promise<Offer[]> {
    return this.offers.listOffers(organisationId, archivedToo);
  }

  /** A page of what was changed, newest first. Throws offer_not_found. */
  async listChanges(organisationId: number, id: number, page: AuditPage): Promise<Change[]> {
    await this.getOffer(organisationId, id);
    return (await this.audit.list(organisationId, subjectOf(id), page)).map(changeOf);
  }

  async create(organisationId: number, offer: NewOffer, userId: number | null = null): Promise<Offer> {
    const now = this.clock.now();
    const content = contentOf(offer);
    return this.database.transaction(async (tx) => {
      const made = await this.offers.insertOffer(
        { organisationId, ...content, version: 1, createdAt: now, updatedAt: now, archivedAt: null },
        tx,
      );
      await this.record({ organisationId, userId }, 'offer_created', made.id, null, content, now, tx);
      return made;
    });
  }

  /**
   * Replace what is said of an offer. Outcomes that were given keep the price that it had then. Throws offer_not_found,
   * offer_archived (409), and version_conflict (409) when somebody changed it since `version`.
   */
  async update(author: OfferAuthor, id: number, version: number, offer: NewOffer): Promise<Offer> {
    const now = this.clock.now();
    const wanted = contentOf(offer);
    return this.database.transaction(async (tx) => {
      const current = await this.lock(author.organisationId, id, tx);
      if (current.version !== version) throw versionConflict(current.version);
      if (current.archivedAt !== null) throw offerArchived(id);
      const changed = CONTENT.filter((key) => !isDeepStrictEqual(current[key], wanted[key]));
      if (changed.length === 0) return current;
      const changes = { ...wanted, version: version + 1, updatedAt: now };
      await this.offers.updateOffer(id, changes, tx);
      const only = (of: Pick<Offer, (typeof CONTENT)[number]>) =>
        Object.fromEntries(changed.map((key) => [key, of[key]]));
      await this.record(author, 'offer_changed', id, only(current), only(wanted), now, tx);
      return { ...current, ...changes };
    });
  }

  /** Offered to nobody any more: lists leave it out; campaigns that have it go on. Throws offer_not_found. */
  archive(author: OfferAuthor, id: number): Promise<Offer> {
    return this.putAway(author, id, true);
  }

  /** Back among those that can be offered. Throws offer_not_found. */
  restore(author: OfferAuthor, id: number): Promise<Offer> {
    return this.putAway(author, id, false);
  }

  private async putAway(author: OfferAuthor, id: number, away: boolean): Promise<Offer> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const current = await this.lock(author.organisationId, id, tx);
      // A second click on the same button changes nothing and is no fault.
      if ((current.archivedAt !== null) === away) return current;
      const changes = { archivedAt: away ? now : null, version: current.version + 1, updatedAt: now };
      await this.offers.updateOffer(id, changes, tx);
      const of = ({ archivedAt }: Pick<Offer, 'archivedAt'>) => ({ archivedAt });
      const action = away ? 'offer_archived' : 'offer_restored';
      await this.record(author, action, id, of(current), of(changes), now, tx);
      return { ...current, ...changes };
    });
  }

  private async lock(organisationId: number, id: number, tx: Tx): Promise<Offer> {
    const offer = await this.offers.lockOffer(organisationId, id, tx);
    if (!offer) throw notFound('offer', id);
    return offer;
  }

  private record(
    author: OfferAuthor,
    action: string,
    offerId: number,
    before: Record<string, unknown> | null,
    after: Record<string, unknown> | null,
    at: Date,
    tx: Tx,
  ): Promise<void> {
    const { organisationId, userId } = author;
    const subject = subjectOf(offerId);
    return this.audit.note(tx, { organisationId, userId, action, subject, before, after, at });
  }
}

/** An offer in the audit trail. */
const subjectOf = (id: number): AuditSubject => ({ kind: 'offer', id });

/** 409: it was put away. */
export function offerArchived(id: number): Problem {
  return new Problem('offer_archived', 409, `The offer ${id} was put away.`, {
    fix: 'Bring it back first, or make a new one.',
  });
}

function contentOf(offer: NewOffer): Pick<Offer, (typeof CONTENT)[number]> {
  return {
    name: offer.name,
    description: offer.description ?? '',
    price: offer.price ?? null,
    currency: offer.currency ?? null,
    attributes: offer.attributes ?? {},
  };
}

function versionConflict(version: number): Problem {
  return new Problem('version_conflict', 409, 'Somebody else has changed this offer since you opened it.', {
    field: 'version',
    fix: 'Load it again and repeat your change.',
    more: { version },
  });
}
