import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../api/client';
import type { Segment } from '../api/contract';
import { LinkButton } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { currentLocale } from '../shell/language';
import { PageHead } from '../shell/page-head';
import { sentenceOf, useNames } from './sentence';
import './segments.css';

export function SegmentsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useNames();
  const segments = useQuery({ queryKey: ['segments'], queryFn: () => api.get<Segment[]>('/segments') });
  const create = (
    <LinkButton to="/segments/new" variant="primary" icon="plus">
      {t('segments.create')}
    </LinkButton>
  );
  return (
    <div className="page">
      <PageHead title={t('nav.segments')} actions={segments.data && segments.data.length > 0 && create} />
      <div className="card scroll-x">
        {segments.isPending ? (
          <SkeletonRows />
        ) : segments.isError && !segments.data ? (
          <Failure error={segments.error} onRetry={() => void segments.refetch()} />
        ) : segments.data?.length === 0 ? (
          <Empty icon="filter" title={t('segments.empty')} actions={create}>
            {t('segments.emptyHint')}
          </Empty>
        ) : (
          <table className="table links segments-table">
            <thead>
              <tr>
                <th>{t('segments.name')}</th>
                <th>{t('segments.rule')}</th>
                <th className="num">{t('segments.version')}</th>
                <th className="num">{t('segments.changed')}</th>
              </tr>
            </thead>
            <tbody>
              {segments.data?.map((segment) => (
                <tr key={segment.id}>
                  <td>
                    <Link className="row-link" to={`/segments/${segment.id}`}>
                      {segment.name}
                    </Link>
                  </td>
                  <td className="secondary small rule-said">
                    <span>{sentenceOf(segment.rule, currentLocale(), names.nameOf)}</span>
                  </td>
                  <td className="num">{format.number(segment.version)}</td>
                  <td className="num muted">{format.dateTime(segment.updatedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}
