import { useTranslation } from 'react-i18next';
import { Button, Key } from '../design/controls';
import { Dialog } from '../design/dialog';

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const rows: [string[], string][] = [
    [['1', '…', '9', '0'], t('keys.choose')],
    [['Backspace'], t('keys.back')],
    [['Enter'], t('keys.save')],
    [['Ctrl', 'Enter'], t('keys.saveTyping')],
    [['N'], t('keys.note')],
    [['Esc'], t('keys.leaveField')],
    [['↑', '↓'], t('keys.script')],
    [['P'], t('keys.personal')],
    [['H'], t('keys.hangUp')],
    [['B'], t('keys.break')],
    [['R'], t('keys.ready')],
    [['?'], t('keys.help')],
  ];
  return (
    <Dialog title={t('desk.keys')} onClose={onClose}>
      <dl className="key-list">
        {rows.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.map((name) => (
                <Key key={name} name={name} />
              ))}
              <span className="hidden-visually">{keys.join(' ')}</span>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div className="buttons">
        <Button onClick={onClose} autoFocus>
          {t('common.close')}
        </Button>
      </div>
    </Dialog>
  );
}
