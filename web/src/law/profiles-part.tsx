import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import type { CallingProfile, ProfileCell } from '../api/contract';
import { useMe } from '../auth/session';
import { countryName } from '../bases/countries';
import { ProblemNotice } from '../bases/problem-notice';
import { ApiProblem } from '../api/client';
import { Button, Field, Notice, Pill } from '../design/controls';
import { Dialog } from '../design/dialog';
import { Fold } from '../design/fold';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { ConfidencePill } from './effective-part';
import { useProfiles, useProfileVersions, useRetireProfile, useUploadProfile } from './queries';
import { cellText, titleOf } from './rule-words';

/** The profiles that hold, each with its rules and where they are from. */
export function ProfilesPart() {
  const { t, i18n } = useTranslation();
  const manager = useMe().role === 'manager';
  const { hash } = useLocation();
  const profiles = useProfiles();
  const versions = useProfileVersions();
  const format = useFormat();
  const [adding, setAdding] = useState(false);
  const [retiring, setRetiring] = useState<CallingProfile | null>(null);
  if (profiles.isPending) return <SkeletonRows />;
  if (!profiles.data) return <Failure error={profiles.error} onRetry={() => void profiles.refetch()} />;
  const about = ({ origin, countries, regions }: CallingProfile) =>
    origin === 'house'
      ? t('law.everywhereElse')
      : regions.length > 0
        ? regions.join(', ')
        : format.list(countries.map((country) => countryName(i18n.language, country)));
  return (
    <>
      <div className="law-actions">
        <p className="secondary">{t('law.profilesHint')}</p>
        {manager && (
          <Button variant="primary" icon="upload" onClick={() => setAdding(true)}>
            {t('law.upload')}
          </Button>
        )}
      </div>
      <div className="card more-options">
        {profiles.data.map((profile) => (
          <Fold
            key={profile.code}
            title={titleOf(t, profile)}
            open={hash === `#${profile.code}`}
            now={
              <span className="row wrap law-now">
                <span className="secondary">{about(profile)}</span>
                {profile.origin === 'uploaded' && <Pill tone="info">{t('law.origin.uploaded')}</Pill>}
              </span>
            }
          >
            <ProfileBody profile={profile} />
            {manager && profile.origin === 'uploaded' && (
              <div>
                <Button variant="danger" small onClick={() => setRetiring(profile)}>
                  {t('law.retire')}
                </Button>
              </div>
            )}
          </Fold>
        ))}
      </div>
      {versions.data && versions.data.length > 0 && (
        <section className="stack tight">
          <h2>{t('law.versions')}</h2>
          <div className="card folding-table">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('law.code')}</th>
                  <th>{t('law.version')}</th>
                  <th>{t('law.uploadedBy')}</th>
                  <th>{t('law.state')}</th>
                </tr>
              </thead>
              <tbody>
                {versions.data.map((version) => (
                  <tr key={version.id}>
                    <td>
                      <strong>{version.code}</strong>
                    </td>
                    <td className="secondary" title={version.hash}>
                      {version.version}
                    </td>
                    <td className="secondary">
                      {version.createdBy ?? '–'} · {format.dateTime(version.createdAt)}
                    </td>
                    <td>
                      {version.isCurrent ? (
                        <Pill tone="good">{t('law.overrideState.holds')}</Pill>
                      ) : (
                        <Pill tone="quiet">{t(version.retiredAt ? 'law.retiredState' : 'law.replacedState')}</Pill>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {adding && <UploadDialog onClose={() => setAdding(false)} />}
      {retiring && <RetireDialog profile={retiring} onClose={() => setRetiring(null)} />}
    </>
  );
}

function ProfileBody({ profile }: { profile: CallingProfile }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="small muted law-mark">
        {profile.code} {profile.version} · {t('law.reviewed', { by: profile.reviewedBy, at: profile.reviewedAt })}
        <br />
        SHA-256 {profile.hash}
      </p>
      {profile.sources.map((source) => (
        <p key={source} className="secondary">
          {source}
        </p>
      ))}
      <table className="table law-table">
        <thead>
          <tr>
            <th>{t('law.rule')}</th>
            <th>{t('law.says')}</th>
            <th>{t('law.source')}</th>
          </tr>
        </thead>
        <tbody>
          {[...profile.cells.filter(({ isKnown }) => isKnown), ...profile.cells.filter(({ isKnown }) => !isKnown)].map(
            (cell) => (
              <CellRow key={cell.cell} cell={cell} />
            ),
          )}
        </tbody>
      </table>
    </>
  );
}

function CellRow({ cell }: { cell: ProfileCell }) {
  const { t } = useTranslation();
  const format = useFormat();
  const holds = cellText(t, format, cell.cell, cell.holds);
  return (
    <tr className={cell.isKnown ? '' : 'law-unknown'}>
      <td>{t(`law.cell.${cell.cell}`)}</td>
      <td>
        {holds}
        {cell.note && <div className="small muted">{cell.note}</div>}
      </td>
      <td className="small">
        <ConfidencePill confidence={cell.isKnown ? cell.confidence : null} />
        {cell.isKnown ? (
          <div className="secondary">
            {cell.source} · {cell.date}
            {cell.since && ` · ${t('law.since', { at: cell.since })}`}
          </div>
        ) : (
          <div className="secondary">{t('law.fromHouse')}</div>
        )}
      </td>
    </tr>
  );
}

interface Fault {
  path: string;
  message: string;
}

function UploadDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const send = useUploadProfile();
  const [file, setFile] = useState<File | null>(null);
  const [broken, setBroken] = useState(false);
  const faults = send.error instanceof ApiProblem ? ((send.error.more.faults ?? []) as Fault[]) : [];
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!file) return;
    setBroken(false);
    let document: unknown;
    try {
      document = JSON.parse(await file.text());
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      send.reset();
      setBroken(true);
      return;
    }
    send.mutate(document, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('law.uploadTitle')} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <p className="secondary">{t('law.uploadHint')}</p>
        <Field label={t('law.file')}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="file"
              accept=".json,application/json"
              required
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            />
          )}
        </Field>
        {broken && <Notice tone="bad">{t('law.notJson')}</Notice>}
        {send.error && (
          <ProblemNotice error={send.error}>
            {faults.length > 1 && (
              <ul className="law-faults">
                {faults.map(({ path, message }) => (
                  <li key={path + message}>
                    <code>{path}</code> {message}
                  </li>
                ))}
              </ul>
            )}
          </ProblemNotice>
        )}
        <div className="buttons">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" busy={send.isPending} disabled={!file}>
            {t('law.upload')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function RetireDialog({ profile, onClose }: { profile: CallingProfile; onClose: () => void }) {
  const { t } = useTranslation();
  const retire = useRetireProfile();
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    retire.mutate({ code: profile.code, reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('law.retireTitle', { title: titleOf(t, profile) })} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="secondary">{t('law.retireHint')}</p>
        <Field label={t('law.reason')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              autoFocus
              maxLength={1000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        {retire.error && <ProblemNotice error={retire.error} />}
        <div className="buttons">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="danger" busy={retire.isPending} disabled={reason.trim() === ''}>
            {t('law.retire')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
