import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectPath } from '../common/project-folder.js';
import { CELLS, readProfile, type ProfileDocument } from './profile-document.js';

/** The profiles that come with the engine. */
export interface ShippedProfiles {
  /** Knows every cell. */
  house: ProfileDocument;
  documents: readonly ProfileDocument[];
}

export const HOUSE_CODE = 'house';

/** Throws an error that names every fault of every file. */
export function loadShippedProfiles(folder = projectPath('profiles')): ShippedProfiles {
  const faults: string[] = [];
  const documents: ProfileDocument[] = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const document = readFile(join(folder, file), file, faults);
    if (!document) continue;
    if (`${document.code}.json` !== file) faults.push(`${file}: its code is ${document.code}`);
    documents.push(document);
  }
  const house = documents.find(({ code }) => code === HOUSE_CODE);
  if (!house) faults.push(`There is no ${HOUSE_CODE}.json`);
  else
    for (const name of CELLS)
      if (house.cells[name] === null) faults.push(`${HOUSE_CODE}.json: ${name}: the house knows every rule`);
  if (faults.length > 0) throw new Error(`The profiles in ${folder} need mending:\n  ${faults.join('\n  ')}`);
  return { house: house!, documents: documents.filter((document) => document !== house).sort(byCode) };
}

const byCode = (a: ProfileDocument, b: ProfileDocument) => (a.code < b.code ? -1 : 1);

function readFile(path: string, file: string, faults: string[]): ProfileDocument | null {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    faults.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  const reading = readProfile(json);
  if (reading.ok) return reading.profile;
  for (const { path: where, message } of reading.faults) faults.push(`${file}: ${where}: ${message}`);
  return null;
}
