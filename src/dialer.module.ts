import { Module } from '@nestjs/common';

import { CampaignWatchModule } from './campaigns/campaign-watch.module.js';
import { DeskWatchModule } from './desk/desk-watch.module.js';
import { PacingModule } from './pacing/pacing.module.js';
import { SimulationModule } from './simulation/simulation.module.js';

/**
 * What places calls: telephony, dialing, the campaigns' loops, their schedules and goals, and those who see to it that nobody
 * is left on the line.
 */
@Module({ imports: [PacingModule, SimulationModule, DeskWatchModule, CampaignWatchModule] })
export class DialerModule {}
