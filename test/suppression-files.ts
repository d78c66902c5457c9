import type { LoadMode } from '../src/compliance/suppression-lists.repository.js';
import type { SuppressionListsService } from '../src/compliance/suppression-lists.service.js';
import type { Database } from '../src/database/database.js';

/** What a file holds: hashes of numbers, prefixes. */
export interface FileContent {
  hashes?: readonly Buffer[];
  prefixes?: readonly string[];
  mode?: LoadMode;
  datedAt: Date;
}

/** A file put into a list, chunk by chunk as an import does it; without its end. Returns the id of its load. */
export async function fillLoad(
  database: Database,
  lists: SuppressionListsService,
  listId: number,
  file: FileContent,
): Promise<number> {
  const { hashes = [], prefixes = [], mode = 'replace', datedAt } = file;
  const loadId = await database.transaction((tx) =>
    lists.beginLoad(tx, { organisationId: 1, listId, importId: null, mode, datedAt }),
  );
  for (let from = 0; from < hashes.length; from += 3)
    await database.transaction((tx) => lists.copyNumbers(tx, loadId, hashes.slice(from, from + 3).map(copyLine)));
  if (prefixes.length > 0) await database.transaction((tx) => lists.copyPrefixes(tx, loadId, prefixes));
  return loadId;
}

/** A file put into a list, in force. */
export async function loadFile(
  database: Database,
  lists: SuppressionListsService,
  listId: number,
  file: FileContent,
): Promise<{ loadId: number; numbers: number; duplicates: number }> {
  const loadId = await fillLoad(database, lists, listId, file);
  return { loadId, ...(await database.transaction((tx) => lists.finishLoad(tx, loadId))) };
}

function copyLine(hash: Buffer): Buffer {
  return Buffer.from(`\\\\x${hash.toString('hex')}\n`);
}
