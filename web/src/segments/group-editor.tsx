import { useEffect, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Operator, SegmentField } from '../api/contract';
import { Button } from '../design/controls';
import {
  copyOf,
  isAttribute,
  newCondition,
  newGroup,
  operatorsOf,
  type ConditionNode,
  type GroupKind,
  type GroupNode,
  type Node,
} from './rule';
import type { Names } from './sentence';
import { ValueEditor } from './value-editor';

const MAX_DEPTH = 5;
const HISTORY = [
  'last_outcome',
  'refusal_reason',
  'refusal_price',
  'refusal_currency',
  'refusal_competitor',
  'reconsider_on',
  'refused_offer',
  'refused_offer_price',
  'attempts',
  'contacts',
  'last_attempt_at',
  'last_contact_at',
  'talked_seconds',
  'callback_pending',
  'bought_offer',
  'complained',
];

export interface Shared {
  fields: SegmentField[];
  names: Names;
  /** The segment that is edited; null: a new one. */
  self: number | null;
  /** Key of the row that has just come and wants the focus. */
  wanted: RefObject<string | null>;
}

/** One group of conditions: all, any or none of them; groups may lie within groups. `typing` names the field typed in. */
export function GroupEditor(
  props: Shared & {
    group: GroupNode;
    depth: number;
    onChange: (group: GroupNode, typing?: string) => void;
    onRemove?: () => void;
  },
) {
  const { t } = useTranslation();
  const { group, onChange, depth, fields, names, self, wanted } = props;
  const shared = { fields, names, self, wanted };
  const add = useRef<HTMLDivElement>(null);
  const change = (key: string, node: Node, typing?: string) =>
    onChange({ ...group, nodes: group.nodes.map((one) => (one.key === key ? node : one)) }, typing);
  const remove = (key: string) => {
    onChange({ ...group, nodes: group.nodes.filter((one) => one.key !== key) });
    // What had the focus goes away with the row.
    add.current?.querySelector('button')?.focus();
  };
  const insert = (node: Node, focused: string, after?: string) => {
    wanted.current = focused;
    const at = after === undefined ? group.nodes.length : group.nodes.findIndex(({ key }) => key === after) + 1;
    onChange({ ...group, nodes: group.nodes.toSpliced(at, 0, node) });
  };

  return (
    <div className={`rule-group depth-${depth}`} role="group" aria-label={t(`group.${group.kind}`)}>
      <div className="row spread">
        <select
          className="input kind"
          aria-label={t('group.kind')}
          value={group.kind}
          onChange={(event) => onChange({ ...group, kind: event.target.value as GroupKind })}
        >
          {(['all', 'any', 'none'] as const).map((kind) => (
            <option key={kind} value={kind}>
              {t(`group.${kind}`)}
            </option>
          ))}
        </select>
        {props.onRemove && (
          <Button
            small
            variant="ghost"
            icon="trash"
            aria-label={t('group.remove')}
            title={t('group.remove')}
            onClick={props.onRemove}
          />
        )}
      </div>
      {group.nodes.length === 0 && (
        <p className="muted small">{group.kind === 'any' ? t('group.nobody') : t('group.everyone')}</p>
      )}
      {group.nodes.map((node) =>
        node.kind === 'condition' ? (
          <ConditionRow
            key={node.key}
            {...shared}
            condition={node}
            onChange={(next, typing) => change(node.key, next, typing)}
            onRemove={() => remove(node.key)}
            onCopy={() => {
              const copy = copyOf(node);
              insert(copy, copy.key, node.key);
            }}
          />
        ) : (
          <GroupEditor
            key={node.key}
            {...shared}
            group={node}
            depth={depth + 1}
            onChange={(next, typing) => change(node.key, next, typing)}
            onRemove={() => remove(node.key)}
          />
        ),
      )}
      <div className="row wrap" ref={add}>
        <Button
          small
          icon="plus"
          onClick={() => {
            const condition = newCondition();
            insert(condition, condition.key);
          }}
        >
          {t('group.addCondition')}
        </Button>
        {depth < MAX_DEPTH && (
          <Button
            small
            variant="ghost"
            icon="group"
            onClick={() => {
              const condition = newCondition();
              insert(newGroup(group.kind === 'any' ? 'all' : 'any', [condition]), condition.key);
            }}
          >
            {t('group.addGroup')}
          </Button>
        )}
      </div>
    </div>
  );
}

