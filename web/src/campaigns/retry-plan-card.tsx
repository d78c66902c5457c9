import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Recycling, RetryDelay, RetryPlan, RetryRule } from '../api/contract';
import { outcomeName, resultName } from '../api/names';
import { Button, Segmented } from '../design/controls';
import { Fold } from '../design/fold';
import { useFormat, type Format } from '../shell/format';
import {
  FIRST_RECYCLING,
  RECYCLED,
  STANDARD_RETRY_PLAN,
  TIMED_OUTCOMES,
  TIMED_RESULTS,
  leastMinutes,
  outcomeRuleOf,
  retryDelays,
  ruleOf,
  type TimedResult,
} from './retry-plan';

const MOST_MINUTES = 43_200;
/** Further ones are no news. */
const SHOWN_DELAYS = 4;

/** When people are tried again, on which phone, and who comes back for another round. */
export function RetryPlanCard(props: {
  plan: RetryPlan | null;
  maxAttempts: number;
  fault: string | undefined;
  onChange: (plan: RetryPlan | null) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const plan = props.plan ?? STANDARD_RETRY_PLAN;
  const own = props.plan !== null;
  const set = (part: Partial<RetryPlan>) => props.onChange({ ...plan, ...part });
  return (
    <section className="card more-options">
      <Fold title={t('retryPlan.title')} now={retryPlanText(t, format, props.plan)} open={props.fault !== undefined}>
        <div className="field">
          <span>
            <Segmented
              label={t('retryPlan.title')}
              value={own ? 'own' : 'standard'}
              choices={(['standard', 'own'] as const).map((value) => ({ value, label: t(`retryPlan.${value}`) }))}
              onChange={(value) => props.onChange(value === 'own' ? STANDARD_RETRY_PLAN : null)}
            />
          </span>
          <span className="hint">{t('retryPlan.hint')}</span>
        </div>
        <Delays plan={plan} own={own} maxAttempts={props.maxAttempts} onChange={set} />
        <p className="small muted">{t('retryPlan.fixed')}</p>
        {own && (
          <>
            <Phones plan={plan} onChange={set} />
            <RecyclingPart recycling={plan.recycling} onChange={(recycling) => set({ recycling })} />
          </>
        )}
        {props.fault && (
          <div className="field">
            <span className="error" role="alert">
              {props.fault}
            </span>
          </div>
        )}
      </Fold>
    </section>
  );
}

/** The plan in a line, for titles and for the trail. */
export function retryPlanText(t: TFunction, format: Format, plan: RetryPlan | null): string {
  const rules = plan ?? STANDARD_RETRY_PLAN;
  const first = (['busy', 'no_answer'] as const).map((result) =>
    t('retryPlan.firstAfter', {
      result: endName(t, result),
      delay: format.duration(ruleOf(rules, result).delayMinutes),
    }),
  );
  const recycling = rules.recycling && t('retryPlan.roundsNow', { count: rules.recycling.rounds });
  return [plan ? t('retryPlan.own') : t('retryPlan.standard'), ...first, recycling].filter(Boolean).join(' · ');
}

/** How a call ended that people are tried again after. */
export function endName(t: TFunction, code: string): string {
  if (code === 'answered') return t('outcome.hung_up_before');
  return (TIMED_OUTCOMES as readonly string[]).includes(code) || code === 'refusal'
    ? outcomeName(t, code)
    : resultName(t, code);
}

/** `after 10 min, 20 min, 40 min …`. */
function timeline(t: TFunction, format: Format, delay: RetryDelay, maxAttempts: number, longest: number): string {
  const delays = retryDelays(delay, maxAttempts, longest);
  if (delays.length === 0) return t('retryPlan.notAgain');
  if (delays.length > 1 && new Set(delays).size === 1)
    return t('retryPlan.each', { delay: format.duration(delay.delayMinutes) });
  const shown = delays.slice(0, SHOWN_DELAYS).map((minutes) => format.duration(minutes));
  return t('retryPlan.after', { delays: shown.join(', ') + (delays.length > SHOWN_DELAYS ? ' …' : '') });
}

function Delays(props: {
  plan: RetryPlan;
  own: boolean;
  maxAttempts: number;
  onChange: (part: Partial<RetryPlan>) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { plan, own, maxAttempts, onChange } = props;
  const setResult = (result: TimedResult, part: Partial<RetryRule>) =>
    onChange({ results: { ...plan.results, [result]: { ...ruleOf(plan, result), ...part } } });
  const setOutcome = (code: string, part: Partial<RetryDelay>) =>
    onChange({
      outcomes: [...plan.outcomes.filter((one) => one.code !== code), { code, ...outcomeRuleOf(plan, code), ...part }],
    });
  const again = (rule: RetryDelay) => timeline(t, format, rule, maxAttempts, plan.longestDelayMinutes);
  const name = (code: string, rule: RetryDelay) => (
    <td>
      {endName(t, code)}
      {own && <span className="small muted again">{again(rule)}</span>}
    </td>
  );
  const cells = (code: string, rule: RetryDelay, set: (part: Partial<RetryDelay>) => void) => {
    const name = endName(t, code);
    return (
      <>
        <td>
          <NumberCell
            label={`${name}: ${t('retryPlan.delay')}`}
            min={leastMinutes(code)}
            max={MOST_MINUTES}
            value={rule.delayMinutes}
            onChange={(delayMinutes) => set({ delayMinutes: delayMinutes! })}
          />
        </td>
        <td>
          <NumberCell
            label={`${name}: ${t('retryPlan.growth')}`}
            min={1}
            max={5}
            step={0.1}
            value={rule.growth}
            onChange={(growth) => set({ growth: growth! })}
          />
        </td>
        <td>
          <NumberCell
            optional
            label={`${name}: ${t('retryPlan.limit')}`}
            min={1}
            max={50}
            value={rule.limit}
            onChange={(limit) => set({ limit })}
          />
        </td>
      </>
    );
  };
  return (
    <div className="scroll-x">
      <table className="table dense retry-table">
        <thead>
          <tr>
            <th>{t('retryPlan.end')}</th>
            {own ? (
              <>
                <th>{t('retryPlan.delay')}</th>
                <th>{t('retryPlan.growth')}</th>
                <th>{t('retryPlan.limit')}</th>
                <th>{t('retryPlan.phone')}</th>
              </>
            ) : (
              <th>{t('retryPlan.again')}</th>
            )}
          </tr>
        </thead>
        <tbody>
          {TIMED_RESULTS.map((result) => {
            const rule = ruleOf(plan, result);
            return (
              <tr key={result}>
                {name(result, rule)}
                {own && (
                  <>
                    {cells(result, rule, (part) => setResult(result, part))}
                    <td>
                      <select
                        className="input"
                        aria-label={`${endName(t, result)}: ${t('retryPlan.phone')}`}
                        value={rule.phone}
                        onChange={(event) => setResult(result, { phone: event.target.value as RetryRule['phone'] })}
                      >
                        {(['same', 'next'] as const).map((phone) => (
                          <option key={phone} value={phone}>
                            {t(`retryPhone.${phone}`)}
                          </option>
                        ))}
                      </select>
                    </td>
                  </>
                )}
                {!own && <td className="secondary">{again(rule)}</td>}
              </tr>
            );
          })}
          {TIMED_OUTCOMES.map((code) => {
            const rule = outcomeRuleOf(plan, code);
            return (
              <tr key={code}>
                {name(code, rule)}
                {own && (
                  <>
                    {cells(code, rule, (part) => setOutcome(code, part))}
                    <td className="muted">{t('retryPhone.same')}</td>
                  </>
                )}
                {!own && <td className="secondary">{again(rule)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Phones({ plan, onChange }: { plan: RetryPlan; onChange: (part: Partial<RetryPlan>) => void }) {
  const { t } = useTranslation();
  const { phones, promises } = plan;
  return (
    <>
      <div className="three">
        <NumberLine
          label={t('retryPlan.longest')}
          min={1}
          max={720}
          step={0.5}
          value={plan.longestDelayMinutes / 60}
          onChange={(hours) => onChange({ longestDelayMinutes: hours! * 60 })}
        />
        <NumberLine
          optional
          label={t('retryPlan.triesEach')}
          hint={t('retryPlan.triesEachHint')}
          min={1}
          max={10}
          value={phones.triesEach}
          onChange={(triesEach) => onChange({ phones: { ...phones, triesEach } })}
        />
        <NumberLine
          label={t('retryPlan.otherDelay')}
          min={0}
          max={MOST_MINUTES}
          value={phones.delayMinutes}
          onChange={(delayMinutes) => onChange({ phones: { ...phones, delayMinutes: delayMinutes! } })}
        />
        <NumberLine
          label={t('retryPlan.promiseTries')}
          min={1}
          max={10}
          value={promises.tries}
          onChange={(tries) => onChange({ promises: { ...promises, tries: tries! } })}
        />
        <NumberLine
          label={t('retryPlan.promiseDelay')}
          min={1}
          max={1_440}
          value={promises.delayMinutes}
          onChange={(delayMinutes) => onChange({ promises: { ...promises, delayMinutes: delayMinutes! } })}
        />
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={phones.wrap}
          onChange={(event) => onChange({ phones: { ...phones, wrap: event.target.checked } })}
        />
        {t('retryPlan.wrap')}
      </label>
    </>
  );
}

function RecyclingPart(props: { recycling: Recycling | null; onChange: (recycling: Recycling | null) => void }) {
  const { t } = useTranslation();
  const { recycling, onChange } = props;
  const used = new Set(recycling?.rules.flatMap((rule) => rule.codes));
  const free = RECYCLED.filter((code) => !used.has(code));
  const setRule = (place: number, part: Partial<Recycling['rules'][number]>) =>
    recycling &&
    onChange({ ...recycling, rules: recycling.rules.map((rule, at) => (at === place ? { ...rule, ...part } : rule)) });
  return (
    <fieldset className="stack recycling">
      <legend>
        <label className="check">
          <input
            type="checkbox"
            checked={recycling !== null}
            onChange={(event) => onChange(event.target.checked ? FIRST_RECYCLING : null)}
          />
          {t('retryPlan.recycling')}
        </label>
      </legend>
      <p className="small muted">{t('retryPlan.recyclingHint')}</p>
      {recycling && (
        <>
          <div className="three">
            <NumberLine
              label={t('retryPlan.rounds')}
              min={1}
              max={9}
              value={recycling.rounds}
              onChange={(rounds) => onChange({ ...recycling, rounds: rounds! })}
            />
          </div>
          {recycling.rules.map((rule, place) => (
            // Rules have no name but their place.
            <div key={place} className="recycling-rule stack tight">
              <div className="row wrap">
                <span>{t('retryPlan.backAfter')}</span>
                <NumberCell
                  label={t('retryPlan.afterDays')}
                  min={1}
                  max={365}
                  value={rule.afterDays}
                  onChange={(afterDays) => setRule(place, { afterDays: afterDays! })}
                />
                <span>{t('retryPlan.days')}</span>
                {recycling.rules.length > 1 && (
                  <Button
                    small
                    icon="trash"
                    aria-label={t('retryPlan.removeRule')}
                    title={t('retryPlan.removeRule')}
                    onClick={() => onChange({ ...recycling, rules: recycling.rules.filter((_, at) => at !== place) })}
                  />
                )}
              </div>
              <div className="row wrap">
                {[...new Set([...RECYCLED, ...rule.codes])].map((code) => {
                  const chosen = rule.codes.includes(code);
                  return (
                    <label key={code} className="check">
                      <input
                        type="checkbox"
                        checked={chosen}
                        // A rule of nothing brings nobody back; each end has one rule.
                        disabled={chosen ? rule.codes.length === 1 : used.has(code)}
                        onChange={(event) =>
                          setRule(place, {
                            codes: event.target.checked
                              ? [...rule.codes, code]
                              : rule.codes.filter((one) => one !== code),
                          })
                        }
                      />
                      {endName(t, code)}
                    </label>
                  );
                })}
              </div>
            </div>
          ))}
          {free[0] !== undefined && (
            <span>
              <Button
                small
                icon="plus"
                onClick={() => {
                  const code = free.includes('refusal') ? 'refusal' : free[0]!;
                  onChange({ ...recycling, rules: [...recycling.rules, { codes: [code], afterDays: 60 }] });
                }}
              >
                {t('retryPlan.addRule')}
              </Button>
            </span>
          )}
          <label className="check">
            <input
              type="checkbox"
              checked={recycling.automatic}
              onChange={(event) => onChange({ ...recycling, automatic: event.target.checked })}
            />
            {t('retryPlan.automatic')}
          </label>
        </>
      )}
    </fieldset>
  );
}

interface NumberProps {
  label: string;
  min: number;
  max: number;
  step?: number;
  value: number | null;
  onChange: (value: number | null) => void;
  optional?: boolean;
}

/** A number in a cell. While it is empty and must not be, the plan keeps what it had, and the form is not sent. */
function NumberCell({ label, value, onChange, optional, ...bounds }: NumberProps) {
  return (
    <input
      {...bounds}
      className="input short"
      type="number"
      aria-label={label}
      required={!optional}
      placeholder={optional ? '–' : undefined}
      step={bounds.step ?? 1}
      defaultValue={value ?? ''}
      onChange={(event) => {
        const { value: text, valueAsNumber } = event.target;
        if (text === '' ? optional : Number.isFinite(valueAsNumber)) onChange(text === '' ? null : valueAsNumber);
      }}
    />
  );
}

function NumberLine({ hint, ...props }: NumberProps & { hint?: string }) {
  return (
    <div className="field">
      <span className="label">{props.label}</span>
      <span>
        <NumberCell {...props} />
      </span>
      {hint && <span className="hint">{hint}</span>}
    </div>
  );
}
