import { Module } from '@nestjs/common';

import { CampaignWatchService } from './campaign-watch.service.js';
import { CampaignsModule } from './campaigns.module.js';

/** The watch over campaigns' schedules and goals, in processes that dial. */
@Module({
  imports: [CampaignsModule],
  providers: [CampaignWatchService],
  exports: [CampaignWatchService],
})
export class CampaignWatchModule {}
