import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { SUPPRESSION_KINDS, type SuppressionKind, type SuppressionList } from '../api/contract';
import { CountryOptions } from '../bases/countries';
import { ProblemNotice } from '../bases/problem-notice';
import { Field } from '../design/controls';
import { Dialog, DialogButtons } from '../design/dialog';
import { useAddSuppressionList } from './queries';

export function AddListDialog(props: { onClose: () => void; onAdded: (list: SuppressionList) => void }) {
  const { t, i18n } = useTranslation();
  const add = useAddSuppressionList();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<SuppressionKind>('do_not_call');
  const [registry, setRegistry] = useState('');
  const [country, setCountry] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(
      {
        name: name.trim(),
        kind,
        ...(kind === 'registry' && { registry: registry.trim() }),
        ...(country && { country }),
      },
      { onSuccess: props.onAdded },
    );
  };
  return (
    <Dialog title={t('suppression.addTitle')} onClose={props.onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label={t('suppression.name')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              autoFocus
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <fieldset className="kinds">
          <legend className="label">{t('suppression.kind')}</legend>
          {SUPPRESSION_KINDS.map((one) => (
            <label key={one} className={one === kind ? 'kind-choice chosen' : 'kind-choice'}>
              <input type="radio" name="kind" checked={one === kind} onChange={() => setKind(one)} />
              <span>
                <strong>{t(`suppressionKind.${one}`)}</strong>
                <span className="small muted">{t(`suppressionKindHint.${one}`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="two">
          {kind === 'registry' && (
            <Field label={t('suppression.registry')} hint={t('suppression.registryHint')}>
              {(control) => (
                <input
                  {...control}
                  className="input"
                  required
                  pattern="[A-Z0-9][A-Z0-9_\-]{1,19}"
                  maxLength={20}
                  value={registry}
                  onChange={(event) => setRegistry(event.target.value.toUpperCase())}
                />
              )}
            </Field>
          )}
          <Field label={t('bases.country')} optional hint={t('bases.countryHint')}>
            {(control) => (
              <select
                {...control}
                className="input"
                value={country}
                onChange={(event) => setCountry(event.target.value)}
              >
                <option value="">{t('suppression.anyCountry')}</option>
                <CountryOptions locale={i18n.language} />
              </select>
            )}
          </Field>
        </div>
        {add.error && <ProblemNotice error={add.error} />}
        <DialogButtons submit={t('common.add')} busy={add.isPending} onClose={props.onClose} />
      </form>
    </Dialog>
  );
}
