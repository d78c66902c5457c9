import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FIELD_TYPES, TEXT_PATTERNS, type FieldType, type FormField, type TextPattern } from '../api/contract';
import { Button } from '../design/controls';
import { Faults } from './notes';
import { freeId } from './script-draft';

/** What is asked of the customer, in order. */
export function FieldsEditor(props: {
  path: string;
  fields: FormField[];
  /** Ids that are taken in the whole script. */
  taken: string[];
  onChange: (fields: FormField[]) => void;
}) {
  const { t } = useTranslation();
  const { fields, onChange, path } = props;
  const change = (at: number, field: FormField) => onChange(fields.map((one, place) => (place === at ? field : one)));
  return (
    <div className="stack tight">
      {fields.map((field, at) => (
        <FieldRow
          key={at}
          path={`${path}.${at}`}
          field={field}
          onChange={(next) => change(at, next)}
          onRemove={() => onChange(fields.filter((_, place) => place !== at))}
        />
      ))}
      <span>
        <Button
          small
          icon="plus"
          onClick={() => onChange([...fields, { id: freeId('f', props.taken), label: '', type: 'text' }])}
        >
          {t('scriptEditor.addField')}
        </Button>
      </span>
    </div>
  );
}

/** What a bound of a type is: nothing, a number, a length or a day. */
const BOUNDS: Record<FieldType, 'number' | 'length' | 'date' | null> = {
  number: 'number',
  text: 'length',
  address: 'length',
  date: 'date',
  boolean: null,
  choice: null,
  phone: null,
  email: null,
};

function FieldRow(props: {
  path: string;
  field: FormField;
  onChange: (field: FormField) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const { field, path, onChange } = props;
  const [typed, setTyped] = useState((field.choices ?? []).join('\n'));
  const set = (part: Partial<FormField>) => onChange({ ...field, ...part });
  const bounds = BOUNDS[field.type];

  const setType = (type: FieldType) => {
    const { min: _min, max: _max, pattern: _pattern, choices: _choices, ...rest } = field;
    setTyped('');
    onChange({ ...rest, type, ...(type === 'choice' && { choices: [] }) });
  };
  const bound = (member: 'min' | 'max') =>
    bounds && (
      <input
        className="input bound"
        type={bounds === 'date' ? 'date' : 'number'}
        step={bounds === 'number' ? 'any' : 1}
        aria-label={t(`fieldBound.${bounds}_${member}`)}
        title={t(`fieldBound.${bounds}_${member}`)}
        placeholder={t(`fieldBound.${bounds}_${member}`)}
        value={field[member] ?? ''}
        onChange={(event) => {
          const { [member]: _gone, ...rest } = field;
          if (event.target.value === '') onChange(rest);
          else onChange({ ...rest, [member]: bounds === 'date' ? event.target.value : event.target.valueAsNumber });
        }}
      />
    );

  return (
    <div className="form-field" data-path={path} tabIndex={-1}>
      <div className="form-field-row">
        <input
          className="input"
          required
          maxLength={500}
          aria-label={t('scriptEditor.fieldLabel')}
          placeholder={t('scriptEditor.fieldLabel')}
          value={field.label}
          onChange={(event) => set({ label: event.target.value })}
        />
        <select
          className="input"
          aria-label={t('scriptEditor.fieldType')}
          value={field.type}
          onChange={(event) => setType(event.target.value as FieldType)}
        >
          {FIELD_TYPES.map((type) => (
            <option key={type} value={type}>
              {t(`fieldType.${type}`)}
            </option>
          ))}
        </select>
        <input
          className="input mono"
          required
          pattern="[A-Za-z0-9_\-]{1,40}"
          aria-label={t('scriptEditor.fieldId')}
          title={t('scriptEditor.fieldIdHint', { id: `{{answer.${field.id}}}` })}
          value={field.id}
          onChange={(event) => set({ id: event.target.value })}
        />
        <Button
          small
          variant="ghost"
          icon="close"
          aria-label={t('scriptEditor.removeField')}
          title={t('scriptEditor.removeField')}
          onClick={props.onRemove}
        />
      </div>
      <div className="row wrap">
        <label className="check">
          <input
            type="checkbox"
            checked={field.required ?? false}
            onChange={(event) => set({ required: event.target.checked || undefined })}
          />
          {t('scriptEditor.required')}
        </label>
        {bound('min')}
        {bound('max')}
        {field.type === 'text' && (
          <select
            className="input pattern"
            aria-label={t('scriptEditor.pattern')}
            value={field.pattern ?? ''}
            onChange={(event) => set({ pattern: (event.target.value || undefined) as TextPattern | undefined })}
          >
            <option value="">{t('scriptEditor.anyText')}</option>
            {TEXT_PATTERNS.map((pattern) => (
              <option key={pattern} value={pattern}>
                {t(`textPattern.${pattern}`)}
              </option>
            ))}
          </select>
        )}
      </div>
      {field.type === 'choice' && (
        <textarea
          className="input"
          rows={3}
          aria-label={t('scriptEditor.choices')}
          placeholder={t('scriptEditor.choices')}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            const choices = event.target.value.split('\n').map((choice) => choice.trim());
            set({ choices: choices.filter(Boolean) });
          }}
        />
      )}
      <Faults paths={[path]} within />
    </div>
  );
}
