import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { GOAL_KINDS, LIST_ORDERS, type Campaign, type Goals, type ListOrder, type PhoneKinds } from '../api/contract';
import { Field, Segmented } from '../design/controls';
import { Fold } from '../design/fold';
import { useFormat } from '../shell/format';
import { instantOf, localOf, namesIn, type CampaignDraft } from './campaign-draft';
import { goalsText, hoursText, orderText, phoneKindsText, retryText, scheduleText } from './campaign-words';
import { HoursEditor } from './hours-editor';
import { NumberField } from './number-field';
import { useOutcomeSets } from './queries';

interface PartProps {
  draft: CampaignDraft;
  faultOf: (field: string) => string | undefined;
  onChange: (part: Partial<CampaignDraft>) => void;
}

/** What has a sensible value already: each part says in its title what holds now. */
export function MoreSettings(props: PartProps & { currency: string | null; saved: Campaign | null }) {
  return (
    <section className="card more-options">
      <HoursPart {...props} />
      <AttemptsPart {...props} />
      <PhonesPart {...props} />
      <ListPart {...props} />
      <SchedulePart {...props} />
      <GoalsPart {...props} />
      <OutcomesPart {...props} />
    </section>
  );
}

/** Is something wrong in this part? */
const isWrong = ({ faultOf }: PartProps, ...fields: string[]) => fields.some((field) => faultOf(field) !== undefined);

function HoursPart(props: PartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const hours = props.draft.hours ?? {};
  return (
    <Fold
      place="hours"
      title={t('campaignForm.hours')}
      now={hoursText(t, format, hours)}
      open={isWrong(props, 'hours')}
    >
      <p className="small muted">{t('campaignForm.hoursHint')}</p>
      <HoursEditor hours={hours} onChange={(next) => props.onChange({ hours: next })} />
      {props.faultOf('hours') && (
        <div className="field">
          <span className="error">{props.faultOf('hours')}</span>
        </div>
      )}
    </Fold>
  );
}

function AttemptsPart(props: PartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { draft, faultOf, onChange } = props;
  const seconds = (field: 'ringTimeoutMs' | 'wrapUpMs', min: number, max: number) => (
    <NumberField
      label={t(`campaignForm.${field}`)}
      min={min}
      max={max}
      value={draft[field] === undefined ? undefined : draft[field] / 1000}
      error={faultOf(field)}
      onChange={(value) => onChange({ [field]: value === undefined ? undefined : Math.round(value * 1000) })}
    />
  );
  const now = [
    t('campaignForm.attemptsNow', { lead: draft.maxAttempts ?? '–', day: draft.maxAttemptsPerDay ?? '–' }),
    (draft.coolDownDays ?? 0) > 0 && t('campaignForm.coolDownNow', { count: draft.coolDownDays }),
    t('campaignForm.ringNow', { seconds: format.number((draft.ringTimeoutMs ?? 0) / 1000) }),
  ];
  return (
    <Fold
      title={t('campaignForm.attempts')}
      now={now.filter(Boolean).join(' · ')}
      open={isWrong(
        props,
        ...['maxAttempts', 'maxAttemptsPerDay', 'coolDownDays', 'householdPauseHours', 'ringTimeoutMs', 'wrapUpMs'],
      )}
    >
      <div className="three">
        <NumberField
          label={t('campaignForm.maxAttempts')}
          min={1}
          max={50}
          value={draft.maxAttempts}
          error={faultOf('maxAttempts')}
          onChange={(maxAttempts) => onChange({ maxAttempts })}
        />
        <NumberField
          label={t('campaignForm.maxAttemptsPerDay')}
          min={1}
          max={10}
          value={draft.maxAttemptsPerDay}
          error={faultOf('maxAttemptsPerDay')}
          onChange={(maxAttemptsPerDay) => onChange({ maxAttemptsPerDay })}
        />
        <NumberField
          label={t('campaignForm.coolDownDays')}
          min={0}
          max={3650}
          hint={t('campaignForm.coolDownHint')}
          value={draft.coolDownDays}
          error={faultOf('coolDownDays')}
          onChange={(coolDownDays) => onChange({ coolDownDays })}
        />
        <NumberField
          label={t('campaignForm.householdPauseHours')}
          min={0}
          max={720}
          hint={t('campaignForm.householdPauseHint')}
          value={draft.householdPauseHours}
          error={faultOf('householdPauseHours')}
          onChange={(householdPauseHours) => onChange({ householdPauseHours })}
        />
        {seconds('ringTimeoutMs', 15, 60)}
        {seconds('wrapUpMs', 5, 1800)}
      </div>
    </Fold>
  );
}

