import { Module } from '@nestjs/common';

import { RecycleWatchService } from './recycle-watch.service.js';
import { SchedulerModule } from './scheduler.module.js';

/** The watch over lists that are worked out, in processes that dial. */
@Module({
  imports: [SchedulerModule],
  providers: [RecycleWatchService],
  exports: [RecycleWatchService],
})
export class RecycleWatchModule {}
