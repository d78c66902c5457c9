import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/client';
import type { Base, CampaignSummary, Dedupe, OperatorName } from '../api/contract';
import { Field, Segmented, SelectField } from '../design/controls';
import { Fold } from '../design/fold';
import { useFormat } from '../shell/format';
import { countryName, CountryOptions, CURRENCIES } from './countries';
import type { Choices } from './import-choices';

interface OptionsProps {
  choices: Choices;
  onChoose: (change: Partial<Choices>) => void;
  error: unknown;
}

/** The country of numbers that are written without one. An existing base has its own, which may be departed from. */
export function CountryOfNumbers({ choices, onChoose, error, bases }: OptionsProps & { bases: Base[] }) {
  const { t, i18n } = useTranslation();
  const base = bases.find(({ id }) => String(id) === choices.baseId);
  return (
    <Field
      label={t('bases.country')}
      className="wide"
      hint={t('bases.countryHint')}
      error={faultOf(error, 'country') ?? faultOf(error, 'base.country')}
    >
      {(control) => (
        <select
          {...control}
          className="input"
          value={choices.country}
          onChange={(event) => onChoose({ country: event.target.value })}
        >
          {choices.into === 'existing' && (
            <option value="">
              {base
                ? t('import.countryOfBase', { country: countryName(i18n.language, base.country) })
                : t('import.countryAsBase')}
            </option>
          )}
          <CountryOptions locale={i18n.language} />
        </select>
      )}
    </Field>
  );
}

/** What the API says of one field of the form. */
function faultOf(error: unknown, path: string): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const isOf = (field: string | undefined) => field === path || field === `options.${path}`;
  const listed = error.errors.find((one) => isOf(one.field))?.message;
  return listed ?? (isOf(error.field) ? error.message : undefined);
}

