import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallingProfile, RuleOverride } from '../api/contract';
import { useMe } from '../auth/session';
import { ProblemNotice } from '../bases/problem-notice';
import { Button, Field, Pill, type Tone } from '../design/controls';
import { Confirm, Dialog } from '../design/dialog';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { useAddOverride, useOverrides, useProfiles, useRevokeOverride } from './queries';
import { cellText, titleOf } from './rule-words';

const TONES: Record<RuleOverride['state'], Tone> = {
  coming: 'info',
  holds: 'warn',
  over: 'quiet',
  revoked: 'quiet',
  forged: 'bad',
};

/** Departures from single rules, signed and for a while. */
export function OverridesPart() {
  const { t } = useTranslation();
  const manager = useMe().role === 'manager';
  const format = useFormat();
  const overrides = useOverrides();
  const profiles = useProfiles();
  const revoke = useRevokeOverride();
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<RuleOverride | null>(null);
  if (overrides.isPending) return <SkeletonRows />;
  if (!overrides.data) return <Failure error={overrides.error} onRetry={() => void overrides.refetch()} />;
  const add = manager && (
    <Button variant="primary" icon="plus" onClick={() => setAdding(true)}>
      {t('law.addOverride')}
    </Button>
  );
  return (
    <>
      <div className="law-actions">
        <p className="secondary">{t('law.overridesHint')}</p>
        {overrides.data.length > 0 && add}
      </div>
      <div className="card folding-table">
        {overrides.data.length === 0 ? (
          <Empty icon="file" title={t('law.noOverrides')} actions={add}>
            {t('law.noOverridesHint')}
          </Empty>
        ) : (
          <table className="table">
            <thead>
              <tr>
                <th>{t('law.rule')}</th>
                <th>{t('law.holdsInstead')}</th>
                <th>{t('law.opinion')}</th>
                <th>{t('law.term')}</th>
                <th>{t('law.state')}</th>
              </tr>
            </thead>
            <tbody>
              {overrides.data.map((each) => (
                <tr key={each.id}>
                  <td>
                    <strong>{t(`law.cell.${each.cell}`)}</strong>
                    <div className="small muted">{each.profile}</div>
                  </td>
                  <td>{cellText(t, format, each.cell, each.value)}</td>
                  <td className="law-opinion">
                    {each.opinion}
                    {each.createdBy && <div className="small muted">{each.createdBy}</div>}
                  </td>
                  <td className="secondary">
                    {format.date(each.validFrom)} – {format.date(each.validTo)}
                  </td>
                  <td>
                    <Pill tone={TONES[each.state]}>{t(`law.overrideState.${each.state}`)}</Pill>
                    {manager && (each.state === 'holds' || each.state === 'coming') && (
                      <div>
                        <Button variant="ghost" small onClick={() => setEnding(each)}>
                          {t('law.end')}
                        </Button>
                      </div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {adding && <OverrideDialog profiles={profiles.data ?? []} onClose={() => setAdding(false)} />}
      {ending && (
        <Confirm
          title={t('law.endTitle')}
          text={t('law.endText')}
          action={t('law.end')}
          busy={revoke.isPending}
          onConfirm={() => revoke.mutate(ending.id, { onSuccess: () => setEnding(null) })}
          onClose={() => setEnding(null)}
        />
      )}
    </>
  );
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

function OverrideDialog({ profiles, onClose }: { profiles: readonly CallingProfile[]; onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddOverride();
  const [code, setCode] = useState(profiles[0]?.code ?? '');
  const [cell, setCell] = useState('dialing.modes');
  const profile = profiles.find((each) => each.code === code);
  const written = (name: string, from = profile) =>
    JSON.stringify(from?.cells.find((each) => each.cell === name)?.holds ?? null);
  const [value, setValue] = useState(written('dialing.modes'));
  const [opinion, setOpinion] = useState('');
  const [until, setUntil] = useState(inDays(90));
  const [broken, setBroken] = useState(false);
  const choose = (nextCode: string, nextCell: string) => {
    setCode(nextCode);
    setCell(nextCell);
    setValue(
      written(
        nextCell,
        profiles.find((each) => each.code === nextCode),
      ),
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      setBroken(true);
      return;
    }
    setBroken(false);
    const input = { profile: code, cell, value: parsed, opinion: opinion.trim() };
    add.mutate({ ...input, validTo: new Date(`${until}T23:59:59`).toISOString() }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('law.addOverride')} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="secondary">{t('law.overrideHint')}</p>
        <Field label={t('law.profile')}>
          {(control) => (
            <select {...control} className="input" value={code} onChange={(event) => choose(event.target.value, cell)}>
              {profiles.map((each) => (
                <option key={each.code} value={each.code}>
                  {titleOf(t, each)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('law.rule')}>
          {(control) => (
            <select {...control} className="input" value={cell} onChange={(event) => choose(code, event.target.value)}>
              {profile?.cells.map((each) => (
                <option key={each.cell} value={each.cell}>
                  {t(`law.cell.${each.cell}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('law.holdsInstead')} hint={t('law.valueHint')} error={broken && t('law.notJson')}>
          {(control) => (
            <textarea
              {...control}
              className="input law-code"
              rows={3}
              required
              spellCheck={false}
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('law.opinion')} hint={t('law.opinionHint')}>
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={2}
              required
              minLength={10}
              maxLength={2000}
              value={opinion}
              onChange={(event) => setOpinion(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('law.untilDay')} hint={t('law.untilHint')}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="date"
              required
              min={inDays(1)}
              max={inDays(365)}
              value={until}
              onChange={(event) => setUntil(event.target.value)}
            />
          )}
        </Field>
        {add.error && <ProblemNotice error={add.error} />}
        <div className="buttons">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" busy={add.isPending}>
            {t('law.sign')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
