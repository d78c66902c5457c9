import { useTranslation } from 'react-i18next';
import { WEEKDAYS, type Hours } from '../api/contract';
import { useFormat } from '../shell/format';

/** Midnight as a closing time; a time field knows it as 00:00 only. */
const END_OF_DAY = '24:00';

export function HoursEditor({ hours, onChange }: { hours: Hours; onChange: (hours: Hours) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className="hours">
      {WEEKDAYS.map((day, index) => {
        const open = hours[day];
        const change = (value: [string, string] | undefined) => {
          const next = { ...hours };
          if (value) next[day] = value;
          else delete next[day];
          onChange(next);
        };
        const name = format.weekday(index);
        return (
          <li key={day}>
            <label className="check">
              <input
                type="checkbox"
                checked={open !== undefined}
                onChange={(event) => change(event.target.checked ? ['09:00', '20:00'] : undefined)}
              />
              <span className="day">{name}</span>
            </label>
            {open ? (
              <span className="row">
                <input
                  className="input"
                  type="time"
                  required
                  aria-label={t('campaignForm.opens', { day: name })}
                  value={open[0]}
                  onChange={(event) => change([event.target.value, open[1]])}
                />
                –
                <input
                  className="input"
                  type="time"
                  required
                  aria-label={t('campaignForm.closes', { day: name })}
                  value={open[1] === END_OF_DAY ? '00:00' : open[1]}
                  onChange={(event) =>
                    change([open[0], event.target.value === '00:00' ? END_OF_DAY : event.target.value])
                  }
                />
              </span>
            ) : (
              <span className="muted">{t('campaignForm.closed')}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
