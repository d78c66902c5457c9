import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { ApiProblem, api } from '../api/client';
import { WEEKDAYS, type Campaign, type CampaignInput, type Hours } from '../api/contract';
import { useProblemText } from '../api/problem-text';
import { Button, Field, LinkButton, Notice, Segmented } from '../design/controls';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { OfferDialog } from './offer-dialog';
import { useCampaign, useOffers, useScripts, useSegments } from './queries';
import { ScriptDialog } from './script-dialog';
import './campaigns.css';

const DEFAULTS: CampaignInput = {
  name: '',
  segmentIds: [],
  offerId: null,
  scriptId: null,
  mode: 'progressive',
  ratio: 1.5,
  hours: {
    mon: ['09:00', '20:00'],
    tue: ['09:00', '20:00'],
    wed: ['09:00', '20:00'],
    thu: ['09:00', '20:00'],
    fri: ['09:00', '20:00'],
    sat: ['10:00', '18:00'],
  },
  maxAttempts: 5,
  maxAttemptsPerDay: 2,
  maxLines: 100,
  ringTimeoutMs: 22_000,
  wrapUpMs: 60_000,
  callerId: null,
  simulatedOperators: 0,
};

function inputOf(campaign: Campaign): CampaignInput {
  return {
    name: campaign.name,
    segmentIds: campaign.segments.map((segment) => segment.id),
    offerId: campaign.offer?.id ?? null,
    scriptId: campaign.scriptId ?? null,
    mode: campaign.mode,
    ratio: campaign.ratio ?? 1,
    hours: campaign.hours ?? {},
    maxAttempts: campaign.maxAttempts,
    maxAttemptsPerDay: campaign.maxAttemptsPerDay,
    maxLines: campaign.maxLines,
    ringTimeoutMs: campaign.ringTimeoutMs,
    wrapUpMs: campaign.wrapUpMs,
    callerId: campaign.callerId ?? null,
    simulatedOperators: campaign.simulatedOperators ?? 0,
  };
}

/** A new campaign, or the settings of one that is there. */
export function CampaignFormPage() {
  const { id } = useParams();
  const existing = useCampaign(id === undefined ? null : Number(id));
  if (id === undefined) return <CampaignForm campaign={null} />;
  if (existing.isPending) return <SkeletonRows rows={8} />;
  if (!existing.data) return <Failure error={existing.error} onRetry={() => void existing.refetch()} />;
  return <CampaignForm campaign={existing.data} />;
}

