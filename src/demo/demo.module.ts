import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { LeadImportModule } from '../lead-import/lead-import.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { SegmentationModule } from '../segmentation/segmentation.module.js';
import { DemoSeedProcessor } from './demo-seed.processor.js';
import { DemoService } from './demo.service.js';

/** The demonstration's content, in processes that work. */
@Module({
  imports: [AuthModule, CampaignsModule, JobsModule, LeadImportModule, LeadsModule, SegmentationModule],
  providers: [DemoService, DemoSeedProcessor],
  exports: [DemoSeedProcessor],
})
export class DemoModule {}
