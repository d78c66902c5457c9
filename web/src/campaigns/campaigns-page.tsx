import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CampaignSummary } from '../api/contract';
import { CAMPAIGN_TONES, idleText } from '../api/names';
import { useMe } from '../auth/session';
import { LinkButton, Pill } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { NextStep } from '../shell/next-step';
import { PageHead } from '../shell/page-head';
import { useCampaigns } from './queries';
import './campaigns.css';

export function CampaignsPage() {
  const { t } = useTranslation();
  const manager = useMe().role === 'manager';
  const campaigns = useCampaigns();
  const create = (
    <LinkButton to="/campaigns/new" variant="primary" icon="plus">
      {t('campaigns.create')}
    </LinkButton>
  );
  return (
    <div className="page">
      <PageHead title={t('nav.campaigns')} actions={manager && campaigns.data && campaigns.data.length > 0 && create} />
      <NextStep />
      <div className="card scroll-x">
        {campaigns.isPending ? (
          <SkeletonRows />
        ) : campaigns.isError && !campaigns.data ? (
          <Failure error={campaigns.error} onRetry={() => void campaigns.refetch()} />
        ) : campaigns.data?.length === 0 ? (
          <Empty icon="megaphone" title={t('campaigns.empty')} actions={manager && create}>
            {t('campaigns.emptyHint')}
          </Empty>
        ) : (
          <table className="table links campaigns-table">
            <thead>
              <tr>
                <th>{t('campaigns.name')}</th>
                <th>{t('campaigns.state')}</th>
                <th className="num">{t('metric.conversionRate')}</th>
                <th className="num">{t('metric.dials')}</th>
                <th className="num">{t('metric.contacts')}</th>
                <th className="num">{t('campaigns.listed')}</th>
                <th>{t('campaigns.operators')}</th>
              </tr>
            </thead>
            <tbody>
              {campaigns.data?.map((campaign) => (
                <Row key={campaign.id} campaign={campaign} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
}

function Row({ campaign }: { campaign: CampaignSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { operators } = campaign;
  const idle = campaign.state === 'running' ? campaign.idle : null;
  return (
    <tr>
      <td>
        <Link className="row-link" to={`/campaigns/${campaign.id}`}>
          {campaign.name}
        </Link>
        <div className="small muted">{t(`mode.${campaign.mode}`)}</div>
      </td>
      <td>
        <Pill tone={CAMPAIGN_TONES[campaign.state]} busy={campaign.state === 'running' && !idle}>
          {t(`campaignState.${campaign.state}`)}
        </Pill>
        {idle && <div className="small why">{idleText(t, format, idle)}</div>}
      </td>
      <td className="num" data-label={t('metric.conversionRate')}>
        <strong className="big">{format.percent(campaign.conversionRate)}</strong>
        <div className="small muted">{t('campaigns.successes', { count: campaign.successes })}</div>
      </td>
      <td className="num" data-label={t('metric.dials')}>
        {format.number(campaign.dials)}
      </td>
      <td className="num" data-label={t('metric.contacts')}>
        {format.number(campaign.contacts)}
      </td>
      <td className="num" data-label={t('campaigns.listed')}>
        {format.number(campaign.listed)}
      </td>
      <td>
        <ul className="crew small" aria-label={t('campaigns.operators')}>
          {(['inCall', 'wrapUp', 'ready', 'break'] as const).map((state) => (
            <li key={state} className={operators[state] === 0 ? 'zero' : ''}>
              <b>{format.number(operators[state])}</b> {t(`crew.${state}`)}
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}
