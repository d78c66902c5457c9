import { Module, type DynamicModule } from '@nestjs/common';

import { AppModule, type AppModuleOptions } from '../app.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { LeadImportModule } from '../lead-import/lead-import.module.js';
import { OperatorsModule } from '../operators/operators.module.js';
import { ReportsModule } from '../reports/reports.module.js';
import { SchedulerModule } from '../scheduler/scheduler.module.js';
import { SegmentationModule } from '../segmentation/segmentation.module.js';
import { ShiftRepository } from './shift.repository.js';
import { ShiftService } from './shift.service.js';
import { SimulationModule } from './simulation.module.js';

/** A dialer's process, and beside it what a shift from the command line needs. */
@Module({})
export class ShiftModule {
  static with(options: AppModuleOptions): DynamicModule {
    return {
      module: ShiftModule,
      imports: [
        AppModule.with(options),
        LeadImportModule,
        CampaignsModule,
        SchedulerModule,
        SegmentationModule,
        OperatorsModule,
        ReportsModule,
        SimulationModule,
      ],
      providers: [ShiftRepository, ShiftService],
    };
  }
}
