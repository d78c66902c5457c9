import type { Dedupe } from './import.js';
import type { EncodedChunk } from './import-encoder.js';

/** What becomes of a row that can be read. */
export const FATE = { imported: 0, duplicate: 1, suppressed: 2, updated: 3 } as const;

/** What the database knows of the leads of a chunk. Leads that it knows nothing of are left out. */
export interface KnownLead {
  /** Place of the lead in the chunk, from 0. */
  at: number;
  /** Its number must not be called. */
  suppressed: boolean;
  /** The lead that is there already, in the scope of the import. */
  leadId: number | null;
}

/** The fates of one chunk. */
export interface ChunkFates {
  /** Of each staged lead, one of FATE. */
  fates: Uint8Array;
  imported: number;
  duplicate: number;
  suppressed: number;
  /** Rows whose word goes over a lead that is there, in the order of the file. */
  updates: { at: number; leadId: number }[];
}

/**
 * One fate for each staged lead. Suppression goes first, so that a number that must not be called counts the same in every
 * row; then whoever is there already, the oldest of several, be it from before or from an earlier row of this chunk: as if
 * the rows were read one by one.
 */
export function judgeChunk(
  chunk: Pick<EncodedChunk, 'staged' | 'firstLeadId' | 'keys' | 'moreKeys' | 'barred'>,
  known: readonly KnownLead[],
  action: Dedupe['action'],
): ChunkFates {
  const { staged, firstLeadId, keys, moreKeys, barred } = chunk;
  const fates = new Uint8Array(staged);
  const leadIds = new Map<number, number>();
  for (const { at, suppressed, leadId } of known) {
    if (suppressed) fates[at] = FATE.suppressed;
    else if (leadId !== null) leadIds.set(at, leadId);
  }
  const updates: ChunkFates['updates'] = [];
  // By key, the lead that rows of this chunk have given it to; 0 for none.
  const holders = new Float64Array(staged + moreKeys.length / 2);
  const hold = (key: number, leadId: number) => {
    const holder = holders[key]!;
    if (holder === 0 || leadId < holder) holders[key] = leadId;
  };
  let duplicate = 0;
  let suppressed = 0;
  let more = 0;
  for (let at = 0; at < staged; at++) {
    if (barred[at] === 1) fates[at] = FATE.suppressed;
    if (fates[at] === FATE.suppressed) {
      suppressed++;
      continue;
    }
    if (action === 'keep_both') continue;
    const key = keys[at]!;
    const holder = key < 0 ? 0 : holders[key]!;
    let leadId = leadIds.get(at) ?? holder;
    if (holder !== 0 && holder < leadId) leadId = holder;
    if (leadId !== 0 && action === 'skip') {
      fates[at] = FATE.duplicate;
      duplicate++;
      continue;
    }
    if (leadId === 0) leadId = firstLeadId + at;
    else {
      fates[at] = FATE.updated;
      updates.push({ at, leadId });
    }
    if (key >= 0) hold(key, leadId);
    while (more < moreKeys.length && moreKeys[more]! < at) more += 2;
    for (; more < moreKeys.length && moreKeys[more] === at; more += 2) hold(moreKeys[more + 1]!, leadId);
  }
  return { fates, imported: staged - duplicate - suppressed - updates.length, duplicate, suppressed, updates };
}

/** The lines of the staged leads whose fate is `fate`, in as few pieces as there are runs of them. */
export function linesWith(fates: Uint8Array, fate: number, lines: Uint8Array, ends: Uint32Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < fates.length;) {
    if (fates[at] !== fate) {
      at++;
      continue;
    }
    const start = at === 0 ? 0 : ends[at - 1]!;
    while (at < fates.length && fates[at] === fate) at++;
    pieces.push(lines.subarray(start, ends[at - 1]));
  }
  return pieces;
}

/**
 * Updates in rounds, none of which names a lead twice: a set-based update takes one row for each lead, and of several rows
 * of the file the later one goes over the earlier one.
 */
export function updateRounds(updates: ChunkFates['updates']): ChunkFates['updates'][] {
  const rounds: ChunkFates['updates'][] = [];
  const seen = new Map<number, number>();
  for (const update of updates) {
    const round = seen.get(update.leadId) ?? 0;
    seen.set(update.leadId, round + 1);
    (rounds[round] ??= []).push(update);
  }
  return rounds;
}
