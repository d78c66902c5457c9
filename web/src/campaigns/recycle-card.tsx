import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { Campaign, Job, RecyclePreview } from '../api/contract';
import { useMe } from '../auth/session';
import { Button } from '../design/controls';
import { Dialog } from '../design/dialog';
import { Failure, SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import { endName } from './retry-plan-card';

/** Days decide; and whoever looks has all that might come back counted. */
const LOOK_EVERY_MS = 5 * 60_000;
const LOOK_AT_JOB_MS = 500;

/** Another round: who would come back onto the list now, and the button that brings them. */
export function RecycleCard({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const over = campaign.state === 'finished' || campaign.state === 'archived';
  if (over || !campaign.retryPlan?.recycling) return null;
  return (
    <section className="card padded stack tight">
      <h2>{t('recycle.title')}</h2>
      <Recycle id={campaign.id} />
    </section>
  );
}

function Recycle({ id }: { id: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const manager = useMe().role === 'manager';
  const [confirming, setConfirming] = useState(false);
  const key = ['campaigns', id, 'recycling'];
  const preview = useQuery({
    queryKey: key,
    queryFn: () => api.get<RecyclePreview>(`/campaigns/${id}/recycling`),
    refetchInterval: LOOK_EVERY_MS,
  });
  // Ours, or one that somebody else has asked for.
  const [started, setStarted] = useState<number | null>(null);
  const jobId = started ?? preview.data?.jobId ?? null;
  const start = useMutation({
    mutationFn: () => api.post<{ jobId: number }>(`/campaigns/${id}/recycling`),
    onSuccess: (accepted) => setStarted(accepted.jobId),
    onSettled: () => setConfirming(false),
  });
  useQuery({
    queryKey: ['jobs', jobId],
    enabled: jobId !== null,
    queryFn: async () => {
      const found = await api.get<Job>(`/jobs/${jobId}`);
      if (found.state !== 'queued' && found.state !== 'running') {
        const recycled = Number((found.progress as { recycled?: number }).recycled ?? 0);
        if (found.state === 'succeeded' && started !== null) sayDone(t('recycle.done', { count: recycled }));
        setStarted(null);
        await client.invalidateQueries({ queryKey: ['campaigns', id] });
      }
      return found;
    },
    refetchInterval: LOOK_AT_JOB_MS,
  });
  if (preview.isPending) return <SkeletonRows rows={2} />;
  if (!preview.data) return <Failure error={preview.error} onRetry={() => void preview.refetch()} />;
  const { eligible, codes, recycling } = preview.data;
  const busy = start.isPending || jobId !== null;
  return (
    <>
      <div className="row spread wrap">
        <p className="secondary">
          <strong>{t('recycle.now', { count: eligible })}</strong> {recycling?.automatic && t('recycle.byItself')}
        </p>
        {manager && (
          <Button icon="redo" busy={busy} disabled={eligible === 0} onClick={() => setConfirming(true)}>
            {t('recycle.bringBack')}
          </Button>
        )}
      </div>
      <div className="scroll-x">
        <table className="table dense">
          <thead>
            <tr>
              <th>{t('retryPlan.end')}</th>
              <th className="num">{t('recycle.eligible')}</th>
              <th className="num">{t('recycle.later')}</th>
              <th className="num">{t('recycle.kept')}</th>
              <th className="num">{t('recycle.usedUp')}</th>
            </tr>
          </thead>
          <tbody>
            {codes.map((one) => (
              <tr key={one.code}>
                <td>
                  {endName(t, one.code)}{' '}
                  <span className="muted small">{t('recycle.after', { count: one.afterDays })}</span>
                </td>
                <td className="num">{format.number(one.eligible)}</td>
                <td className="num">
                  {format.number(one.later)}
                  {one.nextAt && (
                    <span className="muted small"> {t('recycle.from', { at: format.dateTime(one.nextAt) })}</span>
                  )}
                </td>
                <td className="num" title={t('recycle.keptHint')}>
                  {format.number(one.suppressed + one.settled + one.noPhone)}
                </td>
                <td className="num">{format.number(one.usedUp)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="small muted">{t('recycle.keptHint')}</p>
      {confirming && (
        <Dialog title={t('recycle.confirmTitle', { count: eligible })} onClose={() => setConfirming(false)}>
          <p className="secondary">{t('recycle.confirmText')}</p>
          <div className="buttons">
            <Button onClick={() => setConfirming(false)}>{t('common.cancel')}</Button>
            <Button autoFocus variant="primary" busy={start.isPending} onClick={() => start.mutate()}>
              {t('recycle.bringBack')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
