import { readFileSync } from 'node:fs';

import { projectPath } from '../common/project-folder.js';

/** The version in package.json. */
export function readVersion(): string {
  return (JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { version: string }).version;
}
