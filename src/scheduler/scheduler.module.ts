import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.js';
import { CallbacksModule } from '../callbacks/callbacks.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { HealthModule } from '../health/health.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { GateService } from './gate.service.js';
import { RecycleProcessor } from './recycle.processor.js';
import { RecycleRepository } from './recycle.repository.js';
import { RecycleService } from './recycle.service.js';
import { ReplayRepository } from './replay.repository.js';
import { ReplayService } from './replay.service.js';
import { SchedulerRepository } from './scheduler.repository.js';
import { SchedulerService } from './scheduler.service.js';
import { WhyRepository } from './why.repository.js';
import { WhyService } from './why.service.js';

@Module({
  imports: [AuditModule, ComplianceModule, CallbacksModule, CampaignsModule, HealthModule, JobsModule],
  providers: [
    SchedulerRepository,
    SchedulerService,
    RecycleRepository,
    RecycleService,
    RecycleProcessor,
    GateService,
    WhyRepository,
    WhyService,
    ReplayRepository,
    ReplayService,
  ],
  exports: [SchedulerService, RecycleService, RecycleProcessor, GateService, WhyService, ReplayService],
})
export class SchedulerModule {}
