import { useEffect, useMemo, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ApiProblem, api } from '../api/client';
import { SCRIPT_PURPOSES, type Locale, type Script, type ScriptPurpose, type ScriptReview } from '../api/contract';
import { ProblemNotice } from '../bases/problem-notice';
import { ChangesCard } from '../campaigns/changes-card';
import { Button, Field, Pill, Segmented } from '../design/controls';
import { Failure, SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useSegmentFields } from '../segments/queries';
import { useFormat } from '../shell/format';
import { useLeaveGuard } from '../shell/leave-guard';
import { LANGUAGES, currentLocale } from '../shell/language';
import { PageHead } from '../shell/page-head';
import { FurtherParts } from './further-parts';
import { ReviewProvider } from './notes';
import { PreviewDialog } from './preview-dialog';
import { reviewIn, usePublishScript, useReview, useSaveScript, useScript, useScriptVersion } from './queries';
import { ReviewRail, goTo } from './review-rail';
import {
  draftOf,
  fieldIds,
  fingerprint,
  inputOf,
  insertStep,
  languageAt,
  mainKey,
  newScript,
  removeStep,
  textKeys,
  withLanguages,
  type ScriptDraft,
  type StepDraft,
  type TextKey,
} from './script-draft';
import { ScriptVersionsDialog } from './script-versions-dialog';
import { StepCard } from './step-card';
import './scripts.css';

/** A new script, or one that is there. */
export function ScriptPage() {
  const { id } = useParams();
  const isNew = id === 'new';
  const script = useScript(isNew ? null : Number(id));
  if (isNew) return <ScriptEditor key="new" script={null} />;
  if (script.isPending) return <SkeletonRows rows={8} />;
  if (!script.data) return <Failure error={script.error} onRetry={() => void script.refetch()} />;
  return <ScriptEditor key={script.data.id} script={script.data} />;
}

const NOTHING: ScriptReview = { faults: [], findings: [] };

