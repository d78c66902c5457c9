import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { HolidayChangeInput } from '../api/contract';
import { useMe } from '../auth/session';
import { countryName, countryOf } from '../bases/countries';
import { ProblemNotice } from '../bases/problem-notice';
import { Button, Field, Pill } from '../design/controls';
import { Dialog } from '../design/dialog';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { readDays } from './holiday-lines';
import { PlaceFields } from './place-fields';
import { useDeleteHoliday, useHolidayChanges, useHolidays, useProfiles, usePutHolidays } from './queries';

const THIS_YEAR = new Date().getFullYear();

/** The public holidays of a place, and the days that the organisation's calendar has otherwise. */
export function HolidaysPart() {
  const { t, i18n } = useTranslation();
  const manager = useMe().role === 'manager';
  const format = useFormat();
  const [place, setPlace] = useState({ country: countryOf(i18n.language), region: '' });
  const [year, setYear] = useState(THIS_YEAR);
  const [adding, setAdding] = useState(false);
  const profiles = useProfiles();
  const holidays = useHolidays(place.country, place.region, year);
  const changes = useHolidayChanges();
  const remove = useDeleteHoliday();
  const own = changes.data ?? [];
  const dayText = (day: string) => `${format.date(`${day}T12:00:00`)}`;
  return (
    <>
      <div className="card law-place">
        <PlaceFields {...place} profiles={profiles.data ?? []} onChange={setPlace} />
        <Field label={t('law.year')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={year}
              onChange={(event) => setYear(Number(event.target.value))}
            >
              {[THIS_YEAR - 1, THIS_YEAR, THIS_YEAR + 1].map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          )}
        </Field>
        {manager && (
          <div className="law-push">
            <Button variant="primary" icon="plus" onClick={() => setAdding(true)}>
              {t('law.changeDays')}
            </Button>
          </div>
        )}
      </div>
      <div className="law-columns">
        <section className="stack tight">
          <h2>{t('law.holidays')}</h2>
          <div className="card folding-table">
            {holidays.isPending ? (
              <SkeletonRows />
            ) : !holidays.data ? (
              <Failure error={holidays.error} onRetry={() => void holidays.refetch()} />
            ) : holidays.data.length === 0 ? (
              <Empty compact icon="info" title={t('law.noHolidays')} />
            ) : (
              <table className="table">
                <tbody>
                  {holidays.data.map((holiday) => (
                    <tr key={`${holiday.day} ${holiday.region} ${holiday.name}`}>
                      <td className="law-day">{dayText(holiday.day)}</td>
                      <td>
                        {holiday.name || '–'}
                        {holiday.region && <span className="small muted"> {holiday.region.slice(3)}</span>}
                      </td>
                      <td>{holiday.imported && <Pill tone="info">{t('law.added')}</Pill>}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </div>
          <p className="small muted">{t('law.holidaysHint')}</p>
        </section>
        <section className="stack tight">
          <h2>{t('law.ownDays')}</h2>
          <div className="card folding-table">
            {changes.isPending ? (
              <SkeletonRows rows={2} />
            ) : own.length === 0 ? (
              <Empty compact icon="info" title={t('law.noOwnDays')}>
                {t('law.noOwnDaysHint')}
              </Empty>
            ) : (
              <table className="table">
                <tbody>
                  {own.map((change) => (
                    <tr key={`${change.country} ${change.region} ${change.day}`}>
                      <td className="law-day">{dayText(change.day)}</td>
                      <td>
                        {change.region || countryName(i18n.language, change.country)}
                        {change.name && <div className="small muted">{change.name}</div>}
                      </td>
                      <td>
                        <Pill tone={change.kind === 'holiday' ? 'warn' : 'good'}>
                          {t(`law.dayKind.${change.kind}`)}
                        </Pill>
                      </td>
                      {manager && (
                        <td>
                          <Button
                            variant="ghost"
                            small
                            icon="trash"
                            aria-label={t('law.removeDay')}
                            onClick={() => remove.mutate(change)}
                          />
                        </td>
                      )}
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </div>
        </section>
      </div>
      {adding && <DaysDialog {...place} onClose={() => setAdding(false)} />}
    </>
  );
}

function DaysDialog({ country, region, onClose }: { country: string; region: string; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const put = usePutHolidays();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<number | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const reading = readDays(text);
    if ('line' in reading) {
      setWrong(reading.line);
      return;
    }
    setWrong(null);
    const changes: HolidayChangeInput[] = reading.days.map((day) => ({ ...day, country, ...(region && { region }) }));
    put.mutate(changes, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('law.changeDays')} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="secondary">{t('law.daysHint', { place: region || countryName(i18n.language, country) })}</p>
        <Field label={t('law.dayList')} error={wrong !== null && t('law.dayWrong', { line: wrong })}>
          {(control) => (
            <textarea
              {...control}
              className="input law-code"
              rows={6}
              required
              autoFocus
              placeholder={`${THIS_YEAR}-12-31;holiday\n${THIS_YEAR}-12-26;working`}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {put.error && <ProblemNotice error={put.error} />}
        <div className="buttons">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" busy={put.isPending}>
            {t('common.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
