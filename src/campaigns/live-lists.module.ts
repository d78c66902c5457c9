import { Module } from '@nestjs/common';

import { CampaignsModule } from './campaigns.module.js';
import { LiveListsRepository } from './live-lists.repository.js';
import { LiveListsService } from './live-lists.service.js';

/** The upkeep of calling lists, in processes that work. */
@Module({ imports: [CampaignsModule], providers: [LiveListsRepository, LiveListsService], exports: [LiveListsService] })
export class LiveListsModule {}
