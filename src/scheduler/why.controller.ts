import { Controller, Get, Inject, Param, Query } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { LeadHistoryDto, LeadHistoryView, WaitingLeadsDto, WaitingLeadView, WhyView } from './why.dto.js';
import { WhyService } from './why.service.js';

const PAGE = 50;

/** Why somebody is not called, and what happened with them. */
@Controller()
@Roles('manager', 'marketer')
export class WhyController {
  constructor(@Inject(WhyService) private readonly reasons: WhyService) {}

  /** May this lead be called in this campaign now; every reason why not, and when that changes. */
  @Get('campaigns/:id/why/:leadId')
  why(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Param('leadId', ParseIdPipe) leadId: number,
  ): Promise<WhyView> {
    return this.reasons.why(user.organisationId, id, leadId);
  }

  /** Leads of the list that wait for their time, the first to come due first. */
  @Get('campaigns/:id/waiting-leads')
  listWaiting(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Query() { limit }: WaitingLeadsDto,
  ): Promise<WaitingLeadView[]> {
    return this.reasons.listWaiting(user.organisationId, id, limit ?? PAGE);
  }

  /** All calls of a lead in all campaigns, what the gate said, what was promised, and suppressions: newest first. */
  @Get('leads/:id/history')
  async history(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) leadId: number,
    @Query() { after, limit = PAGE }: LeadHistoryDto,
  ): Promise<LeadHistoryView> {
    // One more than asked for tells whether there is another page.
    const found = await this.reasons.history(user.organisationId, leadId, LeadHistoryDto.cursorOf(after), limit + 1);
    const events = found.slice(0, limit);
    return { events, next: found.length > limit ? LeadHistoryDto.textOf(events.at(-1)!) : null };
  }
}
