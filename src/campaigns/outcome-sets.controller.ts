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

  /** The sets of outcomes that a campaign may use, by name, with the reasons for which people refuse. */
  @Get()
  listOutcomeSets(@CurrentUser() user: Principal): Promise<OutcomeSetNameView[]> {
    return this.outcomeSets.listOutcomeSets(user.organisationId);
  }
}
