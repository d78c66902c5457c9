import { useTranslation } from 'react-i18next';
import { Button, Field } from '../design/controls';
import { FieldsEditor } from './fields-editor';
import { MarkedText } from './marked-text';
import { Faults } from './notes';
import { END, fieldIds, textPaths, type ScriptDraft, type StepDraft, type TextKey } from './script-draft';

/** One step: what is said, what is asked, and where each answer leads. */
export function StepCard(props: {
  draft: ScriptDraft;
  at: number;
  textKey: TextKey;
  fillable: { name: string; label: string }[];
  onChange: (step: StepDraft) => void;
  onInsert: () => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const { draft, at, textKey, onChange } = props;
  const step = draft.steps[at];
  if (!step) return null;
  const path = `steps.${at}`;
  const set = (part: Partial<StepDraft>) => onChange({ ...step, ...part });
  const number = at + 1;
  return (
    <li className="card padded stack tight step-card" data-path={path} tabIndex={-1}>
      <div className="row step-head">
        <span className="number" aria-hidden="true">
          {number}
        </span>
        <input
          className="input grow"
          maxLength={200}
          aria-label={t('scriptEditor.stepTitle', { number })}
          placeholder={at === 0 ? t('scriptEditor.firstStep') : t('script.stepTitle')}
          data-path={`${path}.title`}
          value={step.title}
          onChange={(event) => set({ title: event.target.value })}
        />
        <span className="row step-buttons">
          <Button
            small
            variant="ghost"
            icon="back"
            className="up"
            aria-label={t('scriptEditor.moveUp', { number })}
            title={t('scriptEditor.moveUp', { number })}
            disabled={at === 0}
            onClick={() => props.onMove(-1)}
          />
          <Button
            small
            variant="ghost"
            icon="chevron"
            className="down"
            aria-label={t('scriptEditor.moveDown', { number })}
            title={t('scriptEditor.moveDown', { number })}
            disabled={at === draft.steps.length - 1}
            onClick={() => props.onMove(1)}
          />
          <Button
            small
            variant="ghost"
            icon="trash"
            aria-label={t('script.removeStep', { number })}
            title={t('script.removeStep', { number })}
            disabled={draft.steps.length === 1}
            onClick={props.onRemove}
          />
        </span>
      </div>
      <Faults paths={[path, `${path}.id`, `${path}.title`]} />
      <MarkedText
        label={t('scriptEditor.said')}
        paths={textPaths(path, textKey, draft.languages)}
        lang={textKey === 'none' ? undefined : textKey}
        placeholder={t('scriptEditor.saidPlaceholder', { example: '{{name}}' })}
        fillable={props.fillable}
        value={step.words[textKey] ?? ''}
        onChange={(text) => set({ words: { ...step.words, [textKey]: text } })}
      />
      <div>
        <label className="check">
          <input
            type="checkbox"
            data-path={`${path}.mustSay`}
            checked={step.mustSay}
            onChange={(event) => set({ mustSay: event.target.checked })}
          />
          {t('scriptEditor.mustSay')}
        </label>
        <Faults paths={[`${path}.mustSay`]} />
      </div>
      <Answers draft={draft} step={step} path={path} onChange={(answers) => set({ answers })} />
      <details className="asked" open={step.fields.length > 0 || undefined}>
        <summary>
          {step.fields.length === 0
            ? t('scriptEditor.askNothing')
            : t('scriptEditor.asked', { count: step.fields.length })}
        </summary>
        <FieldsEditor
          path={`${path}.fields`}
          fields={step.fields}
          taken={fieldIds(draft)}
          onChange={(fields) => set({ fields })}
        />
      </details>
      <span>
        <Button small variant="ghost" icon="plus" onClick={props.onInsert}>
          {t('scriptEditor.stepAfter')}
        </Button>
      </span>
    </li>
  );
}

function Answers(props: {
  draft: ScriptDraft;
  step: StepDraft;
  path: string;
  onChange: (answers: StepDraft['answers']) => void;
}) {
  const { t } = useTranslation();
  const { draft, step, path, onChange } = props;
  const name = (one: StepDraft, at: number) => `${at + 1}. ${one.title || t('scriptEditor.untitled')}`;
  const set = (at: number, part: Partial<StepDraft['answers'][number]>) =>
    onChange(step.answers.map((answer, place) => (place === at ? { ...answer, ...part } : answer)));
  return (
    <Field label={t('scriptEditor.answers')}>
      {({ id }) => (
        <div className="stack tight" id={id} data-path={`${path}.answers`} tabIndex={-1}>
          {step.answers.map((answer, at) => (
            <div key={at} className="answer-row">
              <input
                className="input"
                required
                maxLength={200}
                aria-label={t('scriptEditor.answerLabel', { number: at + 1 })}
                placeholder={t('scriptEditor.answerPlaceholder')}
                value={answer.label}
                onChange={(event) => set(at, { label: event.target.value })}
              />
              <select
                className="input"
                aria-label={t('scriptEditor.leadsTo')}
                data-path={`${path}.answers.${at}.goto`}
                value={answer.goto}
                onChange={(event) => {
                  const { value } = event.target;
                  // Only an answer that ends the call can be its refusal.
                  set(at, { goto: value, ...(value !== END && { refuses: undefined }) });
                }}
              >
                {draft.steps.map((one, place) => (
                  <option key={one.id} value={one.id}>
                    {name(one, place)}
                  </option>
                ))}
                <option value={END}>{t('scriptEditor.end')}</option>
                {answer.goto !== END && !draft.steps.some((one) => one.id === answer.goto) && (
                  <option value={answer.goto}>{t('scriptEditor.nowhere', { id: answer.goto })}</option>
                )}
              </select>
              <Button
                small
                variant="ghost"
                icon="close"
                aria-label={t('scriptEditor.removeAnswer', { number: at + 1 })}
                title={t('scriptEditor.removeAnswer', { number: at + 1 })}
                onClick={() => onChange(step.answers.filter((_, place) => place !== at))}
              />
              {answer.goto === END && (
                <label className="check small refuses">
                  <input
                    type="checkbox"
                    checked={answer.refuses ?? false}
                    onChange={(event) => set(at, { refuses: event.target.checked || undefined })}
                  />
                  {t('scriptEditor.refuses')}
                </label>
              )}
              <Faults paths={[`${path}.answers.${at}`, `${path}.answers.${at}.goto`, `${path}.answers.${at}.label`]} />
            </div>
          ))}
          <Faults paths={[`${path}.answers`]} />
          <span>
            <Button small icon="plus" onClick={() => onChange([...step.answers, { label: '', goto: END }])}>
              {t('scriptEditor.addAnswer')}
            </Button>
          </span>
        </div>
      )}
    </Field>
  );
}
