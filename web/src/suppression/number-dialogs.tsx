import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import {
  GIVEN_REASONS,
  PROOF_KINDS,
  type ConsentProof,
  type GivenReason,
  type NumberInput,
  type Suppression,
  type SuppressionScope,
} from '../api/contract';
import { ProblemNotice } from '../bases/problem-notice';
import { useCampaigns } from '../campaigns/queries';
import { Button, Field, Notice, Segmented } from '../design/controls';
import { Dialog } from '../design/dialog';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import { useErase, useGrantConsent, useRevoke, useSuppress, useWithdrawConsent } from './number-queries';

interface NumberDialogProps {
  number: NumberInput;
  onClose: () => void;
  /** It was done: what is shown of the number is old. */
  onDone: () => void;
}

/** The frame of all of them: a form that ends in one button. */
function ActionForm(props: {
  title: string;
  action: string;
  danger?: boolean;
  busy: boolean;
  disabled?: boolean;
  error: unknown;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form className="stack" onSubmit={submit}>
        {props.children}
        {props.error ? <ProblemNotice error={props.error} /> : null}
        <div className="buttons">
          <Button onClick={props.onClose}>{t('common.cancel')}</Button>
          <Button
            type="submit"
            variant={props.danger ? 'danger' : 'primary'}
            busy={props.busy}
            disabled={props.disabled ?? false}
          >
            {props.action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Evidence(props: { label: string; hint: string; value: string; onChange: (value: string) => void }) {
  return (
    <Field label={props.label} hint={props.hint}>
      {(control) => (
        <textarea
          {...control}
          className="input"
          required
          rows={2}
          maxLength={2000}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function Choice<T extends string>(props: {
  label: string;
  hint?: ReactNode;
  value: T;
  choices: { value: T; name: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <Field label={props.label} hint={props.hint}>
      {(control) => (
        <select
          {...control}
          className="input"
          value={props.value}
          onChange={(event) => props.onChange(event.target.value as T)}
        >
          {props.choices.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** The campaign that something holds for; everything else holds for all. */
function CampaignChoice(props: { value: number | null; onChange: (id: number | null) => void }) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  return (
    <Choice
      label={t('number.campaign')}
      value={props.value === null ? '' : String(props.value)}
      choices={[
        { value: '', name: t('number.chooseCampaign') },
        ...(campaigns.data ?? []).map(({ id, name }) => ({ value: String(id), name })),
      ]}
      onChange={(value) => props.onChange(value === '' ? null : Number(value))}
    />
  );
}

/** Local midnight at which a day begins. */
const startOf = (day: string) => new Date(`${day}T00:00:00`).toISOString();

export function SuppressDialog({ number, onClose, onDone }: NumberDialogProps) {
  const { t } = useTranslation();
  const suppress = useSuppress();
  const [reason, setReason] = useState<GivenReason>('request');
  const [scope, setScope] = useState<Exclude<SuppressionScope, 'client' | 'global'>>('company');
  const [campaignId, setCampaignId] = useState<number | null>(null);
  const [evidence, setEvidence] = useState('');
  const [until, setUntil] = useState('');
  return (
    <ActionForm
      title={t('number.suppressTitle')}
      action={t('number.suppress')}
      danger
      busy={suppress.isPending}
      disabled={evidence.trim() === '' || (scope === 'campaign' && campaignId === null)}
      error={suppress.error}
      onClose={onClose}
      onSubmit={() =>
        suppress.mutate(
          {
            ...{ ...number, scope, reason, evidence: evidence.trim() },
            ...(scope === 'campaign' && { campaignId }),
            ...(until && { validTo: startOf(until) }),
          },
          {
            onSuccess: ({ numbers }) => {
              sayDone(t('number.suppressed', { count: numbers }));
              onDone();
            },
          },
        )
      }
    >
      <Choice
        label={t('number.reason')}
        hint={t(`number.reach.${reason === 'request' || reason === 'complaint' ? 'person' : 'number'}`)}
        value={reason}
        choices={GIVEN_REASONS.map((value) => ({ value, name: t(`suppressionReason.${value}`) }))}
        onChange={setReason}
      />
      <div className="stack tight">
        <Segmented
          label={t('number.scope')}
          value={scope}
          choices={[
            { value: 'company', label: t('suppressionScope.company') },
            { value: 'campaign', label: t('suppressionScope.campaign') },
          ]}
          onChange={setScope}
        />
      </div>
      {scope === 'campaign' && <CampaignChoice value={campaignId} onChange={setCampaignId} />}
      <Evidence label={t('number.evidence')} hint={t('number.evidenceHint')} value={evidence} onChange={setEvidence} />
      <Field label={t('number.untilLabel')} optional hint={t('number.untilHint')}>
        {(control) => (
          <input
            {...control}
            className="input"
            type="date"
            value={until}
            onChange={(event) => setUntil(event.target.value)}
          />
        )}
      </Field>
    </ActionForm>
  );
}

export function RevokeDialog(props: { suppression: Suppression; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const revoke = useRevoke();
  const [evidence, setEvidence] = useState('');
  const { suppression } = props;
  return (
    <ActionForm
      title={t('number.revokeTitle')}
      action={t('number.revoke')}
      danger
      busy={revoke.isPending}
      disabled={evidence.trim() === ''}
      error={revoke.error}
      onClose={props.onClose}
      onSubmit={() =>
        revoke.mutate(
          { id: suppression.id, evidence: evidence.trim() },
          {
            onSuccess: () => {
              sayDone(t('number.revoked'));
              props.onDone();
            },
          },
        )
      }
    >
      <p className="secondary">{t('number.revokeText', { reason: t(`suppressionReason.${suppression.reason}`) })}</p>
      {suppression.reason === 'erasure' && <Notice tone="warn">{t('number.revokeErasure')}</Notice>}
      <Evidence label={t('number.evidence')} hint={t('number.revokeHint')} value={evidence} onChange={setEvidence} />
    </ActionForm>
  );
}

type Purpose = 'any' | 'sales' | 'service';

function PurposeChoice(props: { value: Purpose; onChange: (value: Purpose) => void }) {
  const { t } = useTranslation();
  const choices = (['any', 'sales', 'service'] as const).map((value) => ({
    value,
    name: t(`consentPurpose.${value}`),
  }));
  return <Choice label={t('number.purpose')} value={props.value} choices={choices} onChange={props.onChange} />;
}

const purposeOf = (purpose: Purpose) => (purpose === 'any' ? null : purpose);

export function ConsentDialog({ number, onClose, onDone }: NumberDialogProps) {
  const { t } = useTranslation();
  const grant = useGrantConsent();
  const [form, setForm] = useState<'prior' | 'written'>('prior');
  const [purpose, setPurpose] = useState<Purpose>('any');
  const [source, setSource] = useState('');
  const [wording, setWording] = useState('');
  const [kind, setKind] = useState<ConsentProof['kind']>('web_form');
  const [reference, setReference] = useState('');
  const [day, setDay] = useState('');
  const [until, setUntil] = useState('');
  return (
    <ActionForm
      title={t('number.consentTitle')}
      action={t('number.record')}
      busy={grant.isPending}
      error={grant.error}
      onClose={onClose}
      onSubmit={() =>
        grant.mutate(
          {
            ...{ ...number, scope: 'company', form, purpose: purposeOf(purpose) },
            ...{ source: source.trim(), wording: wording.trim(), at: startOf(day) },
            proof: { kind, reference: reference.trim() },
            ...(until && { validTo: startOf(until) }),
          },
          {
            onSuccess: () => {
              sayDone(t('number.recorded'));
              onDone();
            },
          },
        )
      }
    >
      <div className="two">
        <Choice
          label={t('number.form')}
          value={form}
          choices={(['prior', 'written'] as const).map((value) => ({ value, name: t(`consentForm.${value}`) }))}
          onChange={setForm}
        />
        <PurposeChoice value={purpose} onChange={setPurpose} />
      </div>
      <div className="two">
        <Field label={t('number.givenOn')}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="date"
              required
              value={day}
              onChange={(event) => setDay(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('number.validTo')} optional>
          {(control) => (
            <input
              {...control}
              className="input"
              type="date"
              value={until}
              onChange={(event) => setUntil(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Field label={t('consent.source')}>
        {(control) => (
          <input
            {...control}
            className="input"
            required
            maxLength={200}
            placeholder={t('consent.sourcePlaceholder')}
            value={source}
            onChange={(event) => setSource(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('consent.wording')} hint={t('consent.wordingHint')}>
        {(control) => (
          <textarea
            {...control}
            className="input"
            required
            rows={2}
            maxLength={5000}
            value={wording}
            onChange={(event) => setWording(event.target.value)}
          />
        )}
      </Field>
      <div className="two">
        <Choice
          label={t('number.proof')}
          value={kind}
          choices={PROOF_KINDS.map((value) => ({ value, name: t(`proofKind.${value}`) }))}
          onChange={setKind}
        />
        <Field label={t('number.reference')} hint={t('number.referenceHint')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              maxLength={2000}
              value={reference}
              onChange={(event) => setReference(event.target.value)}
            />
          )}
        </Field>
      </div>
    </ActionForm>
  );
}

export function WithdrawDialog({ number, onClose, onDone }: NumberDialogProps) {
  const { t } = useTranslation();
  const withdraw = useWithdrawConsent();
  const [purpose, setPurpose] = useState<Purpose>('any');
  const [source, setSource] = useState('');
  return (
    <ActionForm
      title={t('number.withdrawTitle')}
      action={t('number.withdraw')}
      danger
      busy={withdraw.isPending}
      disabled={source.trim() === ''}
      error={withdraw.error}
      onClose={onClose}
      onSubmit={() =>
        withdraw.mutate(
          { ...number, scope: 'company', purpose: purposeOf(purpose), source: source.trim() },
          {
            onSuccess: () => {
              sayDone(t('number.withdrawn'));
              onDone();
            },
          },
        )
      }
    >
      <p className="secondary">{t('number.withdrawText')}</p>
      <PurposeChoice value={purpose} onChange={setPurpose} />
      <Evidence label={t('number.evidence')} hint={t('number.evidenceHint')} value={source} onChange={setSource} />
    </ActionForm>
  );
}

/** Can't be undone: it names what goes and what stays, and wants a tick. */
export function EraseDialog({ number, people, onClose, onDone }: NumberDialogProps & { people: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const erase = useErase();
  const [evidence, setEvidence] = useState('');
  const [sure, setSure] = useState(false);
  return (
    <ActionForm
      title={t('number.eraseTitle')}
      action={t('number.erase')}
      danger
      busy={erase.isPending}
      disabled={evidence.trim() === '' || !sure}
      error={erase.error}
      onClose={onClose}
      onSubmit={() =>
        erase.mutate(
          { ...number, evidence: evidence.trim() },
          {
            onSuccess: () => {
              sayDone(t('number.eraseBegun'));
              onDone();
            },
          },
        )
      }
    >
      <Notice tone="warn">
        <strong>
          {people === 0
            ? t('number.eraseNobody')
            : t('number.eraseWho', { count: people, people: format.number(people) })}
        </strong>
        <p>{t('number.eraseText')}</p>
      </Notice>
      <Evidence label={t('number.evidence')} hint={t('number.evidenceHint')} value={evidence} onChange={setEvidence} />
      <label className="row">
        <input type="checkbox" checked={sure} onChange={(event) => setSure(event.target.checked)} />
        <span>{t('number.eraseSure')}</span>
      </label>
    </ActionForm>
  );
}
