import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';

import { Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { JobsService } from '../jobs/jobs.service.js';
import { compileRule } from '../segmentation/compile-rule.js';
import { crossedSince, type Rule } from '../segmentation/rule.js';
import { SegmentsService } from '../segmentation/segments.service.js';
import { BUILD_LIST, type BuildListPayload } from './build-list.job.js';
import {
  CallingListRepository,
  type Followed,
  type FollowScope,
  type ListRequest,
  type ListSegment,
} from './calling-list.repository.js';
import { isOpenToChange } from './campaign-states.js';
import { CampaignsService, type Actor, type CampaignRow } from './campaigns.service.js';
import { RANK_LIST, type RankListPayload } from './rank-list.job.js';

/** Entries written by one statement: short enough to stop between two, long enough to be a set. */
const SLICE_ENTRIES = 25_000;

/** From this part of the list on, those who come later are no addition to an order but another one: it is made anew. */
const RANK_ANEW_FROM = 0.2;

/** How far a build is. */
export interface ListCursor {
  /** Those who come, numbered in the list's order. */
  batchId: number;
  total: number;
  /** Written up to this place. */
  place: number;
  added: number;
  /** By what they were numbered. */
  ranking: string;
}

/** How far a re-ranking is. */
export interface RankCursor {
  batchId: number;
  total: number;
  place: number;
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
      return { jobId: await this.enqueueBuild(tx, actor, campaignId) };
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
    await this.enqueueBuild(tx, actor, campaignId);
  }

  private async enqueueBuild(tx: Tx, actor: Actor, campaignId: number): Promise<number> {
    const payload: BuildListPayload = { campaignId };
    const { organisationId, userId: createdBy } = actor;
    const jobId = await this.jobs.enqueue(tx, { organisationId, kind: BUILD_LIST, payload, createdBy });
    await this.campaigns.noteListRequested(actor, campaignId, jobId, tx);
    return jobId;
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
   * One step of a build, in the caller's transaction. `cursor` is what the step before returned, null for the first, which
   * looks at all leads and numbers those who come; the others write them, slice by slice, the head of the list first. With
   * the last step the campaign becomes ready, if it is a draft and the list holds anybody. Leads that come in while it runs
   * may or may not be on the list, unless it is live.
   */
  async buildSlice(
    tx: Tx,
    campaignId: number,
    cursor: ListCursor | null,
    now: Date,
  ): Promise<{ added: number; total: number; next: ListCursor | null }> {
    const campaign = await this.campaigns.getCampaign(campaignId, undefined, tx);
    this.refuseWhenOver(campaign.state);
    const next =
      cursor === null ? await this.beginBuild(tx, campaign, now) : await this.writeSlice(tx, campaign, cursor, now);
    if (next.place < next.total) return { added: next.added, total: next.total, next };
    await this.endBuild(tx, campaign, next, now);
    return { added: next.added, total: next.total, next: null };
  }

  private async beginBuild(tx: Tx, campaign: CampaignRow, now: Date): Promise<ListCursor> {
    await this.list.lockPlaces(campaign.id, tx);
    await this.list.open(campaign.id, tx);
    const ranking = await this.list.readRanking(campaign.id, tx);
    const batchId = await this.list.insertBatch(campaign.id, now, tx);
    const total = await this.list.numberNewcomers(await this.requestOf(campaign, now, tx), batchId, tx);
    return { batchId, total, place: 0, added: 0, ranking };
  }

  private async writeSlice(tx: Tx, campaign: CampaignRow, cursor: ListCursor, now: Date): Promise<ListCursor> {
    const { batchId, total } = cursor;
    await this.list.lockPlaces(campaign.id, tx);
    const place = Math.min(total, cursor.place + SLICE_ENTRIES);
    const added = await this.list.addSlice({ batchId, campaignId: campaign.id, upToPlace: place, now }, tx);
    return { ...cursor, place, added: cursor.added + added };
  }

  private async endBuild(
    tx: Tx,
    campaign: CampaignRow,
    { batchId, added, ranking }: ListCursor,
    now: Date,
  ): Promise<void> {
    const { id: campaignId, organisationId } = campaign;
    await this.list.deleteBatch(batchId, tx);
    const open = await this.list.countOpen(campaignId, tx);
    const isOtherOrder = open > added && added > open * RANK_ANEW_FROM;
    if (isOtherOrder || (await this.list.readRanking(campaignId, tx)) !== ranking)
      await this.requestRanking(tx, { organisationId, campaignId });
    // What changed while it was written may have been looked at before it was there.
    await this.list.requestScan(campaignId, tx);
    await this.campaigns.markListBuilt(campaignId, now, tx);
  }

  /** Have a worker put the list into the order, and mix its segments in the weights, that the campaign has now. */
  async requestRanking(
    tx: Tx,
    { organisationId, campaignId }: { organisationId: number; campaignId: number },
  ): Promise<void> {
    await this.list.noteRanking(campaignId, tx);
    const payload: RankListPayload = { campaignId };
    await this.jobs.enqueue(tx, { organisationId, kind: RANK_LIST, payload, createdBy: null });
  }

  /** Put the whole list into its order here and now. */
  async rankList(campaignId: number, now: Date): Promise<void> {
    const step = (from: RankCursor | null) =>
      this.database.transaction((tx) => this.rankSlice(tx, campaignId, from, now));
    for (let cursor = await step(null); cursor;) cursor = await step(cursor);
  }

  /**
   * One step of a re-ranking, as of a build. Whatever has its new rank is called before what has not: so the new order holds
   * from the first slice on.
   */
  async rankSlice(tx: Tx, campaignId: number, cursor: RankCursor | null, now: Date): Promise<RankCursor | null> {
    const campaign = await this.campaigns.findCampaign(campaignId, tx);
    // It was finished meanwhile: nobody is called from the list again.
    if (!campaign || !isOpenToChange(campaign.state)) {
      if (cursor) await this.list.deleteBatch(cursor.batchId, tx);
      return null;
    }
    await this.list.lockPlaces(campaignId, tx);
    if (cursor === null) {
      await this.list.noteRanking(campaignId, tx);
      const batchId = await this.list.insertBatch(campaignId, now, tx);
      const request = { ...this.unfilled(campaign, now), segments: [] };
      return { batchId, total: await this.list.numberEntries(request, batchId, tx), place: 0 };
    }
    const { batchId, total } = cursor;
    const place = Math.min(total, cursor.place + SLICE_ENTRIES);
    await this.list.rankSlice({ batchId, campaignId, upToPlace: place }, tx);
    if (place < total) return { batchId, total, place };
    await this.list.deleteBatch(batchId, tx);
    return null;
  }

  /**
   * Bring a list in line with its segments for some leads, at once, in the caller's transaction. Leads in a call stay until
   * it ends, and those who were promised one until the promise does: both are looked at again then.
   */
  async follow(tx: Tx, campaignId: number, scope: FollowScope, now: Date): Promise<Followed> {
    const campaign = await this.campaigns.getCampaign(campaignId, undefined, tx);
    await this.list.lockPlaces(campaignId, tx);
    const followed = await this.list.follow(await this.requestOf(campaign, now, tx), scope, tx);
    if (followed.entered > 0 && campaign.state === 'draft') await this.campaigns.markListBuilt(campaignId, now, tx);
    return followed;
  }

  /**
   * Which of these leads fit no segment of the campaign, by its rules as they are now. Reads only: what is about to be
   * dialled is asked, so that an edited rule binds the very next dial, though the list follows later.
   */
  async findUnfit(tx: Tx, campaignId: number, leadIds: readonly number[], now: Date): Promise<Set<number>> {
    if (leadIds.length === 0) return new Set();
    const campaign = await this.campaigns.getCampaign(campaignId, undefined, tx);
    const fitting = await this.list.findFitting(await this.requestOf(campaign, now, tx), leadIds, tx);
    return new Set(leadIds.filter((id) => !fitting.has(id)));
  }

  /**
   * Leads whom time alone, from `since` to `now`, may have made fit, or not fit; `everybody` when they are more than `limit`, or
   * when a day has begun that rules count from. For most rules there are none, and nothing is read.
   */
  async findCrossed(
    tx: Tx,
    campaignId: number,
    { since, now, limit }: { since: Date; now: Date; limit: number },
  ): Promise<number[] | 'everybody'> {
    const campaign = await this.campaigns.getCampaign(campaignId, undefined, tx);
    const segments: ListSegment[] = [];
    for (const { id, rule } of await this.rulesOf(campaign, tx)) {
      const crossed = crossedSince(rule, since, now);
      if (crossed === 'everybody') return crossed;
      if (crossed) segments.push({ id, compile: (first) => compileRule(crossed, first, now) });
    }
    if (segments.length === 0) return [];
    const leadIds = await this.list.listLeads({ ...this.unfilled(campaign, now), segments }, limit + 1, tx);
    return leadIds.length > limit ? 'everybody' : leadIds;
  }

  /** What tells whether the rules of the campaign's segments, or of those that they name, are still the same. */
  async fingerprintOf(tx: Tx, campaignId: number): Promise<string> {
    const campaign = await this.campaigns.getCampaign(campaignId, undefined, tx);
    const rules = await this.rulesOf(campaign, tx);
    return createHash('sha256').update(JSON.stringify(rules)).digest('hex');
  }

  /** Let all leads be looked at again, where the list is live. */
  async requestScan(tx: Tx, campaignId: number): Promise<void> {
    await this.list.requestScan(campaignId, tx);
  }

  /** Id of the newest lead, 0 when there is none. */
  findLastLeadId(tx: Tx): Promise<number> {
    return this.list.findLastLeadId(tx);
  }

  private async requestOf(campaign: CampaignRow, now: Date, tx: Tx): Promise<ListRequest> {
    const rules = await this.rulesOf(campaign, tx);
    const segments = rules.map(({ id, rule }): ListSegment => ({
      id,
      compile: (first) => compileRule(rule, first, now),
    }));
    return { ...this.unfilled(campaign, now), segments };
  }

  /** Of the campaign's segments, in the order of their ids, with those that they name in place. */
  private async rulesOf({ id, organisationId }: CampaignRow, tx: Tx): Promise<{ id: number; rule: Rule }[]> {
    const rules: { id: number; rule: Rule }[] = [];
    for (const segmentId of await this.campaigns.listSegmentIds(id, tx)) {
      const { rule } = await this.segments.getSegment(organisationId, segmentId, tx);
      rules.push({ id: segmentId, rule: await this.segments.expand(organisationId, rule, tx) });
    }
    return rules;
  }

  private unfilled({ id: campaignId, organisationId, listOrder: order }: CampaignRow, now: Date) {
    return { organisationId, campaignId, order, now };
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
