import { useId, type ButtonHTMLAttributes, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Icon, type IconName } from './icon';

type Variant = 'primary' | 'plain' | 'ghost' | 'danger';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: Variant;
  icon?: IconName;
  small?: boolean;
  busy?: boolean;
  /** The key that does the same, shown on the button. */
  keyHint?: string;
}

export function Button({ variant = 'plain', icon, small, busy, keyHint, children, className, ...rest }: ButtonProps) {
  const classes = ['button', variant, small && 'small', children === undefined && 'icon-only', className];
  return (
    <button type="button" {...rest} disabled={rest.disabled || busy} className={classes.filter(Boolean).join(' ')}>
      {busy ? <span className="spinner" /> : icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
      {keyHint && <Key name={keyHint} />}
    </button>
  );
}

export function LinkButton(props: {
  to: string;
  variant?: Variant;
  icon?: IconName;
  small?: boolean;
  children: ReactNode;
}) {
  return (
    <Link to={props.to} className={`button ${props.variant ?? 'plain'} ${props.small ? 'small' : ''}`}>
      {props.icon && <Icon name={props.icon} size={props.small ? 16 : 18} />}
      {props.children}
    </Link>
  );
}

export function Key({ name }: { name: string }) {
  return (
    <kbd className="key" aria-hidden="true">
      {name}
    </kbd>
  );
}

interface FieldProps {
  label: ReactNode;
  optional?: boolean;
  hint?: ReactNode;
  error?: ReactNode;
  className?: string;
  /** Its name, for those who lead here. */
  place?: string;
  children: (control: { id: string; 'aria-invalid'?: true; 'aria-describedby'?: string }) => ReactNode;
}

/** A label, its control, and what is said below it. */
export function Field({ label, optional, hint, error, className, place, children }: FieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const below = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div className={className ? `field ${className}` : 'field'} data-place={place}>
      <label className="label" htmlFor={id}>
        {label} {optional && <span className="optional">· {t('common.optional')}</span>}
      </label>
      {children({ id, 'aria-invalid': error ? true : undefined, 'aria-describedby': below })}
      {error ? (
        <span className="error" id={below} role="alert">
          {error}
        </span>
      ) : (
        hint && (
          <span className="hint" id={below}>
            {hint}
          </span>
        )
      )}
    </div>
  );
}

export interface Option<T extends string> {
  value: T;
  label: string;
  disabled?: boolean;
}

/** A field in which one of a few is chosen. */
export function SelectField<T extends string>(
  props: Omit<FieldProps, 'children'> & {
    value: T;
    options: readonly Option<T>[];
    required?: boolean;
    onChange: (value: T) => void;
  },
) {
  const { value, options, required, onChange, ...field } = props;
  return (
    <Field {...field}>
      {(control) => (
        <select
          {...control}
          className="input"
          required={required}
          value={value}
          onChange={(event) => onChange(event.target.value as T)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  choices: { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
}) {
  return (
    <div className="segmented" role="group" aria-label={props.label}>
      {props.choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === props.value}
          onClick={() => props.onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}

export function Notice(props: { tone?: 'info' | 'warn' | 'bad' | 'good'; icon?: IconName; children: ReactNode }) {
  const tone = props.tone ?? 'info';
  const icon = props.icon ?? (tone === 'good' ? 'check' : tone === 'info' ? 'info' : 'alert');
  return (
    <div className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon name={icon} />
      <div>{props.children}</div>
    </div>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet';

export function Pill({ tone, busy, children }: { tone: Tone; busy?: boolean; children: ReactNode }) {
  return <span className={`pill ${tone} ${busy ? 'busy' : ''}`}>{children}</span>;
}
