import { Injectable } from '@nestjs/common';

import { Problem } from '../common/problem.js';
import { Database, type Queryable } from '../database/database.js';
import { JobsService } from '../jobs/jobs.service.js';
import { SegmentCountsService } from '../segmentation/segment-counts.service.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import { BUILD_LIST, type BuildListPayload } from './build-list.job.js';
import { CampaignsService, type Actor } from './campaigns.service.js';
import type { Offer } from './offer.entity.js';
import { offerArchived, OffersService } from './offers.service.js';
import {
  DEFAULT_WIN_BACK,
  joinProposals,
  proposeWinBack,
  type WinBackOptions,
  type WinBackProposal,
  type WinBackReason,
} from './win-back.js';
import { WinBackRepository } from './win-back.repository.js';

/** A proposal with how many people it is about. */
export interface CountedProposal extends WinBackProposal {
  leads: number;
  /** Whom nothing that is known now keeps from being called. */
  callable: number;
}

export interface WinBackOrder extends Partial<WinBackOptions> {
  /** Left out: all that are proposed. */
  reasons?: readonly WinBackReason[];
  /** Of segment and campaign. Left out: made from the offer's. */
  name?: string;
}

const LONGEST_NAME = 200;

/** Whom a new offer may win back, and the campaign that does it. */
@Injectable()
export class WinBackService {
  constructor(
    private readonly database: Database,
    private readonly repository: WinBackRepository,
    private readonly offers: OffersService,
    private readonly segments: SegmentsService,
    private readonly counts: SegmentCountsService,
    private readonly campaigns: CampaignsService,
    private readonly jobs: JobsService,
  ) {}

  /** What is recorded of refusals that the offer answers, and whom that is. Throws offer_not_found. */
  async listProposals(
    organisationId: number,
    offerId: number,
    options: Partial<WinBackOptions> = {},
  ): Promise<CountedProposal[]> {
    const offer = await this.offers.getOffer(organisationId, offerId);
    const proposals = await this.propose(offer, withDefaults(options));
    const counted: CountedProposal[] = [];
    // One after the other: each may read much of the history, and they must not take all connections of the pool.
    for (const proposal of proposals) {
      const { matched: leads, callable } = await this.counts.funnel(organisationId, proposal.rule);
      counted.push({ ...proposal, leads, callable });
    }
    return counted;
  }

  /**
   * Make the segment of those whom the offer answers, a draft of a campaign that calls them, set as the one in which most of
   * them refused, and the job that fills its list; all or nothing. Throws offer_not_found, offer_archived (409), and
   * win_back_empty (409) when there is nobody to call.
   */
  async build(
    actor: Actor,
    offerId: number,
    order: WinBackOrder = {},
  ): Promise<{ segmentId: number; campaignId: number; jobId: number }> {
    const { organisationId, userId: createdBy } = actor;
    const options = withDefaults(order);
    return this.database.transaction(async (tx) => {
      const offer = await this.offers.getOffer(organisationId, offerId, tx);
      if (offer.archivedAt !== null) throw offerArchived(offerId);
      const proposals = (await this.propose(offer, options, tx)).filter(
        ({ reason }) => order.reasons === undefined || order.reasons.includes(reason),
      );
      if (proposals.length === 0) throw nobodyToWin();
      const rule = joinProposals(offer, proposals, options);
      const compile = await this.segments.compilerFor(organisationId, rule, tx);
      const source = await this.repository.findCampaignOfRefusals(organisationId, compile, tx);
      if (source === null) throw nobodyToWin();
      const name = order.name ?? nameFor(offer, proposals);
      const { id: segmentId } = await this.segments.createIn(tx, actor, { name, rule });
      const { id: campaignId } = await this.campaigns.cloneIn(tx, actor, source, {
        name,
        offerId,
        segments: [{ id: segmentId, weight: 1 }],
        // The rule leaves out who was called lately. On a live list the first call of this very campaign would do that.
        listMode: 'snapshot',
        coolDownDays: options.coolDownDays,
      });
      const payload: BuildListPayload = { campaignId };
      const jobId = await this.jobs.enqueue(tx, { organisationId, kind: BUILD_LIST, payload, createdBy });
      await this.campaigns.noteListRequested(actor, campaignId, jobId, tx);
      return { segmentId, campaignId, jobId };
    });
  }

  private async propose(offer: Offer, options: WinBackOptions, on?: Queryable): Promise<WinBackProposal[]> {
    return proposeWinBack(offer, await this.repository.listRefusals(offer.organisationId, on), options);
  }
}

function withDefaults({ coolDownDays, endsWithinDays }: Partial<WinBackOptions>): WinBackOptions {
  return {
    coolDownDays: coolDownDays ?? DEFAULT_WIN_BACK.coolDownDays,
    endsWithinDays: endsWithinDays ?? DEFAULT_WIN_BACK.endsWithinDays,
  };
}

/** In no language: the offer's own name, and the codes of the reasons. */
function nameFor(offer: Offer, proposals: readonly WinBackProposal[]): string {
  const reasons = ` · ${proposals.map(({ reason }) => reason).join(', ')}`;
  return offer.name.slice(0, LONGEST_NAME - reasons.length) + reasons;
}

function nobodyToWin(): Problem {
  return new Problem('win_back_empty', 409, 'Nobody refused for a reason that this offer answers.', {
    fix: 'Look at its price and currency, or shorten the cool-down.',
  });
}
