import { Body, Controller, Get, Put } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { CompetitorsDto } from './advertising.dto.js';
import { AdvertisingService } from './advertising.service.js';

/** Whom advertising may not be compared with, in all campaigns; a campaign may name more. */
@Controller('competitors')
@Roles('manager')
export class CompetitorsController {
  constructor(private readonly advertising: AdvertisingService) {}

  /** Their names. */
  @Get()
  @Roles('marketer', 'manager')
  async listCompetitors(@CurrentUser() user: Principal): Promise<CompetitorsDto> {
    return { names: await this.advertising.listCompetitors(user.organisationId) };
  }

  /** Replace the list. */
  @Put()
  async setCompetitors(@CurrentUser() user: Principal, @Body() body: CompetitorsDto): Promise<CompetitorsDto> {
    return { names: await this.advertising.setCompetitors(user, body.names) };
  }
}
