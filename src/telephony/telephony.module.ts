import { Module, type OnModuleDestroy } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { RANDOM, type Random } from '../common/random.js';
import { SimulatedTelephony } from './simulator/simulator.js';
import { TELEPHONY } from './telephony.port.js';

/** The switch of this process. */
@Module({
  providers: [
    {
      provide: SimulatedTelephony,
      useFactory: (clock: Clock, random: Random) => new SimulatedTelephony(clock, random.fork('telephony')),
      inject: [CLOCK, RANDOM],
    },
    { provide: TELEPHONY, useExisting: SimulatedTelephony },
  ],
  exports: [TELEPHONY, SimulatedTelephony],
})
export class TelephonyModule implements OnModuleDestroy {
  constructor(private readonly simulator: SimulatedTelephony) {}

  /** Simulated calls die with the process, and their timers must not keep it. */
  onModuleDestroy(): void {
    this.simulator.restart();
  }
}
