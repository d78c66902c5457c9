import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';

import { createLogger } from '../app.js';
import { AppModule } from '../app.module.js';
import { USER_ROLES, type UserRole } from '../auth/access.js';
import { UsersService } from '../auth/users.service.js';
import { SystemClock } from '../common/clock.js';
import { ORGANISATION_ID } from '../common/organisation.js';
import { Problem } from '../common/problem.js';
import { unpredictableRandom } from '../common/random.js';
import { readSettings } from '../config/settings.js';
import { LocalHub } from '../realtime/hub.js';
import { startServices } from '../services.js';

const USAGE = `npm run user -- --login LOGIN --name "FULL NAME" --role marketer|manager|operator

       npm run user -- --login LOGIN --disable

Makes somebody who can sign in, or gives an existing login a new password. The password is read from the first line of
the standard input. With --disable nobody signs in as LOGIN any more, and whoever is signed in is not. On the embedded
database, stop the server first.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      login: { type: 'string' },
      name: { type: 'string' },
      role: { type: 'string' },
      disable: { type: 'boolean', default: false },
    },
  });
  const { login, name, role, disable } = values;
  if (!login || (!disable && (!name || !(USER_ROLES as readonly string[]).includes(role ?? '')))) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const password = disable ? '' : await readPassword();
  // Nothing of the demonstration, and no part that works or dials.
  const settings = { ...readSettings(process.env), demo: false };
  const services = await startServices(settings, (line) => console.error(line));
  try {
    const app = await NestFactory.createApplicationContext(
      AppModule.with({
        settings: { ...settings, role: 'api' },
        clock: new SystemClock((error) => console.error(error)),
        random: unpredictableRandom(),
        databaseUrl: services.databaseUrl,
        redisUrl: services.redisUrl,
        hub: new LocalHub(),
        poolSize: 2,
      }),
      { logger: createLogger(settings, ['warn', 'error', 'fatal']), abortOnError: false },
    );
    try {
      const users = app.get(UsersService, { strict: false });
      if (disable) {
        await users.disableUser(ORGANISATION_ID, login);
        console.log(`Nobody signs in as ${login} any more.`);
      } else {
        const person = { organisationId: ORGANISATION_ID, login, name: name!, role: role as UserRole, password };
        const isNew = await users.createOrReset(person);
        console.log(
          isNew ? `${login} can sign in now.` : `${login} has a new password; whoever was signed in is not any more.`,
        );
      }
    } finally {
      await app.close();
    }
  } finally {
    await services.stop();
  }
}

async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password: ');
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  return '';
}

main().catch((error: unknown) => {
  console.error(error instanceof Problem || !(error instanceof Error) ? String((error as Error).message) : error.stack);
  process.exitCode = 1;
});
