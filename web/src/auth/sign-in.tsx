import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, api } from '../api/client';
import type { About, Me } from '../api/contract';
import { useProblemText } from '../api/problem-text';
import { Button, Field, Notice, Segmented } from '../design/controls';
import { BrandMark, Icon, type IconName } from '../design/icon';
import { LANGUAGES, currentLocale, speak } from '../shell/language';
import { ME, useAbout } from './session';
import './sign-in.css';

const ROLE_ICONS: Record<string, IconName> = { marketer: 'layers', manager: 'megaphone', operator: 'headset' };

export function SignIn() {
  const { t, i18n } = useTranslation();
  const about = useAbout();
  const client = useQueryClient();
  const wording = useProblemText();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const passwordInput = useRef<HTMLInputElement>(null);
  /** Whether the language was chosen here, and so outweighs the account's. */
  const chosen = useRef(false);

  const signIn = useMutation({
    mutationFn: () => api.post<Me>('/auth/sign-in', { login: login.trim(), password }),
    meta: { quiet: true },
    onSuccess: async (me) => {
      const shown = currentLocale();
      if (chosen.current && me.locale !== shown) {
        client.setQueryData(ME, await api.patch<Me>('/auth/me', { locale: shown }).catch(() => me));
      } else {
        await speak(me.locale);
        client.setQueryData(ME, me);
      }
    },
    onError: () => passwordInput.current?.select(),
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };

  const fill = (demo: About['signIns'][number]) => {
    setLogin(demo.login);
    setPassword(demo.password ?? '');
    signIn.reset();
    passwordInput.current?.focus();
  };

  const problem = signIn.error ? wording(signIn.error) : null;
  const wrong = signIn.error instanceof ApiProblem && signIn.error.code === 'wrong_credentials';

  return (
    <div className="sign-in">
      <aside className="sign-in-brand">
        <div className="rings" aria-hidden="true">
          <svg viewBox="0 0 600 600">
            {[80, 140, 210, 290, 380, 480].map((radius) => (
              <circle key={radius} cx="300" cy="300" r={radius} />
            ))}
          </svg>
        </div>
        <div className="words">
          <BrandMark size={48} />
          <p className="name">{about.data?.name ?? 'Zvon'}</p>
          <p className="line">{t('signIn.line')}</p>
        </div>
        <p className="version small">{about.data ? t('signIn.version', { version: about.data.version }) : ' '}</p>
      </aside>
      <main className="sign-in-form">
        <div className="language">
          <Segmented
            label={t('shell.language')}
            value={i18n.language}
            choices={LANGUAGES.map(({ locale, name }) => ({ value: locale as string, label: name }))}
            onChange={(locale) => {
              chosen.current = true;
              const language = LANGUAGES.find((one) => one.locale === locale);
              if (language) void speak(language.locale);
            }}
          />
        </div>
        <form className="stack" onSubmit={submit}>
          <h1>{t('signIn.title')}</h1>
          {problem && (
            <Notice tone="bad">
              <strong>{problem.sentence}</strong>
              {problem.fix && <p className="secondary">{problem.fix}</p>}
            </Notice>
          )}
          <Field label={t('signIn.login')}>
            {(control) => (
              <input
                {...control}
                className="input"
                name="login"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                autoFocus
                required
                aria-invalid={wrong || undefined}
                value={login}
                onChange={(event) => setLogin(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('signIn.password')}>
            {(control) => (
              <input
                {...control}
                ref={passwordInput}
                className="input"
                type="password"
                name="password"
                autoComplete="current-password"
                required
                aria-invalid={wrong || undefined}
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
          <Button type="submit" variant="primary" busy={signIn.isPending} className="wide">
            {t('signIn.submit')}
          </Button>
        </form>
        {about.data?.demo && about.data.signIns.length > 0 && (
          <section className="demo" aria-label={t('signIn.demo')}>
            <h2>{t('signIn.demo')}</h2>
            <p className="small muted">{t('signIn.demoHint')}</p>
            <ul>
              {about.data.signIns.map((one) => (
                <li key={one.login}>
                  <button type="button" onClick={() => fill(one)}>
                    <Icon name={ROLE_ICONS[one.role] ?? 'user'} size={20} />
                    <span>
                      <strong>{t(`role.${one.role}`)}</strong>
                      <span className="small muted mono clip">{one.login}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </main>
    </div>
  );
}