/** Where the rows go. */
export function BaseCard(props: OptionsProps & { bases: Base[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { choices, onChoose, error, bases } = props;
  return (
    <section className="card padded stack" aria-labelledby="into-title">
      <div className="row spread wrap">
        <h2 id="into-title">{t('import.into')}</h2>
        {bases.length > 0 && (
          <Segmented
            label={t('import.into')}
            value={choices.into}
            choices={[
              { value: 'new', label: t('import.newBase') },
              { value: 'existing', label: t('import.existingBase') },
            ]}
            onChange={(into) => onChoose({ into })}
          />
        )}
      </div>
      {choices.into === 'existing' ? (
        <SelectField
          label={t('import.base')}
          error={faultOf(error, 'base.id')}
          required
          value={choices.baseId}
          options={[
            { value: '', label: t('import.chooseBase'), disabled: true },
            ...bases.map((base) => ({
              value: String(base.id),
              label: `${base.name} · ${format.number(base.leads)}`,
            })),
          ]}
          onChange={(baseId) => onChoose({ baseId, country: '' })}
        />
      ) : (
        <div className="three">
          <Field label={t('bases.name')} error={faultOf(error, 'base.name')}>
            {(control) => (
              <input
                {...control}
                className="input"
                required
                maxLength={200}
                value={choices.name}
                onChange={(event) => onChoose({ name: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('bases.source')} optional error={faultOf(error, 'base.source')}>
            {(control) => (
              <input
                {...control}
                className="input"
                maxLength={200}
                placeholder={t('bases.sourcePlaceholder')}
                value={choices.source}
                onChange={(event) => onChoose({ source: event.target.value })}
              />
            )}
          </Field>
          <Field
            label={t('bases.cost')}
            optional
            hint={t('bases.costHint')}
            error={faultOf(error, 'base.cost') ?? faultOf(error, 'base.currency')}
          >
            {(control) => (
              <span className="with-unit">
                <input
                  {...control}
                  className="input"
                  type="number"
                  min={0}
                  step="0.01"
                  value={choices.cost}
                  onChange={(event) => onChoose({ cost: event.target.value })}
                />
                <select
                  className="input"
                  aria-label={t('bases.currency')}
                  value={choices.currency}
                  onChange={(event) => onChoose({ currency: event.target.value })}
                >
                  {CURRENCIES.map((code) => (
                    <option key={code}>{code}</option>
                  ))}
                </select>
              </span>
            )}
          </Field>
        </div>
      )}
    </section>
  );
}

const KEYS: Dedupe['key'][] = ['phone', 'external_id'];
const SCOPES: Dedupe['scope'][] = ['file', 'base', 'all_bases'];
const ACTIONS: Dedupe['action'][] = ['skip', 'update', 'keep_both'];

/** What is rarely other than it stands: each part says in its title how it is. */
export function MoreOptions(
  props: OptionsProps & {
    hasExternalId: boolean;
    dateAttributes: string[];
    campaigns: CampaignSummary[];
    operators: OperatorName[];
  },
) {
  return (
    <section className="card more-options">
      <DuplicatesOptions {...props} />
      <ConsentOptions {...props} />
      <CallingOptions {...props} />
    </section>
  );
}

function DuplicatesOptions({ choices, onChoose, error, hasExternalId }: OptionsProps & { hasExternalId: boolean }) {
  const { t } = useTranslation();
  const { dedupe } = choices;
  const set = (change: Partial<Dedupe>) => onChoose({ dedupe: { ...dedupe, ...change } });
  const now = [t(`dedupeKey.${dedupe.key}`), t(`dedupeScope.${dedupe.scope}`), t(`dedupeAction.${dedupe.action}`)].join(
    ' · ',
  );
  return (
    <Fold title={t('dedupe.title')} now={now} open={faultOf(error, 'dedupe') !== undefined}>
      <div className="three">
        <SelectField
          label={t('dedupe.key')}
          hint={hasExternalId ? undefined : t('dedupe.needsId')}
          value={dedupe.key}
          options={KEYS.map((value) => ({
            value,
            label: t(`dedupeKey.${value}`),
            disabled: value === 'external_id' && !hasExternalId,
          }))}
          onChange={(key) => set({ key })}
        />
        <SelectField
          label={t('dedupe.scope')}
          value={dedupe.scope}
          options={SCOPES.map((value) => ({ value, label: t(`dedupeScope.${value}`) }))}
          onChange={(scope) => set({ scope })}
        />
        <SelectField
          label={t('dedupe.action')}
          value={dedupe.action}
          options={ACTIONS.map((value) => ({ value, label: t(`dedupeAction.${value}`) }))}
          onChange={(action) => set({ action })}
        />
      </div>
      <p className="small muted">{t(`dedupeHint.${dedupe.action}`)}</p>
    </Fold>
  );
}

function ConsentOptions({ choices, onChoose, error, dateAttributes }: OptionsProps & { dateAttributes: string[] }) {
  const { t } = useTranslation();
  const { hasConsent } = choices;
  const fault = ['source', 'wording', 'proof', 'givenOn', 'dateAttribute'].some(
    (part) => faultOf(error, `consent.${part}`) !== undefined,
  );
  return (
    <Fold
      title={t('consent.title')}
      now={hasConsent ? choices.consentSource || t('consent.given') : t('consent.none')}
      open={fault || undefined}
    >
      <Segmented
        label={t('consent.title')}
        value={hasConsent ? 'given' : 'none'}
        choices={[
          { value: 'none', label: t('consent.none') },
          { value: 'given', label: t('consent.given') },
        ]}
        onChange={(value) => onChoose({ hasConsent: value === 'given' })}
      />
      {hasConsent ? (
        <>
          <div className="two">
            <Field label={t('consent.source')} error={faultOf(error, 'consent.source')}>
              {(control) => (
                <input
                  {...control}
                  className="input"
                  required
                  maxLength={200}
                  placeholder={t('consent.sourcePlaceholder')}
                  value={choices.consentSource}
                  onChange={(event) => onChoose({ consentSource: event.target.value })}
                />
              )}
            </Field>
            <Field
              label={t('consent.proof')}
              optional
              hint={t('consent.proofHint')}
              error={faultOf(error, 'consent.proof')}
            >
              {(control) => (
                <input
                  {...control}
                  className="input"
                  maxLength={2000}
                  value={choices.consentProof}
                  onChange={(event) => onChoose({ consentProof: event.target.value })}
                />
              )}
            </Field>
          </div>
          <Field label={t('consent.wording')} hint={t('consent.wordingHint')} error={faultOf(error, 'consent.wording')}>
            {(control) => (
              <textarea
                {...control}
                className="input"
                required
                rows={3}
                maxLength={5000}
                value={choices.consentWording}
                onChange={(event) => onChoose({ consentWording: event.target.value })}
              />
            )}
          </Field>
          <div className="two">
            <Field label={t('consent.form')}>
              {(control) => (
                <select
                  {...control}
                  className="input"
                  value={choices.consentForm}
                  onChange={(event) => onChoose({ consentForm: event.target.value as Choices['consentForm'] })}
                >
                  <option value="prior">{t('consentForm.prior')}</option>
                  <option value="written">{t('consentForm.written')}</option>
                </select>
              )}
            </Field>
            <Field
              label={t('consent.givenOn')}
              hint={t('consent.givenOnHint')}
              error={faultOf(error, 'consent.givenOn')}
            >
              {(control) => (
                <input
                  {...control}
                  className="input"
                  type="date"
                  disabled={choices.consentAttribute !== ''}
                  value={choices.consentDay}
                  onChange={(event) => onChoose({ consentDay: event.target.value })}
                />
              )}
            </Field>
          </div>
          {dateAttributes.length > 0 && (
            <Field
              label={t('consent.dateAttribute')}
              hint={t('consent.dateAttributeHint')}
              error={faultOf(error, 'consent.dateAttribute')}
            >
              {(control) => (
                <select
                  {...control}
                  className="input"
                  value={choices.consentAttribute}
                  onChange={(event) => onChoose({ consentAttribute: event.target.value })}
                >
                  <option value="">–</option>
                  {dateAttributes.map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
        </>
      ) : (
        <p className="small muted">{t('consent.noneHint')}</p>
      )}
    </Fold>
  );
}

const LISTABLE = ['draft', 'ready', 'running', 'paused'];

function CallingOptions(props: OptionsProps & { campaigns: CampaignSummary[]; operators: OperatorName[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { choices, onChoose, error, operators } = props;
  const campaigns = props.campaigns.filter((campaign) => LISTABLE.includes(campaign.state));
  const campaign = campaigns.find((one) => String(one.id) === choices.campaignId);
  const owner = operators.find((one) => String(one.id) === choices.ownerId);
  const now = [
    campaign?.name ?? t('calling.noCampaign'),
    choices.priority === '' ? null : t('calling.priorityIs', { priority: format.number(Number(choices.priority)) }),
    owner?.name,
  ]
    .filter(Boolean)
    .join(' · ');
  const fault = ['campaignId', 'priority', 'ownerId'].some((part) => faultOf(error, part) !== undefined);
  return (
    <Fold title={t('calling.title')} now={now} open={fault || undefined}>
      <div className={operators.length > 0 ? 'three' : 'two'}>
        <SelectField
          label={t('calling.campaign')}
          hint={t('calling.campaignHint')}
          error={faultOf(error, 'campaignId')}
          value={choices.campaignId}
          options={[
            { value: '', label: t('calling.none') },
            ...campaigns.map((one) => ({
              value: String(one.id),
              label: `${one.name} · ${t(`campaignState.${one.state}`)}`,
            })),
          ]}
          onChange={(campaignId) => onChoose({ campaignId })}
        />
        <Field
          label={t('calling.priority')}
          optional
          hint={t('calling.priorityHint')}
          error={faultOf(error, 'priority')}
        >
          {(control) => (
            <input
              {...control}
              className="input"
              type="number"
              step={1}
              min={-32768}
              max={32767}
              placeholder="0"
              value={choices.priority}
              onChange={(event) => onChoose({ priority: event.target.value })}
            />
          )}
        </Field>
        {operators.length > 0 && (
          <SelectField
            label={t('calling.owner')}
            hint={t('calling.ownerHint')}
            error={faultOf(error, 'ownerId')}
            value={choices.ownerId}
            options={[
              { value: '', label: t('calling.nobody') },
              ...operators.map((one) => ({ value: String(one.id), label: one.name })),
            ]}
            onChange={(ownerId) => onChoose({ ownerId })}
          />
        )}
      </div>
    </Fold>
  );
}
