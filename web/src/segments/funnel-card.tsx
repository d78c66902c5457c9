import { useTranslation } from 'react-i18next';
import type { SegmentFunnel } from '../api/contract';
import { SkeletonRows } from '../design/states';
import { ProblemNotice } from '../bases/problem-notice';
import { Button } from '../design/controls';
import { useFormat } from '../shell/format';
import type { useFunnel } from './queries';

/** In the order in which they are taken off; each lead is counted once. */
const EXCLUSIONS = [
  { key: 'suppressed', tone: 'tone-bad' },
  { key: 'noConsent', tone: 'tone-warn' },
  { key: 'noPhone', tone: 'tone-grey' },
  { key: 'capped', tone: 'tone-3' },
  { key: 'inOtherCampaign', tone: 'tone-2' },
] as const;

/** Who of those who fit can be called now, and what keeps the others from it: lines that sum. */
export function FunnelCard(props: { funnel: ReturnType<typeof useFunnel>; stale: boolean; isIncomplete: boolean }) {
  const { t } = useTranslation();
  const { funnel, stale } = props;
  return (
    <section className="card padded stack tight" aria-label={t('funnel.title')}>
      <h2>{t('funnel.title')}</h2>
      {funnel.isError ? (
        <ProblemNotice error={funnel.error}>
          <Button small onClick={() => void funnel.refetch()}>
            {t('common.tryAgain')}
          </Button>
        </ProblemNotice>
      ) : funnel.data ? (
        <Funnel funnel={funnel.data} stale={stale} />
      ) : props.isIncomplete ? (
        <p className="muted small">{t('segments.incomplete')}</p>
      ) : (
        <SkeletonRows rows={3} />
      )}
    </section>
  );
}

function Funnel({ funnel, stale }: { funnel: SegmentFunnel; stale: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [{ key: 'callable', tone: 'tone-callable' } as const, ...EXCLUSIONS];
  return (
    <div className={stale ? 'funnel stale' : 'funnel'}>
      <div className={funnel.matched === 0 ? 'stock none' : 'stock'} aria-hidden="true">
        {parts
          .filter(({ key }) => funnel[key] > 0)
          .map(({ key, tone }) => (
            <div key={key} className={tone} style={{ flexGrow: funnel[key] }} title={t(`funnel.${key}`)} />
          ))}
      </div>
      <dl>
        <div>
          <dt>{t('funnel.matched')}</dt>
          <dd>{format.number(funnel.matched)}</dd>
        </div>
        {EXCLUSIONS.map(({ key, tone }) => (
          <div key={key} className={funnel[key] === 0 ? 'zero' : ''} title={t(`funnelHint.${key}`)}>
            <dt>
              <span className={`swatch ${tone}`} />
              {t(`funnel.${key}`)}
            </dt>
            <dd>
              {funnel[key] === 0 ? '' : '−'}
              {format.number(funnel[key])}
            </dd>
          </div>
        ))}
        <div className="sum">
          <dt>
            <span className="swatch tone-callable" />
            {t('funnel.callable')}
          </dt>
          <dd>{format.number(funnel.callable)}</dd>
        </div>
      </dl>
    </div>
  );
}
