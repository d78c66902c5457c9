import type { TFunction } from 'i18next';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { outcomeName, reasonName, resultName } from '../api/names';
import type { ConsentEntry, Dossier, DossierAttempt, DossierSuppression, Suppression } from '../api/contract';
import { countryName } from '../bases/countries';
import { Button, Pill, type Tone } from '../design/controls';
import { useFormat, type Format } from '../shell/format';

/** How far a suppression reaches: by name where it is one campaign's. */
export const scopeName = (t: TFunction, { scope, campaignName }: Pick<Suppression, 'scope' | 'campaignName'>) =>
  campaignName ?? t(`suppressionScope.${scope}`);

/** Where something came from, as far as there is more to say than who wrote it down. */
function sourceName(t: TFunction, source: string): string | null {
  const known = /^(disposition of attempt|import|erasure) (\d+)$/.exec(source);
  if (!known) return source === 'person' ? null : source;
  const kind = ({ 'disposition of attempt': 'call', import: 'import', erasure: 'erasure' } as const)[
    known[1] as 'disposition of attempt' | 'import' | 'erasure'
  ];
  return t(`numberSource.${kind}`, { id: known[2] });
}

const SUPPRESSED_TONES: Record<Dossier['suppressed'], Tone> = { everywhere: 'bad', in_campaigns: 'warn', no: 'good' };

const CONSENT_TONES: Record<ConsentEntry['kind'], Tone> = {
  granted: 'good',
  renewed: 'good',
  withdrawn: 'bad',
  expired: 'warn',
};

/** Everything that is known of a number, in sections; those with nothing in them are named in one line. */
export function DossierView(props: {
  dossier: Dossier;
  actions: ReactNode;
  onRevoke: (suppression: Suppression) => void;
}) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { dossier } = props;
  const sections: { key: string; count: number; rows: ReactNode }[] = [
    { key: 'leads', count: dossier.leads.length, rows: <People dossier={dossier} /> },
    {
      key: 'suppressions',
      count: dossier.suppressions.length + dossier.lists.length + (dossier.prefix ? 1 : 0),
      rows: <Suppressions dossier={dossier} onRevoke={props.onRevoke} />,
    },
    { key: 'consents', count: dossier.consents.length, rows: <Consents entries={dossier.consents} /> },
    { key: 'attempts', count: dossier.attempts.length, rows: <Attempts attempts={dossier.attempts} /> },
    {
      key: 'refusals',
      count: dossier.refusals.length,
      rows: (
        <Shown
          rows={dossier.refusals.map((refusal) => ({
            title: refusal.reasons
              .map(({ code, sentence }) => t(`refused.${code}`, { defaultValue: sentence }))
              .join(' '),
            at: format.dateTime(refusal.at),
            hint: refusal.nextAt ? t('number.until', { at: format.dateTime(refusal.nextAt) }) : null,
          }))}
        />
      ),
    },
    {
      key: 'callbacks',
      count: dossier.callbacks.length,
      rows: (
        <Shown
          rows={dossier.callbacks.map((one) => ({
            title: `${format.wallTime(one.localTime)} (${one.timeZone})`,
            at: one.campaignName,
            hint: one.note,
            pill: { tone: 'quiet' as const, name: t(`callbackState.${one.state}`, { defaultValue: one.state }) },
          }))}
        />
      ),
    },
    {
      key: 'complaints',
      count: dossier.complaints.length,
      rows: (
        <Shown
          rows={dossier.complaints.map((one) => ({
            title: one.note ?? t('number.noNote'),
            at: [format.dateTime(one.openedAt), one.campaignName].filter(Boolean).join(' · '),
            hint: one.resolution,
            pill: {
              tone: one.state === 'open' ? ('bad' as const) : ('quiet' as const),
              name: t(`complaintState.${one.state}`),
            },
          }))}
        />
      ),
    },
    {
      key: 'erasures',
      count: dossier.erasures.length,
      rows: (
        <Shown
          rows={dossier.erasures.map((one) => ({
            title: one.evidence,
            at: [format.dateTime(one.requestedAt), one.requestedBy].filter(Boolean).join(' · '),
            pill: {
              tone: one.state === 'done' ? ('quiet' as const) : ('info' as const),
              name: t(`erasureState.${one.state}`),
            },
          }))}
        />
      ),
    },
    {
      key: 'changes',
      count: dossier.changes.length,
      rows: (
        <Shown
          rows={dossier.changes.map((one) => ({
            title: t(`numberChange.${one.action}`, { defaultValue: one.action }),
            at: [format.dateTime(one.at), one.actor].filter(Boolean).join(' · '),
          }))}
        />
      ),
    },
  ];
  const empty = sections.filter(({ count }) => count === 0);
  return (
    <section className="stack dossier" aria-label={t('number.dossier')}>
      <header className="card dossier-head">
        <div className="grow">
          <h2 className="row wrap">
            <span>{dossier.maskedPhone}</span>
            <Pill tone={SUPPRESSED_TONES[dossier.suppressed]}>{t(`suppressed.${dossier.suppressed}`)}</Pill>
          </h2>
          <p className="secondary">
            {countryName(i18n.language, dossier.country)} · {t(`lineType.${dossier.lineType}`, { defaultValue: '–' })}
          </p>
        </div>
        <div className="row wrap">{props.actions}</div>
      </header>
      {sections
        .filter(({ count }) => count > 0)
        .map(({ key, count, rows }) => (
          <div key={key} className="card dossier-part">
            <h3>
              {t(`dossierPart.${key}`)} <span className="muted">{format.number(count)}</span>
            </h3>
            {rows}
          </div>
        ))}
      {empty.length > 0 && (
        <p className="small muted">
          {t('number.nothing', { parts: format.list(empty.map(({ key }) => t(`dossierPart.${key}`))) })}
        </p>
      )}
    </section>
  );
}

