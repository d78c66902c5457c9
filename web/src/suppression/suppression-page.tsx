import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Import, SuppressionList } from '../api/contract';
import { countryName } from '../bases/countries';
import { isUnderWay } from '../bases/queries';
import { Button, Pill } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { AddListDialog } from './add-list-dialog';
import { ageText } from './age';
import { SuppressionTabs } from './suppression-tabs';
import { useLastLoads, useSuppressionLists } from './queries';
import '../bases/bases.css';
import './suppression.css';

/** Lists of numbers that may not be called, and how old each is. */
export function SuppressionPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const lists = useSuppressionLists();
  const [adding, setAdding] = useState(false);
  const inForce = lists.data?.filter((list) => list.retiredAt === null) ?? [];
  const retired = lists.data?.filter((list) => list.retiredAt !== null) ?? [];
  const add = (
    <Button variant="primary" icon="plus" onClick={() => setAdding(true)}>
      {t('suppression.add')}
    </Button>
  );
  return (
    <div className="page">
      <PageHead
        title={t('nav.suppression')}
        hint={t('suppression.hint')}
        actions={
          <>
            <SuppressionTabs />
            {lists.data && lists.data.length > 0 && add}
          </>
        }
      />
      <div className="card folding-table">
        {lists.isPending ? (
          <SkeletonRows />
        ) : lists.isError && !lists.data ? (
          <Failure error={lists.error} onRetry={() => void lists.refetch()} />
        ) : inForce.length === 0 ? (
          <Empty icon="ban" title={t('suppression.empty')} actions={add}>
            {t('suppression.emptyHint')}
          </Empty>
        ) : (
          <ListsTable lists={inForce} />
        )}
      </div>
      {retired.length > 0 && (
        <section className="stack tight">
          <h2>{t('suppression.retired')}</h2>
          <div className="card folding-table">
            <ListsTable lists={retired} />
          </div>
        </section>
      )}
      {adding && (
        <AddListDialog onClose={() => setAdding(false)} onAdded={(list) => void navigate(`/suppression/${list.id}`)} />
      )}
    </div>
  );
}

const underWay = (load: Import | undefined) => load !== undefined && isUnderWay(load);

function ListsTable({ lists }: { lists: SuppressionList[] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const loads = useLastLoads();
  return (
    <table className="table links lists-table">
      <thead>
        <tr>
          <th>{t('suppression.name')}</th>
          <th>{t('suppression.kind')}</th>
          <th>{t('bases.country')}</th>
          <th className="num">{t('suppression.numbers')}</th>
          <th>{t('suppression.age')}</th>
        </tr>
      </thead>
      <tbody>
        {lists.map((list) => (
          <tr key={list.id}>
            <td className="base-name">
              <Link className="row-link" to={`/suppression/${list.id}`}>
                {list.name}
              </Link>
              {list.registry && <div className="small muted">{list.registry}</div>}
            </td>
            <td className="secondary">{t(`suppressionKind.${list.kind}`)}</td>
            <td className={list.country ? 'secondary' : 'secondary none-there'}>
              {list.country ? countryName(i18n.language, list.country) : '–'}
            </td>
            <td className="num" data-label={t('suppression.numbers')}>
              <strong>{format.number(list.numbers)}</strong>
            </td>
            <td className="age">
              {underWay(loads.get(list.id)) ? (
                <Pill tone="info" busy>
                  {t('importState.running')}
                </Pill>
              ) : list.retiredAt ? (
                <span className="secondary">{t('suppression.retiredAt', { at: format.date(list.retiredAt) })}</span>
              ) : (
                <>
                  {ageText(t, list)}
                  {list.datedAt && <div className="small muted">{format.date(list.datedAt)}</div>}
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