function CampaignForm({ campaign }: { campaign: Campaign | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const client = useQueryClient();
  const wording = useProblemText();
  const segments = useSegments();
  const offers = useOffers();
  const scripts = useScripts();
  const [input, setInput] = useState(() => (campaign ? inputOf(campaign) : DEFAULTS));
  const [version, setVersion] = useState(campaign?.version ?? 0);
  const [dialog, setDialog] = useState<'offer' | 'script' | null>(null);
  const set = (part: Partial<CampaignInput>) => setInput((old) => ({ ...old, ...part }));

  const save = useMutation({
    mutationFn: () =>
      campaign
        ? api.patch<Campaign>(`/campaigns/${campaign.id}`, { ...input, version })
        : api.post<Campaign>('/campaigns', input),
    meta: { quiet: true },
    onSuccess: (saved) => {
      client.setQueryData(['campaigns', saved.id], saved);
      void client.invalidateQueries({ queryKey: ['campaigns'], exact: true });
      void navigate(`/campaigns/${saved.id}`);
    },
  });
  const conflict = save.error instanceof ApiProblem && save.error.code === 'version_conflict';
  const fieldError = (field: string) =>
    save.error instanceof ApiProblem
      ? (save.error.errors.find((one) => one.field === field)?.message ??
        (save.error.field === field ? wording(save.error).sentence : undefined))
      : undefined;

  const takeTheirs = async () => {
    const fresh = await api.get<Campaign>(`/campaigns/${campaign?.id}`);
    client.setQueryData(['campaigns', fresh.id], fresh);
    setInput(inputOf(fresh));
    setVersion(fresh.version);
    save.reset();
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };

  const number = (
    field: 'maxAttempts' | 'maxAttemptsPerDay' | 'maxLines' | 'simulatedOperators',
    min: number,
    max: number,
    hint?: string,
  ) => (
    <Field label={t(`campaignForm.${field}`)} hint={hint} error={fieldError(field)}>
      {(control) => (
        <input
          {...control}
          className="input"
          type="number"
          min={min}
          max={max}
          required
          value={input[field] ?? ''}
          onChange={(event) => set({ [field]: event.target.value === '' ? undefined : event.target.valueAsNumber })}
        />
      )}
    </Field>
  );
  const seconds = (field: 'ringTimeoutMs' | 'wrapUpMs', min: number, max: number) => (
    <Field label={t(`campaignForm.${field}`)} error={fieldError(field)}>
      {(control) => (
        <input
          {...control}
          className="input"
          type="number"
          min={min}
          max={max}
          required
          value={input[field] === undefined ? '' : input[field] / 1000}
          onChange={(event) =>
            set({ [field]: event.target.value === '' ? undefined : Math.round(event.target.valueAsNumber * 1000) })
          }
        />
      )}
    </Field>
  );

  return (
    <form className="page narrow" onSubmit={submit}>
      <PageHead
        back={
          campaign
            ? { to: `/campaigns/${campaign.id}`, name: campaign.name }
            : { to: '/campaigns', name: t('nav.campaigns') }
        }
        title={campaign ? t('campaignForm.editTitle') : t('campaignForm.newTitle')}
      />
      {save.error && (
        <Notice tone="bad">
          <strong>{wording(save.error).sentence}</strong>
          {wording(save.error).fix && <p className="secondary">{wording(save.error).fix}</p>}
          {conflict && (
            <div className="row">
              <Button small onClick={() => void takeTheirs()}>
                {t('common.takeTheirs')}
              </Button>
            </div>
          )}
        </Notice>
      )}

      <section className="card padded stack">
        <h2>{t('campaignForm.what')}</h2>
        <Field label={t('campaignForm.name')} error={fieldError('name')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              maxLength={200}
              autoFocus={!campaign}
              placeholder={t('campaignForm.namePlaceholder')}
              value={input.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <fieldset className="field">
          <legend className="label">{t('campaignForm.segments')}</legend>
          {segments.isPending ? (
            <span className="skeleton" />
          ) : segments.data?.length === 0 ? (
            <Notice>
              {t('campaignForm.noSegments')}{' '}
              <LinkButton small to="/segments/new">
                {t('segments.create')}
              </LinkButton>
            </Notice>
          ) : (
            <div className="picks">
              {segments.data?.map((segment) => (
                <label key={segment.id} className="check">
                  <input
                    type="checkbox"
                    checked={input.segmentIds.includes(segment.id)}
                    onChange={(event) =>
                      set({
                        segmentIds: event.target.checked
                          ? [...input.segmentIds, segment.id]
                          : input.segmentIds.filter((one) => one !== segment.id),
                      })
                    }
                  />
                  <span className="clip">{segment.name}</span>
                </label>
              ))}
            </div>
          )}
          {fieldError('segmentIds') && <span className="error">{fieldError('segmentIds')}</span>}
        </fieldset>
        <div className="two">
          <Field label={t('campaignForm.offer')} optional>
            {(control) => (
              <span className="with-add">
                <select
                  {...control}
                  className="input"
                  value={input.offerId ?? ''}
                  onChange={(event) => set({ offerId: event.target.value === '' ? null : Number(event.target.value) })}
                >
                  <option value="">{t('campaignForm.none')}</option>
                  {offers.data?.map((offer) => (
                    <option key={offer.id} value={offer.id}>
                      {offer.name}
                      {offer.price === null ? '' : ` · ${format.money(offer.price, offer.currency)}`}
                    </option>
                  ))}
                </select>
                <Button
                  icon="plus"
                  aria-label={t('offer.new')}
                  title={t('offer.new')}
                  onClick={() => setDialog('offer')}
                />
              </span>
            )}
          </Field>
          <Field label={t('campaignForm.script')} optional>
            {(control) => (
              <span className="with-add">
                <select
                  {...control}
                  className="input"
                  value={input.scriptId ?? ''}
                  onChange={(event) => set({ scriptId: event.target.value === '' ? null : Number(event.target.value) })}
                >
                  <option value="">{t('campaignForm.none')}</option>
                  {scripts.data?.map((script) => (
                    <option key={script.id} value={script.id}>
                      {script.name}
                    </option>
                  ))}
                </select>
                <Button
                  icon="plus"
                  aria-label={t('script.new')}
                  title={t('script.new')}
                  onClick={() => setDialog('script')}
                />
              </span>
            )}
          </Field>
        </div>
      </section>

      <section className="card padded stack">
        <h2>{t('campaignForm.how')}</h2>
        <div className="field">
          <span className="label">{t('campaignForm.mode')}</span>
          <div className="row wrap">
            <Segmented
              label={t('campaignForm.mode')}
              value={input.mode}
              choices={[
                { value: 'progressive', label: t('mode.progressive') },
                { value: 'ratio', label: t('mode.ratio') },
              ]}
              onChange={(mode) => set({ mode })}
            />
            {input.mode === 'ratio' && (
              <label className="row">
                <input
                  className="input short"
                  type="number"
                  min={1}
                  max={5}
                  step={0.1}
                  required
                  value={input.ratio ?? ''}
                  onChange={(event) =>
                    set({ ratio: event.target.value === '' ? undefined : event.target.valueAsNumber })
                  }
                />
                {t('campaignForm.ratio')}
              </label>
            )}
          </div>
          <span className="hint">
            {input.mode === 'ratio' ? t('campaignForm.ratioHint') : t('campaignForm.progressiveHint')}
          </span>
        </div>
        <div className="three">
          {number('maxAttempts', 1, 50)}
          {number('maxAttemptsPerDay', 1, 10)}
          {number('maxLines', 1, 2000)}
          {seconds('ringTimeoutMs', 15, 60)}
          {seconds('wrapUpMs', 5, 1800)}
          <Field label={t('campaignForm.callerId')} optional error={fieldError('callerId')}>
            {(control) => (
              <input
                {...control}
                className="input"
                type="tel"
                placeholder="+442079460123"
                value={input.callerId ?? ''}
                onChange={(event) => set({ callerId: event.target.value.trim() || null })}
              />
            )}
          </Field>
          {number('simulatedOperators', 0, 200, t('campaignForm.simulatedHint'))}
        </div>
      </section>

      <section className="card padded stack">
        <div>
          <h2>{t('campaignForm.hours')}</h2>
          <p className="small muted">{t('campaignForm.hoursHint')}</p>
        </div>
        <HoursEditor hours={input.hours ?? {}} onChange={(hours) => set({ hours })} />
        {fieldError('hours') && <span className="field error">{fieldError('hours')}</span>}
      </section>

      <div className="form-end">
        <LinkButton to={campaign ? `/campaigns/${campaign.id}` : '/campaigns'}>{t('common.cancel')}</LinkButton>
        <Button type="submit" variant="primary" busy={save.isPending} disabled={input.segmentIds.length === 0}>
          {campaign ? t('common.save') : t('campaignForm.create')}
        </Button>
      </div>

      {dialog === 'offer' && (
        <OfferDialog onClose={() => setDialog(null)} onAdded={(offer) => set({ offerId: offer.id })} />
      )}
      {dialog === 'script' && (
        <ScriptDialog onClose={() => setDialog(null)} onAdded={(script) => set({ scriptId: script.id })} />
      )}
    </form>
  );
}

/** Midnight as a closing time; a time field knows it as 00:00 only. */
const END_OF_DAY = '24:00';

function HoursEditor({ hours, onChange }: { hours: Hours; onChange: (hours: Hours) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className="hours">
      {WEEKDAYS.map((day, index) => {
        const open = hours[day];
        const change = (value: [string, string] | undefined) => {
          const next = { ...hours };
          if (value) next[day] = value;
          else delete next[day];
          onChange(next);
        };
        const name = format.weekday(index);
        return (
          <li key={day}>
            <label className="check">
              <input
                type="checkbox"
                checked={open !== undefined}
                onChange={(event) => change(event.target.checked ? ['09:00', '20:00'] : undefined)}
              />
              <span className="day">{name}</span>
            </label>
            {open ? (
              <span className="row">
                <input
                  className="input"
                  type="time"
                  required
                  aria-label={t('campaignForm.opens', { day: name })}
                  value={open[0]}
                  onChange={(event) => change([event.target.value, open[1]])}
                />
                –
                <input
                  className="input"
                  type="time"
                  required
                  aria-label={t('campaignForm.closes', { day: name })}
                  value={open[1] === END_OF_DAY ? '00:00' : open[1]}
                  onChange={(event) =>
                    change([open[0], event.target.value === '00:00' ? END_OF_DAY : event.target.value])
                  }
                />
              </span>
            ) : (
              <span className="muted">{t('campaignForm.closed')}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
