import { isDeepStrictEqual } from 'node:util';

import type { AuditEntry } from './audit-trail.service.js';

/** One thing that a change changed. Absent where there was nothing: null. */
export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

/** Why the engine itself did something. */
export const CHANGE_CAUSES = ['schedule', 'goal'] as const;
export type ChangeCause = (typeof CHANGE_CAUSES)[number];

/** A change as the trail tells it. */
export interface Change {
  id: number;
  at: Date;
  /** Null: the engine itself. */
  actor: { id: number; name: string } | null;
  action: string;
  /** Why, where no person did it. */
  cause: ChangeCause | null;
  changes: FieldChange[];
}

type Fields = Record<string, unknown>;

/** A note of the trail, reduced to what differs. */
export function changeOf({ id, at, userId, userName, action, before, after }: AuditEntry): Change {
  const actor = userId === null ? null : { id: userId, name: userName! };
  return { id, at, actor, action, cause: causeOf(after), changes: changesOf(before, after) };
}

/** What differs between two states of a thing, in the order of the later one, then of the earlier. */
export function changesOf(before: Fields | null, after: Fields | null): FieldChange[] {
  const fields = new Set([...Object.keys(after ?? {}), ...Object.keys(before ?? {})]);
  return [...fields].flatMap((field) => {
    const [was, is] = [before?.[field] ?? null, after?.[field] ?? null];
    return field === CAUSE || isDeepStrictEqual(was, is) ? [] : [{ field, before: was, after: is }];
  });
}

/** Beside what changed, a record says why where no person did it. */
export const CAUSE = 'cause';

export function causeOf(after: Fields | null): ChangeCause | null {
  const cause = after?.[CAUSE];
  return (CHANGE_CAUSES as readonly unknown[]).includes(cause) ? (cause as ChangeCause) : null;
}
