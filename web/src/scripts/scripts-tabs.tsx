import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import '../bases/bases.css';

/** The scripts, and what they may claim. */
export function ScriptsTabs() {
  const { t } = useTranslation();
  return (
    <nav className="segmented tabs" aria-label={t('scripts.views')}>
      <NavLink to="/scripts">{t('nav.scripts')}</NavLink>
      <NavLink to="/claims">{t('claims.title')}</NavLink>
    </nav>
  );
}
