import { Module } from '@nestjs/common';

import { JobsModule } from '../jobs/jobs.module.js';
import { SegmentationModule } from '../segmentation/segmentation.module.js';
import { BuildListProcessor } from './build-list.processor.js';
import { CallingListRepository } from './calling-list.repository.js';
import { CallingListService } from './calling-list.service.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { CampaignsService } from './campaigns.service.js';
import { OffersRepository } from './offers.repository.js';
import { OffersService } from './offers.service.js';
import { OutcomeSetsRepository } from './outcome-sets.repository.js';
import { OutcomeSetsService } from './outcome-sets.service.js';
import { ScriptsRepository } from './scripts.repository.js';
import { ScriptsService } from './scripts.service.js';

/** Campaigns, what they offer, say and ask, and their calling lists. */
@Module({
  imports: [SegmentationModule, JobsModule],
  providers: [
    CampaignsRepository,
    CampaignsService,
    CallingListRepository,
    CallingListService,
    OffersRepository,
    OffersService,
    OutcomeSetsRepository,
    OutcomeSetsService,
    ScriptsRepository,
    ScriptsService,
    BuildListProcessor,
  ],
  exports: [
    CampaignsService,
    CallingListService,
    OutcomeSetsService,
    OffersService,
    ScriptsService,
    BuildListProcessor,
  ],
})
export class CampaignsModule {}
