import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Live, Report } from '../api/contract';
import { Formula } from '../design/charts';
import { useFormat } from '../shell/format';

type Metric =
  | 'dials'
  | 'contacts'
  | 'contactRate'
  | 'conversionRate'
  | 'abandonmentRate'
  | 'occupancyRate'
  | 'ahtSeconds'
  | 'talkMinutesPerOperatorHour'
  | 'penetrationRate'
  | 'rightPartyRate'
  | 'connectionRate'
  | 'successesPerLeadAttempted';

/** The words of a formula: ours in the reader's language, or the report's own. */
export function useFormulas(report: Report): (metric: string) => string | undefined {
  const { i18n, t } = useTranslation();
  return (metric) => (i18n.exists(`formula.${metric}`) ? t(`formula.${metric}`) : report.formulas[metric]);
}

/** The few numbers that a campaign is run by, each with its formula and what it was made of. */
export function CampaignNumbers({ report, live }: { report: Report; live: Live | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const formula = useFormulas(report);

  const figure = (metric: Metric, value: string, below: ReactNode, end?: boolean) => (
    <div className="figure">
      <dt>
        <Formula name={t(`metric.${metric}`)} formula={formula(metric)} end={end} />
      </dt>
      <dd>{value}</dd>
      <dd className="below">{below}</dd>
    </div>
  );
  const minor = (metric: Metric, value: string, end?: boolean) => (
    <div>
      <dt>
        <Formula name={t(`metric.${metric}`)} formula={formula(metric)} end={end} />
      </dt>
      <dd>{value}</dd>
    </div>
  );

  return (
    <section className="card numbers" aria-label={t('live.numbers')}>
      <dl className="figures">
        {figure(
          'conversionRate',
          format.percent(report.conversionRate),
          t('live.ofContacts', {
            count: report.successes,
            contacts: format.number(report.contacts),
          }),
        )}
        {figure(
          'contactRate',
          format.percent(report.contactRate),
          t('live.contactsOfDials', { contacts: format.number(report.contacts), dials: format.number(report.dials) }),
        )}
        {figure(
          'dials',
          format.number(report.dials),
          live ? t('live.perMinute', { rate: format.number(live.dialsPerMinute) }) : ' ',
        )}
        {figure('contacts', format.number(report.contacts), t('live.rightParty', { count: report.rightParty }))}
        {figure(
          'abandonmentRate',
          format.percent(report.abandonmentRate),
          t('live.abandoned', { count: report.abandoned }),
          true,
        )}
        {figure(
          'occupancyRate',
          format.percent(report.occupancyRate, 0),
          t('live.talk', { time: format.clock(report.talkSeconds * 1000) }),
          true,
        )}
      </dl>
      <dl className="minor">
        {minor('penetrationRate', format.percent(report.penetrationRate))}
        {minor('rightPartyRate', format.percent(report.rightPartyRate))}
        {minor('connectionRate', format.percent(report.connectionRate))}
        {minor('successesPerLeadAttempted', format.percent(report.successesPerLeadAttempted))}
        {minor('ahtSeconds', report.ahtSeconds === null ? '–' : format.clock(report.ahtSeconds * 1000), true)}
        {minor('talkMinutesPerOperatorHour', format.number(report.talkMinutesPerOperatorHour), true)}
      </dl>
    </section>
  );
}
