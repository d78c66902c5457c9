/** `node --import ./test/register-typescript.mjs file.ts` runs the project's TypeScript. */
import { register } from 'node:module';

register('./typescript-loader.mjs', import.meta.url);
