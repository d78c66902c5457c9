import { createApp, createLogger } from './app.js';
import { servePages } from './app-pages.js';
import { SystemClock } from './common/clock.js';
import { unpredictableRandom } from './common/random.js';
import { DEFAULT_DEMO_PASSWORD, readSettings, type Settings } from './config/settings.js';
import { startServices } from './services.js';

/** A second signal that comes sooner is the same Ctrl-C, passed on by whoever started us. */
const SAME_SIGNAL_MS = 1_000;
const STOP_WITHIN_MS = 30_000;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLogger(settings);
  log.setContext('Zvon');
  const services = await startServices(settings, (line) => log.log(line));
  try {
    const clock = new SystemClock((error) => log.error(explain(error)));
    const { databaseUrl, redisUrl } = services;
    const servesPeople = settings.role === 'all' || settings.role === 'api';
    const app = await createApp({
      ...{ settings, clock, databaseUrl, redisUrl },
      random: unpredictableRandom(),
      ...(servesPeople && { pages: servePages }),
    });
    const stop = async (): Promise<void> => {
      // Takes no new requests, lets loops and jobs come to the end of their turn, then lets go of the database.
      await app.close();
      await services.stop();
    };
    stopOnSignal(stop, (line) => log.log(line));
    await app.listen(settings.port, settings.host).catch(async (error: unknown) => {
      await app.close();
      throw error;
    });
    greet(settings, await app.getUrl());
  } catch (error) {
    await services.stop();
    throw error;
  }
}

function greet(settings: Settings, url: string): void {
  const lines = [`Zvon is ready at ${settings.publicUrl ?? url}`];
  if (settings.demo && (settings.role === 'all' || settings.role === 'api')) {
    lines.push('Sign in as:');
    for (const role of ['marketer', 'manager', 'operator'] as const) {
      const isDefault = settings.demoPasswords[role] === DEFAULT_DEMO_PASSWORD;
      lines.push(`  ${role.padEnd(8)}  password ${isDefault ? DEFAULT_DEMO_PASSWORD : 'as set in the environment'}`);
    }
  }
  console.log(`\n${lines.join('\n')}\n`);
}

/** The first signal stops in good order, the second at once. */
function stopOnSignal(stop: () => Promise<void>, log: (line: string) => void): void {
  let stoppingSince: number | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stoppingSince !== null) {
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    log(`${signal}: stopping; once more to stop at once`);
    setTimeout(() => {
      console.error(`Not stopped after ${STOP_WITHIN_MS / 1_000} s: giving up`);
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(explain(error));
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGHUP', onSignal);
  process.on('SIGTERM', onSignal);
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  // What the environment or the machine lacks is a plain error with a sentence for people; a stack would hide it.
  console.error(error instanceof Error && error.constructor === Error ? error.message : explain(error));
  process.exit(1);
});
