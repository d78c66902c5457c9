import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BurnDown, BurnDownQuestion } from '../api/contract';
import { ProblemNotice } from '../bases/problem-notice';
import { Field } from '../design/controls';
import { useFormat } from '../shell/format';
import { useBurnDown, useSettled } from './queries';

const SETTLED_MS = 300;

interface Crew {
  operators: string;
  /** In percent; empty: as measured so far. */
  contactRate: string;
  hoursPerDay: string;
}

/** What is typed, as a question; null while it is none. The bounds are those of the API. */
function questionOf(leads: number | null, crew: Crew): BurnDownQuestion | null {
  const operators = Number(crew.operators);
  const rate = Number(crew.contactRate.replace(',', '.')) / 100;
  const hours = Number(crew.hoursPerDay.replace(',', '.'));
  if (leads === null || !Number.isInteger(operators) || operators < 1 || operators > 100_000) return null;
  if (!(hours >= 0.25 && hours <= 24)) return null;
  if (crew.contactRate.trim() !== '' && !(rate >= 0.001 && rate <= 1)) return null;
  return {
    count: leads,
    operators,
    hoursPerDay: hours,
    ...(crew.contactRate.trim() !== '' && { contactRate: rate }),
  };
}

/** With so many operators at their desks so long: how many days until all of them are called. */
export function BurnDownCard({ leads, isCallable }: { leads: number | null; isCallable: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [crew, setCrew] = useState<Crew>({ operators: '10', contactRate: '', hoursPerDay: '6' });
  const now = JSON.stringify({ question: questionOf(leads, crew), isCallable });
  const settled = useSettled(now, SETTLED_MS);
  const asked = JSON.parse(settled) as { question: BurnDownQuestion | null; isCallable: boolean };
  const { data, error, isPlaceholderData } = useBurnDown(asked.question, asked.isCallable);
  const isStale = isPlaceholderData || asked.question === null || settled !== now;
  const field = (name: keyof Crew, mode: 'numeric' | 'decimal', placeholder?: string) => (
    <Field label={t(`burnDown.${name}`)}>
      {(control) => (
        <input
          {...control}
          className="input"
          inputMode={mode}
          placeholder={placeholder}
          value={crew[name]}
          onChange={(event) => setCrew({ ...crew, [name]: event.target.value })}
        />
      )}
    </Field>
  );
  const known = data?.assumptions.contactRateFrom === 'given' ? undefined : data?.assumptions.contactRate;

  return (
    <section className="card padded stack tight burn-down" aria-label={t('burnDown.title')}>
      <h2>{t('burnDown.title')}</h2>
      <div className="crew-fields">
        {field('operators', 'numeric')}
        {field('hoursPerDay', 'decimal')}
        {field('contactRate', 'decimal', known === undefined ? undefined : format.number(round(known * 100)))}
      </div>
      {error ? (
        <ProblemNotice error={error} />
      ) : (
        <div className={isStale ? 'stale' : ''} role="status">
          <p className="days-left">
            {data ? t('burnDown.days', { count: data.days, days: format.number(data.days) }) : '–'}
          </p>
          {data && <Assumptions burnDown={data} isCallable={data.ofCallable} />}
        </div>
      )}
    </section>
  );
}

const round = (value: number) => Math.round(value * 10) / 10;

function Assumptions({ burnDown, isCallable }: { burnDown: BurnDown; isCallable: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { leads, perDay, days, assumptions } = burnDown;
  // The crew would be done sooner: the attempts at one lead have their days.
  const isSpread = perDay > 0 && days > leads / perDay + 0.1;
  const of = isCallable ? t('burnDown.ofCallable', { count: leads }) : t('burnDown.ofMatched', { count: leads });
  return (
    <>
      <p className="secondary">
        {of} · {t('burnDown.perDay', { count: perDay })}
      </p>
      <p className="small muted">
        {t(`burnDown.rate_${assumptions.contactRateFrom}`, { rate: format.percent(assumptions.contactRate, 0) })}{' '}
        {t('burnDown.assumed', {
          attempts: format.number(assumptions.maxAttempts),
          talk: format.clock(assumptions.handleSeconds * 1000),
          reach: format.percent(assumptions.reachRate, 0),
        })}
        {isSpread && ` ${t('burnDown.spread')}`}
      </p>
    </>
  );
}
