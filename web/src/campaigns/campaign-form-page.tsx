import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ApiProblem, api } from '../api/client';
import type { Campaign } from '../api/contract';
import { useProblemText } from '../api/problem-text';
import { ProblemNotice } from '../bases/problem-notice';
import { Button, Field, LinkButton, Segmented } from '../design/controls';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { useLeaveGuard } from '../shell/leave-guard';
import { PageHead } from '../shell/page-head';
import { DEFAULTS, draftOf, inputOf, type CampaignDraft } from './campaign-draft';
import type { FormPlace } from './draft-preflight';
import { MoreSettings } from './more-settings';
import { NumberField } from './number-field';
import { OfferDialog } from './offer-dialog';
import { DraftPreflight } from './preflight-card';
import { useCampaign, useOffers, useScripts } from './queries';
import { RetryPlanCard } from './retry-plan-card';
import { SegmentPicks } from './segment-picks';
import './campaigns.css';

/** A new campaign, or the settings of one that is there. */
export function CampaignFormPage() {
  const { id } = useParams();
  const existing = useCampaign(id === undefined ? null : Number(id));
  if (id === undefined) return <CampaignForm key="new" campaign={null} />;
  if (existing.isPending) return <SkeletonRows rows={8} />;
  if (!existing.data) return <Failure error={existing.error} onRetry={() => void existing.refetch()} />;
  return <CampaignForm key={id} campaign={existing.data} />;
}

