import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';

import { USER_ROLES, type UserRole } from '../auth/access.js';
import { UsersService } from '../auth/users.service.js';
import { ORGANISATION_ID } from '../common/organisation.js';
import { Problem } from '../common/problem.js';
import { withApi } from './api-context.js';

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
  await withApi(async (app) => {
    const users = app.get(UsersService, { strict: false });
    if (disable) {
      await users.disableUser(ORGANISATION_ID, login);
      console.log(`Nobody signs in as ${login} any more.`);
      return;
    }
    const person = { organisationId: ORGANISATION_ID, login, name: name!, role: role as UserRole, password };
    const isNew = await users.createOrReset(person);
    console.log(
      isNew ? `${login} can sign in now.` : `${login} has a new password; whoever was signed in is not any more.`,
    );
  });
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
