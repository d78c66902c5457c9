import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { notFound, Problem } from '../common/problem.js';
import type { Queryable } from '../database/database.js';
import type { LintContext } from './ad-law-linter.js';
import { compileClaims, LEAST_CLAIM_WORDS, MOST_CLAIM_WORDS, wordsOfClaim } from './advertising-claims.js';
import { AdvertisingRepository, type ClaimRow } from './advertising.repository.js';
import { compileNames } from './competitor-names.js';

export interface NewClaim {
  text: string;
  criterion: string;
  proof: string;
  /** Its last day, `YYYY-MM-DD`. */
  validUntil?: string | null;
}

/** Who changes the register; no user where the engine itself does it. */
export interface RegisterAuthor {
  organisationId: number;
  userId: number | null;
}

/** What advertising may claim, because there is proof, and whom it may not be compared with. */
@Injectable()
export class AdvertisingService {
  constructor(
    private readonly advertising: AdvertisingRepository,
    private readonly audit: AuditTrailService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Newest first, the withdrawn and the outdated too. */
  listClaims(organisationId: number): Promise<ClaimRow[]> {
    return this.advertising.listClaims(organisationId);
  }

  /**
   * Throws claim_too_short or claim_too_long (422): a single word claims nothing that could be proven. Throws
   * claim_outdated (422) for one that is over already.
   */
  async addClaim(author: RegisterAuthor, { text, criterion, proof, validUntil = null }: NewClaim): Promise<ClaimRow> {
    const words = wordsOfClaim(text);
    if (words < LEAST_CLAIM_WORDS)
      throw new Problem('claim_too_short', 422, 'A single word claims nothing that could be proven.', {
        field: 'text',
        fix: 'Give the whole claim with its measure: “the fastest network of 2025 by Measure Ltd”.',
      });
    if (words > MOST_CLAIM_WORDS)
      throw new Problem('claim_too_long', 422, `A claim has at most ${MOST_CLAIM_WORDS} words.`, { field: 'text' });
    if (validUntil !== null && validUntil < this.today())
      throw new Problem('claim_outdated', 422, 'This claim would be over already.', { field: 'validUntil' });
    const { organisationId, userId } = author;
    const now = this.clock.now();
    return this.advertising.inTransaction(async (tx) => {
      const { id } = await this.advertising.insertClaim(
        { organisationId, text, criterion, proof, validUntil, createdBy: userId, createdAt: now, withdrawnAt: null },
        tx,
      );
      await this.audit.note(tx, {
        ...{ organisationId, userId, action: 'claim_added', at: now },
        ...{ subject: { kind: 'advertising_claim', id }, before: null },
        after: { text, criterion, proof, validUntil },
      });
      return (await this.advertising.findClaim(organisationId, id, tx))!;
    });
  }

  /** From now on it allows nothing; once more changes nothing. Throws advertising_claim_not_found. */
  async withdrawClaim(author: RegisterAuthor, id: number): Promise<ClaimRow> {
    const { organisationId, userId } = author;
    const now = this.clock.now();
    return this.advertising.inTransaction(async (tx) => {
      if (await this.advertising.withdrawClaim(organisationId, id, now, tx))
        await this.audit.note(tx, {
          ...{ organisationId, userId, action: 'claim_withdrawn', at: now },
          ...{ subject: { kind: 'advertising_claim', id }, before: null, after: null },
        });
      const claim = await this.advertising.findClaim(organisationId, id, tx);
      if (!claim) throw notFound('advertising_claim', id);
      return claim;
    });
  }

  /** Names of the organisation, by the alphabet. */
  listCompetitors(organisationId: number): Promise<string[]> {
    return this.advertising.listCompetitors(organisationId);
  }

  /** All names at once; one that is given twice counts once. */
  async setCompetitors(author: RegisterAuthor, names: readonly string[]): Promise<string[]> {
    const { organisationId, userId } = author;
    const wanted = [...new Set(names.map((name) => name.trim()))];
    return this.advertising.inTransaction(async (tx) => {
      const before = await this.advertising.listCompetitors(organisationId, tx);
      await this.advertising.replaceCompetitors(organisationId, wanted, tx);
      const after = await this.advertising.listCompetitors(organisationId, tx);
      await this.audit.note(tx, {
        ...{ organisationId, userId, action: 'competitors_changed', at: this.clock.now() },
        subject: { kind: 'competitors', id: organisationId },
        before: { names: before },
        after: { names: after },
      });
      return after;
    });
  }

  /**
   * What the linter goes by: the names of the organisation, of a campaign, and of every campaign that uses a script; and
   * the claims that hold today.
   */
  async lintContext(
    organisationId: number,
    of: { scriptId?: number | null; campaignId?: number | null } = {},
    on?: Queryable,
  ): Promise<LintContext> {
    const { scriptId = null, campaignId = null } = of;
    const names = await this.advertising.listCompetitors(organisationId, on);
    const campaignNames = await this.advertising.listCampaignCompetitors(organisationId, { scriptId, campaignId }, on);
    const claims = await this.advertising.listClaims(organisationId, on);
    return {
      competitors: compileNames([...names, ...campaignNames]),
      claims: compileClaims(
        claims.filter((claim) => claim.withdrawnAt === null),
        this.today(),
      ),
    };
  }

  private today(): string {
    return this.clock.now().toISOString().slice(0, 10);
  }
}
