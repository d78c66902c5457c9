import { Module, type DynamicModule } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { RANDOM, type Random } from '../common/random.js';
import { SETTINGS, type Settings } from './settings.js';

/** What is handed in from outside: settings, time and chance. */
@Module({})
export class ConfigModule {
  static with(settings: Settings, clock: Clock, random: Random): DynamicModule {
    const providers = [
      { provide: SETTINGS, useValue: settings },
      { provide: CLOCK, useValue: clock },
      { provide: RANDOM, useValue: random },
    ];
    return { module: ConfigModule, global: true, providers, exports: providers };
  }
}
