import { Module } from '@nestjs/common';

import { CallbacksModule } from '../callbacks/callbacks.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { OperatorsModule } from '../operators/operators.module.js';
import { SchedulerModule } from '../scheduler/scheduler.module.js';
import { DispositionsRepository } from './dispositions.repository.js';
import { DispositionsService } from './dispositions.service.js';

@Module({
  imports: [CampaignsModule, SchedulerModule, CallbacksModule, ComplianceModule, OperatorsModule, LeadsModule],
  providers: [DispositionsRepository, DispositionsService],
  exports: [DispositionsService],
})
export class DispositionsModule {}
