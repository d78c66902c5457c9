import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { CALLER_ID_AUTHORITIES, type CallerId, type CallerIdAuthority } from '../api/contract';
import { useMe } from '../auth/session';
import { countryName } from '../bases/countries';
import { ProblemNotice } from '../bases/problem-notice';
import { Button, Field, Pill } from '../design/controls';
import { Confirm, Dialog } from '../design/dialog';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { useCallerIds, useRemoveCallerId, useSaveCallerId } from './queries';

/** Numbers that we may show to whom we call, and by what right. */
export function CallerIdsPart() {
  const { t, i18n } = useTranslation();
  const manager = useMe().role === 'manager';
  const format = useFormat();
  const numbers = useCallerIds();
  const remove = useRemoveCallerId();
  const [edited, setEdited] = useState<CallerId | 'new' | null>(null);
  const [removed, setRemoved] = useState<CallerId | null>(null);
  if (numbers.isPending) return <SkeletonRows />;
  if (!numbers.data) return <Failure error={numbers.error} onRetry={() => void numbers.refetch()} />;
  const add = manager && (
    <Button variant="primary" icon="plus" onClick={() => setEdited('new')}>
      {t('callerId.add')}
    </Button>
  );
  return (
    <>
      <div className="law-actions">
        <p className="secondary">{t('callerId.hint')}</p>
        {numbers.data.length > 0 && add}
      </div>
      <div className="card folding-table">
        {numbers.data.length === 0 ? (
          <Empty icon="phone" title={t('callerId.none')} actions={add}>
            {t('callerId.noneHint')}
          </Empty>
        ) : (
          <table className="table">
            <thead>
              <tr>
                <th>{t('callerId.number')}</th>
                <th>{t('callerId.authority')}</th>
                <th>{t('callerId.countries')}</th>
                <th>{t('callerId.validTo')}</th>
                <th>{t('callerId.campaigns')}</th>
                {manager && <th aria-label={t('callerId.change')} />}
              </tr>
            </thead>
            <tbody>
              {numbers.data.map((each) => (
                <tr key={each.id}>
                  <td>
                    <strong>{each.number}</strong>
                    <div className="small muted">
                      {each.label === null
                        ? each.name
                        : `${each.name} · ${t('callerId.shownAs', { label: each.label })}`}
                    </div>
                  </td>
                  <td>
                    {t(`callerId.authorities.${each.authority}`)}
                    {each.evidence && <div className="small muted">{each.evidence}</div>}
                  </td>
                  <td className="secondary">
                    {each.countries.length === 0
                      ? t('callerId.everywhere')
                      : format.list(each.countries.map((country) => countryName(i18n.language, country)))}
                  </td>
                  <td>
                    {each.validTo === null ? (
                      <span className="muted">{t('callerId.noEnd')}</span>
                    ) : new Date(each.validTo) <= new Date() ? (
                      <Pill tone="bad">{t('callerId.over', { day: format.date(each.validTo) })}</Pill>
                    ) : (
                      format.date(each.validTo)
                    )}
                  </td>
                  <td>
                    {each.campaigns.length === 0 && <span className="muted">–</span>}
                    {each.campaigns.map((campaign) => (
                      <div key={campaign.id}>
                        <Link to={`/campaigns/${campaign.id}`}>{campaign.name}</Link>
                      </div>
                    ))}
                  </td>
                  {manager && (
                    <td>
                      <Button variant="ghost" small onClick={() => setEdited(each)}>
                        {t('callerId.change')}
                      </Button>
                      <Button variant="ghost" small onClick={() => setRemoved(each)}>
                        {t('callerId.remove')}
                      </Button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {edited && <CallerIdDialog saved={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {removed && (
        <Confirm
          title={t('callerId.removeTitle', { number: removed.number })}
          text={t('callerId.removeText')}
          action={t('callerId.remove')}
          busy={remove.isPending}
          onConfirm={() => remove.mutate(removed.id, { onSuccess: () => setRemoved(null) })}
          onClose={() => setRemoved(null)}
        />
      )}
    </>
  );
}

function CallerIdDialog({ saved, onClose }: { saved: CallerId | null; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveCallerId();
  const [number, setNumber] = useState(saved?.number ?? '');
  const [name, setName] = useState(saved?.name ?? '');
  const [authority, setAuthority] = useState<CallerIdAuthority>(saved?.authority ?? 'owned');
  const [evidence, setEvidence] = useState(saved?.evidence ?? '');
  const [countries, setCountries] = useState(saved?.countries.join(', ') ?? '');
  const [label, setLabel] = useState(saved?.label ?? '');
  const [validTo, setValidTo] = useState(saved?.validTo?.slice(0, 10) ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const input = {
      ...{ number: number.trim(), name: name.trim(), authority, evidence: evidence.trim() },
      countries: [
        ...new Set(
          countries
            .toUpperCase()
            .split(/[^A-Z]+/)
            .filter(Boolean),
        ),
      ],
      label: label.trim() || null,
      validTo: validTo === '' ? null : new Date(`${validTo}T23:59:59`).toISOString(),
    };
    save.mutate({ saved, input }, { onSuccess: onClose });
  };
  return (
    <Dialog title={saved ? t('callerId.changeTitle') : t('callerId.add')} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label={t('callerId.number')} hint={t('callerId.numberHint')}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="tel"
              required
              maxLength={40}
              placeholder="+33 1 99 00 00 00"
              value={number}
              onChange={(event) => setNumber(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('callerId.name')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('callerId.authority')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={authority}
              onChange={(event) => setAuthority(event.target.value as CallerIdAuthority)}
            >
              {CALLER_ID_AUTHORITIES.map((each) => (
                <option key={each} value={each}>
                  {t(`callerId.authorities.${each}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('callerId.evidence')} optional hint={t('callerId.evidenceHint')}>
          {(control) => (
            <input
              {...control}
              className="input"
              maxLength={500}
              value={evidence}
              onChange={(event) => setEvidence(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('callerId.countries')} optional hint={t('callerId.countriesHint')}>
          {(control) => (
            <input
              {...control}
              className="input"
              placeholder="FR, BE"
              value={countries}
              onChange={(event) => setCountries(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('callerId.label')} optional hint={t('callerId.labelHint')}>
          {(control) => (
            <input
              {...control}
              className="input"
              maxLength={32}
              value={label}
              onChange={(event) => setLabel(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('callerId.validTo')} optional hint={t('callerId.validToHint')}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="date"
              value={validTo}
              onChange={(event) => setValidTo(event.target.value)}
            />
          )}
        </Field>
        {save.error && <ProblemNotice error={save.error} />}
        <div className="buttons">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
