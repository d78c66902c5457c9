import { Module, type DynamicModule, type ModuleMetadata, type Type } from '@nestjs/common';

import { JOB_PROCESSORS, type JobProcessor } from './job-processor.js';
import { JobRunner } from './job-runner.js';
import { JobsModule } from './jobs.module.js';
import { JobsRepository } from './jobs.repository.js';

/** Running jobs, in processes that work. Importing it starts the runner with the application. */
@Module({})
export class JobRunnerModule {
  /** `processors` are classes that modules among `imports` export. */
  static with(imports: NonNullable<ModuleMetadata['imports']>, processors: Type<JobProcessor>[]): DynamicModule {
    return {
      module: JobRunnerModule,
      imports: [JobsModule, ...imports],
      providers: [
        JobsRepository,
        JobRunner,
        {
          provide: JOB_PROCESSORS,
          inject: processors,
          useFactory: (...instances: JobProcessor[]): JobProcessor[] => instances,
        },
      ],
      exports: [JobRunner],
    };
  }
}
