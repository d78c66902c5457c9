import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';

import { Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { JobsService } from '../jobs/jobs.service.js';
import { compileRule } from '../segmentation/compile-rule.js';
import type { Rule } from '../segmentation/rule.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import { BUILD_LIST, type BuildListPayload } from './build-list.job.js';
import { CallingListRepository } from './calling-list.repository.js';
import { isOpenToChange } from './campaign-states.js';
import { CampaignsService, type Actor } from './campaigns.service.js';

/** Leads looked at by one statement: short enough to stop between two, long enough to be a set. */
const SLICE_LEADS = 25_000;

/** How far a build is: which segment, and up to which lead. */
export interface ListCursor {
  segmentId: number;
  afterLeadId: number;
  added: number;
}

/** Fills a campaign's calling list from its segments. */
@Injectable()
export class CallingListService {
  constructor(
    private readonly database: Database,
    private readonly list: CallingListRepository,
    private readonly campaigns: CampaignsService,
    private readonly segments: SegmentsService,
    @Inject(JobsService) private readonly jobs: JobsService,
  ) {}

  /**
   * Have a worker build the list. Throws campaign_not_found, campaign_state (409) when it is over, and
   * campaign_segments_missing (409) when there is nothing to build from.
   */
  async requestBuild(actor: Actor, campaignId: number): Promise<{ jobId: number }> {
    return this.database.transaction(async (tx) => {
      const campaign = await this.campaigns.getCampaign(campaignId, actor.organisationId, tx);
      this.refuseWhenOver(campaign.state);
      if ((await this.campaigns.listSegmentIds(campaignId, tx)).length === 0) throw segmentsMissing();
      const payload: BuildListPayload = { campaignId };
      const { organisationId, userId: createdBy } = actor;
      return { jobId: await this.jobs.enqueue(tx, { organisationId, kind: BUILD_LIST, payload, createdBy }) };
    });
  }

  /** Throws campaign_not_found (404), campaign_state (409) when the campaign is over. */
  async checkOpen(actor: Actor, campaignId: number): Promise<void> {
    this.refuseWhenOver((await this.campaigns.getCampaign(campaignId, actor.organisationId)).state);
  }

  /**
   * Have all of a base called: a segment of the base joins the campaign, unless it has one already, and a worker builds the
   * list. Throws campaign_not_found, campaign_state (409) when it is over.
   */
  async addBase(tx: Tx, actor: Actor, campaignId: number, base: { id: number; name: string }): Promise<void> {
    const campaign = await this.campaigns.getCampaign(campaignId, actor.organisationId, tx);
    this.refuseWhenOver(campaign.state);
    const rule: Rule = { all: [{ field: 'base', is: 'equals', value: base.id }] };
    const segmentIds = await this.campaigns.listSegmentIds(campaignId, tx);
    const segments = await Promise.all(segmentIds.map((id) => this.segments.getSegment(actor.organisationId, id, tx)));
    if (!segments.some((segment) => isDeepStrictEqual(segment.rule, rule))) {
      const { id } = await this.segments.createIn(tx, actor, { name: base.name, rule });
      await this.campaigns.setSegments(actor, campaignId, [...segmentIds, id], tx);
    }
    const payload: BuildListPayload = { campaignId };
    const { organisationId, userId: createdBy } = actor;
    await this.jobs.enqueue(tx, { organisationId, kind: BUILD_LIST, payload, createdBy });
  }

  /** Build the whole list here and now. Safe to repeat and to break off: leads on the list stay as they are. */
  async buildList(campaignId: number, now: Date): Promise<{ added: number }> {
    const step = (from: ListCursor | null) =>
      this.database.transaction((tx) => this.buildSlice(tx, campaignId, from, now));
    let built = await step(null);
    while (built.next) built = await step(built.next);
    return { added: built.added };
  }

  /**
   * One bounded step of a build, in the caller's transaction. `cursor` is what the step before returned, null for the
   * first. With the last step the campaign becomes ready, if it is a draft and the list holds anybody. Leads that come in
   * while it runs may or may not be on the list.
   */
  async buildSlice(
    tx: Tx,
    campaignId: number,
    cursor: ListCursor | null,
    now: Date,
  ): Promise<{ added: number; next: ListCursor | null }> {
    const campaign = await this.campaigns.getCampaign(campaignId, undefined, tx);
    this.refuseWhenOver(campaign.state);
    const segmentIds = await this.campaigns.listSegmentIds(campaignId, tx);
    const from = cursor ?? { segmentId: segmentIds[0] ?? 0, afterLeadId: 0, added: 0 };
    // The first segment at or after the cursor: the one it names may have been taken off the campaign meanwhile.
    const segmentId = segmentIds.find((id) => id >= from.segmentId);
    if (segmentId === undefined) {
      await this.campaigns.markListBuilt(campaignId, now, tx);
      return { added: from.added, next: null };
    }
    const afterLeadId = segmentId === from.segmentId ? from.afterLeadId : 0;
    const upToLeadId = afterLeadId + SLICE_LEADS;
    const { organisationId } = campaign;
    const { rule } = await this.segments.getSegment(organisationId, segmentId, tx);
    const slice = { organisationId, campaignId, segmentId, afterLeadId, upToLeadId, dueAt: now };
    const added = from.added + (await this.list.addLeads(slice, (first) => compileRule(rule, first), tx));
    const atEnd = upToLeadId >= (await this.list.findLastLeadId(tx));
    return {
      added,
      next: atEnd ? { segmentId: segmentId + 1, afterLeadId: 0, added } : { segmentId, afterLeadId: upToLeadId, added },
    };
  }

  private refuseWhenOver(state: Parameters<typeof isOpenToChange>[0]): void {
    if (isOpenToChange(state)) return;
    throw new Problem('campaign_state', 409, `The campaign is ${state}: its calling list stays as it was.`, {
      fix: 'Make a new campaign for the leads that are left.',
    });
  }
}

function segmentsMissing(): Problem {
  return new Problem('campaign_segments_missing', 409, 'The campaign has no segment to build its calling list from.', {
    field: 'segmentIds',
    fix: 'Add at least one segment to the campaign.',
  });
}
