import { readFile, writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createAdapter, setConventions } from '../app.js';
import { AppModule } from '../app.module.js';
import { createOpenApi } from '../app-openapi.js';
import { SystemClock } from '../common/clock.js';
import { projectPath } from '../common/project-folder.js';
import { unpredictableRandom } from '../common/random.js';
import { readSettings } from '../config/settings.js';

const FILE = projectPath('docs', 'openapi.json');

/**
 * Write docs/openapi.json from the built application; with `--check` compare instead, and exit with 1 when they differ.
 * Needs no database: in preview nothing is instantiated, and the document comes from the classes alone.
 */
async function main(): Promise<void> {
  const settings = readSettings({});
  const clock = new SystemClock((error) => console.error(error));
  const random = unpredictableRandom();
  const module = AppModule.with({ settings, clock, random, databaseUrl: '', redisUrl: null });
  const app = await NestFactory.create<NestFastifyApplication>(module, createAdapter(settings), {
    logger: ['error'],
    abortOnError: false,
    preview: true,
  });
  setConventions(app);
  const text = `${JSON.stringify(createOpenApi(app, settings), null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    await writeFile(FILE, text);
    return;
  }
  if ((await readFile(FILE, 'utf8')) === text) return;
  console.error('docs/openapi.json is not what the code says: run `npm run openapi` and commit the result.');
  process.exitCode = 1;
}

await main();
