import type { Analysis, AttributeType, ColumnField, DateOrder, ImportMapping } from '../api/contract.js';

/** What a column is taken for. Of the phones one is called first; the others are further numbers of the same person. */
export const HOLDINGS = [
  'phone',
  'secondPhone',
  'name',
  'firstName',
  'middleName',
  'lastName',
  'externalId',
  'region',
  'timeZone',
  'priority',
  'owner',
  'attribute',
  'leaveOut',
] as const;
export type Holding = (typeof HOLDINGS)[number];

export interface PlannedColumn {
  column: string;
  holds: Holding;
  /** Of an attribute; kept while the column holds something else, for when it becomes one. */
  type: AttributeType;
  dateOrder?: DateOrder;
  /** Somebody has said so: nothing is guessed of it any more. */
  chosen: boolean;
}

/** One for each column of the file, in its order. */
export type ColumnPlan = readonly PlannedColumn[];

const NAME_PARTS = ['firstName', 'middleName', 'lastName'] as const;
/** What only one column can hold. */
const SINGLE = ['name', 'externalId', 'region', 'timeZone', 'priority', 'owner'] as const;

const isNamePart = (what: Holding | ColumnField): what is (typeof NAME_PARTS)[number] =>
  (NAME_PARTS as readonly string[]).includes(what);

/** What the analysis proposes. */
export function planOf({ columns, mapping }: Pick<Analysis, 'columns' | 'mapping'>): ColumnPlan {
  return columns.map(({ name: column, field, type }) => {
    const attribute = mapping.attributes.find((one) => one.column === column);
    return {
      column,
      holds: heldBy(column, field, mapping),
      type: attribute?.type ?? type,
      ...(attribute?.dateOrder && { dateOrder: attribute.dateOrder }),
      chosen: false,
    };
  });
}

function heldBy(column: string, field: ColumnField, mapping: ImportMapping): Holding {
  const phone = mapping.phones.indexOf(column);
  if (phone >= 0) return phone === 0 ? 'phone' : 'secondPhone';
  const part = mapping.nameParts.indexOf(column);
  if (part >= 0) {
    if (isNamePart(field)) return field;
    if (part === 0) return 'firstName';
    return part === mapping.nameParts.length - 1 ? 'lastName' : 'middleName';
  }
  const single = SINGLE.find((one) => mapping[one] === column);
  if (single) return single;
  return mapping.attributes.some((one) => one.column === column) ? 'attribute' : 'leaveOut';
}

/**
 * The plan with one column taken for something else. What only one column can hold is taken from the one that held it,
 * which becomes an attribute. A phone that another takes the place of becomes a further phone.
 */
export function take(plan: ColumnPlan, column: string, holds: Holding): ColumnPlan {
  const displaced: Holding = holds === 'phone' ? 'secondPhone' : 'attribute';
  const isSingle = holds === 'phone' || isNamePart(holds) || (SINGLE as readonly string[]).includes(holds);
  const changed = plan.map((one) => {
    if (one.column === column) return { ...one, holds, chosen: true };
    if (isSingle && one.holds === holds) return { ...one, holds: displaced };
    // A whole name and its parts exclude each other.
    if (holds === 'name' && isNamePart(one.holds)) return { ...one, holds: 'attribute' as const };
    if (isNamePart(holds) && one.holds === 'name') return { ...one, holds: 'attribute' as const };
    return one;
  });
  if (changed.some((one) => one.holds === 'phone')) return changed;
  // Somebody has to be called first.
  const next = changed.findIndex((one) => one.holds === 'secondPhone' && one.column !== column);
  return changed.map((one, index) => (index === next ? { ...one, holds: 'phone' as const } : one));
}

export function retype(plan: ColumnPlan, column: string, type: AttributeType, dateOrder?: DateOrder): ColumnPlan {
  return plan.map((one) =>
    one.column === column ? { column, holds: one.holds, type, ...(dateOrder && { dateOrder }), chosen: true } : one,
  );
}

/** The plan as the API takes it. `proposed` says in which order the parts of a name stand. */
export function mappingOf(plan: ColumnPlan, proposed: readonly string[] = []): ImportMapping {
  const holding = (what: Holding) => plan.filter((one) => one.holds === what).map((one) => one.column);
  const single = (what: Holding) => holding(what)[0] ?? null;
  const parts = NAME_PARTS.flatMap(holding);
  const wasFound = parts.length > 0 && parts.every((part) => proposed.includes(part));
  return {
    phones: [...holding('phone'), ...holding('secondPhone')],
    name: single('name'),
    nameParts: wasFound ? proposed.filter((part) => parts.includes(part)) : parts,
    externalId: single('externalId'),
    region: single('region'),
    timeZone: single('timeZone'),
    priority: single('priority'),
    owner: single('owner'),
    attributes: plan
      .filter((one) => one.holds === 'attribute')
      .map(({ column, type, dateOrder }) => ({
        column,
        name: column,
        type,
        ...(type === 'date' && dateOrder && { dateOrder }),
      })),
  };
}
