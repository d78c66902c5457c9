import { Module } from '@nestjs/common';

import { DeskWatchModule } from './desk/desk-watch.module.js';
import { PacingModule } from './pacing/pacing.module.js';
import { SimulationModule } from './simulation/simulation.module.js';

/** What places calls: telephony, dialing, the campaigns' loops, and those who see to it that nobody is left on the line. */
@Module({ imports: [PacingModule, SimulationModule, DeskWatchModule] })
export class DialerModule {}
