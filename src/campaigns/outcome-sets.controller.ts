import { Controller, Get } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { OutcomeSetNameView } from './campaign.dto.js';
import { OutcomeSetsService } from './outcome-sets.service.js';

/** What calls may end with. */
@Controller('outcome-sets')
@Roles('manager', 'marketer')
export class OutcomeSetsController {
  constructor(private readonly outcomeSets: OutcomeSetsService) {}

  /** The sets of outcomes that a campaign may use, by name. */
  @Get()
  async listOutcomeSets(@CurrentUser() user: Principal): Promise<OutcomeSetNameView[]> {
    const sets = await this.outcomeSets.listOutcomeSets(user.organisationId);
    return sets.map(({ id, name }) => ({ id, name }));
  }
}
