import { Module, type OnApplicationShutdown } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { RANDOM, type Random } from '../common/random.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { SimulatedTelephony } from './simulator/simulator.js';
import { DEFAULT_WORLD } from './simulator/world.js';
import { TELEPHONY } from './telephony.port.js';

/** The switch of this process. */
@Module({
  providers: [
    {
      provide: SimulatedTelephony,
      useFactory: (clock: Clock, random: Random, settings: Settings) =>
        new SimulatedTelephony(clock, random.fork('telephony'), {
          world: { ...DEFAULT_WORLD, answerRate: settings.simulatedAnswerRate },
        }),
      inject: [CLOCK, RANDOM, SETTINGS],
    },
    { provide: TELEPHONY, useExisting: SimulatedTelephony },
  ],
  exports: [TELEPHONY, SimulatedTelephony],
})
export class TelephonyModule implements OnApplicationShutdown {
  constructor(private readonly simulator: SimulatedTelephony) {}

  /** Simulated calls die with the process, and their timers must not keep it. Last: loops have let go of it before. */
  onApplicationShutdown(): void {
    this.simulator.restart();
  }
}
