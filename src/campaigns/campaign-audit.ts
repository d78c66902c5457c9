import type { Change, FieldChange } from '../audit/changes.js';

/** What a campaign's settings name by its id. */
export const NAMED_KINDS = ['segment', 'offer', 'script', 'outcome_set', 'campaign'] as const;
export type NamedKind = (typeof NAMED_KINDS)[number];

/** Names of things by kind and id. */
export type Names = ReadonlyMap<NamedKind, ReadonlyMap<number, string>>;

const KIND_OF: Readonly<Record<string, NamedKind>> = {
  offerId: 'offer',
  scriptId: 'script',
  outcomeSetId: 'outcome_set',
  clonedFromId: 'campaign',
};

/** Ids that changes speak of, by kind. */
export function idsIn(changes: readonly Change[]): Record<NamedKind, number[]> {
  const found = new Map<NamedKind, Set<number>>(NAMED_KINDS.map((kind) => [kind, new Set()]));
  for (const { field, before, after } of changes.flatMap((change) => change.changes))
    for (const value of [before, after]) {
      const kind = KIND_OF[field];
      if (kind && typeof value === 'number') found.get(kind)!.add(value);
      for (const { id } of segmentsOf(field, value) ?? []) found.get('segment')!.add(id);
    }
  return Object.fromEntries([...found].map(([kind, ids]) => [kind, [...ids]])) as Record<NamedKind, number[]>;
}

/** The same changes with `{ id, name }` where an id stood, and a name beside each segment's; null: it has none any more. */
export function withNames(changes: readonly Change[], names: Names): Change[] {
  const nameOf = (kind: NamedKind, id: number) => names.get(kind)?.get(id) ?? null;
  const named = (field: string, value: unknown): unknown => {
    const kind = KIND_OF[field];
    if (kind && typeof value === 'number') return { id: value, name: nameOf(kind, value) };
    return segmentsOf(field, value)?.map((each) => ({ ...each, name: nameOf('segment', each.id) })) ?? value;
  };
  const namedChange = ({ field, before, after }: FieldChange): FieldChange => ({
    field,
    before: named(field, before),
    after: named(field, after),
  });
  return changes.map((change) => ({ ...change, changes: change.changes.map(namedChange) }));
}

function segmentsOf(field: string, value: unknown): { id: number; weight: number }[] | null {
  return field === 'segments' && Array.isArray(value) ? (value as { id: number; weight: number }[]) : null;
}
