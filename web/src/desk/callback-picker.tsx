import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/client';
import type { DeskCall } from '../api/contract';
import { useProblemText } from '../api/problem-text';
import { Button, Field, Key, Notice } from '../design/controls';
import { useFormat } from '../shell/format';
import { QUICK_CHOICES, quickTimes, wallClock } from './callback-times';
import type { Draft } from './draft';
import { useKeys } from './keys';

/** The nearest allowed local time that a refused callback was answered with. */
function nearestAllowed(problem: unknown): string | null {
  if (!(problem instanceof ApiProblem) || !isAboutCallback(problem)) return null;
  const { nearest } = problem.more;
  return typeof nearest === 'string' ? nearest.slice(0, 16) : null;
}

/** Whether a refusal to save is about the time that was promised. */
export function isAboutCallback(problem: unknown): boolean {
  return (
    problem instanceof ApiProblem &&
    (problem.code.startsWith('callback_') || (problem.field?.startsWith('callback') ?? false))
  );
}

/** When to call again, in the customer's time. */
export function CallbackPicker(props: {
  call: DeskCall;
  now: number;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  problem: unknown;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const wording = useProblemText();
  const customId = useId();
  const { draft, change, call } = props;
  const zones = call.lead.timeZones;
  const zone = draft.timeZone ?? zones[0] ?? 'UTC';
  const times = quickTimes(props.now, zone);
  const nearest = nearestAllowed(props.problem);
  const refused = isAboutCallback(props.problem);

  const pick = (choice: (typeof QUICK_CHOICES)[number]) => {
    const time = times[choice];
    if (time) change({ callbackChoice: choice, callbackTime: time, timeZone: zone });
  };
  const pickCustom = () => {
    change({ callbackChoice: 'custom', timeZone: zone });
    document.getElementById(customId)?.focus();
  };
  const useNearest = nearest
    ? () => change({ callbackChoice: 'custom', callbackTime: nearest, timeZone: zone })
    : undefined;
  const togglePersonal = () => change({ personal: !draft.personal });
  useKeys({
    '1': () => pick('hour'),
    '2': () => pick('evening'),
    '3': () => pick('tomorrow'),
    '4': () => pick('nextWeek'),
    '5': pickCustom,
    P: togglePersonal,
    Y: useNearest,
  });

  return (
    <div className="callback-picker">
      {refused && (
        <Notice tone="bad">
          <strong>{wording(props.problem).sentence}</strong>
          {nearest && (
            <div className="row wrap">
              <span>{t('callback.nearest', { at: format.wallTime(nearest) })}</span>
              <Button small icon="check" keyHint="Y" onClick={useNearest}>
                {t('callback.takeNearest')}
              </Button>
            </div>
          )}
        </Notice>
      )}
      <ul>
        {QUICK_CHOICES.map((choice, index) => {
          const time = times[choice];
          const chosen = draft.callbackChoice === choice;
          return (
            <li key={choice}>
              <button
                type="button"
                data-choice=""
                className="choice"
                aria-pressed={chosen}
                disabled={time === null}
                onClick={() => pick(choice)}
              >
                <Key name={String(index + 1)} />
                <span className="grow">{t(`callback.${choice}`)}</span>
                <span className="small muted">
                  {time === null ? '–' : format.wallTime(chosen && draft.callbackTime ? draft.callbackTime : time)}
                </span>
              </button>
            </li>
          );
        })}
        <li className="custom">
          <label
            className="choice"
            htmlFor={customId}
            aria-current={draft.callbackChoice === 'custom' ? true : undefined}
          >
            <Key name="5" />
            <span className="grow">{t('callback.custom')}</span>
          </label>
          <input
            id={customId}
            className="input"
            type="datetime-local"
            min={wallClock(props.now, zone)}
            value={draft.callbackTime ?? ''}
            onChange={(event) => change({ callbackChoice: 'custom', callbackTime: event.target.value, timeZone: zone })}
          />
        </li>
      </ul>
      {zones.length > 1 ? (
        <Field label={t('callback.zone')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={zone}
              onChange={(event) =>
                change({ timeZone: event.target.value, callbackTime: undefined, callbackChoice: undefined })
              }
            >
              {zones.map((one) => (
                <option key={one} value={one}>
                  {one} · {wallClock(props.now, one).slice(11)}
                </option>
              ))}
            </select>
          )}
        </Field>
      ) : (
        <p className="small muted">{t('callback.inZone', { zone, time: wallClock(props.now, zone).slice(11) })}</p>
      )}
      <label className="check">
        <input type="checkbox" checked={draft.personal ?? false} onChange={togglePersonal} />
        {t('callback.personal')} <Key name="P" />
      </label>
      <Field label={t('callback.otherNumber')} optional>
        {(control) => (
          <input
            {...control}
            className="input"
            type="tel"
            autoComplete="off"
            maxLength={40}
            value={draft.callbackPhone ?? ''}
            onChange={(event) => change({ callbackPhone: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}
