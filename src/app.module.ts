import { Module, type DynamicModule, type Type } from '@nestjs/common';

import { ApiModule } from './api.module.js';
import { AuthModule } from './auth/auth.module.js';
import type { Clock } from './common/clock.js';
import type { Random } from './common/random.js';
import { ConfigModule } from './config/config.module.js';
import type { ProcessRole, Settings } from './config/settings.js';
import { DatabaseModule } from './database/database.module.js';
import { DialerModule } from './dialer.module.js';
import { ENTITIES } from './entities.js';
import { HealthModule } from './health/health.module.js';
import type { Hub } from './realtime/hub.js';
import { RealtimeModule } from './realtime/realtime.module.js';
import { WorkerModule } from './worker.module.js';

export interface AppModuleOptions {
  settings: Settings;
  clock: Clock;
  random: Random;
  databaseUrl: string;
  redisUrl: string | null;
  /** Handed in where everything runs in one process; otherwise word travels through the database. */
  hub?: Hub;
  /** Connections to the database at most. */
  poolSize?: number;
  /** See `createDataSource`. */
  asyncCommit?: boolean;
}

const PARTS: Readonly<Record<ProcessRole, readonly Type[]>> = {
  all: [ApiModule, WorkerModule, DialerModule],
  api: [ApiModule],
  worker: [WorkerModule],
  dialer: [DialerModule],
};

/** The whole process: what every role needs, and the parts of its own. */
@Module({})
export class AppModule {
  static with(options: AppModuleOptions): DynamicModule {
    const { clock, random, databaseUrl, redisUrl, hub, poolSize, asyncCommit } = options;
    // The addresses that are in use, be they of the environment or of servers that we started.
    const settings: Settings = { ...options.settings, databaseUrl, redisUrl };
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(settings, clock, random),
        DatabaseModule.with({
          url: databaseUrl,
          entities: ENTITIES,
          ...(poolSize !== undefined && { poolSize }),
          ...(asyncCommit !== undefined && { asyncCommit }),
        }),
        RealtimeModule.with({ databaseUrl, ...(hub && { hub }) }),
        HealthModule,
        AuthModule,
        ...PARTS[settings.role],
      ],
    };
  }
}
