import { Module } from '@nestjs/common';

import { CallbacksModule } from '../callbacks/callbacks.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { DialingModule } from '../dialing/dialing.module.js';
import { DispositionsModule } from '../dispositions/dispositions.module.js';
import { LeadsModule } from '../leads/leads.module.js';
import { OperatorsModule } from '../operators/operators.module.js';
import { DeskRepository } from './desk.repository.js';
import { DeskService } from './desk.service.js';

/** The operator's screen, composed of what the other modules know. */
@Module({
  imports: [CallbacksModule, CampaignsModule, DialingModule, DispositionsModule, LeadsModule, OperatorsModule],
  providers: [DeskRepository, DeskService],
  exports: [DeskService],
})
export class DeskModule {}
