import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  WEEKDAYS,
  type CampaignChange,
  type CampaignState,
  type FieldChange,
  type Goals,
  type Hours,
  type ListOrder,
} from '../api/contract';
import { Button } from '../design/controls';
import { Fold } from '../design/fold';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat, type Format } from '../shell/format';
import { goalsText, hoursText, orderText, retryText } from './campaign-words';
import { useCampaignChanges, useOffers, useOutcomeSets, useScripts, useSegments } from './queries';

type NameOf = (kind: 'segment' | 'offer' | 'script' | 'outcomeSet', id: unknown) => string;

/** Who changed what and when, from what to what. */
export function ChangesCard({ id }: { id: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Fold className="card" title={t('campaign.changes')} now={t('campaign.changesHint')} onToggle={setOpen}>
      {open && <Changes id={id} />}
    </Fold>
  );
}

function Changes({ id }: { id: number }) {
  const { t } = useTranslation();
  const changes = useCampaignChanges(id, true);
  const nameOf = useNameOf();
  if (changes.isPending) return <SkeletonRows rows={3} />;
  if (!changes.data) return <Failure error={changes.error} onRetry={() => void changes.refetch()} />;
  return (
    <>
      <ol className="changes">
        {changes.data.pages.flat().map((change) => (
          <Change key={change.id} change={change} nameOf={nameOf} />
        ))}
      </ol>
      {changes.hasNextPage && (
        <span>
          <Button small busy={changes.isFetchingNextPage} onClick={() => void changes.fetchNextPage()}>
            {t('campaign.olderChanges')}
          </Button>
        </span>
      )}
    </>
  );
}

function Change({ change, nameOf }: { change: CampaignChange; nameOf: NameOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const who = change.actor?.name ?? (change.cause ? t(`changeCause.${change.cause}`) : t('campaign.engine'));
  // The action says already to which state.
  const shown = change.changes.filter(({ field }) => field !== 'state' && field !== 'goalsReached');
  const table = shown.length > 0 && (
    <dl className="before-after">
      {shown.map((one) => (
        <div key={one.field}>
          <dt>{t(`campaignField.${one.field}`, { defaultValue: one.field })}</dt>
          <dd>
            {change.action !== 'campaign_created' && (
              <>
                <del>{valueText(t, format, nameOf, one, one.before)}</del> <span aria-hidden="true">→</span>{' '}
              </>
            )}
            <ins>{valueText(t, format, nameOf, one, one.after)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
  return (
    <li>
      <p>
        <strong>{t(`campaignChange.${change.action}`, { defaultValue: change.action })}</strong>{' '}
        <span className="muted">
          {format.dateTime(change.at)} · {who}
        </span>
      </p>
      {change.action === 'campaign_created' && table ? (
        <details>
          <summary className="small">{t('campaign.madeWith')}</summary>
          {table}
        </details>
      ) : (
        table
      )}
    </li>
  );
}

function useNameOf(): NameOf {
  const lists = {
    segment: useSegments().data,
    offer: useOffers().data,
    script: useScripts().data,
    outcomeSet: useOutcomeSets().data,
  };
  return (kind, id) => {
    const all: readonly { id: number; name: string }[] | undefined = lists[kind];
    return all?.find((one) => one.id === id)?.name ?? `№ ${String(id)}`;
  };
}

const NAMED = { offerId: 'offer', scriptId: 'script', outcomeSetId: 'outcomeSet' } as const;

/** A value as the trail keeps it, in the reader's words. */
function valueText(t: TFunction, format: Format, nameOf: NameOf, { field }: FieldChange, value: unknown): string {
  if (field === 'retryShare') return retryText(t, format, value as number | null);
  if (value === null || value === undefined || value === '') return t('campaignForm.none');
  if (field in NAMED) return nameOf(NAMED[field as keyof typeof NAMED], value);
  switch (field) {
    case 'hours':
      return hoursText(t, format, hoursOf(value as Record<string, [string, string][]>));
    case 'listOrder':
      return orderText(t, value as ListOrder);
    case 'listMode':
      return t(`listMode.${value as string}`);
    case 'mode':
      return t(`mode.${value as string}`);
    case 'endAction':
      return t(`endAction.${value as string}`);
    case 'goals':
      return goalsText(t, format, value as Goals, null);
    case 'state':
      return t(`campaignState.${value as CampaignState}`);
    case 'startsAt':
    case 'endsAt':
    case 'goalReachedAt':
      return format.dateTime(value as string);
    case 'ringTimeoutMs':
    case 'wrapUpMs':
      return t('campaignForm.seconds', { seconds: format.number((value as number) / 1000) });
    case 'segments':
      return (
        format.list(
          (value as { id: number; weight: number }[]).map(
            ({ id, weight }) => nameOf('segment', id) + (weight === 1 ? '' : ` × ${weight}`),
          ),
        ) || t('campaignForm.none')
      );
    case 'startHeldBy':
      return (value as string[]).map((code) => t(`preflight.${code}`, { defaultValue: code })).join(' ');
  }
  if (Array.isArray(value)) return format.list(value.map(String)) || t('campaignForm.none');
  if (typeof value === 'number') return format.number(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | boolean);
}

/** The trail keeps hours as lists of windows. */
function hoursOf(week: Record<string, [string, string][]>): Hours {
  const hours: Hours = {};
  for (const day of WEEKDAYS) {
    const windows = week[day];
    const [first, last] = [windows?.[0], windows?.at(-1)];
    if (first && last) hours[day] = [first[0], last[1]];
  }
  return hours;
}
