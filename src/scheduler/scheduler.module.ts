import { Module } from '@nestjs/common';

import { CallbacksModule } from '../callbacks/callbacks.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { HealthModule } from '../health/health.module.js';
import { GateService } from './gate.service.js';
import { SchedulerRepository } from './scheduler.repository.js';
import { SchedulerService } from './scheduler.service.js';

@Module({
  imports: [ComplianceModule, CallbacksModule, CampaignsModule, HealthModule],
  providers: [SchedulerRepository, SchedulerService, GateService],
  exports: [SchedulerService, GateService],
})
export class SchedulerModule {}