interface Row {
  title: ReactNode;
  at: string;
  hint?: ReactNode;
  pill?: { tone: Tone; name: string };
  action?: ReactNode;
}

const FEW = 8;

/** Rows of a section; many are shown when asked for. */
function Shown({ rows }: { rows: Row[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FEW);
  return (
    <>
      <ul className="dossier-rows">
        {shown.map((row, index) => (
          <li key={index}>
            <div className="grow">
              <div className="row wrap">
                <span>{row.title}</span>
                {row.pill && <Pill tone={row.pill.tone}>{row.pill.name}</Pill>}
              </div>
              {row.hint && <div className="small secondary">{row.hint}</div>}
              <div className="small muted">{row.at}</div>
            </div>
            {row.action}
          </li>
        ))}
      </ul>
      {rows.length > shown.length && (
        <Button small variant="ghost" onClick={() => setAll(true)}>
          {t('number.showAll', { count: rows.length })}
        </Button>
      )}
    </>
  );
}

function People({ dossier }: { dossier: Dossier }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Shown
      rows={dossier.leads.map((lead) => ({
        title: lead.name ?? t('number.noName'),
        hint: lead.phones.map(({ maskedPhone, asked }) => (asked ? `${maskedPhone} ✓` : maskedPhone)).join(', '),
        at: [lead.baseName, lead.externalId, lead.region, format.date(lead.createdAt)].filter(Boolean).join(' · '),
      }))}
    />
  );
}

/** Until when it holds, and who took it back. */
function lifeOf(t: TFunction, format: Format, one: Suppression): string {
  const parts = [
    format.dateTime(one.validFrom),
    one.validTo && t('number.ends', { at: format.dateTime(one.validTo) }),
    one.createdBy,
    one.revokedAt && t('number.revokedBy', { at: format.dateTime(one.revokedAt), by: one.revokedBy ?? '–' }),
  ];
  return parts.filter(Boolean).join(' · ');
}

