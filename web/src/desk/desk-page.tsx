import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { Desk } from '../api/contract';
import { useEventStream } from '../api/event-stream';
import { Failure, SkeletonRows } from '../design/states';
import { useServerClock } from '../shell/server-clock';
import { CallView } from './call-view';
import { ChooseCampaign } from './choose-campaign';
import { DeskBar } from './desk-bar';
import { KeyHelp } from './key-help';
import { useKeys } from './keys';
import { OwnCallbacks, Reminder } from './own-callbacks';
import { Waiting } from './waiting';
import './desk.css';

export const DESK = ['desk'] as const;

/** An answer and an event may cross on their way: the later word of the server stands. */
function later(known: Desk | undefined, heard: Desk): Desk {
  return known && Date.parse(known.serverNow) > Date.parse(heard.serverNow) ? known : heard;
}

export type DeskAction = (path: string, body?: object) => void;

export function DeskPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [help, setHelp] = useState(false);
  const keep = (heard: Desk) => client.setQueryData<Desk>(DESK, (known) => later(known, heard));

  const query = useQuery({ queryKey: DESK, queryFn: () => api.get<Desk>('/desk') });
  useEventStream<Desk>('/desk/events', 'desk', keep);
  const desk = query.data;
  const now = useServerClock(desk?.serverNow, 500);

  const action = useMutation({
    mutationFn: ({ path, body }: { path: string; body?: object }) => api.post<Desk>(path, body),
    onSuccess: keep,
    onError: () => void client.invalidateQueries({ queryKey: DESK }),
  });
  const act: DeskAction = (path, body) => action.mutate({ path, body });

  useKeys({ '?': () => setHelp(true) });

  if (query.isPending) return <SkeletonRows />;
  if (!desk) return <Failure error={query.error} onRetry={() => void query.refetch()} />;

  return (
    <div className="desk">
      <h1 className="hidden-visually">{t('nav.desk')}</h1>
      <DeskBar desk={desk} now={now} busy={action.isPending} act={act} onHelp={() => setHelp(true)} />
      <Reminder desk={desk} now={now} />
      {desk.call ? (
        <CallView key={desk.call.attemptId} desk={desk} call={desk.call} now={now} onDesk={keep} />
      ) : desk.campaign === null || desk.state === 'offline' ? (
        <>
          <ChooseCampaign name={desk.operator.name} onDesk={keep} />
          <OwnCallbacks now={now} />
        </>
      ) : (
        <Waiting desk={desk} now={now} busy={action.isPending} act={act} />
      )}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </div>
  );
}
