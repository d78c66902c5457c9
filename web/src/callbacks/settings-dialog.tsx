import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallbackSettings } from '../api/contract';
import { ProblemNotice } from '../bases/problem-notice';
import { Button, Field } from '../design/controls';
import { Dialog } from '../design/dialog';
import { SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useCallbackSettings, useChangeCallbackSettings } from './queries';

const LIMITS: Record<keyof CallbackSettings, [least: number, most: number]> = {
  reminderMinutes: [0, 120],
  awayGraceSeconds: [0, 3600],
  breakGraceSeconds: [0, 3600],
  busyGraceSeconds: [0, 3600],
  escalateMinutes: [1, 1440],
  onTimeMinutes: [0, 240],
};
const NAMES = Object.keys(LIMITS) as (keyof CallbackSettings)[];

/** How long promises wait for their owners, and when managers hear of them. */
export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const settings = useCallbackSettings();
  return (
    <Dialog title={t('callbacks.settings')} onClose={onClose}>
      {settings.data ? <SettingsForm settings={settings.data} onClose={onClose} /> : <SkeletonRows rows={4} />}
    </Dialog>
  );
}

function SettingsForm({ settings, onClose }: { settings: CallbackSettings; onClose: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(settings);
  const change = useChangeCallbackSettings();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(draft, {
      onSuccess: () => {
        sayDone(t('callbacks.settingsSaved'));
        onClose();
      },
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="callback-settings">
        {NAMES.map((name) => (
          <Field key={name} label={t(`callbacks.setting.${name}`)} hint={t(`callbacks.settingHint.${name}`)}>
            {(control) => (
              <input
                {...control}
                className="input"
                type="number"
                required
                min={LIMITS[name][0]}
                max={LIMITS[name][1]}
                value={draft[name]}
                onChange={(event) => setDraft({ ...draft, [name]: event.target.valueAsNumber })}
              />
            )}
          </Field>
        ))}
      </div>
      {change.error ? <ProblemNotice error={change.error} /> : null}
      <div className="buttons">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={change.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
