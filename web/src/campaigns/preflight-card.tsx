import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import type { Campaign, PreflightFinding } from '../api/contract';
import { useMe } from '../auth/session';
import { Pill } from '../design/controls';
import { Fold } from '../design/fold';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { usePreflight } from './queries';

/** What keeps the campaign from dialling, or from all of its leads, each with the way to mend it. */
export function PreflightCard({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const preflight = usePreflight(campaign.id);
  const found = preflight.data ?? [];
  const blocks = found.filter(({ severity }) => severity === 'blocks').length;
  const now = !preflight.data ? (
    ''
  ) : found.length === 0 ? (
    <span className="all-clear">{t('campaign.nothingBlocks')}</span>
  ) : (
    <span className="row wrap counts">
      {blocks > 0 && <Pill tone="bad">{t('campaign.blocks', { count: blocks })}</Pill>}
      {found.length > blocks && <Pill tone="warn">{t('campaign.warns', { count: found.length - blocks })}</Pill>}
    </span>
  );
  // Before the start it is what the page is about; while it runs it can be looked up.
  const waits = campaign.state === 'draft' || campaign.state === 'ready' || campaign.state === 'paused';
  return (
    <Fold
      key={waits ? 'waits' : 'runs'}
      className="card preflight"
      title={t('campaign.preflight')}
      now={now}
      open={waits && found.length > 0}
    >
      {preflight.isPending ? (
        <SkeletonRows rows={2} />
      ) : !preflight.data ? (
        <Failure error={preflight.error} onRetry={() => void preflight.refetch()} />
      ) : found.length === 0 ? (
        <p className="secondary">{t('campaign.nothingBlocks')}</p>
      ) : (
        <ul className="findings">
          {found.map((finding) => (
            <Finding key={`${finding.code} ${JSON.stringify(finding.values)}`} finding={finding} />
          ))}
        </ul>
      )}
    </Fold>
  );
}

function Finding({ finding }: { finding: PreflightFinding }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const manager = useMe().role === 'manager';
  const { pathname } = useLocation();
  const values = Object.fromEntries(
    Object.entries(finding.values).map(([name, value]) => [
      name,
      typeof value === 'number' ? format.number(value) : String(value),
    ]),
  );
  const say = (group: 'preflight' | 'preflightFix', fallback: string) =>
    i18n.exists(`${group}.${finding.code}`) ? t(`${group}.${finding.code}`, values) : fallback;
  const fix = say('preflightFix', finding.fix);
  // Only managers change campaigns; and a link to where one is leads nowhere.
  const leads = finding.link !== pathname && (manager || !finding.link.endsWith('/edit'));
  return (
    <li className={finding.severity}>
      <Pill tone={finding.severity === 'blocks' ? 'bad' : 'warn'}>{t(`severity.${finding.severity}`)}</Pill>
      <div className="grow">
        <p>{say('preflight', finding.detail)}</p>
        <p className="small">{leads ? <Link to={finding.link}>{fix}</Link> : <span className="muted">{fix}</span>}</p>
      </div>
    </li>
  );
}
