import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { ApiProblem, api } from '../api/client';
import type { Rule, SampleLead, Segment, SegmentCount, SegmentField } from '../api/contract';
import { useProblemText } from '../api/problem-text';
import { useBases } from '../bases/queries';
import { Button, Field, LinkButton, Notice } from '../design/controls';
import { Failure, SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { GroupEditor } from './group-editor';
import { editable, newCondition, newGroup, ruleOf, type TypeOf } from './rule';
import './segments.css';

const DEBOUNCE_MS = 350;

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
  if (isNew) return <SegmentEditor segment={null} />;
  if (segment.isPending) return <SkeletonRows rows={6} />;
  if (!segment.data) return <Failure error={segment.error} onRetry={() => void segment.refetch()} />;
  return <SegmentEditor segment={segment.data} />;
}

function SegmentEditor({ segment }: { segment: Segment | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const wording = useProblemText();
  const bases = useBases();
  const fields = useQuery({
    queryKey: ['segments', 'fields'],
    queryFn: () => api.get<SegmentField[]>('/segments/fields'),
    staleTime: 60_000,
  });
  const [name, setName] = useState(segment?.name ?? '');
  const [version, setVersion] = useState(segment?.version ?? 0);
  const [group, setGroup] = useState(() =>
    segment ? editable(segment.rule) : newGroup('all', [newCondition('base', 'one_of')]),
  );

  const types = useMemo(() => new Map(fields.data?.map((field) => [field.field, field.type])), [fields.data]);
  const typeOf: TypeOf = (field) => types.get(field) ?? (field === 'base' ? 'base' : 'text');
  // Until the types of the fields are known, a number would be taken for a text.
  const rule = fields.data ? ruleOf(group, typeOf) : null;

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
      void navigate('/segments');
    },
  });
  const conflict = save.error instanceof ApiProblem && save.error.code === 'version_conflict';

  const takeTheirs = async () => {
    const fresh = await api.get<Segment>(`/segments/${segment?.id}`);
    setName(fresh.name);
    setVersion(fresh.version);
    setGroup(editable(fresh.rule));
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

  return (
    <form className="page" onSubmit={submit}>
      <PageHead
        back={{ to: '/segments', name: t('nav.segments') }}
        title={segment ? segment.name : t('segments.newTitle')}
        actions={
          <>
            <LinkButton to="/segments">{t('common.cancel')}</LinkButton>
            <Button type="submit" variant="primary" busy={save.isPending} disabled={!rule || name.trim() === ''}>
              {t('common.save')}
            </Button>
          </>
        }
      />
      {save.error && (
        <Notice tone="bad">
          <strong>{wording(save.error).sentence}</strong>
          {wording(save.error).fix && <p className="secondary">{wording(save.error).fix}</p>}
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
        </Notice>
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
          <section className="card padded stack">
            <h2>{t('segments.who')}</h2>
            {fields.isError && <Failure error={fields.error} onRetry={() => void fields.refetch()} />}
            {fields.isPending ? (
              <SkeletonRows rows={2} />
            ) : (
              <GroupEditor
                group={group}
                fields={fields.data ?? []}
                bases={bases.data ?? []}
                depth={0}
                onChange={setGroup}
              />
            )}
          </section>
        </div>
        <Reach rule={rule} waiting={fields.isPending} />
      </div>
    </form>
  );
}

function useDebounced<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), DEBOUNCE_MS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}

/** How many the rule finds, how long that took to count, and ten of them. */
function Reach({ rule, waiting }: { rule: Rule | null; waiting: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const key = useDebounced(rule === null ? null : JSON.stringify(rule));
  const body = key === null ? null : { rule: JSON.parse(key) as Rule };
  const count = useQuery({
    queryKey: ['segments', 'count', key],
    queryFn: ({ signal }) => api.post<SegmentCount>('/segments/count', body, signal),
    enabled: body !== null,
    placeholderData: keepPreviousData,
  });
  const sample = useQuery({
    queryKey: ['segments', 'sample', key],
    queryFn: ({ signal }) => api.post<{ leads: SampleLead[] }>('/segments/sample', body, signal),
    enabled: body !== null,
    placeholderData: keepPreviousData,
  });
  const asked = rule === null ? [] : attributesIn(rule);
  const stale = rule === null || count.isFetching || key !== JSON.stringify(rule);

  return (
    <aside className="card reach" aria-label={t('segments.reach')}>
      <div className={stale ? 'reach-count stale' : 'reach-count'} role="status" aria-live="polite">
        {count.isError ? (
          <Failure error={count.error} onRetry={() => void count.refetch()} />
        ) : (
          <>
            <span className="big">{count.data ? format.number(count.data.count) : '–'}</span>
            <span className="secondary">{t('segments.leads', { count: count.data?.count ?? 0 })}</span>
            <span className="small muted">
              {rule === null && !waiting
                ? t('segments.incomplete')
                : count.data
                  ? t('segments.elapsed', { time: format.number(Math.round(count.data.elapsedMs)) })
                  : t('common.loading')}
            </span>
          </>
        )}
      </div>
      <h2>{t('segments.sample')}</h2>
      {sample.data && sample.data.leads.length > 0 ? (
        <ul className={stale ? 'sample stale' : 'sample'}>
          {sample.data.leads.map((lead) => (
            <li key={lead.id}>
              <span className="row spread">
                <strong className="clip">{lead.name ?? t('segments.nameless')}</strong>
                <span className="mono small">{lead.maskedPhone}</span>
              </span>
              <span className="small muted clip">
                {[lead.region, ...shownAttributes(lead, asked)].filter(Boolean).join(' · ')}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted none">{sample.isFetching ? t('common.loading') : t('segments.nobody')}</p>
      )}
    </aside>
  );
}

const ATTRIBUTE = 'attribute.';
const SHOWN = 3;

/** The attributes that a rule asks about. */
function attributesIn(rule: Rule): string[] {
  if ('field' in rule) return rule.field.startsWith(ATTRIBUTE) ? [rule.field.slice(ATTRIBUTE.length)] : [];
  return ('all' in rule ? rule.all : 'any' in rule ? rule.any : rule.none).flatMap(attributesIn);
}

/** A few attributes with their names, those that the rule asks about first: they show why somebody is here. */
function shownAttributes(lead: SampleLead, asked: string[]): string[] {
  return [...new Set([...asked, ...Object.keys(lead.attributes)])]
    .filter((name) => (lead.attributes[name] ?? '') !== '')
    .slice(0, SHOWN)
    .map((name) => `${name.replaceAll('_', ' ')} ${String(lead.attributes[name])}`);
}