const KIND_FIELDS = { mobileHours: 'phoneKinds.mobileHours', fixedHours: 'phoneKinds.fixedHours' };

/** Which phone of a person comes first, and when each kind is called. */
function PhonesPart(props: PartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { draft, faultOf, onChange } = props;
  const kinds = draft.phoneKinds ?? {};
  const set = (part: PhoneKinds) => onChange({ phoneKinds: kindsOf({ ...kinds, ...part }) });
  return (
    <Fold
      title={t('campaignForm.phones')}
      now={phoneKindsText(t, format, draft.phoneKinds ?? null)}
      open={isWrong(props, 'phoneKinds', 'phoneKinds.first', 'phoneKinds.mobileHours', 'phoneKinds.fixedHours')}
    >
      <div className="field">
        <span className="label">{t('campaignForm.phoneFirst')}</span>
        <span>
          <Segmented
            label={t('campaignForm.phoneFirst')}
            value={kinds.first ?? 'any'}
            choices={(['any', 'mobile', 'fixed'] as const).map((value) => ({ value, label: t(`phoneKind.${value}`) }))}
            onChange={(first) => set({ first: first === 'any' ? null : first })}
          />
        </span>
        <span className="hint">{t('campaignForm.phoneFirstHint')}</span>
      </div>
      {(['mobileHours', 'fixedHours'] as const).map((field) => {
        const hours = kinds[field];
        return (
          <div key={field} className="field">
            <label className="check">
              <input
                type="checkbox"
                checked={hours !== undefined}
                onChange={(event) => set({ [field]: event.target.checked ? (draft.hours ?? {}) : undefined })}
              />
              {t(`campaignForm.${field}`)}
            </label>
            {hours && <HoursEditor hours={hours} onChange={(next) => set({ [field]: next })} />}
            {faultOf(KIND_FIELDS[field]) && <span className="error">{faultOf(KIND_FIELDS[field])}</span>}
          </div>
        );
      })}
    </Fold>
  );
}

function kindsOf({ first, mobileHours, fixedHours }: PhoneKinds): PhoneKinds | null {
  if (!first && !mobileHours && !fixedHours) return null;
  return { first: first ?? null, ...(mobileHours && { mobileHours }), ...(fixedHours && { fixedHours }) };
}

