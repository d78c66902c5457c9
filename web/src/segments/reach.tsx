import { useTranslation } from 'react-i18next';
import type { Rule, SampleLead } from '../api/contract';
import { Failure } from '../design/states';
import { useFormat } from '../shell/format';
import { BurnDownCard } from './burn-down-card';
import { FunnelCard } from './funnel-card';
import { OverlapCard } from './overlap-card';
import { useFunnel, useLiveCount, useSample, useSettled, type LiveCount } from './queries';

const SETTLED_MS = 350;
/** What reads more than a count does waits until nothing is being typed. */
const AT_REST_MS = 1000;

/** How many the rule finds, some of them, who of them can be called, and how long that takes. */
export function Reach({ rule, waiting }: { rule: Rule | null; waiting: boolean }) {
  const now = rule === null ? null : JSON.stringify(rule);
  const settled = useSettled(now, SETTLED_MS);
  const rested = useSettled(now, AT_REST_MS);
  const count = useLiveCount(settled);
  const funnel = useFunnel(rested);
  const isIncomplete = rule === null && !waiting;
  const isStale = rule === null || settled !== now || !count.isCurrent;
  const isFunnelStale = rested === null || funnel.isPlaceholderData || rested !== now;
  const callable = funnel.data && !isFunnelStale ? funnel.data.callable : null;

  return (
    <aside className="stack reach-column">
      <CountCard live={count} isIncomplete={isIncomplete} stale={isStale} />
      <FunnelCard funnel={funnel} stale={isFunnelStale} isIncomplete={isIncomplete} />
      <BurnDownCard leads={callable ?? count.count?.count ?? null} isCallable={callable !== null} />
      <OverlapCard rule={rested} stale={rested !== now} isIncomplete={isIncomplete} />
      <SampleCard rule={settled} stale={isStale} isIncomplete={isIncomplete} />
    </aside>
  );
}

function CountCard(props: { live: LiveCount; isIncomplete: boolean; stale: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { stale } = props;
  const { count, isRefining, error, retry } = props.live;
  const said = props.isIncomplete
    ? t('segments.incomplete')
    : !count
      ? t('common.loading')
      : count.exact
        ? t('segments.elapsed', { time: format.number(Math.round(count.elapsedMs)) })
        : isRefining
          ? t('segments.refining')
          : t('segments.estimated');

  return (
    <section className="card reach" aria-label={t('segments.reach')}>
      <div className={stale ? 'reach-count stale' : 'reach-count'} role="status" aria-live="polite">
        {error ? (
          <Failure error={error} onRetry={retry} />
        ) : (
          <>
            <span className="big">
              {count ? `${count.exact ? '' : '≈ '}${format.number(count.count)}` : '–'}
              {(isRefining || (stale && !props.isIncomplete)) && <span className="spinner" />}
            </span>
            <span className="secondary">{t('segments.leads', { count: count?.count ?? 0 })}</span>
            <span className="small muted said">{said}</span>
          </>
        )}
      </div>
    </section>
  );
}

/** Some of those who fit. `rule` is JSON, null for none. */
function SampleCard(props: { rule: string | null; stale: boolean; isIncomplete: boolean }) {
  const { t } = useTranslation();
  const { rule, stale } = props;
  const sample = useSample(rule);
  const asked = rule === null ? [] : attributesIn(JSON.parse(rule) as Rule);
  return (
    <section className="card sample-card" aria-label={t('segments.sample')}>
      <h2>{t('segments.sample')}</h2>
      {sample.isError ? (
        <p className="muted none">{t('segments.noSample')}</p>
      ) : sample.data && sample.data.leads.length > 0 ? (
        <ul className={stale || sample.isPlaceholderData ? 'sample stale' : 'sample'}>
          {sample.data.leads.map((lead) => (
            <li key={lead.id}>
              <span className="row spread">
                <strong className="clip">{lead.name ?? t('segments.nameless')}</strong>
                <span className="mono small">{lead.maskedPhone}</span>
              </span>
              <span className="small muted clip">
                {[lead.region, ...shownAttributes(lead, asked)].filter(Boolean).join(' · ')}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted none">
          {sample.isFetching
            ? t('common.loading')
            : props.isIncomplete && !sample.data
              ? t('segments.incomplete')
              : t('segments.nobody')}
        </p>
      )}
    </section>
  );
}

const ATTRIBUTE = 'attribute.';
const SHOWN = 3;

/** The attributes that a rule asks about. */
function attributesIn(rule: Rule): string[] {
  if ('field' in rule) return rule.field.startsWith(ATTRIBUTE) ? [rule.field.slice(ATTRIBUTE.length)] : [];
  return ('all' in rule ? rule.all : 'any' in rule ? rule.any : rule.none).flatMap(attributesIn);
}

/** A few attributes with their names, those that the rule asks about first: they show why somebody is here. */
function shownAttributes(lead: SampleLead, asked: string[]): string[] {
  return [...new Set([...asked, ...Object.keys(lead.attributes)])]
    .filter((name) => (lead.attributes[name] ?? '') !== '')
    .slice(0, SHOWN)
    .map((name) => `${name.replaceAll('_', ' ')} ${String(lead.attributes[name])}`);
}
