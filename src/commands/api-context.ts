import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { createLogger } from '../app.js';
import { AppModule } from '../app.module.js';
import { SystemClock } from '../common/clock.js';
import { unpredictableRandom } from '../common/random.js';
import { readSettings } from '../config/settings.js';
import { LocalHub } from '../realtime/hub.js';
import { startServices } from '../services.js';

/** Connections of a command. */
const POOL_SIZE = 4;

/**
 * Do `work` with the services of the API, as the environment sets them up: nothing of the demonstration, and no part that
 * works or dials. `join`: beside a server that runs on the embedded database; without it, that is refused. Whatever was
 * started is stopped at the end, however it ends.
 */
export async function withApi(
  work: (app: INestApplicationContext) => Promise<void>,
  { join = false }: { join?: boolean } = {},
): Promise<void> {
  const settings = { ...readSettings(process.env), demo: false };
  const services = await startServices(settings, (line) => console.error(line), { join });
  try {
    const app = await NestFactory.createApplicationContext(
      AppModule.with({
        settings: { ...settings, role: 'api' },
        clock: new SystemClock((error) => console.error(error)),
        random: unpredictableRandom(),
        databaseUrl: services.databaseUrl,
        redisUrl: services.redisUrl,
        hub: new LocalHub(),
        poolSize: POOL_SIZE,
      }),
      { logger: createLogger(settings, ['warn', 'error', 'fatal']), abortOnError: false },
    );
    try {
      await work(app);
    } finally {
      await app.close();
    }
  } finally {
    await services.stop();
  }
}
