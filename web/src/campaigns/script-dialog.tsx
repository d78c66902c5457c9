import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Script, ScriptStep } from '../api/contract';
import { Button, Field } from '../design/controls';
import { Dialog } from '../design/dialog';
import { useAddScript } from './queries';

export function ScriptDialog(props: { onClose: () => void; onAdded: (script: Script) => void }) {
  const { t } = useTranslation();
  const add = useAddScript();
  const [name, setName] = useState('');
  const [steps, setSteps] = useState<ScriptStep[]>([{ title: '', text: '' }]);

  const change = (at: number, part: Partial<ScriptStep>) =>
    setSteps(steps.map((step, index) => (index === at ? { ...step, ...part } : step)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    add.mutate(
      { name: name.trim(), steps },
      {
        onSuccess: (script) => {
          props.onAdded(script);
          props.onClose();
        },
      },
    );
  };

  return (
    <Dialog title={t('script.new')} onClose={props.onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label={t('script.name')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              maxLength={200}
              autoFocus
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {steps.map((step, index) => (
          <fieldset key={index} className="script-step">
            <legend className="small muted">{t('script.step', { number: index + 1 })}</legend>
            <div className="row">
              <input
                className="input"
                required
                maxLength={200}
                aria-label={t('script.stepTitle')}
                placeholder={t('script.stepTitle')}
                value={step.title}
                onChange={(event) => change(index, { title: event.target.value })}
              />
              {steps.length > 1 && (
                <Button
                  variant="ghost"
                  icon="trash"
                  aria-label={t('script.removeStep', { number: index + 1 })}
                  onClick={() => setSteps(steps.filter((_, at) => at !== index))}
                />
              )}
            </div>
            <textarea
              className="input"
              rows={3}
              required
              aria-label={t('script.stepText')}
              placeholder={t('script.stepPlaceholder')}
              value={step.text}
              onChange={(event) => change(index, { text: event.target.value })}
            />
          </fieldset>
        ))}
        <div>
          <Button small icon="plus" onClick={() => setSteps([...steps, { title: '', text: '' }])}>
            {t('script.addStep')}
          </Button>
        </div>
        <div className="buttons">
          <Button onClick={props.onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" busy={add.isPending}>
            {t('common.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
