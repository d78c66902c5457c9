import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { upload } from '../api/client';
import type { Import, ImportOptions } from '../api/contract';
import { useProblemText } from '../api/problem-text';
import { Button, LinkButton, Notice, Pill } from '../design/controls';
import { Icon } from '../design/icon';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { IMPORT_TONES } from './bases-page';
import { readHead, type CsvHead } from './csv-head';
import { PhoneColumn } from './phone-column';
import { isUnderWay, rememberFile, sentFile, useCancelImport, useImport } from './queries';
import './bases.css';

/** One import: how far it is, what became of every row, and what can be done about those that stayed out. */
export function ImportPage() {
  const id = Number(useParams().id);
  const client = useQueryClient();
  const found = useImport(id);
  const ended = found.data ? !isUnderWay(found.data) : false;
  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: ['bases'] });
  }, [ended, client]);

  if (found.isPending) return <SkeletonRows rows={6} />;
  if (!found.data) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  return <ImportView one={found.data} />;
}

const FATES = [
  { key: 'imported', tone: 'tone-1' },
  { key: 'updated', tone: 'tone-2' },
  { key: 'duplicate', tone: 'tone-3' },
  { key: 'suppressed', tone: 'tone-warn' },
  { key: 'rejected', tone: 'tone-bad' },
] as const;

function ImportView({ one }: { one: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const cancel = useCancelImport(one.id);
  const underWay = isUnderWay(one);
  const share = one.fileBytes === 0 ? 0 : Math.min(1, one.bytesRead / one.fileBytes);

  return (
    <div className="page narrow">
      <PageHead
        back={{ to: '/bases', name: t('nav.bases') }}
        title={one.baseName}
        hint={
          <span className="row wrap facts">
            <Pill tone={IMPORT_TONES[one.state]} busy={underWay}>
              {t(`importState.${one.state}`)}
            </Pill>
            <span className="mono clip">{one.fileName}</span>
            <span>{format.bytes(one.fileBytes)}</span>
            <span className="muted">
              {one.createdBy
                ? t('import.startedBy', { at: format.dateTime(one.createdAt), name: one.createdBy })
                : format.dateTime(one.createdAt)}
            </span>
          </span>
        }
        actions={
          underWay ? (
            <Button icon="close" busy={cancel.isPending} onClick={() => cancel.mutate()}>
              {t('import.cancel')}
            </Button>
          ) : (
            one.state === 'done' && (
              <LinkButton to="/segments/new" variant="primary" icon="filter">
                {t('import.toSegment')}
              </LinkButton>
            )
          )
        }
      />

      {one.problem && <ImportProblem one={one} />}
      {one.generatedPhones && <Notice icon="phone">{t('import.generatedPhones')}</Notice>}

      <section className="card padded stack">
        <div className="import-total">
          <div>
            <span className="big">{format.number(one.rows)}</span>{' '}
            <span className="secondary">{t('import.rowsRead', { count: one.rows })}</span>
          </div>
          <Pace one={one} />
        </div>
        {underWay && (
          <div
            className="progress"
            role="progressbar"
            aria-label={t('import.progress')}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(share * 100)}
          >
            <div style={{ width: `${share * 100}%` }} />
          </div>
        )}
        {!underWay && (
          <div className={one.rows === 0 ? 'stock none' : 'stock'} aria-hidden="true">
            {FATES.filter((fate) => one[fate.key] > 0).map((fate) => (
              <div key={fate.key} className={fate.tone} style={{ flexGrow: one[fate.key] }} />
            ))}
          </div>
        )}
        <dl className="fates">
          {FATES.map((fate) => (
            <div key={fate.key}>
              <dt>
                <span className={`swatch ${fate.tone}`} />
                {t(`fate.${fate.key}`)}
              </dt>
              <dd>{format.number(one[fate.key])}</dd>
              <dd className="small muted">{format.percent(one.rows === 0 ? null : one[fate.key] / one.rows)}</dd>
            </div>
          ))}
        </dl>
        <p className="small muted">{t('import.adding')}</p>
      </section>

      {one.rejected > 0 && (
        <section className="card">
          <header>
            <h2>{t('import.rejects')}</h2>
            {!underWay && (
              <a className="button plain small" href={`/api/imports/${one.id}/rejects`} download>
                <Icon name="download" size={16} />
                {t('import.downloadRejects')}
              </a>
            )}
          </header>
          <table className="table dense rejects">
            <tbody>
              {[...one.rejectsByCode]
                .sort((a, b) => b.count - a.count)
                .map((reject) => (
                  <tr key={reject.code}>
                    <td>
                      {t(`reject.${reject.code}`, { defaultValue: reject.code })}{' '}
                      <span className="mono small muted">{reject.code}</span>
                    </td>
                    <td className="num">
                      <strong>{format.number(reject.count)}</strong>
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

/** Rows a second while it runs; how long it took when it has ended. */
function Pace({ one }: { one: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => setNow(Date.now()), [one]);
  if (one.startedAt === null) return <span className="muted">{t('import.inQueue')}</span>;
  const seconds = (Date.parse(one.finishedAt ?? new Date(now).toISOString()) - Date.parse(one.startedAt)) / 1000;
  if (seconds <= 0) return null;
  return (
    <span className="muted">
      {t('import.rate', { rate: format.number(Math.round(one.rows / seconds)) })}
      {' · '}
      {format.clock(seconds * 1000)}
    </span>
  );
}

function ImportProblem({ one }: { one: Import }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const wording = useProblemText();
  const file = sentFile(one.id);
  const [head, setHead] = useState<CsvHead | null>(null);
  useEffect(() => {
    if (file) readHead(file).then(setHead, () => setHead(null));
  }, [file]);

  const again = useMutation({
    mutationFn: (extra: Partial<ImportOptions>) => {
      if (!file) throw new Error('The file is gone.');
      const options: ImportOptions = { base: { id: one.baseId }, ...extra };
      return upload<Import>('/imports', file, options, () => undefined, new AbortController().signal);
    },
    onSuccess: (started) => {
      if (file) rememberFile(started.id, file);
      client.setQueryData(['imports', started.id], started);
      void navigate(`/imports/${started.id}`);
    },
  });

  if (one.problem?.code === 'phone_column_missing' && file) {
    return (
      <PhoneColumn
        columns={head?.columns ?? []}
        canGenerate={/generatePhones/.test(one.problem.fix ?? '')}
        onChoose={(column) => again.mutate({ mapping: { phone: column } })}
        onGenerate={() => again.mutate({ generatePhones: true })}
      />
    );
  }
  const text = wording(one.problem);
  return (
    <Notice tone="bad">
      <strong>{text.sentence}</strong>
      {text.fix && <p className="secondary">{text.fix}</p>}
      <p className="import-again">
        <LinkButton small icon="upload" to={`/imports/new?base=${one.baseId}`}>
          {t('import.again')}
        </LinkButton>
      </p>
    </Notice>
  );
}
