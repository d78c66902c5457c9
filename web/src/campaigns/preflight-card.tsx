import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import type { Campaign, PreflightFinding } from '../api/contract';
import { useMe } from '../auth/session';
import { Pill } from '../design/controls';
import { Fold } from '../design/fold';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { useServerClock } from '../shell/server-clock';
import type { CampaignDraft } from './campaign-draft';
import { draftPreflight, type DraftFinding, type FormPlace } from './draft-preflight';
import { usePreflight } from './queries';

/** What keeps the campaign from dialling, or from all of its leads, each with the way to mend it. */
export function PreflightCard({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const preflight = usePreflight(campaign.id);
  const { pathname } = useLocation();
  const manager = useMe().role === 'manager';
  const found = preflight.data ?? [];
  // Before the start it is what the page is about; while it runs it can be looked up.
  const waits = campaign.state === 'draft' || campaign.state === 'ready' || campaign.state === 'paused';
  // Only managers change campaigns; and a link to where one is leads nowhere.
  const leads = ({ link }: PreflightFinding) => link !== pathname && (manager || !link.endsWith('/edit'));
  return (
    <Fold
      key={waits ? 'waits' : 'runs'}
      className="card preflight"
      title={t('campaign.preflight')}
      now={preflight.data && <Counts found={found} />}
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
            <Finding
              key={`${finding.code} ${JSON.stringify(finding.values)}`}
              finding={finding}
              way={leads(finding) ? { to: finding.link } : null}
            />
          ))}
        </ul>
      )}
    </Fold>
  );
}

/** The same of the settings as they stand in the form, before they are saved. */
export function DraftPreflight(props: {
  draft: CampaignDraft;
  saved: Campaign | null;
  published: boolean | null;
  onGo: (place: FormPlace) => void;
}) {
  const { t } = useTranslation();
  const { draft, saved, published } = props;
  const preflight = usePreflight(saved?.id ?? null);
  const now = useServerClock(undefined, 30_000);
  const found = draftPreflight(draft, saved, preflight.data ?? [], { published, now });
  return (
    <section className="card padded stack tight draft-preflight" aria-label={t('campaign.preflight')}>
      <div className="row spread wrap">
        <h2>{t('campaign.preflight')}</h2>
        <Counts found={found} />
      </div>
      {found.length > 0 && (
        <ul className="findings">
          {found.map((finding) => (
            <Finding
              key={`${finding.code} ${JSON.stringify(finding.values)}`}
              finding={finding}
              way={
                finding.place
                  ? { place: finding.place, onGo: props.onGo }
                  : finding.link && finding.link !== `/campaigns/${saved?.id}`
                    ? { to: finding.link, apart: true }
                    : null
              }
            />
          ))}
        </ul>
      )}
      {!saved && <p className="small muted">{t('campaignForm.listLater')}</p>}
    </section>
  );
}

function Counts({ found }: { found: readonly { severity: 'blocks' | 'warns' }[] }) {
  const { t } = useTranslation();
  const blocks = found.filter(({ severity }) => severity === 'blocks').length;
  if (found.length === 0) return <span className="all-clear">{t('campaign.nothingBlocks')}</span>;
  return (
    <span className="row wrap counts">
      {blocks > 0 && <Pill tone="bad">{t('campaign.blocks', { count: blocks })}</Pill>}
      {found.length > blocks && <Pill tone="warn">{t('campaign.warns', { count: found.length - blocks })}</Pill>}
    </span>
  );
}

/** To another page, in a tab of its own where something is typed on this one; or to a part of this one. */
type Way = { to: string; apart?: true } | { place: FormPlace; onGo: (place: FormPlace) => void };

function Finding({ finding, way }: { finding: Omit<DraftFinding, 'place'>; way: Way | null }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const values = Object.fromEntries(
    Object.entries(finding.values).map(([name, value]) => [
      name,
      typeof value === 'number' ? format.number(value) : String(value),
    ]),
  );
  const say = (group: 'preflight' | 'preflightFix', fallback = '') =>
    i18n.exists(`${group}.${finding.code}`) ? t(`${group}.${finding.code}`, values) : fallback;
  const fix = say('preflightFix', finding.fix);
  return (
    <li className={finding.severity}>
      <Pill tone={finding.severity === 'blocks' ? 'bad' : 'warn'}>{t(`severity.${finding.severity}`)}</Pill>
      <div className="grow">
        <p>{say('preflight', finding.detail)}</p>
        <p className="small">
          {way === null ? (
            <span className="muted">{fix}</span>
          ) : 'place' in way ? (
            <button type="button" className="link-button" onClick={() => way.onGo(way.place)}>
              {fix}
            </button>
          ) : (
            <Link to={way.to} {...(way.apart && { target: '_blank', rel: 'noreferrer' })}>
              {fix}
            </Link>
          )}
        </p>
      </div>
    </li>
  );
}
