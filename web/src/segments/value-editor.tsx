import type { TFunction } from 'i18next';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { SegmentField } from '../api/contract';
import { Icon } from '../design/icon';
import { useRefusalReasons, type RefusalReasons } from '../campaigns/queries';
import { CODED, takesMany, valueKind, type ConditionNode, type FieldType } from './rule';
import { codeName, type Names } from './sentence';

export interface Choice {
  value: string;
  label: string;
}

/** What can be chosen for a field that holds ids or codes; null where anything may be typed. */
function choicesOf(
  t: TFunction,
  locale: string,
  condition: ConditionNode,
  type: FieldType,
  field: SegmentField | undefined,
  names: Names,
  self: number | null,
  reasons: RefusalReasons,
): Choice[] | null {
  const named = (list: { id: number; name: string }[]) =>
    list.map(({ id, name }) => ({ value: String(id), label: name }));
  if (type === 'base') return named(names.bases);
  if (type === 'segment') return named(names.segments.filter(({ id }) => id !== self));
  if (type === 'offer' || type === 'offers') return named(names.offers);
  if (type === 'user') return named(names.users);
  if (condition.field === 'refusal_reason' && condition.is !== 'contains' && condition.is !== 'starts_with')
    return reasons.codes.map((code) => ({ value: code, label: reasons.nameOf(code) }));
  if (!CODED.includes(condition.field) || condition.is === 'contains' || condition.is === 'starts_with') return null;
  return (field?.samples ?? []).map((code) => ({
    value: code,
    label: codeName(t, locale, condition.field, code) ?? code,
  }));
}

/** What a condition compares with: typed in, or chosen, as the field and the comparison want it. */
export function ValueEditor(props: {
  condition: ConditionNode;
  field: SegmentField | undefined;
  type: FieldType;
  names: Names;
  /** The segment that is edited: it can't be part of itself. */
  self: number | null;
  onChange: (values: string[], typing: boolean) => void;
}) {
  const { t, i18n } = useTranslation();
  const list = useId();
  const reasons = useRefusalReasons();
  const { condition, type, field, onChange } = props;
  const kind = valueKind(type, condition);
  if (kind === 'none') return <span />;
  const isBetween = condition.is === 'between';

  const choices =
    kind === 'days' ? null : choicesOf(t, i18n.language, condition, type, field, props.names, props.self, reasons);
  if (choices) {
    if (choices.length === 0 && condition.values.length === 0)
      return <span className="muted nothing">{t('field.noChoices')}</span>;
    return takesMany(condition.is) ? (
      <Picks choices={choices} values={condition.values} onChange={(values) => onChange(values, false)} />
    ) : (
      <OneOf choices={choices} value={condition.values[0] ?? ''} onChange={(value) => onChange([value], false)} />
    );
  }

  const suggestions = kind === 'days' ? USUAL_DAYS : kind === 'date' ? [] : (field?.samples ?? []);
  const input = (at: number, label: string) => (
    <input
      className="input"
      aria-label={label}
      placeholder={label}
      list={suggestions.length > 0 ? list : undefined}
      autoComplete="off"
      // An instant that was saved with its time is not for a field of days.
      type={kind === 'date' && /^(\d{4}-\d{2}-\d{2})?$/.test(condition.values[at] ?? '') ? 'date' : 'text'}
      inputMode={kind === 'number' ? 'decimal' : kind === 'days' ? 'numeric' : undefined}
      value={condition.values[at] ?? ''}
      onChange={(event) => {
        const values = [...condition.values];
        values[at] = event.target.value;
        onChange(
          Array.from(values, (value) => value ?? ''),
          true,
        );
      }}
    />
  );
  return (
    <div className={isBetween ? 'values two-values' : 'values'}>
      {isBetween ? (
        <>
          {input(0, t('field.from'))}
          {input(1, t('field.to'))}
        </>
      ) : takesMany(condition.is) ? (
        <ManyValues values={condition.values} list={list} onChange={(values) => onChange(values, false)} />
      ) : kind === 'days' ? (
        <label className="days">
          {input(0, t('field.days'))}
          <span>{t('field.daysUnit', { count: Number(condition.values[0]) || 0 })}</span>
        </label>
      ) : (
        input(0, t('field.value'))
      )}
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions.map((sample) => (
            <option key={sample} value={sample} />
          ))}
        </datalist>
      )}
    </div>
  );
}

