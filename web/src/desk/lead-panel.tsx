import { useTranslation } from 'react-i18next';
import type { DeskCall, DeskHistory } from '../api/contract';
import { outcomeName, reasonName, resultName } from '../api/names';
import { Notice } from '../design/controls';
import { useFormat } from '../shell/format';
import { wallClock } from './callback-times';

/** Who is on the line, and what was said before. */
export function LeadPanel({ call, now }: { call: DeskCall; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { lead } = call;
  const clocks = [...new Set(lead.timeZones.map((zone) => wallClock(now, zone).slice(11)))];
  const attributes = Object.entries(lead.attributes).filter(([, value]) => value !== null && value !== '');

  return (
    <section className="card desk-lead" aria-label={t('desk.customer')}>
      <div className="who">
        <h2 title={lead.name ?? undefined}>{lead.name ?? t('desk.nameless')}</h2>
        <p className="phone mono">{lead.maskedPhone}</p>
        <div className="local">
          <span className="clock">{clocks.length > 0 ? clocks.join(' / ') : lead.localTime}</span>
          <span className="small muted">
            {t('desk.localTime')}
            {lead.region ? ` · ${lead.region}` : ''}
          </span>
        </div>
      </div>
      {call.callback && (
        <Notice tone="warn" icon="clock">
          <strong>{t('desk.promised', { at: format.dateTime(call.callback.promisedFor) })}</strong>
          {call.callback.note && <p className="secondary">{call.callback.note}</p>}
        </Notice>
      )}
      <div className="rest" tabIndex={0} role="group" aria-label={t('desk.details')}>
        <dl>
          <div>
            <dt>{t('desk.base')}</dt>
            <dd>{lead.baseName}</dd>
          </div>
          {attributes.map(([name, value]) => (
            <div key={name}>
              <dt>{name.replaceAll('_', ' ')}</dt>
              <dd>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>
            </div>
          ))}
        </dl>
        <h3>{t('desk.history')}</h3>
        {lead.history.length === 0 ? (
          <p className="muted">{t('desk.noHistory')}</p>
        ) : (
          <ol className="history">
            {lead.history.map((past, index) => (
              <Past key={index} past={past} />
            ))}
          </ol>
        )}
      </div>
    </section>
  );
}

function Past({ past }: { past: DeskHistory }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = past.refusalReason ? ` · ${reasonName(t, past.refusalReason)}` : '';
  const offerPrice = past.offerPrice === null ? null : format.money(past.offerPrice, past.offerCurrency);
  const details = [
    past.price !== null && t('desk.pastPrice', { price: format.money(past.price, past.offerCurrency) }),
    past.competitor && t('desk.pastCompetitor', { competitor: past.competitor }),
    past.reconsiderOn && t('desk.pastReconsider', { date: format.date(`${past.reconsiderOn}T12:00:00Z`) }),
  ].filter(Boolean);
  return (
    <li>
      <p className="small muted">
        {format.dateTime(past.at)} · {past.campaignName}
      </p>
      <p>
        {past.outcome ? outcomeName(t, past.outcome) : resultName(t, past.result)}
        {reason}
        {details.length > 0 && ` · ${details.join(' · ')}`}
      </p>
      {past.offerName && (
        <p className="secondary">
          {offerPrice === null
            ? t('desk.pastOffer', { offer: past.offerName })
            : t('desk.pastOfferAt', { offer: past.offerName, price: offerPrice })}
        </p>
      )}
      {past.note && <p className="secondary">“{past.note}”</p>}
    </li>
  );
}
