import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Live, LiveOperator, OperatorState, Report } from '../api/contract';
import { OPERATOR_TONES, closedName, outcomeName, reasonName, resultName } from '../api/names';
import { Pill } from '../design/controls';
import { Bars, Formula, MinuteChart, Stock } from '../design/charts';
import { Empty } from '../design/states';
import { useFormat } from '../shell/format';
import { useServerClock } from '../shell/server-clock';
import { useFormulas } from './campaign-numbers';

function Panel(props: { title: ReactNode; className?: string; side?: ReactNode; children: ReactNode }) {
  return (
    <section className={`card panel ${props.className ?? ''}`}>
      <header>
        <h2>{props.title}</h2>
        {props.side}
      </header>
      <div className="body">{props.children}</div>
    </section>
  );
}

export function CampaignPanels(props: { report: Report; live: Live | null; isUntouched: boolean }) {
  const { t } = useTranslation();
  const { report, live } = props;
  if (props.isUntouched) return report.list.total === 0 ? null : <ListStock report={report} />;
  return (
    <div className="panels">
      <Panel className="wide" title={t('live.lastMinutes')} side={live && <Lines live={live} />}>
        {live?.series.some((minute) => minute.dials > 0) ? (
          <MinuteChart series={live.series} />
        ) : (
          <p className="muted">{t('live.noDialsYet')}</p>
        )}
      </Panel>
      <Operators live={live} />
      <div className="column">
        <Outcomes report={report} />
        <Results report={report} />
      </div>
      <Panel title={t('live.refusalReasons')}>
        {report.refusalReasons.length === 0 ? (
          <p className="muted">{t('live.noRefusals')}</p>
        ) : (
          <Bars
            bars={report.refusalReasons.map((reason) => ({
              key: reason.code,
              label: reasonName(t, reason.code),
              count: reason.count,
            }))}
          />
        )}
      </Panel>
      <div className="column">
        <ListStock report={report} />
        <Callbacks report={report} />
      </div>
      <Recent live={live} />
    </div>
  );
}

/** Calls in flight now, and what pacing made of it. */
function Lines({ live }: { live: Live }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className="lines small" aria-label={t('live.lines')}>
      {(['dialing', 'ringing', 'waiting', 'bridged'] as const).map((state) => (
        <li key={state} className={live.lines[state] === 0 ? 'zero' : ''}>
          <b>{format.number(live.lines[state])}</b> {t(`line.${state}`)}
        </li>
      ))}
    </ul>
  );
}

/** The category of outcomes that no operator gave. */
const AUTOMATIC = 'automatic';

const STATE_ORDER = ['in_call', 'wrap_up', 'ready', 'break'] as const;
const CREW = { in_call: 'inCall', wrap_up: 'wrapUp', ready: 'ready', break: 'break' } as const;

const rank = (state: OperatorState) => (STATE_ORDER as readonly string[]).indexOf(state);

