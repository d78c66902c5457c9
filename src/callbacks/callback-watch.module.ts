import { Module } from '@nestjs/common';

import { CallbacksModule } from './callbacks.module.js';
import { CallbackWatchService } from './callback-watch.service.js';
import { CallbacksRepository } from './callbacks.repository.js';

/** The watch over promises, in processes that dial. */
@Module({
  imports: [CallbacksModule],
  providers: [CallbacksRepository, CallbackWatchService],
  exports: [CallbackWatchService],
})
export class CallbackWatchModule {}