/** A suppression in one row, here and on the page of all of them. */
export function suppressionRow(
  t: TFunction,
  format: Format,
  one: Suppression & { inForce?: boolean },
  now: number,
  action?: ReactNode,
): Row {
  const inForce =
    one.inForce ?? (one.revokedAt === null && (one.validTo === null || new Date(one.validTo).getTime() > now));
  return {
    title: `${t(`suppressionReason.${one.reason}`)} · ${scopeName(t, one)}`,
    pill: inForce
      ? { tone: 'bad', name: t('number.inForce') }
      : { tone: 'quiet', name: one.revokedAt ? t('number.isRevoked') : t('number.isOver') },
    hint: [one.evidence ?? sourceName(t, one.source), one.revokeEvidence].filter(Boolean).join(' → ') || null,
    at: lifeOf(t, format, one),
    action: inForce ? action : null,
  };
}

function Suppressions({ dossier, onRevoke }: { dossier: Dossier; onRevoke: (suppression: Suppression) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = new Date(dossier.at).getTime();
  const revoke = (one: DossierSuppression) => (
    <Button small variant="ghost" icon="undo" onClick={() => onRevoke(one)}>
      {t('number.revoke')}
    </Button>
  );
  return (
    <Shown
      rows={[
        ...dossier.lists.map((list) => ({
          title: <Link to={`/suppression/${list.listId}`}>{list.name}</Link>,
          at: t('number.onList'),
          pill: { tone: 'bad' as const, name: list.registry ?? t('number.inForce') },
        })),
        ...(dossier.prefix
          ? [
              {
                title: <Link to={`/suppression/${dossier.prefix.listId}`}>{dossier.prefix.name}</Link>,
                at: t('number.onPrefix', { prefix: dossier.prefix.prefix }),
                pill: { tone: 'bad' as const, name: t('number.inForce') },
              },
            ]
          : []),
        ...[...dossier.suppressions].reverse().map((one) => suppressionRow(t, format, one, now, revoke(one))),
      ]}
    />
  );
}

function Consents({ entries }: { entries: ConsentEntry[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = [...entries].reverse().map((entry): Row => {
    const purpose = t(`consentPurpose.${entry.purpose ?? 'any'}`);
    const proof = entry.proof && `${t(`proofKind.${entry.proof.kind}`)}: ${entry.proof.reference}`;
    const uses = entry.uses.length > 0 ? t('number.uses', { count: entry.uses.length }) : null;
    return {
      title: entry.form ? `${t(`consentForm.${entry.form}`)} · ${purpose}` : purpose,
      pill: {
        tone: entry.form && !entry.proven ? 'warn' : CONSENT_TONES[entry.kind],
        name: entry.form && !entry.proven ? t('number.notProven') : t(`consentKind.${entry.kind}`),
      },
      hint: entry.wording ? (
        <>
          “{entry.wording}” {entry.textSource && `(${entry.textSource})`}
          <div>{[proof, entry.proofPlace].filter(Boolean).join(' · ')}</div>
        </>
      ) : (
        sourceName(t, entry.source)
      ),
      at: [
        format.date(entry.at),
        entry.validTo && t('number.ends', { at: format.date(entry.validTo) }),
        uses,
        entry.recordedBy,
      ]
        .filter(Boolean)
        .join(' · '),
    };
  });
  return <Shown rows={rows} />;
}

function Attempts({ attempts }: { attempts: DossierAttempt[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = attempts.map((attempt): Row => {
    const said = attempt.dispositions.find(({ supersededAt }) => supersededAt === null);
    const how = said
      ? [outcomeName(t, said.outcome), said.refusalReason && reasonName(t, said.refusalReason)].filter(Boolean)
      : [attempt.result ? resultName(t, attempt.result) : t('number.isLive')];
    return {
      title: how.join(' · '),
      hint: said?.note ?? null,
      at: [
        format.dateTime(attempt.originatedAt ?? attempt.reservedAt),
        attempt.campaignName,
        attempt.operator,
        attempt.consentId && t('number.onConsent'),
      ]
        .filter(Boolean)
        .join(' · '),
    };
  });
  return <Shown rows={rows} />;
}
