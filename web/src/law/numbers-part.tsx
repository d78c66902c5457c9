import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../auth/session';
import { countryName } from '../bases/countries';
import { ProblemNotice } from '../bases/problem-notice';
import { Button, Notice } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { useLoadNumberingPlan, useNumberingPlans } from './queries';

/** Registers of numbers, by which imports tell where a mobile number belongs. */
export function NumbersPart() {
  const { t, i18n } = useTranslation();
  const manager = useMe().role === 'manager';
  const format = useFormat();
  const plans = useNumberingPlans();
  const load = useLoadNumberingPlan();
  const input = useRef<HTMLInputElement>(null);
  if (plans.isPending) return <SkeletonRows />;
  if (!plans.data) return <Failure error={plans.error} onRetry={() => void plans.refetch()} />;
  const choose = manager && (
    <>
      <input
        ref={input}
        className="hidden-visually"
        type="file"
        accept=".csv,text/csv"
        tabIndex={-1}
        aria-label={t('law.loadRegister')}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) load.mutate(file);
          event.target.value = '';
        }}
      />
      <Button variant="primary" icon="upload" busy={load.isPending} onClick={() => input.current?.click()}>
        {t('law.loadRegister')}
      </Button>
    </>
  );
  const lost = load.data?.unknown.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
  return (
    <>
      <div className="law-actions">
        <p className="secondary">{t('law.numbersHint')}</p>
        {plans.data.length > 0 && choose}
      </div>
      {load.error && <ProblemNotice error={load.error} />}
      {load.data && (
        <Notice tone="good">
          {t('law.registerLoaded', { rows: format.number(load.data.rows), ranges: format.number(load.data.ranges) })}{' '}
          {lost > 0 && t('law.registerLost', { rows: format.number(lost) })}
        </Notice>
      )}
      <div className="card folding-table">
        {plans.data.length === 0 ? (
          <Empty icon="phone" title={t('law.noRegister')} actions={choose}>
            {t('law.noRegisterHint')}
          </Empty>
        ) : (
          <table className="table">
            <thead>
              <tr>
                <th>{t('bases.country')}</th>
                <th>{t('law.series')}</th>
                <th>{t('law.file')}</th>
                <th className="num">{t('law.ranges')}</th>
                <th>{t('law.loaded')}</th>
              </tr>
            </thead>
            <tbody>
              {plans.data.map((plan) => (
                <tr key={plan.country + plan.series}>
                  <td>{countryName(i18n.language, plan.country)}</td>
                  <td className="secondary">{[...plan.series].map((digit) => `${digit}…`).join(', ')}</td>
                  <td className="secondary" title={plan.sha256}>
                    {plan.fileName}
                  </td>
                  <td className="num">
                    <strong>{format.number(plan.ranges)}</strong>
                  </td>
                  <td className="secondary">
                    {format.dateTime(plan.loadedAt)}
                    {plan.loadedBy && ` · ${plan.loadedBy}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </>
  );
}
