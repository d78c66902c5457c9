import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import { ReadinessService } from '../health/readiness.service.js';
import { BullWaker } from './bull-waker.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';
import { LocalWaker } from './local-waker.js';
import { WAKER, type Waker } from './waker.js';

/** Enqueueing and looking at jobs, in every process. */
@Module({
  providers: [
    JobsRepository,
    JobsService,
    {
      provide: WAKER,
      inject: [SETTINGS, ReadinessService],
      useFactory: ({ redisUrl }: Settings, readiness: ReadinessService): Waker => {
        if (redisUrl === null) return new LocalWaker();
        const waker = new BullWaker(redisUrl);
        // Without Redis everything still works, a little later: so it is told, but does not make us unready.
        readiness.register('redis', async () => ((await waker.isReachable()) ? 'ok' : 'warn'));
        return waker;
      },
    },
  ],
  exports: [JobsService, WAKER],
})
export class JobsModule implements OnApplicationShutdown {
  constructor(@Inject(WAKER) private readonly waker: Waker) {}

  onApplicationShutdown(): Promise<void> {
    return this.waker.close();
  }
}
