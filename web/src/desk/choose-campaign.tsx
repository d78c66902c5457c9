import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { Desk, DeskCampaign } from '../api/contract';
import { CAMPAIGN_TONES } from '../api/names';
import { Key, Pill } from '../design/controls';
import { Icon } from '../design/icon';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { CHOICE_KEYS, useKeys } from './keys';

export function ChooseCampaign({ name, onDesk }: { name: string; onDesk: (desk: Desk) => void }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['desk', 'campaigns'],
    queryFn: () => api.get<DeskCampaign[]>('/desk/campaigns'),
    refetchInterval: 5000,
  });
  const join = useMutation({
    mutationFn: async (campaignId: number) => {
      const desk = await api.post<Desk>('/desk/sign-in', { campaignId });
      onDesk(desk);
      return desk.state === 'ready' || desk.call ? desk : api.post<Desk>('/desk/ready');
    },
    onSuccess: onDesk,
  });

  const campaigns = query.data ?? [];
  useKeys(
    Object.fromEntries(
      campaigns.slice(0, 9).map((campaign, index) => [CHOICE_KEYS[index], () => join.mutate(campaign.id)]),
    ),
  );

  return (
    <section className="desk-choose">
      <h2>{t('desk.hello', { name: name.split(' ')[0] })}</h2>
      <p className="secondary">{t('desk.choose')}</p>
      <div className="card">
        {query.isPending && <SkeletonRows rows={3} />}
        {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
        {query.data?.length === 0 && (
          <Empty icon="clock" title={t('desk.noCampaigns')}>
            {t('desk.noCampaignsHint')}
          </Empty>
        )}
        <ul>
          {campaigns.map((campaign, index) => (
            <li key={campaign.id}>
              <button type="button" disabled={join.isPending} onClick={() => join.mutate(campaign.id)}>
                {CHOICE_KEYS[index] && <Key name={CHOICE_KEYS[index]} />}
                <span className="grow clip">{campaign.name}</span>
                <Pill tone={CAMPAIGN_TONES[campaign.state]}>{t(`campaignState.${campaign.state}`)}</Pill>
                <Icon name="chevron" size={16} />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
