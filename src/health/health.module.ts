import { Global, Inject, Module, type OnModuleInit } from '@nestjs/common';

import { ClockWatch, UNSAFE_SKEW_MS, WARN_SKEW_MS } from './clock-watch.js';
import { HealthController } from './health.controller.js';
import { HealthRepository } from './health.repository.js';
import { MetricsService } from './metrics.service.js';
import { ReadinessService } from './readiness.service.js';

/** Health, metrics and the watch over the clocks, in every process and open to every module. */
@Global()
@Module({
  controllers: [HealthController],
  providers: [HealthRepository, ReadinessService, MetricsService, ClockWatch],
  exports: [ReadinessService, MetricsService, ClockWatch],
})
export class HealthModule implements OnModuleInit {
  constructor(
    @Inject(ReadinessService) private readonly readiness: ReadinessService,
    @Inject(MetricsService) private readonly metrics: MetricsService,
    @Inject(HealthRepository) private readonly health: HealthRepository,
    @Inject(ClockWatch) private readonly clockWatch: ClockWatch,
  ) {}

  onModuleInit(): void {
    this.readiness.register('database', async () => {
      await this.health.getDatabaseTime();
      return 'ok';
    });
    this.readiness.register('migrations', async () => ((await this.health.hasPendingMigrations()) ? 'error' : 'ok'));
    this.readiness.register('clock', async () => {
      const skew = Math.abs(this.clockWatch.skewMs() ?? 0);
      return skew > UNSAFE_SKEW_MS ? 'error' : skew > WARN_SKEW_MS ? 'warn' : 'ok';
    });
    this.metrics.gauge('zvon_clock_skew_seconds', "The database's clock less ours", [], (gauge) =>
      gauge.set((this.clockWatch.skewMs() ?? 0) / 1_000),
    );
  }
}
