import { Inject, Injectable } from '@nestjs/common';

import { AuditTrailService } from '../audit/audit-trail.service.js';
import { isOpenToChange } from '../campaigns/campaign-states.js';
import { CampaignsService, type Actor, type CampaignRow } from '../campaigns/campaigns.service.js';
import type { Recycling } from '../campaigns/retry-settings.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { Database, type Tx } from '../database/database.js';
import { JobsService } from '../jobs/jobs.service.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { RECYCLE_LIST, type RecycleCursor, type RecyclePayload } from './recycle.job.js';
import { recycledCodes, recycleSpans } from './recycle.js';
import { RecycleRepository, type RecycleCountRow } from './recycle.repository.js';

/** Entries looked at by one statement. */
const SLICE_ENTRIES = 5_000;
const DAY_MS = 24 * 3_600_000;

/** Who would come back now with one code, and who not. */
export interface RecycleCount {
  code: string;
  afterDays: number;
  eligible: number;
  /** A do-not-call, or a list, keeps them. */
  suppressed: number;
  /** It went well with them, or they asked to be left alone. */
  settled: number;
  noPhone: number;
  /** Not long enough ago. */
  later: number;
  /** When the first of those may come back. */
  nextAt: Date | null;
  /** They came back as often as they may. */
  usedUp: number;
}

export interface RecyclePreview {
  /** Null: the plan brings nobody back. */
  recycling: Recycling | null;
  eligible: number;
  codes: RecycleCount[];
  /** The job that is at it. */
  jobId: number | null;
}