function ScriptEditor({ script }: { script: Script | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [draft, setDraft] = useState<ScriptDraft>(() =>
    script ? draftOf(script.name, script) : newScript(currentLocale()),
  );
  const [saved, setSaved] = useState(script);
  const [chosenKey, setChosenKey] = useState<TextKey>(mainKey(draft.languages));
  const [dialog, setDialog] = useState<'preview' | 'versions' | null>(null);
  const [wanted, setWanted] = useState<{ path: string } | null>(null);
  const save = useSaveScript();
  const publish = usePublishScript();
  const { review, isCurrent, error: reviewError } = useReview(draft, saved?.id ?? null);
  const fillable = useFillable(draft);

  const keys = textKeys(draft.languages);
  const textKey = keys.includes(chosenKey) ? chosenKey : mainKey(draft.languages);
  const set = (part: Partial<ScriptDraft>) => setDraft((old) => ({ ...old, ...part }));
  const input = useMemo(() => fingerprint(inputOf(draft)), [draft]);
  // What a new script is before anything is written.
  const [blank] = useState(input);
  const isChanged = !saved || input !== fingerprint(inputOf(draftOf(saved.name, saved)));

  const hasPublished = saved !== null && saved.publishedVersion !== null;
  // What calls use now, to say whether the draft is ahead of it.
  const published = useScriptVersion(saved?.id ?? null, saved?.publishedVersion ?? null).data;
  const isAhead =
    published !== undefined && fingerprint(inputOf({ ...draftOf('', published), name: draft.name })) !== input;

  const guard = useLeaveGuard(saved ? isChanged : input !== blank);

  // Only once the right language is shown there is a place to go to.
  useEffect(() => {
    if (wanted) goTo(wanted.path);
  }, [wanted]);
  const show = (path: string) => {
    const language = languageAt(path);
    if (language) setChosenKey(language);
    else if (path.endsWith('.text')) setChosenKey(mainKey(draft.languages));
    const isMain = path.endsWith('.text') && draft.languages.length > 1;
    setWanted({ path: isMain ? `${path}s.${mainKey(draft.languages)}` : path });
  };

  const store = async (over: number): Promise<Script> => {
    const stored = await save.mutateAsync({ id: saved?.id ?? null, script: inputOf(draft), version: over });
    setSaved(stored);
    return stored;
  };
  /** Problems show in place; they are thrown for those who await. */
  const quietly = (work: Promise<unknown>) => void work.catch(() => undefined);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    publish.reset();
    quietly(
      store(saved?.version ?? 0).then((stored) => {
        sayDone(t('scriptEditor.saved'));
        if (!saved) guard.leaveFor(`/scripts/${stored.id}`, { replace: true });
      }),
    );
  };
  const publishIt = async () => {
    const stored = isChanged || !saved ? await store(saved?.version ?? 0) : saved;
    const done = await publish.mutateAsync({ id: stored.id, version: stored.version });
    setSaved(done);
    sayDone(t('scriptEditor.publishedDone', { version: format.number(done.publishedVersion) }));
    if (!saved) guard.leaveFor(`/scripts/${done.id}`, { replace: true });
  };

  const problem = save.error ?? publish.error;
  const conflict = problem instanceof ApiProblem && problem.code === 'version_conflict';
  const freshly = async (then: (fresh: Script) => void) => {
    const fresh = await api.get<Script>(`/scripts/${saved?.id}`);
    save.reset();
    publish.reset();
    then(fresh);
  };
  // Until the linter has looked at the script again, what the refusal said of it stands.
  const shown = review ?? reviewIn(publish.error) ?? NOTHING;

  const setStep = (at: number, step: StepDraft) =>
    setDraft((old) => ({ ...old, steps: old.steps.map((one, place) => (place === at ? step : one)) }));
  const move = (at: number, by: -1 | 1) =>
    setDraft((old) => {
      const steps = [...old.steps];
      const [one, other] = [steps[at], steps[at + by]];
      if (!one || !other) return old;
      [steps[at], steps[at + by]] = [other, one];
      return { ...old, steps };
    });

  return (
    <form
      className="page script-page"
      onSubmit={submit}
      onInvalidCapture={(event) => {
        const part = event.target instanceof Element ? event.target.closest('details') : null;
        if (part) part.open = true;
      }}
      onKeyDown={(event) => {
        // A title is typed and done: that saves nothing yet.
        if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
      }}
    >
      <PageHead
        back={{ to: '/scripts', name: t('nav.scripts') }}
        title={saved ? saved.name : t('script.new')}
        hint={
          saved && (
            <span className="row wrap facts">
              {saved.publishedVersion === null ? (
                <Pill tone="quiet">{t('scriptEditor.neverPublished')}</Pill>
              ) : (
                <Pill tone="good">
                  {t('scriptEditor.callsUse', { version: format.number(saved.publishedVersion) })}
                </Pill>
              )}
              {isAhead && <Pill tone="warn">{t('scriptEditor.ahead')}</Pill>}
              {isChanged && <span className="muted">{t('scriptEditor.unsaved')}</span>}
            </span>
          )
        }
        actions={
          <>
            {saved && (
              <Button icon="clock" onClick={() => setDialog('versions')}>
                {t('scriptEditor.versions')}
              </Button>
            )}
            <Button icon="play" onClick={() => setDialog('preview')}>
              {t('scriptPreview.title')}
            </Button>
            <Button type="submit" busy={save.isPending} disabled={!isChanged || draft.name.trim() === ''}>
              {t('common.save')}
            </Button>
            <Button
              variant="primary"
              icon="check"
              busy={publish.isPending}
              disabled={save.isPending || draft.name.trim() === '' || (hasPublished && !isAhead)}
              onClick={(event) => {
                if (event.currentTarget.form?.reportValidity()) quietly(publishIt());
              }}
            >
              {t('scriptEditor.publish')}
            </Button>
          </>
        }
      />
      {problem && (
        <ProblemNotice error={problem}>
          {conflict && (
            <div className="row wrap conflict">
              <Button
                small
                onClick={() =>
                  void freshly((fresh) => {
                    setSaved(fresh);
                    setDraft(draftOf(fresh.name, fresh));
                  })
                }
              >
                {t('common.takeTheirs')}
              </Button>
              <Button
                small
                onClick={() =>
                  void freshly((fresh) => {
                    setSaved(fresh);
                    quietly(store(fresh.version).then(() => sayDone(t('scriptEditor.saved'))));
                  })
                }
              >
                {t('common.keepMine')}
              </Button>
            </div>
          )}
        </ProblemNotice>
      )}
      {/* What is still blank is not reproached with it; the list beside says what will be wanted. */}
      <ReviewProvider value={input === blank && !saved ? NOTHING : shown}>
        <div className="script-columns">
          <div className="stack">
            <Basics
              draft={draft}
              onChange={set}
              onLanguages={(languages) => setDraft(withLanguages(draft, languages))}
            />
            <div className="row spread wrap">
              <h2>{t('scriptEditor.steps')}</h2>
              {keys.length > 1 && (
                <Segmented
                  label={t('scriptEditor.textsIn')}
                  value={textKey}
                  choices={LANGUAGES.filter(({ locale }) => draft.languages.includes(locale)).map(
                    ({ locale, name }) => ({ value: locale as TextKey, label: name }),
                  )}
                  onChange={setChosenKey}
                />
              )}
            </div>
            <ol className="stack" data-path="steps" tabIndex={-1}>
              {draft.steps.map((step, at) => (
                <StepCard
                  key={step.id}
                  draft={draft}
                  at={at}
                  textKey={textKey}
                  fillable={fillable}
                  onChange={(next) => setStep(at, next)}
                  onInsert={() => setDraft((old) => insertStep(old, at))}
                  onMove={(by) => move(at, by)}
                  onRemove={() => setDraft((old) => removeStep(old, at))}
                />
              ))}
            </ol>
            <FurtherParts draft={draft} textKey={textKey} fillable={fillable} onChange={set} />
            {saved && <ChangesCard of="scripts" id={saved.id} />}
          </div>
          <ReviewRail
            review={review ?? reviewIn(publish.error)}
            isCurrent={isCurrent}
            error={reviewError}
            steps={draft.steps}
            onShow={show}
          />
        </div>
      </ReviewProvider>
      {dialog === 'preview' && (
        <PreviewDialog
          draft={draft}
          locale={textKey === 'none' ? currentLocale() : textKey}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'versions' && saved && (
        <ScriptVersionsDialog
          id={saved.id}
          published={saved.publishedVersion}
          onTake={(version) => {
            setDraft(draftOf(draft.name, version));
            setDialog(null);
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {guard.question}
    </form>
  );
}

function Basics(props: {
  draft: ScriptDraft;
  onChange: (part: Partial<ScriptDraft>) => void;
  onLanguages: (languages: Locale[]) => void;
}) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  return (
    <section className="card padded stack">
      <div className="script-basics">
        <Field label={t('script.name')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              maxLength={200}
              autoFocus={draft.name === ''}
              value={draft.name}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('scriptEditor.seller')} hint={t('scriptEditor.sellerHint')}>
          {(control) => (
            <input
              {...control}
              className="input"
              maxLength={200}
              value={draft.seller}
              onChange={(event) => onChange({ seller: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('scriptEditor.purpose')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={draft.purpose}
              onChange={(event) => onChange({ purpose: event.target.value as ScriptPurpose })}
            >
              {SCRIPT_PURPOSES.map((purpose) => (
                <option key={purpose} value={purpose}>
                  {t(`scriptPurpose.${purpose}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <fieldset className="field">
          <legend className="label">{t('scriptEditor.languages')}</legend>
          <span className="row wrap languages">
            {LANGUAGES.map(({ locale, name }) => {
              const has = draft.languages.includes(locale);
              return (
                <label key={locale} className="check">
                  <input
                    type="checkbox"
                    checked={has}
                    // A script is written in one language at least.
                    disabled={has && draft.languages.length === 1}
                    onChange={(event) =>
                      props.onLanguages(
                        event.target.checked
                          ? [...draft.languages, locale]
                          : draft.languages.filter((one) => one !== locale),
                      )
                    }
                  />
                  {name}
                </label>
              );
            })}
          </span>
        </fieldset>
      </div>
    </section>
  );
}

/** What can be filled in: the lead, the offer, and what was asked before. */
function useFillable(draft: ScriptDraft): { name: string; label: string }[] {
  const { t } = useTranslation();
  const fields = useSegmentFields();
  const PREFIX = 'attribute.';
  const attributes = fields.data?.map(({ field }) => field).filter((field) => field.startsWith(PREFIX)) ?? [];
  return [
    { name: 'name', label: t('fillable.name') },
    { name: 'region', label: t('fillable.region') },
    { name: 'seller', label: t('fillable.seller') },
    { name: 'offer.name', label: t('fillable.offerName') },
    { name: 'offer.price', label: t('fillable.offerPrice') },
    { name: 'offer.description', label: t('fillable.offerDescription') },
    ...attributes.map((name) => ({ name, label: name.slice(PREFIX.length) })),
    ...fieldIds(draft).map((id) => ({ name: `answer.${id}`, label: t('fillable.answer', { id }) })),
  ];
}
