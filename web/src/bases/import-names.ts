import type { TFunction } from 'i18next';
import type { Import } from '../api/contract';
import type { Tone } from '../design/controls';

export const IMPORT_TONES: Record<Import['state'], Tone> = {
  queued: 'info',
  running: 'info',
  done: 'good',
  failed: 'bad',
  cancelled: 'quiet',
  undoing: 'warn',
  undone: 'quiet',
};

export const FATES = [
  { key: 'imported', tone: 'tone-1' },
  { key: 'updated', tone: 'tone-2' },
  { key: 'duplicate', tone: 'tone-3' },
  { key: 'suppressed', tone: 'tone-warn' },
  { key: 'rejected', tone: 'tone-bad' },
] as const;

/** What the rows went into: a base, or a list of numbers that may not be called. */
export const targetOf = (t: TFunction, one: Import) => one.baseName ?? one.listName ?? t('import.targetGone');
