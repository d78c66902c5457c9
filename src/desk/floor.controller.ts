import { Controller, Get, Inject, Param } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { CampaignsService } from '../campaigns/campaigns.service.js';
import { ParseIdPipe } from '../common/parse-id.pipe.js';
import { notFound } from '../common/problem.js';
import { OperatorsService } from '../operators/operators.service.js';
import { GateService } from '../scheduler/gate.service.js';
import { OperatorView } from './desk.dto.js';
import { WhyView } from './why.dto.js';

/** What a manager asks of the floor: who is there, and why somebody is or is not called. */
@Controller()
export class FloorController {
  constructor(
    @Inject(OperatorsService) private readonly operators: OperatorsService,
    @Inject(CampaignsService) private readonly campaigns: CampaignsService,
    @Inject(GateService) private readonly gate: GateService,
  ) {}

  /** All operators, and what each is doing. */
  @Get('operators')
  @Roles('manager', 'marketer')
  async listOperators(@CurrentUser() user: Principal): Promise<OperatorView[]> {
    const operators = await this.operators.listOperators(user.organisationId);
    return operators.map(({ campaign_id, since_at, ...operator }) => ({
      ...operator,
      campaignId: campaign_id,
      sinceAt: since_at,
    }));
  }

  /** May this lead be called in this campaign now; every reason why not, and when that changes. */
  @Get('campaigns/:id/why/:leadId')
  @Roles('manager', 'marketer')
  async why(
    @CurrentUser() user: Principal,
    @Param('id', ParseIdPipe) id: number,
    @Param('leadId', ParseIdPipe) leadId: number,
  ): Promise<WhyView> {
    await this.campaigns.getCampaign(id, user.organisationId);
    const why = await this.gate.explain(id, leadId);
    if (!why) throw notFound('calling_list_entry', leadId);
    return why;
  }
}
