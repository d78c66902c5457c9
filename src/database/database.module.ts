import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { createDataSource, type DataSourceOptions } from './data-source.js';
import { Database } from './database.js';
import { migrate } from './migrations.js';

/** The one pool of a process, open to every module. The schema is brought up to date before anything else starts. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  static with(options: DataSourceOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: DataSource,
          useFactory: async () => {
            const source = createDataSource(options);
            await source.initialize();
            try {
              await migrate(source);
            } catch (error) {
              await source.destroy();
              throw error;
            }
            return source;
          },
        },
        Database,
      ],
      exports: [Database],
    };
  }

  /** After all others: modules that depend on it have let go in the hooks before. */
  async onApplicationShutdown(): Promise<void> {
    await this.source.destroy();
  }
}