function CampaignForm({ campaign }: { campaign: Campaign | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const wording = useProblemText();
  const offers = useOffers();
  const scripts = useScripts();
  // What is compared with stays what was opened, also when the campaign changes meanwhile.
  const [opened, setOpened] = useState(campaign);
  const [draft, setDraft] = useState(() => (campaign ? draftOf(campaign) : DEFAULTS));
  const [addsOffer, setAddsOffer] = useState(false);
  const guard = useLeaveGuard(JSON.stringify(draft) !== JSON.stringify(opened ? draftOf(opened) : DEFAULTS));
  const set = (part: Partial<CampaignDraft>) => setDraft((old) => ({ ...old, ...part }));

  const save = useMutation({
    mutationFn: (over: number) => {
      const input = inputOf(draft, opened);
      return opened
        ? api.patch<Campaign>(`/campaigns/${opened.id}`, { ...input, version: over })
        : api.post<Campaign>('/campaigns', input);
    },
    meta: { quiet: true },
    onSuccess: (saved) => {
      client.setQueryData(['campaigns', saved.id], saved);
      void client.invalidateQueries({ queryKey: ['campaigns'], exact: true });
      void client.invalidateQueries({ queryKey: ['campaigns', saved.id, 'preflight'] });
      void client.invalidateQueries({ queryKey: ['campaigns', saved.id, 'audit'] });
      guard.leaveFor(`/campaigns/${saved.id}`);
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const faultOf = (field: string) =>
    problem?.errors.find((one) => one.field === field)?.message ??
    (problem?.field === field ? wording(problem).sentence : undefined);

  const retryFault =
    problem?.errors.find((one) => one.field.startsWith('retryPlan'))?.message ??
    (problem?.field?.startsWith('retryPlan') ? wording(problem).sentence : undefined);

  const freshly = async (then: (fresh: Campaign) => void) => {
    const fresh = await api.get<Campaign>(`/campaigns/${opened?.id}`);
    client.setQueryData(['campaigns', fresh.id], fresh);
    setOpened(fresh);
    then(fresh);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(opened?.version ?? 0);
  };
  const chosenOffer = offers.data?.find(({ id }) => id === draft.offerId);
  const chosenScript = scripts.data?.find(({ id }) => id === draft.scriptId);

  return (
    <form
      className="page narrow"
      onSubmit={submit}
      // The browser points at what is wrong, which it can't within a part that is closed.
      onInvalidCapture={(event) => {
        const part = event.target instanceof Element ? event.target.closest('details') : null;
        if (part) part.open = true;
      }}
    >
      <PageHead
        back={
          campaign
            ? { to: `/campaigns/${campaign.id}`, name: campaign.name }
            : { to: '/campaigns', name: t('nav.campaigns') }
        }
        title={campaign ? t('campaignForm.editTitle') : t('campaignForm.newTitle')}
        hint={campaign?.state === 'running' && t('campaignForm.actsAtOnce')}
      />
      {save.error && (
        <ProblemNotice error={save.error}>
          {problem?.code === 'version_conflict' && (
            <div className="row wrap conflict">
              <Button
                small
                onClick={() =>
                  void freshly((fresh) => {
                    setDraft(draftOf(fresh));
                    save.reset();
                  })
                }
              >
                {t('common.takeTheirs')}
              </Button>
              <Button small onClick={() => void freshly((fresh) => save.mutate(fresh.version))}>
                {t('common.keepMine')}
              </Button>
            </div>
          )}
        </ProblemNotice>
      )}

      <section className="card padded stack">
        <h2>{t('campaignForm.what')}</h2>
        <Field label={t('campaignForm.name')} error={faultOf('name')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              maxLength={200}
              autoFocus={!campaign}
              placeholder={t('campaignForm.namePlaceholder')}
              value={draft.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <SegmentPicks
          chosen={draft.segments}
          error={faultOf('segments') ?? faultOf('segmentIds')}
          onChange={(segments) => set({ segments })}
        />
        <div className="two">
          <Field label={t('campaignForm.offer')} place="offer" optional error={faultOf('offerId')}>
            {(control) => (
              <span className="with-add">
                <select
                  {...control}
                  className="input"
                  value={draft.offerId ?? ''}
                  onChange={(event) => set({ offerId: event.target.value === '' ? null : Number(event.target.value) })}
                >
                  <option value="">{t('campaignForm.none')}</option>
                  {/* An offer that was put away stays with the campaigns that have it. */}
                  {campaign?.offer && campaign.offer.id === draft.offerId && !chosenOffer && (
                    <option value={campaign.offer.id}>{campaign.offer.name}</option>
                  )}
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
                  onClick={() => setAddsOffer(true)}
                />
              </span>
            )}
          </Field>
          <Field
            label={t('campaignForm.script')}
            place="script"
            optional
            error={faultOf('scriptId')}
            hint={
              chosenScript && (
                <>
                  {chosenScript.publishedVersion === null && `${t('campaignForm.scriptUnpublished')} `}
                  {/* In a tab of its own: what is typed here stays. */}
                  <a href={`/scripts/${chosenScript.id}`} target="_blank" rel="noreferrer">
                    {t('campaignForm.openScript')}
                  </a>
                </>
              )
            }
          >
            {(control) => (
              <select
                {...control}
                className="input"
                value={draft.scriptId ?? ''}
                onChange={(event) => set({ scriptId: event.target.value === '' ? null : Number(event.target.value) })}
              >
                <option value="">{t('campaignForm.none')}</option>
                {scripts.data?.map((script) => (
                  <option key={script.id} value={script.id}>
                    {script.name}
                    {script.publishedVersion === null ? ` · ${t('scripts.draft')}` : ''}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
      </section>

      <section className="card padded stack">
        <h2>{t('campaignForm.how')}</h2>
        <div className="field">
          <span className="label">{t('campaignForm.purpose')}</span>
          <div>
            <Segmented
              label={t('campaignForm.purpose')}
              value={draft.purpose ?? 'sales'}
              choices={[
                { value: 'sales', label: t('law.purposes.sales') },
                { value: 'service', label: t('law.purposes.service') },
              ]}
              onChange={(purpose) => set({ purpose })}
            />
          </div>
          <span className="hint">{t('campaignForm.purposeHint')}</span>
        </div>
        <div className="field">
          <span className="label">{t('campaignForm.mode')}</span>
          <div className="row wrap">
            <Segmented
              label={t('campaignForm.mode')}
              value={draft.mode}
              choices={[
                { value: 'progressive', label: t('mode.progressive') },
                { value: 'ratio', label: t('mode.ratio') },
              ]}
              onChange={(mode) => set({ mode })}
            />
            {draft.mode === 'ratio' && (
              <label className="row">
                <input
                  className="input short"
                  type="number"
                  min={1}
                  max={5}
                  step={0.1}
                  required
                  value={draft.ratio ?? ''}
                  onChange={(event) =>
                    set({ ratio: event.target.value === '' ? undefined : event.target.valueAsNumber })
                  }
                />
                {t('campaignForm.ratio')}
              </label>
            )}
          </div>
          <span className="hint">
            {draft.mode === 'ratio' ? t('campaignForm.ratioHint') : t('campaignForm.progressiveHint')}
          </span>
        </div>
        <div className="three">
          <Field label={t('campaignForm.callerId')} place="callerId" optional error={faultOf('callerId')}>
            {(control) => (
              <input
                {...control}
                className="input"
                type="tel"
                placeholder="+442079460123"
                value={draft.callerId ?? ''}
                onChange={(event) => set({ callerId: event.target.value.trim() || null })}
              />
            )}
          </Field>
          <NumberField
            label={t('campaignForm.maxLines')}
            min={1}
            max={2000}
            value={draft.maxLines}
            error={faultOf('maxLines')}
            onChange={(maxLines) => set({ maxLines })}
          />
          <NumberField
            label={t('campaignForm.simulatedOperators')}
            place="operators"
            min={0}
            max={200}
            hint={t('campaignForm.simulatedHint')}
            value={draft.simulatedOperators}
            error={faultOf('simulatedOperators')}
            onChange={(simulatedOperators) => set({ simulatedOperators })}
          />
        </div>
      </section>

      <MoreSettings
        draft={draft}
        currency={draft.currency ?? chosenOffer?.currency ?? campaign?.offer?.currency ?? null}
        saved={opened}
        faultOf={faultOf}
        onChange={set}
      />

      <RetryPlanCard
        plan={draft.retryPlan ?? null}
        maxAttempts={draft.maxAttempts ?? 1}
        fault={retryFault}
        onChange={(retryPlan) => set({ retryPlan })}
      />
      <DraftPreflight
        draft={draft}
        saved={opened}
        published={chosenScript ? chosenScript.publishedVersion !== null : null}
        onGo={goTo}
      />

      <div className="form-end">
        <LinkButton to={campaign ? `/campaigns/${campaign.id}` : '/campaigns'}>{t('common.cancel')}</LinkButton>
        <Button type="submit" variant="primary" busy={save.isPending} disabled={draft.segments.length === 0}>
          {campaign ? t('common.save') : t('campaignForm.create')}
        </Button>
      </div>

      {addsOffer && <OfferDialog onClose={() => setAddsOffer(false)} onAdded={(offer) => set({ offerId: offer.id })} />}
      {guard.question}
    </form>
  );
}

/** To the part of the form in which something can be mended: opened, in sight, and with the focus in it. */
function goTo(place: FormPlace): void {
  const part = document.querySelector<HTMLElement>(`[data-place="${place}"]`);
  const fold = part?.closest('details');
  if (fold) fold.open = true;
  part?.querySelector<HTMLElement>('input, select')?.focus({ preventScroll: true });
  part?.scrollIntoView({ block: 'center' });
}