function ListPart(props: PartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { draft, faultOf, onChange } = props;
  const order = draft.order ?? { by: 'priority' };
  const listMode = draft.listMode ?? 'snapshot';
  const retryShare = draft.retryShare ?? null;
  const setOrder = (part: Partial<ListOrder>) => onChange({ order: { ...order, ...part } });
  const hasKey = order.by === 'attribute' || order.by === 'score';
  return (
    <Fold
      title={t('campaignForm.list')}
      now={[t(`listMode.${listMode}`), orderText(t, order), retryText(t, format, retryShare)].join(' · ')}
      open={isWrong(props, 'listMode', 'order', 'order.attribute', 'order.seed', 'retryShare')}
    >
      <div className="field">
        <span className="label">{t('campaignForm.listMode')}</span>
        <span>
          <Segmented
            label={t('campaignForm.listMode')}
            value={listMode}
            choices={(['snapshot', 'live'] as const).map((value) => ({ value, label: t(`listMode.${value}`) }))}
            onChange={(value) => onChange({ listMode: value })}
          />
        </span>
        <span className="hint">{t(`listModeHint.${listMode}`)}</span>
      </div>
      <div className="three">
        <Field label={t('campaignForm.order')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={order.by}
              onChange={(event) => {
                const by = event.target.value as ListOrder['by'];
                onChange({ order: by === 'random' ? { by, seed: 1 } : { by } });
              }}
            >
              {LIST_ORDERS.map((by) => (
                <option key={by} value={by}>
                  {t(`listOrder.${by}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {hasKey && (
          <>
            <Field label={t('campaignForm.orderAttribute')} error={faultOf('order.attribute')}>
              {(control) => (
                <input
                  {...control}
                  className="input"
                  required={order.by === 'attribute'}
                  maxLength={100}
                  placeholder={order.by === 'score' ? 'score' : undefined}
                  value={order.attribute ?? ''}
                  onChange={(event) => setOrder({ attribute: event.target.value || undefined })}
                />
              )}
            </Field>
            <Field label={t('campaignForm.direction')}>
              {(control) => (
                <select
                  {...control}
                  className="input"
                  value={String(order.descending ?? order.by === 'score')}
                  onChange={(event) => setOrder({ descending: event.target.value === 'true' })}
                >
                  <option value="true">{t('listOrder.descending')}</option>
                  <option value="false">{t('listOrder.ascending')}</option>
                </select>
              )}
            </Field>
          </>
        )}
        {order.by === 'random' && (
          <NumberField
            label={t('campaignForm.seed')}
            min={0}
            max={2 ** 31 - 1}
            hint={t('campaignForm.seedHint')}
            value={order.seed}
            error={faultOf('order.seed')}
            onChange={(seed) => setOrder({ seed })}
          />
        )}
      </div>
      <div className="field">
        <label className="check">
          <input
            type="checkbox"
            checked={retryShare !== null}
            onChange={(event) => onChange({ retryShare: event.target.checked ? 0.3 : null })}
          />
          {t('campaignForm.retryBlend')}
        </label>
        {retryShare !== null && (
          <span className="row wrap slider">
            <input
              type="range"
              min={0}
              max={100}
              step={5}
              aria-label={t('campaignForm.retryShare')}
              value={Math.round(retryShare * 100)}
              onChange={(event) => onChange({ retryShare: event.target.valueAsNumber / 100 })}
            />
            <span>
              {t('campaignForm.retryBlendNow', {
                retries: format.percent(retryShare, 0),
                fresh: format.percent(1 - retryShare, 0),
              })}
            </span>
          </span>
        )}
        <span className="hint">{t('campaignForm.retryHint')}</span>
      </div>
    </Fold>
  );
}

function SchedulePart(props: PartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { draft, faultOf, onChange } = props;
  const at = (field: 'startsAt' | 'endsAt') => (
    <Field label={t(`campaignForm.${field}`)} optional error={faultOf(field)}>
      {(control) => (
        <input
          {...control}
          className="input"
          type="datetime-local"
          value={localOf(draft[field])}
          onChange={(event) => onChange({ [field]: instantOf(event.target.value) })}
        />
      )}
    </Field>
  );
  const action = draft.endAction ?? 'finish';
  return (
    <Fold
      place="schedule"
      title={t('campaignForm.schedule')}
      now={scheduleText(t, format, draft.startsAt, draft.endsAt)}
      open={isWrong(props, 'startsAt', 'endsAt', 'endAction')}
    >
      <div className="two">
        {at('startsAt')}
        {at('endsAt')}
      </div>
      <p className="small muted">{t('campaignForm.scheduleHint')}</p>
      {draft.endsAt && (
        <div className="field">
          <span className="label">{t('campaignForm.endAction')}</span>
          <span>
            <Segmented
              label={t('campaignForm.endAction')}
              value={action}
              choices={(['finish', 'pause'] as const).map((value) => ({ value, label: t(`endAction.${value}`) }))}
              onChange={(endAction) => onChange({ endAction })}
            />
          </span>
        </div>
      )}
    </Fold>
  );
}

const GOAL_FIELDS = { sales: 'goals.sales', contacts: 'goals.contacts', budget: 'goals.budget' };

function GoalsPart(props: PartProps & { currency: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { draft, faultOf, onChange, currency } = props;
  const goals: Goals = draft.goals ?? { action: 'finish' };
  const setGoals = (part: Partial<Goals>) => onChange({ goals: { ...goals, ...part } });
  const { costPerDial = null, costPerMinute = null } = draft;
  const costs = [
    costPerDial !== null && t('campaignForm.dialCosts', { cost: format.money(costPerDial, currency) }),
    costPerMinute !== null && t('campaignForm.minuteCosts', { cost: format.money(costPerMinute, currency) }),
  ];
  return (
    <Fold
      place="goals"
      title={t('campaignForm.goals')}
      now={[goalsText(t, format, draft.goals ?? null, currency), ...costs].filter(Boolean).join(' · ')}
      open={isWrong(
        props,
        ...['goals', 'goals.sales', 'goals.contacts', 'goals.budget', 'goals.action'],
        ...['costPerDial', 'costPerMinute', 'currency', 'spendCeilingDaily', 'spendCeilingTotal'],
      )}
    >
      <div className="three">
        {GOAL_KINDS.map((kind) => (
          <NumberField
            key={kind}
            optional
            label={t(`goal.${kind}`)}
            min={kind === 'budget' ? 0.01 : 1}
            max={kind === 'budget' ? 1e12 : kind === 'sales' ? 10_000_000 : 100_000_000}
            step={kind === 'budget' ? 0.01 : 1}
            value={goals[kind]}
            error={faultOf(GOAL_FIELDS[kind])}
            onChange={(value) => setGoals({ [kind]: value })}
          />
        ))}
      </div>
      {faultOf('goals') && (
        <div className="field">
          <span className="error">{faultOf('goals')}</span>
        </div>
      )}
      <div className="field">
        <span className="label">{t('campaignForm.goalAction')}</span>
        <span>
          <Segmented
            label={t('campaignForm.goalAction')}
            value={goals.action}
            choices={(['finish', 'alert'] as const).map((value) => ({ value, label: t(`goalAction.${value}`) }))}
            onChange={(action) => setGoals({ action })}
          />
        </span>
        <span className="hint">{t(`goalActionHint.${goals.action}`)}</span>
      </div>
      <div className="three">
        {(['costPerDial', 'costPerMinute'] as const).map((field) => (
          <NumberField
            key={field}
            optional
            label={t(`campaignForm.${field}`)}
            min={0}
            max={1e6}
            step={0.0001}
            value={draft[field]}
            error={faultOf(field)}
            onChange={(value) => onChange({ [field]: value ?? null })}
          />
        ))}
        <Field label={t('offer.currency')} optional error={faultOf('currency')}>
          {(control) => (
            <input
              {...control}
              className="input"
              pattern="[A-Z]{3}"
              maxLength={3}
              placeholder={currency ?? 'EUR'}
              value={draft.currency ?? ''}
              onChange={(event) => onChange({ currency: event.target.value.toUpperCase() || null })}
            />
          )}
        </Field>
      </div>
      <div className="three">
        {(['spendCeilingDaily', 'spendCeilingTotal'] as const).map((field) => (
          <NumberField
            key={field}
            optional
            label={t(`campaignForm.${field}`)}
            min={0.01}
            max={1e12}
            step={0.01}
            value={draft[field]}
            error={faultOf(field)}
            onChange={(value) => onChange({ [field]: value ?? null })}
          />
        ))}
      </div>
      <p className="small muted">{t('campaignForm.costsHint')}</p>
    </Fold>
  );
}

function OutcomesPart(props: PartProps & { saved: Campaign | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { draft, faultOf, onChange } = props;
  const sets = useOutcomeSets();
  // What is being typed: a name may end in a space or a comma for a while.
  const [typed, setTyped] = useState(() => draft.competitors.join('\n'));
  const set = sets.data?.find(({ id }) => id === draft.outcomeSetId);
  const now = [
    set?.name ?? t('campaignForm.standardSet'),
    draft.competitors.length > 0 && format.list(draft.competitors),
  ];
  return (
    <Fold
      title={t('campaignForm.outcomes')}
      now={now.filter(Boolean).join(' · ')}
      open={isWrong(props, 'outcomeSetId', 'competitors')}
    >
      <Field label={t('campaignForm.outcomeSet')} error={faultOf('outcomeSetId')}>
        {(control) => (
          <select
            {...control}
            className="input"
            value={draft.outcomeSetId ?? ''}
            onChange={(event) =>
              onChange({ outcomeSetId: event.target.value === '' ? undefined : Number(event.target.value) })
            }
          >
            {draft.outcomeSetId === undefined && <option value="">{t('campaignForm.standardSet')}</option>}
            {sets.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label={t('campaignForm.competitors')}
        optional
        hint={t('campaignForm.competitorsHint')}
        error={faultOf('competitors')}
      >
        {(control) => (
          <textarea
            {...control}
            className="input"
            rows={3}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              onChange({ competitors: namesIn(event.target.value) });
            }}
          />
        )}
      </Field>
    </Fold>
  );
}
