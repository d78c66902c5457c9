import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  WEEKDAYS,
  type CampaignState,
  type Change,
  type FieldChange,
  type Goals,
  type Hours,
  type ListOrder,
  type PhoneKind,
  type PhoneKinds,
  type RetryPlan,
} from '../api/contract';
import { Button } from '../design/controls';
import { Fold } from '../design/fold';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat, type Format } from '../shell/format';
import { goalsText, hoursText, orderText, phoneKindsText, retryText } from './campaign-words';
import { retryPlanText } from './retry-plan-card';
import { useChanges } from './queries';
import './campaigns.css';

type Of = Parameters<typeof useChanges>[0];

/** Who changed what and when, from what to what. */
export function ChangesCard({ of, id }: { of: Of; id: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Fold className="card" title={t('campaign.changes')} now={t('campaign.changesHint')} onToggle={setOpen}>
      {open && <Changes of={of} id={id} />}
    </Fold>
  );
}

function Changes({ of, id }: { of: Of; id: number }) {
  const { t } = useTranslation();
  const changes = useChanges(of, id);
  if (changes.isPending) return <SkeletonRows rows={3} />;
  if (!changes.data) return <Failure error={changes.error} onRetry={() => void changes.refetch()} />;
  return (
    <>
      <ol className="changes">
        {changes.data.pages.flat().map((change) => (
          <OneChange key={change.id} change={change} />
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

/** The action says already to which state, and the number of a job tells nobody anything. */
const UNTOLD = ['state', 'goalsReached', 'jobId', 'archivedAt'];
const CREATED = ['campaign_created', 'offer_created', 'script_created'];

function OneChange({ change }: { change: Change }) {
  const { t } = useTranslation();
  const format = useFormat();
  const who = change.actor?.name ?? (change.cause ? t(`changeCause.${change.cause}`) : t('campaign.engine'));
  const created = CREATED.includes(change.action);
  const shown = change.changes.filter(({ field }) => !UNTOLD.includes(field));
  const table = shown.length > 0 && (
    <dl className="before-after">
      {shown.map((one) => (
        <div key={one.field}>
          <dt>{fieldText(t, one.field)}</dt>
          <dd>
            {!created && (
              <>
                <del>{valueText(t, format, one, one.before)}</del> <span aria-hidden="true">→</span>{' '}
              </>
            )}
            <ins>{valueText(t, format, one, one.after)}</ins>
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
      {created && table ? (
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

/** Parts of a script are told by their place in it: `Steps · hello · text`. */
function fieldText(t: TFunction, field: string): string {
  const [first = '', ...rest] = field.split('.');
  return [t(`campaignField.${first}`, { defaultValue: first }), ...rest].join(' · ');
}

interface Named {
  id: number;
  name: string | null;
}

/** What is there no more has a number only. */
const nameOf = ({ id, name }: Named) => name ?? `№ ${id}`;

/** A value as the trail keeps it, in the reader's words. */
function valueText(t: TFunction, format: Format, { field }: FieldChange, value: unknown): string {
  if (field === 'retryShare') return retryText(t, format, value as number | null);
  if (field === 'retryPlan') return retryPlanText(t, format, value as RetryPlan | null);
  if (field === 'phoneKinds') return phoneKindsText(t, format, kindsOf(value as KeptKinds | null));
  if (value === null || value === undefined || value === '') return t('campaignForm.none');
  switch (field) {
    case 'offerId':
    case 'scriptId':
    case 'outcomeSetId':
    case 'clonedFromId':
      return nameOf(value as Named);
    case 'hours':
      return hoursText(t, format, hoursOf(value as Record<string, [string, string][]>));
    case 'listOrder':
      return orderText(t, value as ListOrder);
    case 'listMode':
      return t(`listMode.${value as string}`);
    case 'mode':
      return t(`mode.${value as string}`);
    case 'purpose':
      return t(`law.purposes.${value as string}`);
    case 'endAction':
      return t(`endAction.${value as string}`);
    case 'goals':
      return goalsText(t, format, value as Goals, null);
    case 'state':
      return t(`campaignState.${value as CampaignState}`);
    case 'purpose':
      return t(`scriptPurpose.${value as string}`, { defaultValue: value as string });
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
          (value as (Named & { weight: number })[]).map(
            (segment) => nameOf(segment) + (segment.weight === 1 ? '' : ` × ${segment.weight}`),
          ),
        ) || t('campaignForm.none')
      );
    case 'attributes':
      return (
        format.list(Object.entries(value).map(([name, one]) => `${name}: ${String(one)}`)) || t('campaignForm.none')
      );
    case 'startHeldBy':
      return (value as string[]).map((code) => t(`preflight.${code}`, { defaultValue: code })).join(' ');
  }
  if (Array.isArray(value)) return format.list(value.map(String)) || t('campaignForm.none');
  if (typeof value === 'number') return format.number(value);
  if (typeof value === 'boolean') return t(value ? 'offerAttribute.yes' : 'offerAttribute.no');
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string);
}

type KeptHours = Record<string, [string, string][]>;
type KeptKinds = { first?: PhoneKind | null; hours?: { mobile?: KeptHours; fixed?: KeptHours } };

function kindsOf(kept: KeptKinds | null): PhoneKinds | null {
  if (!kept) return null;
  const { mobile, fixed } = kept.hours ?? {};
  return {
    first: kept.first ?? null,
    ...(mobile && { mobileHours: hoursOf(mobile) }),
    ...(fixed && { fixedHours: hoursOf(fixed) }),
  };
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
