import type { ReactNode } from 'react';
import { Field } from '../design/controls';

/** A number with its bounds; undefined while the field is empty. */
export function NumberField(props: {
  label: string;
  min: number;
  max: number;
  step?: number | 'any';
  value: number | null | undefined;
  optional?: boolean;
  placeholder?: string;
  place?: string;
  hint?: ReactNode;
  error?: ReactNode;
  onChange: (value: number | undefined) => void;
}) {
  return (
    <Field label={props.label} place={props.place} optional={props.optional} hint={props.hint} error={props.error}>
      {(control) => (
        <input
          {...control}
          className="input"
          type="number"
          min={props.min}
          max={props.max}
          step={props.step}
          required={!props.optional}
          placeholder={props.placeholder}
          value={props.value ?? ''}
          onChange={(event) => props.onChange(event.target.value === '' ? undefined : event.target.valueAsNumber)}
        />
      )}
    </Field>
  );
}
