import { Module } from '@nestjs/common';

import { CallbackWatchModule } from './callbacks/callback-watch.module.js';
import { CampaignWatchModule } from './campaigns/campaign-watch.module.js';
import { DeskWatchModule } from './desk/desk-watch.module.js';
import { PacingModule } from './pacing/pacing.module.js';
import { RecycleWatchModule } from './scheduler/recycle-watch.module.js';
import { SimulationModule } from './simulation/simulation.module.js';

/**
 * What places calls: telephony, dialing, the campaigns' loops, their schedules and goals, and those who see to it that nobody
 * is left on the line, and no promise or further round forgotten.
 */
@Module({
  imports: [
    PacingModule,
    SimulationModule,
    DeskWatchModule,
    CampaignWatchModule,
    CallbackWatchModule,
    RecycleWatchModule,
  ],
})
export class DialerModule {}
