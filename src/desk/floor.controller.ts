import { Controller, Get, Inject } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { OperatorsService } from '../operators/operators.service.js';
import { OperatorView } from './desk.dto.js';

/** What a manager asks of the floor: who is there. */
@Controller()
export class FloorController {
  constructor(@Inject(OperatorsService) private readonly operators: OperatorsService) {}

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
}
