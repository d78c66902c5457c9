import { Module } from '@nestjs/common';

import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { DispositionsModule } from '../dispositions/dispositions.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { OperatorsModule } from '../operators/operators.module.js';
import { SchedulerModule } from '../scheduler/scheduler.module.js';
import { TelephonyModule } from '../telephony/telephony.module.js';
import { DialingRepository } from './dialing.repository.js';
import { SwitchboardService } from './switchboard.service.js';

/** The switch and the calls on it, in processes that dial. */
@Module({
  imports: [
    TelephonyModule,
    SchedulerModule,
    OperatorsModule,
    DispositionsModule,
    CampaignsModule,
    LeadsModule,
    ComplianceModule,
  ],
  providers: [DialingRepository, SwitchboardService],
  exports: [SwitchboardService],
})
export class SwitchboardModule {}