function ConditionRow(
  props: Shared & {
    condition: ConditionNode;
    onChange: (condition: ConditionNode, typing?: string) => void;
    onRemove: () => void;
    onCopy: () => void;
  },
) {
  const { t } = useTranslation();
  const { condition, fields, wanted, onChange } = props;
  const choose = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (wanted.current !== condition.key) return;
    wanted.current = null;
    choose.current?.focus();
  }, [wanted, condition.key]);

  const field = fields.find((one) => one.field === condition.field);
  const type = field?.type ?? 'text';
  const operators = operatorsOf(condition.field, type);
  // A rule that was not made here may compare in a way that is not offered.
  const offered = operators.includes(condition.is) ? operators : [condition.is, ...operators];
  const groups = [
    { label: t('field.groupLead'), fields: fields.filter((one) => !isAttribute(one.field) && !isHistory(one)) },
    { label: t('field.groupAttributes'), fields: fields.filter((one) => isAttribute(one.field)) },
    { label: t('field.groupHistory'), fields: fields.filter(isHistory) },
  ];
  const isGone = condition.field !== '' && !field;

  return (
    <div className="rule-row">
      <select
        ref={choose}
        className="input field-choice"
        aria-label={t('field.label')}
        title={
          field && !isAttribute(field.field) ? t(`field.${field.field}`, { defaultValue: field.label }) : undefined
        }
        value={condition.field}
        onChange={(event) => {
          const next = fields.find((one) => one.field === event.target.value);
          const first = operatorsOf(event.target.value, next?.type ?? 'text')[0] ?? 'equals';
          onChange({ ...condition, field: event.target.value, is: first, values: [], saved: undefined });
        }}
      >
        <option value="" disabled>
          {t('field.choose')}
        </option>
        {isGone && <option value={condition.field}>{condition.field.replace(/^attribute\./, '')}</option>}
        {groups
          .filter((one) => one.fields.length > 0)
          .map((one) => (
            <optgroup key={one.label} label={one.label}>
              {one.fields.map((each) => (
                <option key={each.field} value={each.field}>
                  {isAttribute(each.field) ? each.label : t(`field.${each.field}`, { defaultValue: each.label })}
                </option>
              ))}
            </optgroup>
          ))}
      </select>
      <select
        className="input"
        aria-label={t('field.operator')}
        title={condition.field === '' ? undefined : t(`operator.${condition.is}`)}
        value={condition.is}
        disabled={condition.field === ''}
        onChange={(event) => onChange(compare(condition, event.target.value as Operator))}
      >
        {offered.map((operator) => (
          <option key={operator} value={operator}>
            {t(`operator.${operator}`)}
          </option>
        ))}
      </select>
      {condition.field === '' ? (
        <span />
      ) : (
        <ValueEditor
          condition={condition}
          field={field}
          type={type}
          names={props.names}
          self={props.self}
          onChange={(values, typing) => onChange({ ...condition, values }, typing ? condition.key : undefined)}
        />
      )}
      <span className="row-buttons">
        <Button
          small
          variant="ghost"
          icon="copy"
          aria-label={t('group.copyCondition')}
          title={t('group.copyCondition')}
          onClick={props.onCopy}
        />
        <Button
          small
          variant="ghost"
          icon="close"
          aria-label={t('group.removeCondition')}
          title={t('group.removeCondition')}
          onClick={props.onRemove}
        />
      </span>
    </div>
  );
}

const isHistory = (field: SegmentField) => HISTORY.includes(field.field);

const RELATIVE = ['in_last_days', 'more_than_days_ago', 'in_next_days'];

/** The same field compared another way. Days and dates are no values of each other. */
function compare(condition: ConditionNode, is: Operator): ConditionNode {
  const stays = RELATIVE.includes(condition.is) === RELATIVE.includes(is);
  return { ...condition, is, values: stays ? condition.values : [], saved: undefined };
}