/** Further rounds of a list: people whose calls are over come back, by the campaign's rule. */
@Injectable()
export class RecycleService {
  constructor(
    private readonly database: Database,
    private readonly repository: RecycleRepository,
    private readonly audit: AuditTrailService,
    private readonly campaigns: CampaignsService,
    @Inject(JobsService) private readonly jobs: JobsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB) private readonly hub: Hub,
  ) {}

  /** Who would come back now, and who not. Throws campaign_not_found (404). */
  async preview(organisationId: number, campaignId: number): Promise<RecyclePreview> {
    const campaign = await this.campaigns.getCampaign(campaignId, organisationId);
    const recycling = campaign.retryPlan?.recycling ?? null;
    const jobId = await this.repository.findJob(campaignId);
    if (!recycling) return { recycling, eligible: 0, codes: [], jobId };
    const asked = recycledCodes(recycling, this.clock.now());
    const rows = await this.repository.count(this.request(campaign, recycling));
    const codes = rows.map((row, place) => countOf(row, asked[place]!.afterDays));
    return { recycling, eligible: codes.reduce((sum, { eligible }) => sum + eligible, 0), codes, jobId };
  }

  /**
   * Have a worker bring them back. One that is at it already is not joined by another; two do no harm. Throws campaign_not_found (404), and
   * with 409: campaign_state when it is over, recycling_missing when its plan brings nobody back.
   */
  async recycle(actor: Actor, campaignId: number): Promise<{ jobId: number }> {
    return this.database.transaction(async (tx) => {
      const campaign = await this.campaigns.getCampaign(campaignId, actor.organisationId, tx);
      if (!isOpenToChange(campaign.state)) throw campaignOver(campaign.state);
      const recycling = campaign.retryPlan?.recycling;
      if (!recycling) throw recyclingMissing();
      const underWay = await this.repository.findJob(campaignId, tx);
      if (underWay !== null) return { jobId: underWay };
      const payload: RecyclePayload = { campaignId, spans: recycleSpans(recycling, this.clock.now()) };
      const { organisationId, userId: createdBy } = actor;
      return { jobId: await this.jobs.enqueue(tx, { organisationId, kind: RECYCLE_LIST, payload, createdBy }) };
    });
  }

  /** Bring everybody back here and now. Safe to repeat and to break off. Returns how many came back. */
  async recycleAll(payload: RecyclePayload): Promise<number> {
    let cursor = FIRST;
    while (cursor.span < payload.spans.length) {
      const from = cursor;
      cursor = await this.database.transaction((tx) => this.step(tx, payload, from));
    }
    return cursor.recycled;
  }

  /** One step, in the caller's transaction; null for the first. It is done when no span is left. */
  async step(tx: Tx, { campaignId, spans }: RecyclePayload, from: RecycleCursor | null): Promise<RecycleCursor> {
    const { span, after, recycled } = from ?? FIRST;
    const walked = spans[span];
    const campaign = await this.campaigns.findCampaign(campaignId, tx);
    // It is over, or was finished meanwhile: nobody is called from the list again.
    if (!walked || !campaign || !isOpenToChange(campaign.state)) return { span: spans.length, after: null, recycled };
    const { code, round, endedBefore } = walked;
    const slice = await this.repository.recycleSlice(
      tx,
      { campaignId, code, round, endedBefore: new Date(endedBefore) },
      after && { at: new Date(after.at), id: after.id },
      this.clock.now(),
      SLICE_ENTRIES,
    );
    if (slice.recycled > 0) tx.afterCommit(() => this.hub.publish({ kind: 'campaign', id: campaignId }));
    const isWalked = slice.seen < SLICE_ENTRIES;
    return {
      span: isWalked ? span + 1 : span,
      after: isWalked || !slice.last ? null : { at: slice.last.at.toISOString(), id: slice.last.id },
      recycled: recycled + slice.recycled,
    };
  }

  /** What was done, for the campaign's trail. */
  async record(tx: Tx, actor: Actor, campaignId: number, recycled: number): Promise<void> {
    if (recycled === 0) return;
    await this.audit.note(tx, {
      ...{ organisationId: actor.organisationId, userId: actor.userId, action: 'campaign_recycled' },
      ...{ subject: { kind: 'campaign', id: campaignId }, before: null, after: { recycled }, at: this.clock.now() },
    });
  }

  /** Running campaigns that do it by themselves. */
  listAutomatic(): Promise<{ id: number; organisationId: number }[]> {
    return this.repository.listAutomatic();
  }

  /** Where the list is worked out and somebody may come back, have a worker do it. Returns whether there was. */
  async recycleWorkedOut({ id, organisationId }: { id: number; organisationId: number }): Promise<boolean> {
    const campaign = await this.campaigns.findCampaign(id);
    const recycling = campaign?.retryPlan?.recycling;
    if (!campaign || !recycling?.automatic || campaign.state !== 'running') return false;
    if (!(await this.repository.isWorkedOut(id))) return false;
    if (!(await this.repository.hasAny(this.request(campaign, recycling)))) return false;
    await this.recycle({ organisationId, userId: null }, id);
    return true;
  }

  private request(campaign: CampaignRow, recycling: Recycling) {
    const now = this.clock.now();
    const asked = recycledCodes(recycling, now);
    return {
      campaignId: campaign.id,
      codes: asked.map(({ code }) => code),
      endedBefore: asked.map(({ endedBefore }) => endedBefore),
      rounds: recycling.rounds,
      at: now,
    };
  }
}

const FIRST: RecycleCursor = { span: 0, after: null, recycled: 0 };

function countOf(row: RecycleCountRow, afterDays: number): RecycleCount {
  const { code, eligible, suppressed, settled, no_phone: noPhone, later, used_up: usedUp } = row;
  const nextAt = row.first_ended_at && new Date(row.first_ended_at.getTime() + afterDays * DAY_MS);
  return { code, afterDays, eligible, suppressed, settled, noPhone, later, nextAt, usedUp };
}

function campaignOver(state: string): Problem {
  return new Problem('campaign_state', 409, `The campaign is ${state}: nobody comes back onto its list.`, {
    fix: 'Make a new campaign for them.',
    more: { state },
  });
}

function recyclingMissing(): Problem {
  return new Problem('recycling_missing', 409, 'The campaign’s retry plan does not say who comes back.', {
    field: 'retryPlan.recycling',
    fix: 'Say in the campaign’s settings whose calls are taken up again, and after how many days.',
  });
}
