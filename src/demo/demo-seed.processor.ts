import { Injectable } from '@nestjs/common';

import type { JobProcessor } from '../jobs/job-processor.js';
import { DEMO_SEED_JOB, DemoService } from './demo.service.js';

/** Fills a new installation with the demonstration. */
@Injectable()
export class DemoSeedProcessor implements JobProcessor {
  readonly kind = DEMO_SEED_JOB;

  constructor(private readonly demo: DemoService) {}

  async run(): Promise<'done'> {
    await this.demo.seed();
    return 'done';
  }
}
