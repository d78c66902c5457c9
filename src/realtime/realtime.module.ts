import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';

import { HUB, type Hub } from './hub.js';
import { LiveUpdates } from './live-updates.js';
import { PostgresHub } from './postgres-hub.js';

/** Word of changes, open to every module. */
@Module({})
export class RealtimeModule implements OnApplicationShutdown {
  constructor(@Inject(HUB) private readonly hub: Hub) {}

  /** With a hub handed in, as in a simulated shift, that one; else word travels between processes through the database. */
  static with(options: { databaseUrl: string; hub?: Hub }): DynamicModule {
    return {
      module: RealtimeModule,
      global: true,
      providers: [
        {
          provide: HUB,
          useFactory: async (): Promise<Hub> => {
            if (options.hub) return options.hub;
            const hub = new PostgresHub(options.databaseUrl);
            await hub.open();
            return hub;
          },
        },
        LiveUpdates,
      ],
      exports: [HUB, LiveUpdates],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.hub instanceof PostgresHub) await this.hub.close();
  }
}
