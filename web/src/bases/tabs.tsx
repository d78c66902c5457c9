import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';

/** The bases, and the files that went into them. */
export function BasesTabs() {
  const { t } = useTranslation();
  return (
    <nav className="segmented tabs" aria-label={t('bases.views')}>
      <NavLink to="/bases">{t('nav.bases')}</NavLink>
      <NavLink to="/imports" end>
        {t('imports.title')}
      </NavLink>
    </nav>
  );
}
