import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { useConnectionLost } from '../api/event-stream';
import type { Role } from '../api/contract';
import { useChangeLanguage, useMe, useSignOut } from '../auth/session';
import { Segmented } from '../design/controls';
import { BrandMark, Icon, type IconName } from '../design/icon';
import { ErrorBoundary } from './error-boundary';
import { LANGUAGES, currentLocale } from './language';
import { THEMES, applyTheme, currentTheme, type Theme } from './theme';

interface Place {
  to: string;
  icon: IconName;
  name: 'campaigns' | 'bases' | 'segments' | 'offers' | 'scripts' | 'suppression' | 'law' | 'callbacks' | 'desk';
  /** Where its further pages are, when not under `to`. */
  also?: string;
}

const CAMPAIGNS: Place = { to: '/campaigns', icon: 'megaphone', name: 'campaigns' };
const BASES: Place = { to: '/bases', icon: 'layers', name: 'bases', also: '/imports' };
const SEGMENTS: Place = { to: '/segments', icon: 'filter', name: 'segments' };
const OFFERS: Place = { to: '/offers', icon: 'tag', name: 'offers' };
const SCRIPTS: Place = { to: '/scripts', icon: 'speech', name: 'scripts', also: '/claims' };
const SUPPRESSION: Place = { to: '/suppression', icon: 'ban', name: 'suppression' };
const LAW: Place = { to: '/calling-rules', icon: 'scale', name: 'law' };
const CALLBACKS: Place = { to: '/callbacks', icon: 'clock', name: 'callbacks' };
const DESK: Place = { to: '/desk', icon: 'headset', name: 'desk' };

const PLACES: Record<Role, Place[]> = {
  marketer: [BASES, SEGMENTS, OFFERS, SCRIPTS, CAMPAIGNS, CALLBACKS, SUPPRESSION, LAW],
  manager: [CAMPAIGNS, CALLBACKS, BASES, SEGMENTS, OFFERS, SCRIPTS, SUPPRESSION, LAW],
  operator: [DESK],
};

const THEME_ICONS: Record<Theme, IconName> = { system: 'screen', light: 'sun', dark: 'moon' };

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const me = useMe();
  const lost = useConnectionLost();
  const { pathname } = useLocation();
  return (
    // The desk needs the width: its navigation is one place only, so it shows as a rail.
    <div className={me.role === 'operator' ? 'shell rail' : 'shell'}>
      <a className="skip" href="#main">
        {t('shell.skip')}
      </a>
      <nav className="side" aria-label={t('shell.navigation')}>
        <div className="brand">
          <BrandMark size={32} />
          <span>Zvon</span>
        </div>
        <ul>
          {PLACES[me.role].map((place) => (
            <li key={place.to}>
              <NavLink
                to={place.to}
                title={t(`nav.${place.name}`)}
                className={({ isActive }) => (isActive || isWithin(pathname, place.also) ? 'active' : '')}
              >
                <Icon name={place.icon} size={20} />
                <span>{t(`nav.${place.name}`)}</span>
              </NavLink>
            </li>
          ))}
        </ul>
        <UserMenu />
      </nav>
      <div className="main-column">
        <div role="status" aria-live="polite">
          {lost && (
            <div className="lost">
              <span className="spinner" /> {t('shell.lost')}
            </div>
          )}
        </div>
        <main id="main" tabIndex={-1}>
          <ErrorBoundary key={pathname}>{children}</ErrorBoundary>
        </main>
      </div>
    </div>
  );
}

const isWithin = (pathname: string, place: string | undefined) =>
  place !== undefined && (pathname === place || pathname.startsWith(`${place}/`));

function UserMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const [open, setOpen] = useState(false);
  const [theme, setTheme] = useState(currentTheme);
  const language = useChangeLanguage();
  const signOut = useSignOut();
  const holder = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    const close = (event: MouseEvent | KeyboardEvent) => {
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !holder.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('keydown', close);
    };
  }, [open]);

  return (
    <div className="user" ref={holder}>
      {open && (
        <div className="menu" id="user-menu">
          <div>
            <p className="clip">
              <strong>{me.name}</strong>
            </p>
            <p className="small muted">{t(`role.${me.role}`)}</p>
          </div>
          <div className="choice">
            <span className="small muted">{t('shell.language')}</span>
            <Segmented
              label={t('shell.language')}
              value={currentLocale()}
              choices={LANGUAGES.map(({ locale, name }) => ({ value: locale, label: name }))}
              onChange={(locale) => language.mutate(locale)}
            />
          </div>
          <div className="choice">
            <span className="small muted">{t('shell.theme')}</span>
            <Segmented
              label={t('shell.theme')}
              value={theme}
              choices={THEMES.map((value) => ({
                value,
                label: (
                  <span className="row">
                    <Icon name={THEME_ICONS[value]} size={16} /> {t(`theme.${value}`)}
                  </span>
                ),
              }))}
              onChange={(value) => {
                setTheme(value);
                applyTheme(value);
              }}
            />
          </div>
          <button type="button" className="leave" onClick={() => signOut.mutate()}>
            <Icon name="leave" /> {t('shell.signOut')}
          </button>
        </div>
      )}
      <button
        type="button"
        className="who"
        aria-expanded={open}
        aria-controls="user-menu"
        title={me.name}
        onClick={() => setOpen(!open)}
      >
        <span className="initials" aria-hidden="true">
          {initials(me.name)}
        </span>
        <span className="words">
          <span className="clip">{me.name}</span>
          <span className="small muted">{t(`role.${me.role}`)}</span>
        </span>
      </button>
    </div>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0]?.toUpperCase() ?? '').join('');
}
