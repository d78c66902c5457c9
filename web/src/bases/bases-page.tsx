import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Base, Import } from '../api/contract';
import { LinkButton, Pill, type Tone } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { NextStep } from '../shell/next-step';
import { PageHead } from '../shell/page-head';
import { isUnderWay, useBases } from './queries';
import './bases.css';

export const IMPORT_TONES: Record<Import['state'], Tone> = {
  queued: 'info',
  running: 'info',
  done: 'good',
  failed: 'bad',
  cancelled: 'quiet',
};

export function BasesPage() {
  const { t } = useTranslation();
  const bases = useBases();
  const upload = (
    <LinkButton to="/imports/new" variant="primary" icon="upload">
      {t('bases.import')}
    </LinkButton>
  );
  return (
    <div className="page">
      <PageHead title={t('nav.bases')} actions={bases.data && bases.data.length > 0 && upload} />
      <NextStep />
      <div className="card scroll-x">
        {bases.isPending ? (
          <SkeletonRows />
        ) : bases.isError && !bases.data ? (
          <Failure error={bases.error} onRetry={() => void bases.refetch()} />
        ) : bases.data?.length === 0 ? (
          <Empty icon="layers" title={t('bases.empty')} actions={upload}>
            {t('bases.emptyHint')}
          </Empty>
        ) : (
          <table className="table bases-table">
            <thead>
              <tr>
                <th>{t('bases.name')}</th>
                <th>{t('bases.source')}</th>
                <th className="num">{t('bases.cost')}</th>
                <th className="num">{t('bases.leads')}</th>
                <th>{t('bases.lastImport')}</th>
                <th>
                  <span className="hidden-visually">{t('common.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {bases.data?.map((base) => (
                <Row key={base.id} base={base} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}

function Row({ base }: { base: Base }) {
  const { t } = useTranslation();
  const format = useFormat();
  const last = base.lastImport;
  return (
    <tr>
      <td className="base-name">
        <strong>{base.name}</strong>
        <div className="small muted">
          {base.country} · {t('bases.added', { at: format.date(base.createdAt) })}
        </div>
      </td>
      <td className="secondary">{base.source ?? '–'}</td>
      <td className="num">{format.money(base.cost, base.currency)}</td>
      <td className="num">
        <strong>{format.number(base.leads)}</strong>
      </td>
      <td>
        {last ? (
          <Link className="last-import" to={`/imports/${last.id}`}>
            <Pill tone={IMPORT_TONES[last.state]} busy={isUnderWay(last)}>
              {t(`importState.${last.state}`)}
            </Pill>
            <span className="small">{format.dateTime(last.createdAt)}</span>
          </Link>
        ) : (
          <span className="muted">{t('bases.never')}</span>
        )}
      </td>
      <td className="num">
        <LinkButton small icon="upload" to={`/imports/new?base=${base.id}`}>
          {t('bases.addFile')}
        </LinkButton>
      </td>
    </tr>
  );
}
