import { useTranslation } from 'react-i18next';
import type { Desk } from '../api/contract';
import { OPERATOR_TONES } from '../api/names';
import { Button, Pill } from '../design/controls';
import { useFormat } from '../shell/format';
import type { DeskAction } from './desk-page';
import { useKeys } from './keys';

/** State and timer at the left, the operator's own day in the middle, what can be done at any moment at the right. */
export function DeskBar(props: { desk: Desk; now: number; busy: boolean; act: DeskAction; onHelp: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { desk, now, act } = props;
  const { call, state, today } = desk;
  const talking = state === 'in_call' && call !== null && call.endedAt === null;
  const since = talking ? (call.bridgedAt ?? call.answeredAt) : desk.sinceAt;
  const left = state === 'wrap_up' && desk.wrapUpUntil ? Date.parse(desk.wrapUpUntil) - now : null;
  const canAskBreak = desk.campaign !== null && (call !== null || state === 'ready') && !desk.breakRequested;

  const hangUp = talking ? () => act('/desk/hang-up') : undefined;
  const askBreak = canAskBreak ? () => act('/desk/break') : undefined;
  useKeys({ H: hangUp, B: askBreak });

  return (
    <header className="desk-bar">
      <div className="row">
        <Pill tone={OPERATOR_TONES[state]} busy={talking}>
          {t(`operatorState.${state}`)}
        </Pill>
        <span className={left !== null && left < 10_000 ? 'desk-timer soon' : 'desk-timer'} role="timer">
          {format.clock(left ?? (since ? now - Date.parse(since) : 0))}
        </span>
        {left !== null && <span className="muted small">{t('desk.wrapUpLeft')}</span>}
        {desk.breakRequested && <span className="tag">{t('desk.breakAfter')}</span>}
      </div>
      <div className="campaign">
        {desk.campaign && (
          <>
            <strong className="clip" title={desk.campaign.name}>
              {desk.campaign.name}
            </strong>
            {desk.campaign.state !== 'running' && (
              <span className="small muted">{t(`campaignState.${desk.campaign.state}`)}</span>
            )}
          </>
        )}
      </div>
      <dl className="today">
        <div>
          <dt>{t('desk.todayCalls')}</dt>
          <dd>{format.number(today.calls)}</dd>
        </div>
        <div>
          <dt>{t('desk.todayTalk')}</dt>
          <dd>{format.clock(today.talkSeconds * 1000)}</dd>
        </div>
        <div>
          <dt>{t('desk.todaySuccesses')}</dt>
          <dd>{format.number(today.successes)}</dd>
        </div>
      </dl>
      <div className="row actions">
        {talking && (
          <Button variant="danger" icon="phoneDown" keyHint="H" disabled={props.busy} onClick={hangUp}>
            {t('desk.hangUp')}
          </Button>
        )}
        {canAskBreak && (
          <Button icon="cup" keyHint="B" disabled={props.busy} onClick={askBreak}>
            {t('desk.break')}
          </Button>
        )}
        <Button variant="ghost" keyHint="?" className="help" aria-label={t('desk.keys')} onClick={props.onHelp}>
          <span className="help-word">{t('desk.keys')}</span>
        </Button>
      </div>
    </header>
  );
}
