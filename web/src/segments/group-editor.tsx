import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Base, Operator, SegmentField } from '../api/contract';
import { Button } from '../design/controls';
import {
  OPERATORS_OF,
  newCondition,
  newGroup,
  takesValue,
  type ConditionNode,
  type GroupKind,
  type GroupNode,
  type Node,
} from './rule';

const MAX_DEPTH = 3;
const HISTORY = ['last_outcome', 'refusal_reason', 'attempts'];

interface Shared {
  fields: SegmentField[];
  bases: Base[];
}

/** One group of conditions: all, any or none of them; groups may lie within groups. */
export function GroupEditor(
  props: Shared & { group: GroupNode; depth: number; onChange: (group: GroupNode) => void; onRemove?: () => void },
) {
  const { t } = useTranslation();
  const { group, onChange, fields, bases, depth } = props;
  const change = (key: string, node: Node | null) =>
    onChange({
      ...group,
      nodes: group.nodes.flatMap((one) => (one.key !== key ? [one] : node ? [node] : [])),
    });

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
          <Button small variant="ghost" icon="trash" aria-label={t('group.remove')} onClick={props.onRemove} />
        )}
      </div>
      {group.nodes.length === 0 && <p className="muted small">{t('group.everyone')}</p>}
      {group.nodes.map((node) =>
        node.kind === 'condition' ? (
          <ConditionRow
            key={node.key}
            condition={node}
            fields={fields}
            bases={bases}
            onChange={(next) => change(node.key, next)}
            onRemove={() => change(node.key, null)}
          />
        ) : (
          <GroupEditor
            key={node.key}
            group={node}
            fields={fields}
            bases={bases}
            depth={depth + 1}
            onChange={(next) => change(node.key, next)}
            onRemove={() => change(node.key, null)}
          />
        ),
      )}
      <div className="row wrap">
        <Button small icon="plus" onClick={() => onChange({ ...group, nodes: [...group.nodes, newCondition()] })}>
          {t('group.addCondition')}
        </Button>
        {depth < MAX_DEPTH && (
          <Button
            small
            variant="ghost"
            icon="group"
            onClick={() => onChange({ ...group, nodes: [...group.nodes, newGroup('any', [newCondition()])] })}
          >
            {t('group.addGroup')}
          </Button>
        )}
      </div>
    </div>
  );
}

function ConditionRow(
  props: Shared & { condition: ConditionNode; onChange: (condition: ConditionNode) => void; onRemove: () => void },
) {
  const { t } = useTranslation();
  const { condition, fields, onChange } = props;
  const field = fields.find((one) => one.field === condition.field);
  const type = field?.type ?? (condition.field === 'base' ? 'base' : 'text');
  const operators = OPERATORS_OF[type];
  const groups = [
    { label: t('field.groupLead'), fields: fields.filter((one) => !isAttribute(one) && !HISTORY.includes(one.field)) },
    { label: t('field.groupAttributes'), fields: fields.filter(isAttribute) },
    { label: t('field.groupHistory'), fields: fields.filter((one) => HISTORY.includes(one.field)) },
  ];

  return (
    <div className="rule-row">
      <select
        className="input"
        aria-label={t('field.label')}
        value={condition.field}
        onChange={(event) => {
          const next = fields.find((one) => one.field === event.target.value);
          const first = OPERATORS_OF[next?.type ?? 'text'][0] ?? 'equals';
          onChange({ ...condition, field: event.target.value, is: first, values: [] });
        }}
      >
        <option value="" disabled>
          {t('field.choose')}
        </option>
        {groups
          .filter((one) => one.fields.length > 0)
          .map((one) => (
            <optgroup key={one.label} label={one.label}>
              {one.fields.map((each) => (
                <option key={each.field} value={each.field}>
                  {isAttribute(each) ? each.label : t(`field.${each.field}`, { defaultValue: each.label })}
                </option>
              ))}
            </optgroup>
          ))}
      </select>
      <select
        className="input"
        aria-label={t('field.operator')}
        value={condition.is}
        onChange={(event) => onChange({ ...condition, is: event.target.value as Operator })}
      >
        {operators.map((operator) => (
          <option key={operator} value={operator}>
            {t(`operator.${operator}`)}
          </option>
        ))}
      </select>
      {takesValue(condition.is) ? <Values {...props} type={type} samples={field?.samples ?? []} /> : <span />}
      <Button small variant="ghost" icon="close" aria-label={t('group.removeCondition')} onClick={props.onRemove} />
    </div>
  );
}

function isAttribute(field: SegmentField): boolean {
  return field.field.startsWith('attribute.');
}

function Values(props: {
  condition: ConditionNode;
  bases: Base[];
  type: SegmentField['type'];
  samples: string[];
  onChange: (condition: ConditionNode) => void;
}) {
  const { t } = useTranslation();
  const list = useId();
  const { condition, type, onChange } = props;
  const set = (values: string[]) => onChange({ ...condition, values });

  if (type === 'base') {
    const many = condition.is === 'one_of';
    return (
      <div className="base-picks">
        {props.bases.length === 0 && <span className="muted">{t('field.noBases')}</span>}
        {props.bases.map((base) => {
          const id = String(base.id);
          const chosen = condition.values.includes(id);
          return (
            <button
              key={id}
              type="button"
              className="chip"
              aria-pressed={chosen}
              onClick={() =>
                set(many ? (chosen ? condition.values.filter((one) => one !== id) : [...condition.values, id]) : [id])
              }
            >
              <span className="clip">{base.name}</span>
            </button>
          );
        })}
      </div>
    );
  }

  const input = (at: number, label: string) => (
    <input
      className="input"
      aria-label={label}
      placeholder={label}
      list={list}
      inputMode={type === 'number' ? 'decimal' : undefined}
      value={condition.values[at] ?? ''}
      onChange={(event) => {
        const values = [...condition.values];
        values[at] = event.target.value;
        set(Array.from(values, (value) => value ?? ''));
      }}
    />
  );
  return (
    <div className="values">
      {condition.is === 'between' ? (
        <>
          {input(0, t('field.from'))}
          {input(1, t('field.to'))}
        </>
      ) : condition.is === 'one_of' ? (
        <ManyValues values={condition.values} list={list} onChange={set} />
      ) : (
        input(0, t('field.value'))
      )}
      <datalist id={list}>
        {props.samples.map((sample) => (
          <option key={sample} value={sample} />
        ))}
      </datalist>
    </div>
  );
}

function ManyValues(props: { values: string[]; list: string; onChange: (values: string[]) => void }) {
  const { t } = useTranslation();
  const add = (text: string) => {
    const parts = text.split(',').flatMap((part) => part.trim() || []);
    props.onChange([...new Set([...props.values, ...parts])]);
  };
  return (
    <div className="many">
      {props.values.map((value) => (
        <button
          key={value}
          type="button"
          className="chip"
          aria-pressed="true"
          aria-label={t('field.removeValue', { value })}
          onClick={() => props.onChange(props.values.filter((one) => one !== value))}
        >
          <span className="clip">{value}</span> ×
        </button>
      ))}
      <input
        className="input"
        aria-label={t('field.addValue')}
        placeholder={t('field.addValue')}
        list={props.list}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ',') return;
          event.preventDefault();
          add(event.currentTarget.value);
          event.currentTarget.value = '';
        }}
        onBlur={(event) => {
          if (event.currentTarget.value.trim() === '') return;
          add(event.currentTarget.value);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}
