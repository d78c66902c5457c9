import { useTranslation } from 'react-i18next';
import type { Campaign } from '../api/contract';
import { useFormat } from '../shell/format';

/** How far the campaign is with what it is to reach. */
export function GoalsCard({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (campaign.goalsProgress.length === 0) return null;
  const amount = (goal: string, value: number) =>
    goal === 'budget' ? format.money(value, campaign.currency) : format.number(value);
  return (
    <section className="card padded stack tight">
      <div className="row spread wrap">
        <h2>{t('campaign.goals')}</h2>
        {campaign.goals && <span className="small muted">{t(`goalActionHint.${campaign.goals.action}`)}</span>}
      </div>
      <ul className="bars">
        {campaign.goalsProgress.map((one) => (
          <li key={one.goal}>
            <span>{t(`goal.${one.goal}`)}</span>
            <span className="value">
              <b>{amount(one.goal, one.value)}</b> / {amount(one.goal, one.target)} · {format.percent(one.share, 0)}
              {one.reachedAt && ` · ${t('campaign.goalReached', { at: format.dateTime(one.reachedAt) })}`}
            </span>
            <div className="track">
              {one.value > 0 && <div className="strong" style={{ width: `${Math.min(1, one.share) * 100}%` }} />}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