function Operators({ live }: { live: Live | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useServerClock(live?.at);
  const operators = [...(live?.operators ?? [])]
    .filter((operator) => operator.state !== 'offline')
    .sort((a, b) => rank(a.state) - rank(b.state) || a.name.localeCompare(b.name));
  const count = (state: OperatorState) => operators.filter((operator) => operator.state === state).length;
  return (
    <Panel
      className="operators"
      title={t('live.operators')}
      side={<span className="muted">{format.number(operators.length)}</span>}
    >
      {operators.length === 0 ? (
        <Empty compact icon="headset" title={t('live.noOperators')}>
          {t('live.noOperatorsHint')}
        </Empty>
      ) : (
        <>
          <ul className="crew-bar small">
            {STATE_ORDER.filter((state) => count(state) > 0).map((state) => (
              <li key={state}>
                <Pill tone={OPERATOR_TONES[state]}>
                  {format.number(count(state))} {t(`crew.${CREW[state]}`)}
                </Pill>
              </li>
            ))}
          </ul>
          <ul className="crew-list" tabIndex={0} aria-label={t('live.operators')}>
            {operators.map((operator) => (
              <OperatorRow key={operator.id} operator={operator} now={now} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function OperatorRow({ operator, now }: { operator: LiveOperator; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li>
      <span className={`dot ${OPERATOR_TONES[operator.state]}`} />
      <span className="clip" title={operator.name}>
        {operator.name}
      </span>
      {operator.simulated && <span className="tag">{t('live.simulated')}</span>}
      <span className="small muted state">{t(`operatorState.${operator.state}`)}</span>
      <span className="time">{format.clock(now - Date.parse(operator.sinceAt))}</span>
    </li>
  );
}

/** How operators say that their calls ended; what the machine dispositions by itself is among the results of dials. */
function Outcomes({ report }: { report: Report }) {
  const { t } = useTranslation();
  const outcomes = report.outcomes.filter((outcome) => outcome.category !== AUTOMATIC);
  return (
    <Panel title={t('live.outcomes')}>
      {outcomes.length === 0 ? (
        <p className="muted">{t('live.noOutcomes')}</p>
      ) : (
        <Bars
          bars={outcomes.map((outcome) => ({
            key: outcome.code,
            label: outcomeName(t, outcome.code),
            count: outcome.count,
            strong: outcome.category === 'success',
          }))}
        />
      )}
    </Panel>
  );
}

/** How dials ended by themselves, and which of the answered ones came to no conversation. */
function Results({ report }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const results = [...report.results].sort((a, b) => b.count - a.count);
  const sum = results.reduce((total, one) => total + one.count, 0);
  const known = new Set(results.map((one) => one.result));
  // Those that have the name of their result say nothing more than it.
  const within = report.outcomes.filter((outcome) => outcome.category === AUTOMATIC && !known.has(outcome.code));
  const row = (key: string, name: string, count: number, className?: string) => (
    <li key={key} className={className}>
      <span className="clip" title={name}>
        {name}
      </span>
      <span className="value">
        <b>{format.number(count)}</b> · {format.percent(count / sum, count / sum < 0.005 ? 1 : 0)}
      </span>
    </li>
  );
  return (
    <Panel title={t('live.results')}>
      {results.length === 0 ? (
        <p className="muted">{t('live.noResults')}</p>
      ) : (
        <ul className="legend results">
          {results.map((one) => [
            row(one.result, resultName(t, one.result), one.count),
            one.result === 'answered' &&
              within.map((outcome) => row(outcome.code, outcomeName(t, outcome.code), outcome.count, 'within')),
          ])}
        </ul>
      )}
    </Panel>
  );
}

/** What is left of the calling list. The parts add up to the total. */
function ListStock({ report }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { list } = report;
  return (
    <Panel title={t('live.stock')}>
      <Stock
        total={list.total}
        totalLabel={t('stock.total')}
        parts={[
          { key: 'completed', tone: 'tone-1', label: t('stock.completed'), count: list.completed },
          { key: 'inProgress', tone: 'tone-warn', label: t('stock.inProgress'), count: list.inProgress },
          { key: 'toBeRedialled', tone: 'tone-2', label: t('stock.toBeRedialled'), count: list.toBeRedialled },
          { key: 'notYetDialled', tone: 'tone-3', label: t('stock.notYetDialled'), count: list.notYetDialled },
        ]}
      />
      <p className="secondary small foot">
        {t('stock.ready', { ready: format.number(list.ready), waiting: format.number(list.waiting) })}
      </p>
      {list.byCompletedCode.length > 0 && (
        <details className="small">
          <summary>{t('stock.why')}</summary>
          <ul className="legend">
            {[...list.byCompletedCode]
              .sort((a, b) => b.count - a.count)
              .map((closed) => (
                <li key={closed.code}>
                  <span className="clip">{closedName(t, closed.code)}</span>
                  <span className="value">{format.number(closed.count)}</span>
                </li>
              ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}

function Callbacks({ report }: { report: Report }) {
  const { t } = useTranslation();
  const format = useFormat();
  const formula = useFormulas(report);
  const { callbacks } = report;
  return (
    <Panel
      title={<Formula name={t('live.callbacks')} formula={formula('callbacksKeptOnTime')} />}
      side={<span className="muted">{t('live.promised', { count: callbacks.promised })}</span>}
    >
      <dl className="quad">
        {(['kept', 'keptOnTime', 'open', 'missed'] as const).map((state) => (
          <div key={state}>
            <dt>{t(`callbackState.${state}`)}</dt>
            <dd>{format.number(callbacks[state])}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Recent({ live }: { live: Live | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="card panel full">
      <header>
        <h2>{t('live.recent')}</h2>
      </header>
      {!live || live.recent.length === 0 ? (
        <div className="body">
          <p className="muted">{t('live.noCalls')}</p>
        </div>
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t('live.recent')}>
          <table className="table dense">
            <thead>
              <tr>
                <th>{t('recent.at')}</th>
                <th>{t('recent.lead')}</th>
                <th>{t('recent.phone')}</th>
                <th>{t('recent.result')}</th>
                <th>{t('recent.outcome')}</th>
                <th>{t('recent.operator')}</th>
              </tr>
            </thead>
            <tbody>
              {live.recent.map((call) => (
                <tr key={`${call.at} ${call.maskedPhone}`}>
                  <td className="muted">{format.time(call.at)}</td>
                  <td>{call.leadName ?? '–'}</td>
                  <td className="mono">{call.maskedPhone}</td>
                  <td className="secondary">{resultName(t, call.result)}</td>
                  <td>
                    {call.outcome && call.outcome !== call.result ? (
                      <strong>{outcomeName(t, call.outcome)}</strong>
                    ) : (
                      <span className="muted">–</span>
                    )}
                    {call.refusalReason && <span className="secondary"> · {reasonName(t, call.refusalReason)}</span>}
                  </td>
                  <td className="secondary">{call.operatorName ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
