import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Button, LinkButton, Pill } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { useAllOffers, usePutAwayOffer } from './queries';
import './offers.css';

/** What campaigns offer; from each the way to those whom it may win back. */
export function OffersPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const offers = useAllOffers();
  const putAway = usePutAwayOffer();
  const [showsArchived, setShowsArchived] = useState(false);
  const archived = offers.data?.filter(({ archivedAt }) => archivedAt !== null).length ?? 0;
  const shown = offers.data?.filter(({ archivedAt }) => showsArchived || archivedAt === null) ?? [];
  const create = (
    <LinkButton to="/offers/new" variant="primary" icon="plus">
      {t('offer.new')}
    </LinkButton>
  );
  return (
    <div className="page">
      <PageHead title={t('nav.offers')} actions={offers.data && offers.data.length > 0 && create} />
      {archived > 0 && (
        <label className="check">
          <input type="checkbox" checked={showsArchived} onChange={(event) => setShowsArchived(event.target.checked)} />
          {t('offers.showArchived', { count: archived })}
        </label>
      )}
      <div className="card scroll-x">
        {offers.isPending ? (
          <SkeletonRows />
        ) : !offers.data ? (
          <Failure error={offers.error} onRetry={() => void offers.refetch()} />
        ) : shown.length === 0 ? (
          <Empty icon="tag" title={t('offers.empty')} actions={create}>
            {t('offers.emptyHint')}
          </Empty>
        ) : (
          <table className="table links offers-table">
            <thead>
              <tr>
                <th>{t('offer.name')}</th>
                <th className="num">{t('offer.price')}</th>
                <th className="num">{t('segments.changed')}</th>
                <th>
                  <span className="hidden-visually">{t('common.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((offer) => (
                <tr key={offer.id} className={offer.archivedAt ? 'put-away' : ''}>
                  <td>
                    <Link className="row-link" to={`/offers/${offer.id}`}>
                      {offer.name}
                    </Link>
                    {offer.archivedAt && <Pill tone="quiet">{t('offers.archived')}</Pill>}
                    {offer.description && <p className="small secondary said">{offer.description}</p>}
                  </td>
                  <td className="num">{format.money(offer.price, offer.currency)}</td>
                  <td className="num muted">{format.date(offer.updatedAt)}</td>
                  <td>
                    <span className="row above end">
                      {offer.archivedAt ? (
                        <Button
                          small
                          icon="undo"
                          busy={putAway.isPending && putAway.variables.id === offer.id}
                          onClick={() => putAway.mutate({ id: offer.id, away: false })}
                        >
                          {t('offers.restore')}
                        </Button>
                      ) : (
                        <LinkButton small icon="winBack" to={`/offers/${offer.id}/win-back`}>
                          {t('winBack.title')}
                        </LinkButton>
                      )}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}
