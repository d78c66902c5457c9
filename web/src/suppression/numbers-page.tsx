import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { download } from '../api/client';
import type { Erasure, NumberInput, Suppression } from '../api/contract';
import { useMe } from '../auth/session';
import { CountryOptions, countryOf } from '../bases/countries';
import { ProblemNotice } from '../bases/problem-notice';
import { Button, Field, Pill } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { sayProblem } from '../design/toast';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { DossierView, suppressionRow } from './dossier-view';
import { ConsentDialog, EraseDialog, RevokeDialog, SuppressDialog, WithdrawDialog } from './number-dialogs';
import { isBusy, useDossier, useErasures, useSuppressions } from './number-queries';
import { SuppressionTabs } from './suppression-tabs';
import '../bases/bases.css';
import './suppression.css';

type Action = 'suppress' | 'consent' | 'withdraw' | 'erase';

/** One number: what is known of it, and what is to become of it. It stays in this page's memory, never in its address. */
export function NumbersPage() {
  const { t, i18n } = useTranslation();
  const isManager = useMe().role === 'manager';
  const [text, setText] = useState('');
  const [country, setCountry] = useState(countryOf(i18n.language));
  const [asked, setAsked] = useState<NumberInput | null>(null);
  const [action, setAction] = useState<Action | null>(null);
  const [revoking, setRevoking] = useState<Suppression | null>(null);
  const dossier = useDossier();
  const number: NumberInput = { number: text.trim(), country };
  const current = asked ?? number;

  const look = (wanted: NumberInput) => {
    setAsked(wanted);
    dossier.mutate(wanted);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isManager) look(number);
  };
  const close = () => {
    setAction(null);
    setRevoking(null);
  };
  const done = () => {
    close();
    if (isManager && asked) dossier.mutate(asked);
  };
  const forget = () => {
    setAsked(null);
    dossier.reset();
  };
  const buttons = (
    <>
      <Button small icon="ban" disabled={current.number === ''} onClick={() => setAction('suppress')}>
        {t('number.suppress')}
      </Button>
      <Button small icon="check" disabled={current.number === ''} onClick={() => setAction('consent')}>
        {t('number.record')}
      </Button>
      <Button small icon="undo" disabled={current.number === ''} onClick={() => setAction('withdraw')}>
        {t('number.withdraw')}
      </Button>
    </>
  );
  return (
    <div className="page">
      <PageHead title={t('nav.suppression')} hint={t('number.hint')} actions={<SuppressionTabs />} />
      <form className="card number-form" onSubmit={submit}>
        <Field label={t('number.label')}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="tel"
              required
              autoComplete="off"
              maxLength={40}
              placeholder="+33 1 99 00 00 00"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                forget();
              }}
            />
          )}
        </Field>
        <Field label={t('bases.country')} className="country">
          {(control) => (
            <select
              {...control}
              className="input"
              value={country}
              onChange={(event) => {
                setCountry(event.target.value);
                forget();
              }}
            >
              <CountryOptions locale={i18n.language} />
            </select>
          )}
        </Field>
        {isManager ? (
          <Button type="submit" variant="primary" busy={dossier.isPending} disabled={text.trim() === ''}>
            {t('number.look')}
          </Button>
        ) : (
          <div className="row wrap">{buttons}</div>
        )}
        <p className="small muted all">{isManager ? t('number.lookHint') : t('number.managerOnly')}</p>
      </form>
      {dossier.error && <ProblemNotice error={dossier.error} />}
      {dossier.data && asked && (
        <DossierView
          dossier={dossier.data}
          onRevoke={setRevoking}
          actions={
            <>
              {buttons}
              <Save number={asked} />
              <Button small variant="danger" icon="trash" onClick={() => setAction('erase')}>
                {t('number.erase')}
              </Button>
            </>
          }
        />
      )}
      {!dossier.data && <Recent onRevoke={isManager ? setRevoking : null} />}
      {isManager && !dossier.data && <Erasures />}

      {action === 'suppress' && <SuppressDialog number={current} onClose={close} onDone={done} />}
      {action === 'consent' && <ConsentDialog number={current} onClose={close} onDone={done} />}
      {action === 'withdraw' && <WithdrawDialog number={current} onClose={close} onDone={done} />}
      {action === 'erase' && (
        <EraseDialog
          number={current}
          people={dossier.data?.leads.length ?? 0}
          onClose={close}
          onDone={() => {
            close();
            setText('');
            forget();
          }}
        />
      )}
      {revoking && <RevokeDialog suppression={revoking} onClose={close} onDone={done} />}
    </div>
  );
}

/** The dossier as a file, for whoever asks what is known of them. */
function Save({ number }: { number: NumberInput }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const save = () => {
    setBusy(true);
    download('/dossiers/export', number, () => undefined, new AbortController().signal)
      .catch(sayProblem)
      .finally(() => setBusy(false));
  };
  return (
    <Button small icon="download" busy={busy} onClick={save}>
      {t('number.save')}
    </Button>
  );
}

/** What was suppressed lately, by operators, people and rules. */
function Recent({ onRevoke }: { onRevoke: ((suppression: Suppression) => void) | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const recent = useSuppressions();
  const now = recent.dataUpdatedAt;
  return (
    <Part title={t('number.recent')}>
      {recent.isPending ? (
        <SkeletonRows rows={4} />
      ) : !recent.data ? (
        <Failure error={recent.error} onRetry={() => void recent.refetch()} />
      ) : recent.data.length === 0 ? (
        <Empty compact icon="ban" title={t('number.none')}>
          {t('number.noneHint')}
        </Empty>
      ) : (
        <ul className="dossier-rows">
          {recent.data.map((one) => {
            const row = suppressionRow(t, format, one, now);
            return (
              <li key={one.id}>
                <span className="masked">{one.maskedPhone ?? t('number.nobody')}</span>
                <div className="grow">
                  <div className="row wrap">
                    <span>{row.title}</span>
                    {row.pill && <Pill tone={row.pill.tone}>{row.pill.name}</Pill>}
                  </div>
                  {row.hint && <div className="small secondary">{row.hint}</div>}
                  <div className="small muted">{row.at}</div>
                </div>
                {onRevoke && row.pill?.tone === 'bad' && (
                  <Button small variant="ghost" icon="undo" onClick={() => onRevoke(one)}>
                    {t('number.revoke')}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Part>
  );
}

function Erasures() {
  const { t } = useTranslation();
  const format = useFormat();
  const erasures = useErasures(true);
  if (!erasures.data || erasures.data.length === 0) return null;
  const what = (one: Erasure) =>
    [
      t('number.erasedPeople', { count: one.leads }),
      t('number.erasedPhones', { count: one.phones }),
      t('number.erasedRows', { count: one.rejects }),
    ].join(', ');
  return (
    <Part title={t('number.erasures')}>
      <ul className="dossier-rows">
        {erasures.data.map((one) => (
          <li key={one.id}>
            <div className="grow">
              <div className="row wrap">
                <span>{what(one)}</span>
                <Pill tone={isBusy(one) ? 'info' : one.state === 'failed' ? 'bad' : 'quiet'} busy={isBusy(one)}>
                  {t(`erasureState.${one.state}`)}
                </Pill>
              </div>
              <div className="small secondary">{one.evidence}</div>
              <div className="small muted">
                {[format.dateTime(one.requestedAt), one.requestedBy].filter(Boolean).join(' · ')}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card dossier-part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}
