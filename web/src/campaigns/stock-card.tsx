import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { CampaignStock, ClosedPlace, NotNow } from '../api/contract';
import { closedName, idleText } from '../api/names';
import { countryName } from '../bases/countries';
import { Stock } from '../design/charts';
import { Fold } from '../design/fold';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import './why.css';

/** Every entry of the list is counted; what it says changes with every call. */
const LOOK_EVERY_MS = 10_000;

/** What is left, how much of it may be called now, and what the others wait for. */
export function StockCard({ id }: { id: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const stock = useQuery({
    queryKey: ['campaigns', id, 'stock'],
    queryFn: () => api.get<CampaignStock>(`/campaigns/${id}/stock`),
    refetchInterval: LOOK_EVERY_MS,
  });
  const { data } = stock;
  if (data?.total === 0) return null;
  return (
    <Fold
      className="card"
      title={t('stockCard.title')}
      now={data && t('stockCard.now', { ready: format.number(data.ready), available: format.number(data.available) })}
      open
    >
      {stock.isPending ? (
        <SkeletonRows rows={4} />
      ) : !data ? (
        <Failure error={stock.error} onRetry={() => void stock.refetch()} />
      ) : (
        <Parts stock={data} />
      )}
    </Fold>
  );
}

/** What an entry waits for, by the code of the stock. */
export const waitName = (t: TFunction, code: string) =>
  t([`stockCard.waits.${code}`, `why.reasons.${code}`], { defaultValue: code });

function Parts({ stock }: { stock: CampaignStock }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {stock.idle && (
        <p>
          <strong>{t('campaign.idle')}</strong> {idleText(t, format, stock.idle)}
        </p>
      )}
      <div className="stock-parts">
        <section className="stack tight">
          <h3>{t('stockCard.total')}</h3>
          <Stock
            total={stock.total}
            totalLabel={t('stock.total')}
            parts={[
              { key: 'completed', tone: 'tone-1', label: t('stock.completed'), count: stock.completed },
              { key: 'inProgress', tone: 'tone-warn', label: t('stock.inProgress'), count: stock.inProgress },
              { key: 'toBeRedialled', tone: 'tone-2', label: t('stock.toBeRedialled'), count: stock.toBeRedialled },
              { key: 'notYetDialled', tone: 'tone-3', label: t('stock.notYetDialled'), count: stock.notYetDialled },
            ]}
          />
          {stock.completedBy.length > 0 && (
            <Counts
              title={t('stock.why')}
              rows={stock.completedBy.map(({ code, count }) => ({ key: code, name: closedName(t, code), count }))}
            />
          )}
        </section>
        <section className="stack tight">
          <h3>{t('stockCard.available')}</h3>
          <Stock
            total={stock.available}
            totalLabel={t('stockCard.availableTotal')}
            parts={[
              { key: 'ready', tone: 'tone-2', label: t('stockCard.ready'), count: stock.ready },
              { key: 'inProgress', tone: 'tone-warn', label: t('stock.inProgress'), count: stock.inProgress },
              ...stock.notNow.map((one) => ({
                key: one.code,
                tone: one.code === 'outside_window' ? 'tone-1' : 'tone-3',
                label: <Wait wait={one} />,
                count: one.count,
              })),
            ]}
          />
          {stock.readyBy.length > 0 && (
            <Counts
              title={t('stockCard.readyBy')}
              rows={stock.readyBy.map(({ code, count }) => ({ key: code, name: t(`stockCard.kinds.${code}`), count }))}
            />
          )}
          {stock.closed.length > 0 && <Closed places={stock.closed} />}
        </section>
      </div>
      <p className="small muted">{t('stockCard.hint')}</p>
    </>
  );
}

function Wait({ wait }: { wait: NotNow }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {waitName(t, wait.code)}
      {wait.nextAt && <span className="muted small"> {t('stockCard.from', { at: format.dateTime(wait.nextAt) })}</span>}
    </>
  );
}

function Counts({ title, rows }: { title: string; rows: { key: string; name: string; count: number }[] }) {
  const format = useFormat();
  return (
    <details className="small stock-more">
      <summary>{title}</summary>
      <ul className="legend">
        {rows.map(({ key, name, count }) => (
          <li key={key}>
            <span className="clip">{name}</span>
            <span className="value">{format.number(count)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Closed({ places }: { places: ClosedPlace[] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (
    <details className="small stock-more">
      <summary>{t('stockCard.closed')}</summary>
      <ul className="legend">
        {places.map((place) => (
          <li key={place.bucketId}>
            <span className="grow">
              {countryName(i18n.language, place.country)}
              {place.regions.length > 0 && ` · ${place.regions.join(', ')}`}
              <span className="muted"> {place.zones.join(', ')}</span>
            </span>
            <span className="muted">
              {place.opensAt ? t('stockCard.from', { at: format.dateTime(place.opensAt) }) : t('stockCard.neverSoon')}
            </span>
            <span className="value">{format.number(place.count)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
