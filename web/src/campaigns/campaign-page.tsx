import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { api } from '../api/client';
import type { Campaign, Live, Report } from '../api/contract';
import { useEventStream } from '../api/event-stream';
import { CAMPAIGN_TONES, idleText } from '../api/names';
import { useProblemText } from '../api/problem-text';
import { useMe } from '../auth/session';
import { Button, LinkButton, Notice, Pill } from '../design/controls';
import { Confirm } from '../design/dialog';
import { Failure, SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { CampaignNumbers } from './campaign-numbers';
import { CampaignPanels } from './campaign-panels';
import { ChangesCard } from './changes-card';
import { GoalsCard } from './goals-card';
import { PreflightCard } from './preflight-card';
import { RecycleCard } from './recycle-card';
import { StockCard } from './stock-card';
import { WhyPanel } from './why-panel';
import { useBuildList, useCampaign, useCampaignCommand, useCloneCampaign, usePreflight } from './queries';
import './campaigns.css';

export function CampaignPage() {
  const id = Number(useParams().id);
  const campaign = useCampaign(Number.isInteger(id) ? id : null);
  const [live, setLive] = useState<Live | null>(null);
  // Of a campaign that is not there nothing can be told live, and the connection is not at fault.
  useEventStream<Live>(campaign.data ? `/campaigns/${id}/live` : null, 'live', setLive);
  const report = useQuery({
    queryKey: ['campaigns', id, 'report'],
    queryFn: () => api.get<Report>(`/campaigns/${id}/report`),
    enabled: live === null,
  });

  const liveState = live?.campaign.state;
  const { refetch } = campaign;
  // Somebody else started or paused it: what this page knows of the campaign's settings and version is old.
  useEffect(() => {
    if (liveState !== undefined) void refetch();
  }, [liveState, refetch]);

  if (campaign.isPending) return <SkeletonRows rows={8} />;
  if (!campaign.data) return <Failure error={campaign.error} onRetry={() => void campaign.refetch()} />;
  const numbers = live?.report ?? report.data;
  // Of what has not begun there is a list and nothing else to tell.
  const isUntouched = ['draft', 'ready'].includes(liveState ?? campaign.data.state) && numbers?.dials === 0;
  return (
    <div className="page campaign">
      <Head key={id} campaign={campaign.data} live={live} />
      <PreflightCard campaign={campaign.data} />
      <GoalsCard campaign={campaign.data} />
      <RecycleCard campaign={campaign.data} />
      {numbers ? (
        <>
          {!isUntouched && <CampaignNumbers report={numbers} live={live} />}
          <CampaignPanels report={numbers} live={live} isUntouched={isUntouched} />
        </>
      ) : report.isError ? (
        <Failure error={report.error} onRetry={() => void report.refetch()} />
      ) : (
        <div className="card">
          <SkeletonRows rows={6} />
        </div>
      )}
      <StockCard id={id} />
      <WhyPanel id={id} />
      <ChangesCard of="campaigns" id={id} />
    </div>
  );
}

function Head({ campaign, live }: { campaign: Campaign; live: Live | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const wording = useProblemText();
  const manager = useMe().role === 'manager';
  const command = useCampaignCommand(campaign.id);
  const [jobId, setJobId] = useState<number | null>(null);
  const list = useBuildList(campaign.id, jobId);
  const [confirming, setConfirming] = useState<'finish' | 'archive' | null>(null);
  const clone = useCloneCampaign(campaign.id);
  const navigate = useNavigate();
  const blocked = usePreflight(campaign.id).data?.some(({ severity }) => severity === 'blocks') ?? false;

  const segments = format.list(campaign.segments.map(({ name }) => name));
  const state = live?.campaign.state ?? campaign.state;
  const listed = Math.max(campaign.listed, live?.report.list.total ?? 0);
  const open = state !== 'finished' && state !== 'archived';
  const canBuild = state === 'draft' || state === 'ready' || state === 'paused';
  const canArchive = state === 'draft' || state === 'ready' || state === 'finished';
  const canStart = (state === 'ready' || state === 'paused') && listed > 0;
  const mode =
    campaign.mode === 'ratio'
      ? t('mode.ratioOf', { ratio: format.number(campaign.ratio ?? 1) })
      : t(`mode.${campaign.mode}`);

  return (
    <>
      <PageHead
        back={{ to: '/campaigns', name: t('nav.campaigns') }}
        title={campaign.name}
        hint={
          <span className="row wrap facts">
            <Pill tone={CAMPAIGN_TONES[state]} busy={state === 'running' && !live?.idle}>
              {t(`campaignState.${state}`)}
            </Pill>
            <span>{mode}</span>
            {campaign.offer && (
              <span>
                {campaign.offer.name}
                {campaign.offer.price !== null && ` · ${format.money(campaign.offer.price, campaign.offer.currency)}`}
              </span>
            )}
            <span className="clip" title={segments}>
              {segments}
            </span>
            {campaign.startsAt && state === 'ready' && (
              <span>{t('campaign.startsAt', { at: format.dateTime(campaign.startsAt) })}</span>
            )}
            {campaign.endsAt && open && (
              <span>{t(`campaignEnd.${campaign.endAction}`, { at: format.dateTime(campaign.endsAt) })}</span>
            )}
            {campaign.startedAt && (
              <span className="muted">{t('campaign.startedAt', { at: format.dateTime(campaign.startedAt) })}</span>
            )}
          </span>
        }
        actions={
          manager && (
            <>
              {canArchive && (
                <Button icon="trash" disabled={command.isPending} onClick={() => setConfirming('archive')}>
                  {t('campaign.archive')}
                </Button>
              )}
              <Button
                icon="copy"
                busy={clone.isPending}
                title={t('campaign.cloneHint')}
                onClick={() =>
                  clone.mutate(undefined, {
                    onSuccess: (copy) => {
                      sayDone(t('campaign.cloned', { name: copy.name }));
                      void navigate(`/campaigns/${copy.id}/edit`);
                    },
                  })
                }
              >
                {t('campaign.clone')}
              </Button>
              {open && (
                <LinkButton to={`/campaigns/${campaign.id}/edit`} icon="pencil">
                  {t('campaign.edit')}
                </LinkButton>
              )}
              {canBuild && (
                <Button
                  icon="list"
                  variant={listed === 0 ? 'primary' : 'plain'}
                  busy={list.running}
                  onClick={() => list.start.mutate(undefined, { onSuccess: (job) => setJobId(job.jobId) })}
                >
                  {listed === 0 ? t('campaign.buildList') : t('campaign.addToList')}
                </Button>
              )}
              {state === 'running' && (
                <Button icon="pause" busy={command.isPending} onClick={() => command.mutate('pause')}>
                  {t('campaign.pause')}
                </Button>
              )}
              {(state === 'running' || state === 'paused') && (
                <Button icon="stop" disabled={command.isPending} onClick={() => setConfirming('finish')}>
                  {t('campaign.finish')}
                </Button>
              )}
              {canStart && (
                <Button
                  variant="primary"
                  icon="play"
                  busy={command.isPending}
                  disabled={blocked}
                  aria-describedby={blocked ? 'start-blocked' : undefined}
                  onClick={() => command.mutate('start')}
                >
                  {state === 'paused' ? t('campaign.resume') : t('campaign.start')}
                </Button>
              )}
            </>
          )
        }
      />
      {list.job?.problem && (
        <Notice tone="bad">
          <strong>{wording(list.job.problem).sentence}</strong> {wording(list.job.problem).fix}
        </Notice>
      )}
      {state === 'draft' && listed === 0 && !list.running && <Notice icon="list">{t('campaign.needsList')}</Notice>}
      {state === 'ready' && !blocked && <Notice tone="good">{t('campaign.readyToStart', { count: listed })}</Notice>}
      {canStart && blocked && (
        <Notice tone="warn">
          <span id="start-blocked">{t(state === 'paused' ? 'campaign.resumeBlocked' : 'campaign.startBlocked')}</span>
        </Notice>
      )}
      {state === 'running' && live?.idle && (
        <Notice tone="warn" icon="clock">
          <strong>{t('campaign.idle')}</strong> {idleText(t, format, live.idle)}
        </Notice>
      )}
      {campaign.startHeldBy.length > 0 && state === 'ready' && (
        <Notice tone="warn" icon="clock">
          {t('campaign.startHeld')}
        </Notice>
      )}
      {confirming === 'finish' && (
        <Confirm
          title={t('campaign.finishTitle', { name: campaign.name })}
          text={t('campaign.finishText', { count: live?.report.list.available ?? 0 })}
          action={t('campaign.finish')}
          busy={command.isPending}
          onClose={() => setConfirming(null)}
          onConfirm={() => command.mutate('finish', { onSettled: () => setConfirming(null) })}
        />
      )}
      {confirming === 'archive' && (
        <Confirm
          title={t('campaign.archiveTitle', { name: campaign.name })}
          text={t('campaign.archiveText')}
          action={t('campaign.archive')}
          busy={command.isPending}
          onClose={() => setConfirming(null)}
          onConfirm={() =>
            command.mutate('archive', {
              onSuccess: () => void navigate('/campaigns'),
              onSettled: () => setConfirming(null),
            })
          }
        />
      )}
    </>
  );
}
