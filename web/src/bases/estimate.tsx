import { useTranslation } from 'react-i18next';
import type { Dedupe, ImportEstimate, ZoneEstimate } from '../api/contract';
import { useFormat } from '../shell/format';
import { countryName } from './countries';
import { doubtsCountry, said } from './estimate-numbers';

/** What would become of the rows. */
export function EstimatePanel({ estimate, action }: { estimate: ImportEstimate; action: Dedupe['action'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { exact } = estimate;
  const fates = [
    { key: 'valid', count: estimate.valid, tone: 'tone-1', label: t('estimate.valid') },
    {
      key: 'duplicate',
      count: estimate.duplicate,
      tone: action === 'update' ? 'tone-2' : 'tone-3',
      label: action === 'update' ? t('estimate.updated') : t('estimate.duplicate'),
    },
    { key: 'suppressed', count: estimate.suppressed, tone: 'tone-warn', label: t('fate.suppressed') },
    { key: 'rejected', count: estimate.rejected, tone: 'tone-bad', label: t('fate.rejected') },
  ];
  return (
    <div className="estimate">
      <p>
        <span className="big">{said(format, estimate.rows, exact)}</span>{' '}
        <span className="secondary">{t('estimate.rows', { count: estimate.rows })}</span>
      </p>
      <div className={estimate.rows === 0 ? 'stock none' : 'stock'} aria-hidden="true">
        {fates
          .filter((fate) => fate.count > 0)
          .map((fate) => (
            <div key={fate.key} className={fate.tone} style={{ flexGrow: fate.count }} />
          ))}
      </div>
      <dl className="estimate-fates">
        {fates.map((fate) => (
          <div key={fate.key}>
            <dt>
              <span className={`swatch ${fate.tone}`} />
              {fate.label}
            </dt>
            <dd>{said(format, fate.count, exact)}</dd>
          </div>
        ))}
      </dl>
      {estimate.rejectsByCode.length > 0 && (
        <ul className="estimate-rejects small">
          {[...estimate.rejectsByCode]
            .sort((a, b) => b.count - a.count)
            .slice(0, 4)
            .map((reject) => (
              <li key={reject.code}>
                <span>{t(`reject.${reject.code}`, { defaultValue: reject.code })}</span>
                <span>{said(format, reject.count, exact)}</span>
              </li>
            ))}
        </ul>
      )}
      {doubtsCountry(estimate) && <p className="small doubt">{t('estimate.doubtsCountry')}</p>}
      {!exact && <p className="small muted">{t('estimate.sampled', { rows: format.number(estimate.sampledRows) })}</p>}
    </div>
  );
}

/** Whose time zone is known and whose is not, and what that costs in hours. */
export function ZonesPanel({ zones, exact }: { zones: ZoneEstimate; exact: boolean }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { certain, ambiguous, certainHours, ambiguousHours } = zones;
  if (certain + ambiguous === 0) return null;
  const hours = (value: number) => format.number(Math.round(value));
  const lost = Math.max(0, Math.round(certainHours) - Math.round(ambiguousHours));
  const parts = [
    { key: 'certain', label: t('zones.certain'), count: certain, tone: 'tone-2' },
    { key: 'ambiguous', label: t('zones.ambiguous'), count: ambiguous, tone: 'tone-warn' },
  ].filter((part) => part.count > 0);
  return (
    <section className="zones" aria-labelledby="zones-title">
      <h3 id="zones-title">{t('zones.title')}</h3>
      <div className="stock" aria-hidden="true">
        {parts.map((part) => (
          <div key={part.key} className={part.tone} style={{ flexGrow: part.count }} />
        ))}
      </div>
      <dl className="estimate-fates">
        {parts.map((part) => (
          <div key={part.key}>
            <dt>
              <span className={`swatch ${part.tone}`} />
              {part.label}
            </dt>
            <dd>{said(format, part.count, exact)}</dd>
          </div>
        ))}
      </dl>
      {ambiguous === 0 ? (
        <p className="small secondary">{t('zones.allCertain', { hours: hours(certainHours) })}</p>
      ) : (
        <>
          <p className="small secondary">
            {certain > 0
              ? t('zones.cost', {
                  certain: hours(certainHours),
                  hours: hours(ambiguousHours),
                  lost: format.number(lost),
                })
              : t('zones.costAll', { hours: hours(ambiguousHours) })}
          </p>
          <ul className="worst small">
            {zones.worst.map((one) => (
              <li key={`${one.country} ${one.zones.join()}`}>
                <span title={one.zones.join(', ')}>
                  {countryName(i18n.language, one.country)}{' '}
                  <span className="muted">{t('zones.zones', { count: one.zones.length })}</span>
                </span>
                <span>{said(format, one.leads, exact)}</span>
                <span className="muted">{t('zones.hours', { hours: hours(one.hours) })}</span>
              </li>
            ))}
          </ul>
          <p className="small muted">{t('zones.win')}</p>
        </>
      )}
    </section>
  );
}
