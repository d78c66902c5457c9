import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Callback, CallbackGroup, KeptCounts } from '../api/contract';
import { useMe } from '../auth/session';
import { useCampaigns } from '../campaigns/queries';
import { Button, Field, Segmented } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { CallbackDialog } from './callback-dialog';
import { CallbackPills } from './callback-pills';
import { isOverdue, minutesUntil, promisedTime, zoneName } from './callback-words';
import { PAGE, useCallbacks, useFloorOperators, useKept, type CallbackQuery } from './queries';
import { SettingsDialog } from './settings-dialog';
import '../bases/bases.css';
import './callbacks.css';

type View = 'open' | 'overdue' | 'escalated' | 'ended' | 'all';
const VIEWS: View[] = ['open', 'overdue', 'escalated', 'ended', 'all'];
const ENDED: CallbackGroup[] = ['kept', 'missed', 'cancelled', 'moved'];
const DAYS = ['7', '30', '90'] as const;

/** Every promised call: what is open, what is late, and how well they are kept. */
export function CallbacksPage() {
  const { t } = useTranslation();
  const isManager = useMe().role === 'manager';
  const [view, setView] = useState<View>('open');
  const [ended, setEnded] = useState<CallbackGroup>('kept');
  const [campaignId, setCampaignId] = useState<number>();
  const [operatorId, setOperatorId] = useState<number>();
  const [offset, setOffset] = useState(0);
  const [chosen, setChosen] = useState<Callback | null>(null);
  const [changing, setChanging] = useState(false);
  const campaigns = useCampaigns();
  const operators = useFloorOperators();

  const query: CallbackQuery = { campaignId, operatorId, offset };
  if (view === 'open' || view === 'overdue') query.state = view;
  if (view === 'ended') query.state = ended;
  if (view === 'escalated') Object.assign(query, { escalated: true, state: 'open' });
  const list = useCallbacks(query);
  const from =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      set(value);
      setOffset(0);
    };

  return (
    <div className="page">
      <PageHead
        title={t('nav.callbacks')}
        hint={t('callbacks.hint')}
        actions={
          isManager && (
            <Button icon="clock" onClick={() => setChanging(true)}>
              {t('callbacks.settings')}
            </Button>
          )
        }
      />
      <KeptCard />
      <div className="row wrap callback-filters">
        <Segmented
          label={t('callbacks.show')}
          value={view}
          choices={VIEWS.map((value) => ({ value, label: t(`callbacks.view.${value}`) }))}
          onChange={from(setView)}
        />
        {view === 'ended' && (
          <Segmented
            label={t('callbacks.how')}
            value={ended}
            choices={ENDED.map((value) => ({ value, label: t(`callbackState.${value}`) }))}
            onChange={from(setEnded)}
          />
        )}
        <Field label={t('callbacks.campaign')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={campaignId ?? ''}
              onChange={(event) =>
                from(setCampaignId)(event.target.value === '' ? undefined : Number(event.target.value))
              }
            >
              <option value="">{t('callbacks.everyCampaign')}</option>
              {campaigns.data?.map((campaign) => (
                <option key={campaign.id} value={campaign.id}>
                  {campaign.name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('callbacks.operator')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={operatorId ?? ''}
              onChange={(event) =>
                from(setOperatorId)(event.target.value === '' ? undefined : Number(event.target.value))
              }
            >
              <option value="">{t('callbacks.everyOperator')}</option>
              <option value="0">{t('callbacks.shared')}</option>
              {operators.data?.map((operator) => (
                <option key={operator.id} value={operator.id}>
                  {operator.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div className="card folding-table">
        {list.isPending ? (
          <SkeletonRows />
        ) : !list.data ? (
          <Failure error={list.error} onRetry={() => void list.refetch()} />
        ) : list.data.length === 0 && offset === 0 ? (
          <Empty icon="clock" title={t(`callbacks.none.${view}`)}>
            {view === 'open' && t('callbacks.noneHint')}
          </Empty>
        ) : (
          <CallbackTable callbacks={list.data} onChoose={setChosen} />
        )}
      </div>
      {(offset > 0 || list.data?.length === PAGE) && (
        <div className="row">
          <Button disabled={offset === 0} onClick={() => setOffset(offset - PAGE)}>
            {t('callbacks.earlier')}
          </Button>
          <Button disabled={(list.data?.length ?? 0) < PAGE} onClick={() => setOffset(offset + PAGE)}>
            {t('callbacks.later')}
          </Button>
        </div>
      )}
      {chosen && <CallbackDialog callback={chosen} onClose={() => setChosen(null)} />}
      {changing && <SettingsDialog onClose={() => setChanging(false)} />}
    </div>
  );
}

function CallbackTable({ callbacks, onChoose }: { callbacks: Callback[]; onChoose: (callback: Callback) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = Date.now();
  return (
    <table className="table links">
      <thead>
        <tr>
          <th>{t('callbacks.due')}</th>
          <th>{t('callbacks.person')}</th>
          <th>{t('callbacks.campaign')}</th>
          <th>{t('callbacks.owner')}</th>
          <th>{t('callbacks.state')}</th>
        </tr>
      </thead>
      <tbody>
        {callbacks.map((callback) => (
          <tr key={callback.id}>
            <td className="callback-due">
              <button type="button" className="row-link link" onClick={() => onChoose(callback)}>
                {promisedTime(format, callback)}
              </button>
              <div className="small muted">
                {zoneName(callback.timeZone)}
                {callback.endedAt === null && (
                  <span className={isOverdue(callback, now) ? 'late' : undefined}>
                    {' · '}
                    {format.inMinutes(minutesUntil(callback, now))}
                  </span>
                )}
              </div>
            </td>
            <td>
              {callback.lead.name ?? t('desk.nameless')}
              <div className="small muted mono">
                {callback.lead.maskedPhone}
                {callback.otherPhone && ` · ${t('callbacks.otherPhone')}`}
              </div>
            </td>
            <td className="secondary" data-label={t('callbacks.campaign')}>
              {callback.campaign.name}
            </td>
            <td data-label={t('callbacks.owner')}>
              <Owner callback={callback} />
            </td>
            <td data-label={t('callbacks.state')}>
              <CallbackPills callback={callback} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Owner({ callback }: { callback: Callback }) {
  const { t } = useTranslation();
  const { owner, promisedTo } = callback;
  if (owner) return <>{owner.name}</>;
  return (
    <>
      <span className="secondary">{t('callbacks.shared')}</span>
      {promisedTo && <div className="small muted">{t('callbacks.wasOf', { name: promisedTo.name })}</div>}
    </>
  );
}

/** How well promises are kept, with the formula and both of its parts. */
function KeptCard() {
  const { t } = useTranslation();
  const format = useFormat();
  const [days, setDays] = useState<(typeof DAYS)[number]>('30');
  const kept = useKept(Number(days));
  return (
    <section className="card callbacks-kept" aria-label={t('callbacks.kept')}>
      <header>
        <h2>{t('callbacks.kept')}</h2>
        <Segmented
          label={t('callbacks.period')}
          value={days}
          choices={DAYS.map((value) => ({ value, label: t('callbacks.days', { count: Number(value) }) }))}
          onChange={setDays}
        />
      </header>
      {!kept.data ? (
        <SkeletonRows rows={2} />
      ) : (
        <>
          <div className="kept-figures">
            <div>
              <strong>{format.percent(kept.data.total.keptOnTimeRate)}</strong>
              <span className="small muted">
                {t('callbacks.keptOf', { kept: kept.data.total.keptOnTime, of: kept.data.total.cameDueAndEnded })}
              </span>
            </div>
            {(['overdue', 'escalated', 'kept', 'missed', 'cancelledByRule'] as const).map((name) => (
              <div key={name}>
                <strong>{format.number(kept.data.total[name])}</strong>
                <span className="small muted">{t(`callbacks.figure.${name}`)}</span>
              </div>
            ))}
          </div>
          <p className="small muted kept-formula">{t('callbacks.formula', { minutes: kept.data.onTimeMinutes })}</p>
          <div className="kept-tables">
            <KeptTable title={t('callbacks.byCampaign')} rows={kept.data.campaigns} />
            <KeptTable title={t('callbacks.byOperator')} rows={kept.data.operators} />
          </div>
        </>
      )}
    </section>
  );
}

function KeptTable({
  title,
  rows,
}: {
  title: string;
  rows: (KeptCounts & { id: number | null; name: string | null })[];
}) {
  const { t } = useTranslation();
  const format = useFormat();
  if (rows.length === 0) return null;
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{title}</th>
          <th className="num">{t('callbacks.onTime')}</th>
          <th className="num">{t('callbacks.keptShare')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, 8).map((row) => (
          <tr key={row.id ?? 0}>
            <td className="clip">{row.name ?? t('callbacks.shared')}</td>
            <td className="num secondary">
              {format.number(row.keptOnTime)} / {format.number(row.cameDueAndEnded)}
            </td>
            <td className="num">
              <strong>{format.percent(row.keptOnTimeRate)}</strong>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
