import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound } from '../common/problem.js';
import { maskPhone } from '../leads/phone-number.js';
import { idleOf, type Idle } from './idle.js';
import { computeRates, countCalls, countStock, fillMinutes, firstMinute, FORMULAS, share } from './metrics.js';
import type { CampaignSummary, Live, Report } from './report.js';
import { SharedReads } from './shared-reads.js';
import { ReportsRepository, type Period, type ReportedCampaign } from './reports.repository.js';

const SERIES_MINUTES = 30;
const RECENT_CALLS = 12;
const MINUTE_MS = 60_000;

/** How it is going: read-only views, each figure with its formula. */
@Injectable()
export class ReportsService {
  private readonly live: SharedReads<Live>;

  constructor(
    private readonly reports: ReportsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.live = new SharedReads((campaignId) => this.readLive(campaignId), clock);
  }

  /**
   * Figures of the calls reserved from `from` on (the beginning, when left out) up to and including `to`, with the outcomes
   * now in force; the stock of the list is that of this moment. Throws campaign_not_found.
   */
  async campaignReport(
    campaignId: number,
    period: { from?: Date | null; to: Date },
    organisationId?: number,
  ): Promise<Report> {
    return this.report(await this.getCampaign(campaignId, organisationId), {
      from: period.from ?? null,
      to: period.to,
    });
  }

  /** Throws campaign_not_found for one that the organisation does not have. */
  async assertCampaign(campaignId: number, organisationId: number): Promise<void> {
    await this.getCampaign(campaignId, organisationId);
  }

  /** Why the campaign places no call now; null while it does. Throws campaign_not_found. */
  async idleNow(campaignId: number): Promise<Idle | null> {
    return this.idle(await this.getCampaign(campaignId), this.clock.now());
  }

  /** Campaigns that are not put away, or those that are, newest first. */
  async listSummaries(organisationId: number, archived = false): Promise<CampaignSummary[]> {
    const now = this.clock.now();
    const rows = await this.reports.listSummaries(organisationId, archived);
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      state: row.state,
      mode: row.mode,
      listed: row.listed,
      dials: row.dials,
      contacts: row.contacts,
      successes: row.successes,
      conversionRate: share(row.successes, row.contacts),
      operators: row.operators,
      idle: this.idle(row, now),
    }));
  }

  /**
   * How the campaign stands, read after the call of this: all who ask while it is being read, or shortly after, share the
   * next reading. Throws campaign_not_found.
   */
  liveView(campaignId: number): Promise<Live> {
    return this.live.read(campaignId);
  }

  private async readLive(campaignId: number): Promise<Live> {
    const now = this.clock.now();
    const campaign = await this.getCampaign(campaignId);
    const seriesFrom = firstMinute(now, SERIES_MINUTES);
    // One after the other: a screen must not take the connections that dialling needs.
    const report = await this.report(campaign, { from: null, to: now });
    const operators = await this.reports.listOperators(campaignId);
    const lines = await this.reports.countLines(campaignId);
    const dialsPerMinute = await this.reports.countDialsSince(campaignId, new Date(now.getTime() - MINUTE_MS));
    const recent = await this.reports.listRecentCalls(campaignId, RECENT_CALLS);
    const counted = await this.reports.countByMinute(campaignId, { from: seriesFrom, to: now });
    const { id, name, state, mode, ratio, decision, decidedAt } = campaign;
    return {
      at: now.toISOString(),
      campaign: { id, name, state, mode, ratio },
      report,
      operators: operators.map((operator) => ({ ...operator, sinceAt: operator.sinceAt.toISOString() })),
      lines,
      dialsPerMinute,
      pacing:
        decision && decidedAt
          ? { dials: decision.dials, reason: decision.reason.sentence, decidedAt: decidedAt.toISOString() }
          : null,
      idle: this.idle(campaign, now),
      recent: recent.map(({ country, lastDigits, at, ...call }) => ({
        ...call,
        at: at.toISOString(),
        maskedPhone: country && lastDigits ? maskPhone(country, lastDigits) : '',
      })),
      series: fillMinutes(counted, now, SERIES_MINUTES),
    };
  }

  private async report(campaign: ReportedCampaign, period: Period): Promise<Report> {
    const { id, name, state, mode } = campaign;
    const calls = countCalls(await this.reports.countCalls(id, period));
    const list = countStock(await this.reports.countStock(id));
    const time = await this.reports.sumOperatorTime(id, period);
    const attempted = await this.reports.countLeadsAttempted(id, period);
    return {
      campaign: { id, name, state, mode },
      from: period.from?.toISOString() ?? null,
      to: period.to.toISOString(),
      list,
      ...calls,
      leadsAttempted: attempted,
      ...computeRates(calls, { attempted, listed: list.total }, time),
      ...time,
      callbacks: await this.reports.countCallbacks(id, period),
      formulas: FORMULAS,
    };
  }

  private async getCampaign(id: number, organisationId?: number): Promise<ReportedCampaign> {
    const campaign = await this.reports.findCampaign(id);
    if (!campaign || (organisationId !== undefined && campaign.organisationId !== organisationId))
      throw notFound('campaign', id);
    return campaign;
  }

  private idle({ state, decision, leaseUntil }: ReportedCampaign, now: Date): Idle | null {
    return idleOf({ campaignState: state, decision, leaseUntil }, now);
  }
}
