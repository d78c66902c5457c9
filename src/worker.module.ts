import { Module } from '@nestjs/common';

import { BuildListProcessor } from './campaigns/build-list.processor.js';
import { CampaignsModule } from './campaigns/campaigns.module.js';
import { LiveListsModule } from './campaigns/live-lists.module.js';
import { RankListProcessor } from './campaigns/rank-list.processor.js';
import { DemoModule } from './demo/demo.module.js';
import { DemoSeedProcessor } from './demo/demo-seed.processor.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { ErasureProcessor } from './erasure/erasure.processor.js';
import { JobRunnerModule } from './jobs/job-runner.module.js';
import { ImportUndoProcessor } from './lead-import/import-undo.processor.js';
import { LeadImportJobsModule } from './lead-import/lead-import-jobs.module.js';
import { LeadImportProcessor } from './lead-import/lead-import.processor.js';
import { RecycleProcessor } from './scheduler/recycle.processor.js';
import { SchedulerModule } from './scheduler/scheduler.module.js';

/** What runs jobs: every processor, with the modules that export them; and what keeps lists. */
@Module({
  imports: [
    LiveListsModule,
    JobRunnerModule.with(
      [CampaignsModule, LeadImportJobsModule, ErasureModule, SchedulerModule, DemoModule],
      [
        BuildListProcessor,
        RankListProcessor,
        LeadImportProcessor,
        ImportUndoProcessor,
        ErasureProcessor,
        RecycleProcessor,
        DemoSeedProcessor,
      ],
    ),
  ],
})
export class WorkerModule {}
