import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.js';
import { ComplianceModule } from '../compliance/compliance.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { SegmentationModule } from '../segmentation/segmentation.module.js';
import { AdvertisingRepository } from './advertising.repository.js';
import { AdvertisingService } from './advertising.service.js';
import { BuildListProcessor } from './build-list.processor.js';
import { CallingListRepository } from './calling-list.repository.js';
import { CallingListService } from './calling-list.service.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { CampaignsService } from './campaigns.service.js';
import { OffersRepository } from './offers.repository.js';
import { OffersService } from './offers.service.js';
import { OutcomeSetsRepository } from './outcome-sets.repository.js';
import { OutcomeSetsService } from './outcome-sets.service.js';
import { PreflightRepository } from './preflight.repository.js';
import { PreflightService } from './preflight.service.js';
import { RankListProcessor } from './rank-list.processor.js';
import { ScriptPublishingService } from './script-publishing.service.js';
import { ScriptsRepository } from './scripts.repository.js';
import { ScriptsService } from './scripts.service.js';
import { WinBackRepository } from './win-back.repository.js';
import { WinBackService } from './win-back.service.js';

/** Campaigns, what they offer, say and ask, and their calling lists. */
@Module({
  imports: [AuditModule, SegmentationModule, JobsModule, ComplianceModule, LeadsModule],
  providers: [
    AdvertisingRepository,
    AdvertisingService,
    CampaignsRepository,
    CampaignsService,
    CallingListRepository,
    CallingListService,
    OffersRepository,
    OffersService,
    OutcomeSetsRepository,
    OutcomeSetsService,
    PreflightRepository,
    PreflightService,
    ScriptPublishingService,
    ScriptsRepository,
    ScriptsService,
    WinBackRepository,
    WinBackService,
    BuildListProcessor,
    RankListProcessor,
  ],
  exports: [
    AdvertisingService,
    CampaignsService,
    CallingListService,
    OutcomeSetsService,
    OffersService,
    PreflightService,
    ScriptPublishingService,
    ScriptsService,
    WinBackService,
    BuildListProcessor,
    RankListProcessor,
  ],
})
export class CampaignsModule {}
