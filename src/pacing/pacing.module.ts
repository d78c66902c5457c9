import { Module } from '@nestjs/common';

import { CallbacksModule } from '../callbacks/callbacks.module.js';
import { SwitchboardModule } from '../dialing/switchboard.module.js';
import { SchedulerModule } from '../scheduler/scheduler.module.js';
import { PacingRepository } from './pacing.repository.js';
import { PacingService } from './pacing.service.js';

/** The loops of campaigns, in processes that dial. */
@Module({
  imports: [CallbacksModule, SchedulerModule, SwitchboardModule],
  providers: [PacingRepository, PacingService],
  exports: [PacingService],
})
export class PacingModule {}
