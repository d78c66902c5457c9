import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useReducer, useRef, useState, type FormEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { ApiProblem, api } from '../api/client';
import type { Rule, Segment, SegmentVersion } from '../api/contract';
import { ProblemNotice } from '../bases/problem-notice';
import { Button, Field, LinkButton } from '../design/controls';
import { Failure, SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import { useLeaveGuard } from '../shell/leave-guard';
import { PageHead } from '../shell/page-head';
import { redo, settle, startHistory, step, undo, type EditHistory } from './edit-history';
import { GroupEditor } from './group-editor';
import { useCloneSegment, useSegmentFields } from './queries';
import { Reach } from './reach';
import { editable, filledRule, newCondition, newGroup, ruleOf, type GroupNode, type TypeOf } from './rule';
import { RuleSentence } from './rule-sentence';
import { useNames } from './sentence';
import { VersionsDialog } from './versions-dialog';
import './segments.css';

/** A new segment, or one that is there. */
export function SegmentPage() {
  const { id } = useParams();
  const isNew = id === 'new';
  const segment = useQuery({
    queryKey: ['segments', id],
    queryFn: () => api.get<Segment>(`/segments/${id}`),
    enabled: !isNew,
    // What is being edited is not changed under the editor's hands: the version tells of others' changes on save.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (isNew) return <SegmentEditor key="new" segment={null} />;
  if (segment.isPending) return <SkeletonRows rows={6} />;
  if (!segment.data) return <Failure error={segment.error} onRetry={() => void segment.refetch()} />;
  return <SegmentEditor key={segment.data.id} segment={segment.data} />;
}

type Edit = { group: GroupNode; typing?: string } | 'undo' | 'redo' | 'settle';

function edited(history: EditHistory<GroupNode>, edit: Edit): EditHistory<GroupNode> {
  if (edit === 'undo') return undo(history);
  if (edit === 'redo') return redo(history);
  if (edit === 'settle') return settle(history);
  return step(history, edit.group, edit.typing);
}

/** Ctrl+Z and Ctrl+Y (Command on a Mac) in the rule and where nothing is typed; elsewhere they are the browser's own. */
function useUndoKeys(rule: RefObject<HTMLElement | null>, edit: (edit: 'undo' | 'redo') => void): void {
  const latest = useRef(edit);
  useEffect(() => {
    latest.current = edit;
  }, [edit]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const wanted = key === 'z' ? (event.shiftKey ? 'redo' : 'undo') : key === 'y' ? 'redo' : null;
      const at = event.target instanceof HTMLElement ? event.target : null;
      if (!wanted || at?.closest('dialog')) return;
      if (at?.matches('input, textarea') && !rule.current?.contains(at)) return;
      // A value that is not added yet is in no rule.
      if (at instanceof HTMLInputElement && at.matches('.add') && at.value !== '') return;
      event.preventDefault();
      latest.current(wanted);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [rule]);
}

function SegmentEditor({ segment }: { segment: Segment | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const client = useQueryClient();
  const names = useNames();
  const fields = useSegmentFields();
  const [name, setName] = useState(segment?.name ?? '');
  const [version, setVersion] = useState(segment?.version ?? 0);
  const [history, edit] = useReducer(edited, segment, (from) =>
    startHistory(from ? editable(from.rule) : newGroup('all', [newCondition('base', 'one_of')])),
  );
  /** What is compared with: as it was opened. */
  const [opened, setOpened] = useState({ name, group: history.present });
  const [showsVersions, setShowsVersions] = useState(false);
  const clone = useCloneSegment(segment?.id ?? 0);
  const card = useRef<HTMLElement>(null);
  const wanted = useRef<string | null>(null);
  const group = history.present;
  useUndoKeys(card, edit);
  const guard = useLeaveGuard(name !== opened.name || group !== opened.group);

  const types = useMemo(() => new Map(fields.data?.map((field) => [field.field, field.type])), [fields.data]);
  const typeOf: TypeOf = (field) => types.get(field) ?? 'text';
  // Until the types of the fields are known, a number would be taken for a text.
  const rule = fields.data ? ruleOf(group, typeOf) : null;
  const sayable = fields.data ? filledRule(group, typeOf) : null;

  const save = useMutation({
    mutationFn: ({ wholeRule, over }: { wholeRule: Rule; over: number }) =>
      segment
        ? api.put<Segment>(`/segments/${segment.id}`, { name: name.trim(), rule: wholeRule, version: over })
        : api.post<Segment>('/segments', { name: name.trim(), rule: wholeRule }),
    meta: { quiet: true },
    onSuccess: (saved) => {
      client.removeQueries({ queryKey: ['segments', String(saved.id)] });
      void client.invalidateQueries({ queryKey: ['segments'], exact: true });
      setVersion(saved.version);
      sayDone(t('segments.saved'));
      guard.leaveFor('/segments');
    },
  });
  const conflict = save.error instanceof ApiProblem && save.error.code === 'version_conflict';

  const takeTheirs = async () => {
    const fresh = await api.get<Segment>(`/segments/${segment?.id}`);
    const theirs = editable(fresh.rule);
    setName(fresh.name);
    setVersion(fresh.version);
    edit({ group: theirs });
    setOpened({ name: fresh.name, group: theirs });
    save.reset();
  };
  const keepMine = async () => {
    const fresh = await api.get<Segment>(`/segments/${segment?.id}`);
    setVersion(fresh.version);
    if (rule) save.mutate({ wholeRule: rule, over: fresh.version });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (rule) save.mutate({ wholeRule: rule, over: version });
  };

  const take = (old: SegmentVersion) => {
    setName(old.name);
    edit({ group: editable(old.rule) });
    setShowsVersions(false);
  };

  return (
    <form className="page" onSubmit={submit}>
      <PageHead
        back={{ to: '/segments', name: t('nav.segments') }}
        title={segment ? segment.name : t('segments.newTitle')}
        hint={
          segment &&
          t('segments.versionOf', { version: format.number(version), at: format.dateTime(segment.updatedAt) })
        }
        actions={
          <>
            {segment && (
              <>
                <Button icon="clock" onClick={() => setShowsVersions(true)}>
                  {t('versions.title')}
                </Button>
                <Button
                  icon="copy"
                  busy={clone.isPending}
                  title={t('segments.cloneHint')}
                  onClick={() =>
                    clone.mutate(undefined, {
                      onSuccess: (copy) => {
                        sayDone(t('segments.cloned', { name: copy.name }));
                        void navigate(`/segments/${copy.id}`);
                      },
                    })
                  }
                >
                  {t('segments.clone')}
                </Button>
              </>
            )}
            <LinkButton to="/segments">{t('common.cancel')}</LinkButton>
            <Button type="submit" variant="primary" busy={save.isPending} disabled={!rule || name.trim() === ''}>
              {t('common.save')}
            </Button>
          </>
        }
      />
      {save.error && (
        <ProblemNotice error={save.error}>
          {conflict && (
            <div className="row wrap conflict">
              <Button small onClick={() => void takeTheirs()}>
                {t('common.takeTheirs')}
              </Button>
              <Button small onClick={() => void keepMine()}>
                {t('common.keepMine')}
              </Button>
            </div>
          )}
        </ProblemNotice>
      )}
      <div className="segment-columns">
        <div className="stack">
          <section className="card padded">
            <Field label={t('segments.name')}>
              {(control) => (
                <input
                  {...control}
                  className="input"
                  required
                  maxLength={200}
                  autoFocus={!segment}
                  placeholder={t('segments.namePlaceholder')}
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
          </section>
          <section
            ref={card}
            className="card padded stack"
            onBlur={() => edit('settle')}
            onKeyDown={(event) => {
              // A value is typed and done: that saves nothing yet.
              if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
            }}
          >
            <div className="row spread wrap">
              <h2>{t('segments.who')}</h2>
              <span className="row">
                <Button
                  small
                  variant="ghost"
                  icon="undo"
                  aria-label={t('segments.undo')}
                  aria-keyshortcuts="Control+Z"
                  title={`${t('segments.undo')} · Ctrl+Z`}
                  disabled={history.past.length === 0}
                  onClick={() => edit('undo')}
                />
                <Button
                  small
                  variant="ghost"
                  icon="redo"
                  aria-label={t('segments.redo')}
                  aria-keyshortcuts="Control+Y"
                  title={`${t('segments.redo')} · Ctrl+Y`}
                  disabled={history.future.length === 0}
                  onClick={() => edit('redo')}
                />
              </span>
            </div>
            {fields.isError && <Failure error={fields.error} onRetry={() => void fields.refetch()} />}
            {fields.isPending ? (
              <SkeletonRows rows={2} />
            ) : (
              <GroupEditor
                group={group}
                fields={fields.data ?? []}
                names={names}
                self={segment?.id ?? null}
                wanted={wanted}
                depth={0}
                onChange={(next, typing) => edit({ group: next, typing })}
              />
            )}
            <RuleSentence rule={sayable} names={names} />
          </section>
        </div>
        <Reach rule={rule} waiting={fields.isPending} />
      </div>
      {segment && showsVersions && (
        <VersionsDialog
          id={segment.id}
          current={version}
          names={names}
          onTake={take}
          onClose={() => setShowsVersions(false)}
        />
      )}
      {guard.question}
    </form>
  );
}