const USUAL_DAYS = ['7', '14', '30', '60', '90', '180', '365'];

function OneOf(props: { choices: Choice[]; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const isUnknown = props.value !== '' && !props.choices.some(({ value }) => value === props.value);
  return (
    <select
      className="input"
      aria-label={t('field.value')}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    >
      <option value="" disabled>
        {t('field.chooseValue')}
      </option>
      {isUnknown && <option value={props.value}>{props.value}</option>}
      {props.choices.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** More choices than this don't all stand there: the chosen do, and a list to choose from. */
const MOST_CHIPS = 6;

function Picks(props: { choices: Choice[]; values: string[]; onChange: (values: string[]) => void }) {
  const { t } = useTranslation();
  const { choices, values, onChange } = props;
  const unknown = values.filter((value) => !choices.some((one) => one.value === value));
  const all = [...choices, ...unknown.map((value) => ({ value, label: value }))];
  const isLong = all.length > MOST_CHIPS;
  const shown = isLong ? all.filter(({ value }) => values.includes(value)) : all;
  return (
    <div className="picks">
      {shown.map(({ value, label }) => {
        const isChosen = values.includes(value);
        return (
          <button
            key={value}
            type="button"
            className="chip"
            aria-pressed={isChosen}
            onClick={() => onChange(isChosen ? values.filter((one) => one !== value) : [...values, value])}
          >
            {isChosen && <Icon name="check" size={14} />}
            <span className="clip">{label}</span>
          </button>
        );
      })}
      {isLong && (
        <select
          className="input add"
          aria-label={t('field.addChoice')}
          value=""
          onChange={(event) => onChange([...values, event.target.value])}
        >
          <option value="" disabled>
            {t('field.addChoice')}
          </option>
          {all
            .filter(({ value }) => !values.includes(value))
            .map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
        </select>
      )}
    </div>
  );
}

function ManyValues(props: { values: string[]; list: string; onChange: (values: string[]) => void }) {
  const { t } = useTranslation();
  const { values, onChange } = props;
  const add = (field: HTMLInputElement) => {
    const parts = field.value.split(',').flatMap((part) => part.trim() || []);
    field.value = '';
    if (parts.length > 0) onChange([...new Set([...values, ...parts])]);
  };
  return (
    <div className="picks">
      {values.map((value) => (
        <button
          key={value}
          type="button"
          className="chip"
          aria-pressed="true"
          aria-label={t('field.removeValue', { value })}
          onClick={() => onChange(values.filter((one) => one !== value))}
        >
          <span className="clip">{value}</span> ×
        </button>
      ))}
      <input
        className="input add"
        aria-label={t('field.addValue')}
        placeholder={t('field.addValue')}
        list={props.list}
        autoComplete="off"
        onKeyDown={(event) => {
          const field = event.currentTarget;
          if (event.key === 'Enter' || event.key === ',') {
            event.preventDefault();
            add(field);
          } else if (event.key === 'Backspace' && field.value === '' && values.length > 0) {
            onChange(values.slice(0, -1));
          }
        }}
        onChange={(event) => {
          // Chosen from the suggestions: nothing was typed.
          if (!(event.nativeEvent instanceof InputEvent) || event.nativeEvent.inputType === 'insertReplacementText')
            add(event.currentTarget);
        }}
        onBlur={(event) => add(event.currentTarget)}
      />
    </div>
  );
}
