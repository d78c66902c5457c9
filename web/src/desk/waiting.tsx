import { useTranslation } from 'react-i18next';
import type { Desk } from '../api/contract';
import { Button } from '../design/controls';
import { Icon } from '../design/icon';
import { useFormat } from '../shell/format';
import type { DeskAction } from './desk-page';
import { useKeys } from './keys';
import { OwnCallbacks } from './own-callbacks';

/** Between calls: ready and waiting, or on a break. */
export function Waiting(props: { desk: Desk; now: number; busy: boolean; act: DeskAction }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { desk, act } = props;
  const ready = desk.state === 'ready';
  const paused = desk.campaign?.state !== 'running';
  const goReady = ready ? undefined : () => act('/desk/ready');
  useKeys({ R: goReady });

  return (
    <section className={ready ? 'desk-waiting ready' : 'desk-waiting'}>
      <div className="pulse" aria-hidden="true">
        <i />
        <i />
        <span>
          <Icon name={ready ? 'headset' : 'cup'} size={40} />
        </span>
      </div>
      <h2>{ready ? (paused ? t('desk.waitingPaused') : t('desk.waiting')) : t('desk.onBreak')}</h2>
      <p className="since">{format.clock(desk.sinceAt ? props.now - Date.parse(desk.sinceAt) : 0)}</p>
      <p className="secondary">{ready ? t('desk.waitingHint') : t('desk.onBreakHint')}</p>
      <div className="row">
        {!ready && (
          <Button variant="primary" icon="play" keyHint="R" busy={props.busy} onClick={goReady}>
            {t('desk.ready')}
          </Button>
        )}
        <Button variant="ghost" icon="leave" disabled={props.busy} onClick={() => act('/desk/sign-out')}>
          {t('desk.leave')}
        </Button>
      </div>
      <OwnCallbacks now={props.now} />
    </section>
  );
}
