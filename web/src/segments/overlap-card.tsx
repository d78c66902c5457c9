import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ProblemNotice } from '../bases/problem-notice';
import { useFormat } from '../shell/format';
import { useOverlap } from './queries';

/** Other campaigns that have some of the same people on their lists. */
export function OverlapCard(props: { rule: string | null; stale: boolean; isIncomplete: boolean }) {
  const { t } = useTranslation();
  const { rule, stale } = props;
  const format = useFormat();
  const { data, error, isPlaceholderData } = useOverlap(rule);
  return (
    <section className="card padded stack tight" aria-label={t('overlap.title')}>
      <h2>{t('overlap.title')}</h2>
      {error ? (
        <ProblemNotice error={error} />
      ) : !data ? (
        <p className="muted small">{props.isIncomplete ? t('segments.incomplete') : t('common.loading')}</p>
      ) : data.length === 0 ? (
        <p className="muted">{t('overlap.none')}</p>
      ) : (
        <ul className={stale || isPlaceholderData ? 'overlaps stale' : 'overlaps'}>
          {data.map(({ campaignId, name, leads }) => (
            <li key={campaignId} className="row spread">
              <Link className="clip" to={`/campaigns/${campaignId}`} target="_blank">
                {name}
              </Link>
              <b>{format.number(leads)}</b>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
