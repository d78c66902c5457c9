/** A process that holds the services of a data folder, for tests that kill it: it says what it has in one line of JSON. */
import { readSettings } from '../src/config/settings.js';
import { startServices } from '../src/services.js';

try {
  const services = await startServices(readSettings(process.env), (line) => console.error(line));
  const alive = setInterval(() => undefined, 60_000);
  // Before it says that it is ready: whoever hears that may stop it at once.
  process.once('SIGTERM', () => {
    clearInterval(alive);
    void services.stop();
  });
  console.log(JSON.stringify({ databaseUrl: services.databaseUrl, redisUrl: services.redisUrl }));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
