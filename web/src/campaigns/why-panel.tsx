import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { LeadEvent, LeadHistory, WaitingLead, Why, WhyEntry } from '../api/contract';
import { closedName, outcomeName, reasonName, resultName } from '../api/names';
import { Button, Field, Pill, type Tone } from '../design/controls';
import { Fold } from '../design/fold';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat, type Format } from '../shell/format';
import { waitName } from './stock-card';
import './why.css';

const LOOK_EVERY_MS = 10_000;
const WAITING_SHOWN = 12;

/** Why a lead is not called: ask by id, or choose from those who wait. */
export function WhyPanel({ id }: { id: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Fold className="card why" title={t('why.title')} now={t('why.hint')} onToggle={setOpen}>
      {open && <Search id={id} />}
    </Fold>
  );
}

function Search({ id }: { id: number }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [leadId, setLeadId] = useState<number | null>(null);
  const asked = /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : null;
  const choose = (chosen: number) => {
    setText(String(chosen));
    setLeadId(chosen);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (asked !== null) setLeadId(asked);
  };
  return (
    <div className="stack">
      <form className="row wrap why-ask" onSubmit={onSubmit}>
        <Field label={t('why.lead')}>
          {(control) => (
            <input
              {...control}
              className="input"
              inputMode="numeric"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Button variant="primary" disabled={asked === null}>
          {t('why.ask')}
        </Button>
      </form>
      {leadId === null ? <Waiting id={id} onChoose={choose} /> : <Answer key={leadId} id={id} leadId={leadId} />}
      {leadId !== null && (
        <span>
          <Button small variant="ghost" onClick={() => setLeadId(null)}>
            {t('why.showWaiting')}
          </Button>
        </span>
      )}
    </div>
  );
}

function Waiting({ id, onChoose }: { id: number; onChoose: (leadId: number) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const waiting = useQuery({
    queryKey: ['campaigns', id, 'waiting-leads'],
    queryFn: () => api.get<WaitingLead[]>(`/campaigns/${id}/waiting-leads?limit=${WAITING_SHOWN}`),
  });
  if (waiting.isPending) return <SkeletonRows rows={3} />;
  if (!waiting.data) return <Failure error={waiting.error} onRetry={() => void waiting.refetch()} />;
  if (waiting.data.length === 0) return <p className="muted">{t('why.nobodyWaits')}</p>;
  return (
    <div className="scroll-x">
      <p className="small muted">{t('why.waiting')}</p>
      <table className="table dense" aria-label={t('why.waiting')}>
        <thead>
          <tr>
            <th>{t('why.lead')}</th>
            <th>{t('why.waitsFor')}</th>
            <th>{t('why.due')}</th>
            <th className="num">{t('why.attempts')}</th>
          </tr>
        </thead>
        <tbody>
          {waiting.data.map((lead) => (
            <tr key={lead.leadId}>
              <td>
                <Button small variant="ghost" onClick={() => onChoose(lead.leadId)}>
                  {lead.leadName ?? t('why.nameless')} <span className="muted">№ {lead.leadId}</span>
                </Button>
              </td>
              <td>{waitName(t, lead.heldBy ?? kindOf(lead))}</td>
              <td>{format.dateTime(lead.dueAt)}</td>
              <td className="num">{format.number(lead.attempts)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function kindOf({ promised, tier }: WaitingLead): string {
  if (promised) return 'callback';
  return tier === 2 ? 'abandoned' : 'retry';
}

const VERDICT_TONES: Record<Why['verdict'], Tone> = { allow: 'good', defer: 'warn', deny: 'bad' };

function Answer({ id, leadId }: { id: number; leadId: number }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const why = useQuery({
    queryKey: ['campaigns', id, 'why', leadId],
    queryFn: () => api.get<Why>(`/campaigns/${id}/why/${leadId}`),
    refetchInterval: LOOK_EVERY_MS,
  });
  if (why.isPending) return <SkeletonRows rows={4} />;
  if (!why.data) return <Failure error={why.error} onRetry={() => void why.refetch()} />;
  const { verdict, reasons, nextAt, entry, leadName, profiles } = why.data;
  return (
    <>
      <div className="stack tight">
        <h3 className="row wrap">
          <span>
            {leadName ?? t('why.nameless')} <span className="muted">№ {leadId}</span>
          </span>
          <Pill tone={VERDICT_TONES[verdict]}>{t(`why.verdict.${verdict}`)}</Pill>
          {nextAt && <span className="muted small">{t('why.earliest', { at: format.dateTime(nextAt) })}</span>}
        </h3>
        {reasons.length > 0 && (
          <ul className="why-reasons">
            {reasons.map((reason) => (
              <li key={`${reason.code} ${reason.sentence}`}>
                <p>{t(`why.reasons.${reason.code}`, { defaultValue: reason.sentence })}</p>
                <p className="small muted">
                  {i18n.language === 'en' && saysMore(reason) && `${reason.sentence} `}
                  {reason.nextAt && t('why.until', { at: format.dateTime(reason.nextAt) })}
                </p>
              </li>
            ))}
          </ul>
        )}
      </div>
      {entry && <Entry entry={entry} />}
      {profiles.length > 0 && (
        <p className="small muted">
          {t('why.rules', { profiles: format.list(profiles.map((profile) => profile.split('#')[0]!)) })}
        </p>
      )}
      <History leadId={leadId} />
    </>
  );
}

/** The engine's own sentence has figures or a name in it. */
const saysMore = ({ code, sentence }: Why['reasons'][number]) => code === 'owner_only' || /\d/.test(sentence);

function Entry({ entry }: { entry: WhyEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { callback, planned } = entry;
  const rows: [string, string | null][] = [
    [t('why.state'), t(`why.states.${entry.state}`)],
    [t('why.completedBy'), entry.completedCode && closedName(t, entry.completedCode)],
    [t('why.due'), entry.state === 'completed' ? null : format.dateTime(entry.dueAt)],
    [t('why.rung'), entry.state === 'completed' ? null : t(`why.rungs.${entry.tier}`)],
    [t('why.attempts'), format.number(entry.attempts)],
    [t('why.rounds'), entry.rounds === 0 ? null : format.number(entry.rounds)],
    [t('why.phone'), entry.maskedPhone],
    [t('why.lastResult'), entry.lastResult && outcomeName(t, entry.lastResult)],
    [t('why.heldBy'), entry.heldBy && waitName(t, entry.heldBy)],
    [t('why.plan'), planned && plannedText(t, planned)],
    [
      t('why.promise'),
      callback &&
        [
          `${format.wallTime(callback.localTime)} (${callback.timeZone})`,
          t(`callbackState.${callback.state}`, { defaultValue: callback.state }),
          callback.owner,
        ]
          .filter(Boolean)
          .join(' · '),
    ],
  ];
  return (
    <dl className="why-entry">
      {rows.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** `No answer: tried again. Moved to calling hours.` */
function plannedText(t: TFunction, planned: NonNullable<WhyEntry['planned']>): string {
  const follows = t(`why.plans.${planned.code}`, { defaultValue: planned.sentence });
  const held = planned.held.map((one) => t(`why.held.${one}`, { defaultValue: one }));
  return [`${outcomeName(t, planned.because)}: ${follows}.`, ...held].join(' ');
}

function History({ leadId }: { leadId: number }) {
  const { t } = useTranslation();
  const history = useInfiniteQuery({
    queryKey: ['leads', leadId, 'history'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get<LeadHistory>(`/leads/${leadId}/history?limit=20${pageParam === null ? '' : `&after=${pageParam}`}`),
    getNextPageParam: (last) => last.next,
  });
  if (history.isPending) return <SkeletonRows rows={3} />;
  if (!history.data) return <Failure error={history.error} onRetry={() => void history.refetch()} />;
  const events = history.data.pages.flatMap((page) => page.events);
  return (
    <div className="stack tight">
      <h3>{t('why.history')}</h3>
      {events.length === 0 && <p className="muted">{t('why.noHistory')}</p>}
      <ol className="why-history">
        {events.map((event) => (
          <Event key={`${event.kind} ${event.id}`} event={event} />
        ))}
      </ol>
      {history.hasNextPage && (
        <span>
          <Button small busy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {t('why.older')}
          </Button>
        </span>
      )}
    </div>
  );
}

function Event({ event }: { event: LeadEvent }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { title, more } = eventText(t, format, event);
  const phone = textIn(event, 'maskedPhone');
  return (
    <li>
      <span className="small muted when">{format.dateTime(event.at)}</span>
      <div className="grow">
        <p>
          <span className="tag">{t(`why.kinds.${event.kind}`)}</span> {title}
        </p>
        <p className="small muted">{[event.campaignName, phone, ...more].filter(Boolean).join(' · ')}</p>
      </div>
    </li>
  );
}

function textIn({ detail }: LeadEvent, name: string): string | null {
  const value = detail[name];
  return typeof value === 'string' ? value : null;
}

/** What happened, in the reader's words. */
function eventText(t: TFunction, format: Format, event: LeadEvent): { title: string; more: (string | null)[] } {
  const text = (name: string) => textIn(event, name);
  if (event.kind === 'attempt') {
    const [result, outcome, refusal] = [text('result'), text('outcome'), text('refusalReason')];
    const named = outcome && outcome !== result ? [outcomeName(t, outcome)] : [];
    const ended = result === null ? t('why.underWay') : resultName(t, result);
    return {
      title: [ended, ...named, ...(refusal ? [reasonName(t, refusal)] : [])].join(' · '),
      more: [text('operator'), text('note')],
    };
  }
  if (event.kind === 'refusal') {
    const reasons = (event.detail.reasons ?? []) as { code: string; sentence: string }[];
    const said = reasons.map(({ code, sentence }) => t(`why.reasons.${code}`, { defaultValue: sentence }));
    const nextAt = text('nextAt');
    return {
      title: [...new Set(said)].join(' '),
      more: [nextAt && t('why.until', { at: format.dateTime(nextAt) })],
    };
  }
  if (event.kind === 'callback') {
    const [name, reason, local] = [text('event') ?? '', text('reason'), text('localTime')];
    return {
      title: t(`callbackEvent.${name}`, { defaultValue: name }),
      more: [
        local && `${format.wallTime(local)} (${text('timeZone')})`,
        reason && t([`callbackReason.${reason}`, `result.${reason}`], { defaultValue: reason }),
        text('actor'),
      ],
    };
  }
  const [reason, scope, revokedAt] = [text('reason') ?? '', text('scope') ?? '', text('revokedAt')];
  return {
    title: t(`suppressionReason.${reason}`, { defaultValue: reason }),
    more: [
      t(`suppressionScope.${scope}`, { defaultValue: scope }),
      revokedAt && t('why.revoked', { at: format.dateTime(revokedAt) }),
    ],
  };
}
