import { useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../design/icon';
import { isInPlace, piecesOf } from './marks';
import { FindingNote, faultText, useNotes } from './notes';

/** What is longer than this is no text that is said. */
const LONGEST = 5000;

/**
 * A text with the linter's marks under its words. The marks are drawn behind the field by a copy of the text, which also
 * gives the field its height, so that the two never part.
 */
export function MarkedText(props: {
  label: ReactNode;
  paths: string[];
  value: string;
  placeholder?: string;
  lang?: string;
  /** What can be filled in. */
  fillable: { name: string; label: string }[];
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const { faults, findings } = useNotes(props.paths);
  const marks = findings.filter((finding) => isInPlace(props.value, finding));
  const notes = faults.length > 0 || marks.length > 0;

  const show = (from: number, to: number) => {
    field.current?.focus();
    field.current?.setSelectionRange(from, to);
  };
  const fillIn = (name: string) => {
    const [from, to] = [field.current?.selectionStart ?? props.value.length, field.current?.selectionEnd ?? 0];
    const filled = `{{${name}}}`;
    props.onChange(props.value.slice(0, from) + filled + props.value.slice(Math.max(from, to)));
    // The field has the new text only after the next drawing.
    requestAnimationFrame(() => show(from + filled.length, from + filled.length));
  };

  return (
    <div className="field marked-field">
      <div className="row spread">
        <label className="label" htmlFor={id}>
          {props.label}
        </label>
        <select
          className="fill-in small"
          aria-label={t('scriptEditor.fillIn')}
          title={t('scriptEditor.fillInHint')}
          value=""
          onChange={(event) => fillIn(event.target.value)}
        >
          <option value="">{t('scriptEditor.fillIn')}</option>
          {props.fillable.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div className="marked">
        <div className="behind" aria-hidden="true">
          {piecesOf(props.value, marks).map((piece, at) =>
            piece.severity ? (
              <mark key={at} className={piece.severity}>
                {piece.text}
              </mark>
            ) : (
              <span key={at}>{piece.text}</span>
            ),
          )}
          {'\n'}
        </div>
        <textarea
          ref={field}
          id={id}
          className="input"
          data-path={props.paths[0]}
          lang={props.lang}
          maxLength={LONGEST}
          spellCheck
          aria-invalid={faults.length > 0 || marks.some(({ severity }) => severity === 'blocks') ? true : undefined}
          aria-describedby={notes ? `${id}-notes` : undefined}
          placeholder={props.placeholder}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        />
      </div>
      {notes && (
        <ul className="notes small" id={`${id}-notes`}>
          {faults.map((fault) => (
            <li key={`${fault.code} ${fault.message}`} className="blocks">
              <Icon name="alert" size={14} />
              <span>{faultText(t, fault)}</span>
            </li>
          ))}
          {marks.map((finding) => (
            <FindingNote
              key={`${finding.from} ${finding.to} ${finding.code}`}
              finding={finding}
              onShow={() => show(finding.from, finding.to)}
            />
          ))}
        </ul>
      )}
    </div>
  );
}
