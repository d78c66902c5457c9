/** `node scripts/run.mjs <command> [arguments]`: build the server if need be, then run one of `src/commands/`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { fail, prepare, ROOT } from './prepare.mjs';

const [command, ...args] = process.argv.slice(2);
const folder = join(ROOT, 'src', 'commands');
if (!command || !existsSync(join(folder, `${command}.ts`))) {
  const known = existsSync(folder)
    ? readdirSync(folder).flatMap((file) => /^([a-z-]+)\.ts$/.exec(file)?.[1] ?? [])
    : [];
  fail(`${command ? `There is no command "${command}".` : 'Which command?'} There are: ${known.join(', ')}.`);
}
// Files named on the command line are meant from where it was typed.
const typedIn = process.env.INIT_CWD ?? process.cwd();
await prepare({ web: false });
process.chdir(typedIn);
process.argv = [process.argv[0], join(ROOT, 'dist', 'commands', `${command}.js`), ...args];
process.setSourceMapsEnabled(true);
await import(pathToFileURL(process.argv[1]).href);
