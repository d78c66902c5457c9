import { Inject, Injectable } from '@nestjs/common';

import { CampaignsService } from '../campaigns/campaigns.service.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { ComplianceService } from '../compliance/compliance.service.js';
import { hoursOf } from '../compliance/phone-kinds.js';
import type { Idle } from './idle.js';
import { ReportsService } from './reports.service.js';
import { SharedReads } from './shared-reads.js';
import { stockOf, type BucketHours, type StockFunnel } from './stock.js';
import { StockRepository } from './stock.repository.js';

/** The stock of a campaign's list, and why nobody is called from it now. */
export interface StockReport extends StockFunnel {
  at: Date;
  idle: Idle | null;
}

type Campaign = Awaited<ReturnType<CampaignsService['getCampaign']>>;

/** How many are left, how many of them may be called now, and what the others wait for. */
@Injectable()
export class StockService {
  private readonly shared: SharedReads<StockReport>;

  constructor(
    private readonly stock: StockRepository,
    private readonly campaigns: CampaignsService,
    private readonly compliance: ComplianceService,
    private readonly reports: ReportsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.shared = new SharedReads((campaignId) => this.read(campaignId), clock);
  }

  /** Read after the call of this; all who ask meanwhile share it. Throws campaign_not_found. */
  async stockOf(campaignId: number, organisationId: number): Promise<StockReport> {
    await this.campaigns.getCampaign(campaignId, organisationId);
    return this.shared.read(campaignId);
  }

  private async read(campaignId: number): Promise<StockReport> {
    const campaign = await this.campaigns.getCampaign(campaignId);
    const at = this.clock.now();
    const cells = await this.stock.countStanding(campaignId, at);
    const hours = new Map<number, BucketHours>();
    for (const bucketId of new Set(cells.map((cell) => cell.bucketId)))
      hours.set(bucketId, await this.hoursOf(campaign, bucketId, at));
    return { at, idle: await this.reports.idleNow(campaignId), ...stockOf(cells, hours) };
  }

  /** Open for one kind of phone is open: which kind is dialled, the gate decides. */
  private async hoursOf(campaign: Campaign, bucketId: number, at: Date): Promise<BucketHours> {
    const { hours, phoneKinds, purpose, organisationId } = campaign;
    const { country, regions, zones } = await this.compliance.getBucket(bucketId);
    const kinds = phoneKinds?.hours ? (['mobile', 'fixed_line'] as const) : (['unknown'] as const);
    let open = false;
    let opensAt: Date | null = null;
    for (const kind of kinds) {
      const own = hoursOf(hours, phoneKinds, kind);
      const opening = await this.compliance.openingAt(bucketId, own, at, purpose, organisationId);
      open ||= opening.open;
      if (!opening.open && opening.changesAt && (!opensAt || opening.changesAt < opensAt)) opensAt = opening.changesAt;
    }
    return { open, opensAt: open ? null : opensAt, country, regions, zones };
  }
}
