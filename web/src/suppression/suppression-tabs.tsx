import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';

/** Lists of numbers, and single ones. */
export function SuppressionTabs() {
  const { t } = useTranslation();
  return (
    <nav className="segmented tabs" aria-label={t('suppression.views')}>
      <NavLink to="/suppression" end>
        {t('suppression.lists')}
      </NavLink>
      <NavLink to="/suppression/numbers">{t('suppression.singles')}</NavLink>
    </nav>
  );
}
