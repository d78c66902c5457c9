import { Controller, Get, Inject, Param, Query, Sse, type MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { SessionCheck } from '../auth/session-check.decorator.js';
import { CLOCK, type Clock } from '../common/clock.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { LiveUpdates } from '../realtime/live-updates.js';
import { CampaignListDto, CampaignSummaryView, ReportPeriodDto, ReportView } from './report.dto.js';
import { ReportsService } from './reports.service.js';

/** What changes with time alone (an idle campaign's clock, minutes without a call) is read again this often. */
const RELOAD_EVERY_MS = 5000;

/** How campaigns are going. */
@Controller('campaigns')
@Roles('manager', 'marketer')
export class ReportsController {
  constructor(
    private readonly reports: ReportsService,
    private readonly updates: LiveUpdates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Campaigns at a glance, newest first: those that are not put away, or the archive. */
  @Get()
  listCampaigns(
    @CurrentUser() user: Principal,
    @Query() { archived }: CampaignListDto,
  ): Promise<CampaignSummaryView[]> {
    return this.reports.listSummaries(user.organisationId, archived === 'true');
  }

  /** A campaign's figures, over its whole life or a period. */
  @Get(':id/report')
  report(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Query() period: ReportPeriodDto,
  ): Promise<ReportView> {
    const from = period.from === undefined ? null : new Date(period.from);
    const to = period.to === undefined ? this.clock.now() : new Date(period.to);
    return this.reports.campaignReport(id, { from, to }, user.organisationId);
  }

  /** A campaign as it runs: event `live`, at most four a second, each the whole view. */
  @Sse(':id/live')
  async live(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @SessionCheck() isAllowed: () => Promise<boolean>,
  ): Promise<Observable<MessageEvent>> {
    await this.reports.assertCampaign(id, user.organisationId);
    return this.updates.stream({
      event: 'live',
      matches: (topic) => topic.id === id && (topic.kind === 'campaign' || topic.kind === 'calls'),
      load: () => this.reports.liveView(id),
      reloadEveryMs: RELOAD_EVERY_MS,
      isAllowed,
    });
  }
}
