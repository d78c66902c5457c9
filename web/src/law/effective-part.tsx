import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { WEEKDAYS, type CallingRule, type EffectiveRule } from '../api/contract';
import { countryOf } from '../bases/countries';
import { Notice, Pill, Segmented } from '../design/controls';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { PlaceFields } from './place-fields';
import { useEffectiveRule, useProfiles, type RulePlace } from './queries';
import { capText, coolDownText, modesText, titleOf } from './rule-words';

const PURPOSES = ['sales', 'service'] as const;

/** What holds for a call to a place, made of every profile that applies. */
export function EffectivePart() {
  const { t, i18n } = useTranslation();
  const [place, setPlace] = useState<RulePlace>({ country: countryOf(i18n.language), region: '', purpose: 'sales' });
  const profiles = useProfiles();
  const rule = useEffectiveRule(place);
  return (
    <>
      <div className="card law-place">
        <PlaceFields
          country={place.country}
          region={place.region}
          profiles={profiles.data ?? []}
          onChange={(changed) => setPlace({ ...place, ...changed })}
        />
        <div className="field">
          <span className="label">{t('law.purpose')}</span>
          <div>
            <Segmented
              label={t('law.purpose')}
              value={place.purpose}
              choices={PURPOSES.map((value) => ({ value, label: t(`law.purposes.${value}`) }))}
              onChange={(purpose) => setPlace({ ...place, purpose })}
            />
          </div>
        </div>
      </div>
      {rule.isPending ? (
        <div className="card">
          <SkeletonRows />
        </div>
      ) : !rule.data ? (
        <div className="card">
          <Failure error={rule.error} onRetry={() => void rule.refetch()} />
        </div>
      ) : (
        <RuleCard answer={rule.data} />
      )}
    </>
  );
}

function RuleCard({ answer: { rule, profiles } }: { answer: EffectiveRule }) {
  const { t } = useTranslation();
  const format = useFormat();
  const filled = profiles.some(({ unknown }) => unknown.length > 0);
  return (
    <div className="card law-rule">
      <div className="law-made">
        <span className="small muted">{t('law.madeOf')}</span>
        {profiles.map(({ code, version, hash, title }) => (
          <Link key={code} className="law-profile" to={`?view=profiles#${code}`} title={`${version} · ${hash}`}>
            {titleOf(t, { code, title })}
          </Link>
        ))}
      </div>
      {rule.overrides.length > 0 && (
        <Notice tone="warn">
          {rule.overrides.map(({ id, profile, cell, opinion, validTo }) => (
            <p key={id}>
              <strong>{t('law.overridden', { rule: t(`law.cell.${cell}`), profile })}</strong> {opinion} ·{' '}
              {t('law.until', { at: format.date(validTo) })}
            </p>
          ))}
        </Notice>
      )}
      <HoursTable hours={rule.hours[0] ?? {}} />
      <dl className="law-cells">
        <Row name={t('law.row.holidays')}>{t(rule.closedOnHolidays ? 'law.closed' : 'law.asOtherDays')}</Row>
        <Row name={t('law.row.margin')}>{t('law.marginText', { count: rule.closingMarginSeconds })}</Row>
        <Row name={t('law.row.modes')}>{modesText(t, format, rule.modes)}</Row>
        <Row name={t('law.row.consent')}>
          {t(`law.consent.${rule.consent}`)}
          {rule.consent !== 'none' && rule.consentMaxAgeDays !== null && (
            <span className="secondary"> · {t('law.consentAge', { count: rule.consentMaxAgeDays })}</span>
          )}
        </Row>
        <Row name={t('law.row.registries')}>
          <Lines
            lines={rule.registries.map(({ registry, maxAgeDays }) =>
              t('law.registryAge', { registry, count: maxAgeDays }),
            )}
          />
        </Row>
        <Row name={t('law.row.caps')}>
          <Lines lines={rule.caps.map((cap) => capText(t, cap))} />
        </Row>
        <Row name={t('law.row.coolDowns')}>
          <Lines lines={rule.coolDowns.map((coolDown) => coolDownText(t, coolDown))} />
        </Row>
        <Row name={t('law.row.abandon')}>
          <Lines lines={abandonLines(t, format, rule)} />
        </Row>
        <Row name={t('law.row.ring')}>
          {t('law.ringText', { least: rule.ring.minSeconds, most: rule.ring.maxSeconds })}
        </Row>
        <Row name={t('law.row.callerId')}>
          <Lines lines={callerIdLines(t, rule.callerId)} />
        </Row>
        <Row name={t('law.row.recording')}>{t(`law.recordingRule.${rule.recording}`)}</Row>
        <Row name={t('law.row.retention')}>{t('law.days', { count: rule.retentionDays })}</Row>
      </dl>
      {filled && <p className="small muted law-foot">{t('law.filled')}</p>}
    </div>
  );
}

type T = ReturnType<typeof useTranslation>['t'];

function abandonLines(t: T, format: ReturnType<typeof useFormat>, { abandon }: CallingRule): string[] {
  const { maxRate, windowDays, connectTimeoutMs, message, redialAfterHours } = abandon;
  return [
    t('law.abandonRate', { rate: format.percent(maxRate), count: windowDays }),
    t('law.abandonWait', { count: connectTimeoutMs / 1000 }),
    ...(message ? [t('law.abandonMessage')] : []),
    ...(redialAfterHours > 0 ? [t('law.abandonRedial', { count: redialAfterHours })] : []),
  ];
}

function callerIdLines(t: T, { required, mobileAllowed, prefixes, registered }: CallingRule['callerId']): string[] {
  return [
    t(required ? 'law.callerIdShown' : 'law.callerIdFree'),
    ...(mobileAllowed ? [] : [t('law.callerIdNoMobile')]),
    ...(registered ? [t('law.callerIdRegistered')] : []),
    ...(prefixes === null ? [] : [t('law.callerIdPrefixes', { list: prefixes.map((each) => `+${each}`).join(', ') })]),
  ];
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  const { t } = useTranslation();
  if (lines.length === 0) return <span className="muted">{t('law.nothing')}</span>;
  return (
    <ul className="law-lines">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

const DAY_MINUTES = 24 * 60;
const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The week as bars of a day each, with the times beside them. */
function HoursTable({ hours }: { hours: CallingRule['hours'][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <table className="law-hours" aria-label={t('law.row.hours')}>
      <tbody>
        {WEEKDAYS.map((day, index) => {
          const windows = hours[day] ?? [];
          return (
            <tr key={day}>
              <th scope="row">{format.weekday(index)}</th>
              <td className="law-bar" aria-hidden="true">
                {windows.map(([from, to]) => (
                  <span
                    key={from}
                    style={{
                      left: `${(100 * minuteOf(from)) / DAY_MINUTES}%`,
                      width: `${(100 * (minuteOf(to) - minuteOf(from))) / DAY_MINUTES}%`,
                    }}
                  />
                ))}
              </td>
              <td className={windows.length === 0 ? 'muted' : ''}>
                {windows.map(([from, to]) => `${from}–${to}`).join(', ') || t('law.closed')}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function ConfidencePill({ confidence }: { confidence: string | null }) {
  const { t } = useTranslation();
  if (confidence === null) return <Pill tone="quiet">{t('law.unknown')}</Pill>;
  const tone = confidence === 'A' ? 'good' : confidence === 'B' ? 'info' : confidence === 'R' ? 'warn' : 'quiet';
  return <Pill tone={tone}>{t(`law.confidence.${confidence}`)}</Pill>;
}
