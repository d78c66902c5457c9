import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Claim } from '../api/contract';
import { useMe } from '../auth/session';
import { ProblemNotice } from '../bases/problem-notice';
import { namesIn } from '../campaigns/campaign-draft';
import { Button, Field, Pill } from '../design/controls';
import { Confirm, Dialog, DialogButtons } from '../design/dialog';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { useAddClaim, useClaims, useCompetitors, useSetCompetitors, useWithdrawClaim } from './queries';
import { ScriptsTabs } from './scripts-tabs';
import './scripts.css';

/** What advertising may claim, because there is proof; and whose names it may not use. */
export function ClaimsPage() {
  const { t } = useTranslation();
  const manager = useMe().role === 'manager';
  const claims = useClaims();
  const [adds, setAdds] = useState(false);
  const [withdrawn, setWithdrawn] = useState<Claim | null>(null);
  const withdraw = useWithdrawClaim();
  const add = manager && (
    <Button variant="primary" icon="plus" onClick={() => setAdds(true)}>
      {t('claims.add')}
    </Button>
  );
  return (
    <div className="page">
      <PageHead
        title={t('claims.title')}
        hint={t('claims.hint')}
        actions={claims.data && claims.data.length > 0 && add}
      />
      <ScriptsTabs />
      <div className="card scroll-x">
        {claims.isPending ? (
          <SkeletonRows />
        ) : !claims.data ? (
          <Failure error={claims.error} onRetry={() => void claims.refetch()} />
        ) : claims.data.length === 0 ? (
          <Empty icon="check" title={t('claims.empty')} actions={add}>
            {manager ? t('claims.emptyHint') : t('claims.managersOnly')}
          </Empty>
        ) : (
          <ul className="claims">
            {claims.data.map((claim) => (
              <ClaimRow key={claim.id} claim={claim} onWithdraw={manager ? () => setWithdrawn(claim) : null} />
            ))}
          </ul>
        )}
      </div>
      <CompetitorsCard manager={manager} />
      {adds && <ClaimDialog onClose={() => setAdds(false)} />}
      {withdrawn && (
        <Confirm
          title={t('claims.withdrawTitle')}
          text={t('claims.withdrawText', { text: withdrawn.text })}
          action={t('claims.withdraw')}
          busy={withdraw.isPending}
          onClose={() => setWithdrawn(null)}
          onConfirm={() => withdraw.mutate(withdrawn.id, { onSettled: () => setWithdrawn(null) })}
        />
      )}
    </div>
  );
}

function ClaimRow({ claim, onWithdraw }: { claim: Claim; onWithdraw: (() => void) | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  // Its last day counts until its end, wherever one is.
  const isOver = claim.validUntil !== null && new Date(`${claim.validUntil}T23:59:59`) < new Date();
  return (
    <li className={claim.withdrawnAt || isOver ? 'over' : ''}>
      <div className="row spread wrap">
        <strong>“{claim.text}”</strong>
        <span className="row wrap">
          {claim.withdrawnAt ? (
            <Pill tone="quiet">{t('claims.withdrawn', { at: format.date(claim.withdrawnAt) })}</Pill>
          ) : isOver ? (
            <Pill tone="warn">{t('claims.over', { at: format.date(claim.validUntil) })}</Pill>
          ) : (
            <Pill tone="good">
              {claim.validUntil === null
                ? t('claims.valid')
                : t('claims.validUntil', { at: format.date(claim.validUntil) })}
            </Pill>
          )}
          {onWithdraw && !claim.withdrawnAt && (
            <Button small onClick={onWithdraw}>
              {t('claims.withdraw')}
            </Button>
          )}
        </span>
      </div>
      <p>
        <span className="muted">{t('claims.criterion')}:</span> {claim.criterion}
      </p>
      <p>
        <span className="muted">{t('claims.proof')}:</span> {claim.proof}
      </p>
      <p className="small muted">
        {format.date(claim.createdAt)}
        {claim.createdBy && ` · ${claim.createdBy}`}
      </p>
    </li>
  );
}

function ClaimDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddClaim();
  const [claim, setClaim] = useState({ text: '', criterion: '', proof: '', validUntil: '' });
  const set = (part: Partial<typeof claim>) => setClaim({ ...claim, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(
      { ...claim, validUntil: claim.validUntil || null },
      {
        onSuccess: () => {
          sayDone(t('claims.added'));
          onClose();
        },
      },
    );
  };
  const text = (field: 'text' | 'criterion' | 'proof', maxLength: number) => (
    <Field label={t(`claims.${field}`)} hint={t(`claims.${field}Hint`)}>
      {(control) => (
        <textarea
          {...control}
          className="input"
          rows={2}
          required
          maxLength={maxLength}
          autoFocus={field === 'text'}
          value={claim[field]}
          onChange={(event) => set({ [field]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <Dialog title={t('claims.add')} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {add.error && <ProblemNotice error={add.error} />}
        {text('text', 500)}
        {text('criterion', 2000)}
        {text('proof', 2000)}
        <Field label={t('claims.lastDay')} optional>
          {(control) => (
            <input
              {...control}
              className="input"
              type="date"
              value={claim.validUntil}
              onChange={(event) => set({ validUntil: event.target.value })}
            />
          )}
        </Field>
        <DialogButtons submit={t('common.add')} busy={add.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** Whom advertising may not be compared with, in every script. */
function CompetitorsCard({ manager }: { manager: boolean }) {
  const { t } = useTranslation();
  const competitors = useCompetitors();
  const save = useSetCompetitors();
  const [typed, setTyped] = useState<string | null>(null);
  if (!competitors.data) return null;
  const known = competitors.data.names.join('\n');
  return (
    <section className="card padded stack tight">
      <h2>{t('claims.competitors')}</h2>
      <p className="small muted">{t('claims.competitorsHint')}</p>
      <textarea
        className="input"
        rows={4}
        aria-label={t('claims.competitors')}
        readOnly={!manager}
        value={typed ?? known}
        onChange={(event) => setTyped(event.target.value)}
      />
      {manager && typed !== null && typed !== known && (
        <div className="row">
          <Button
            variant="primary"
            busy={save.isPending}
            onClick={() =>
              save.mutate(namesIn(typed), {
                onSuccess: () => {
                  setTyped(null);
                  sayDone(t('claims.competitorsSaved'));
                },
              })
            }
          >
            {t('common.save')}
          </Button>
          <Button onClick={() => setTyped(null)}>{t('common.cancel')}</Button>
        </div>
      )}
    </section>
  );
}
