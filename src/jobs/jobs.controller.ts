import { Controller, Get, Inject, Param, ParseIntPipe } from '@nestjs/common';

import { Roles, type Principal } from '../auth/access.js';
import { CurrentUser } from '../auth/principal.decorator.js';
import { JobView } from './job.dto.js';
import { JobsService } from './jobs.service.js';

/** Background work: how far it is. */
@Controller('jobs')
export class JobsController {
  constructor(@Inject(JobsService) private readonly jobs: JobsService) {}

  /** One job: state and progress. */
  @Get(':id')
  @Roles('marketer', 'manager')
  async getJob(@CurrentUser() user: Principal, @Param('id', ParseIntPipe) id: number): Promise<JobView> {
    return JobView.of(await this.jobs.getJob(user.organisationId, id));
  }
}
