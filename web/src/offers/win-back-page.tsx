import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { Offer, WinBack, WinBackProposal, WinBackReason } from '../api/contract';
import { ProblemNotice } from '../bases/problem-notice';
import { useBuildList, useRefusalReasons } from '../campaigns/queries';
import { Button, Field, LinkButton, Notice } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useSettled } from '../segments/queries';
import { sentenceOf, useNames } from '../segments/sentence';
import { useFormat } from '../shell/format';
import { currentLocale } from '../shell/language';
import { PageHead } from '../shell/page-head';
import { useBuildWinBack, useOffer, useWinBackProposals } from './queries';
import './offers.css';

/** Whom an offer may win back: those whose recorded reason it answers, and the campaign that calls them. */
export function WinBackPage() {
  const id = Number(useParams().id);
  const offer = useOffer(id);
  if (offer.isPending) return <SkeletonRows rows={6} />;
  if (!offer.data) return <Failure error={offer.error} onRetry={() => void offer.refetch()} />;
  return <WinBackView key={id} offer={offer.data} />;
}

const SETTLED_MS = 500;
const MOST_DAYS = 3650;
/** Of a campaign, as of a segment. */
const LONGEST_NAME = 200;

/** Whole days within the bounds of the API; what is none of them counts as the usual. */
function daysOf(text: string, least: number, usual: number): number {
  const days = Number(text);
  return text.trim() !== '' && Number.isInteger(days) && days >= least && days <= MOST_DAYS ? days : usual;
}

function WinBackView({ offer }: { offer: Offer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [coolDown, setCoolDown] = useState('14');
  const [endsWithin, setEndsWithin] = useState('30');
  const options = {
    coolDownDays: useSettled(daysOf(coolDown, 0, 14), SETTLED_MS),
    endsWithinDays: useSettled(daysOf(endsWithin, 1, 30), SETTLED_MS),
  };
  const proposals = useWinBackProposals(offer.id, options);
  const build = useBuildWinBack(offer.id);
  const [left, setLeft] = useState<WinBackReason[]>([]);
  const taken = proposals.data?.filter(({ reason, leads }) => leads > 0 && !left.includes(reason)) ?? [];
  const ending = ` · ${t('winBack.title')}`;
  const name = offer.name.slice(0, LONGEST_NAME - ending.length) + ending;
  const callable = taken.reduce((sum, one) => sum + one.callable, 0);

  return (
    <div className="page narrow">
      <PageHead
        back={{ to: `/offers/${offer.id}`, name: offer.name }}
        title={t('winBack.title')}
        hint={
          <span className="row wrap">
            <span>{t('winBack.hint')}</span>
            {offer.price !== null && <strong>{format.money(offer.price, offer.currency)}</strong>}
          </span>
        }
      />
      {build.data ? (
        <Built built={build.data} />
      ) : (
        <>
          {offer.price === null && <Notice>{t('winBack.noPrice')}</Notice>}
          {proposals.isPending ? (
            <div className="card">
              <SkeletonRows rows={6} />
            </div>
          ) : !proposals.data ? (
            <Failure error={proposals.error} onRetry={() => void proposals.refetch()} />
          ) : proposals.data.length === 0 ? (
            <div className="card">
              <Empty icon="winBack" title={t('winBack.none')}>
                {t('winBack.noneHint')}
              </Empty>
            </div>
          ) : (
            <ul className={proposals.isFetching ? 'proposals stale' : 'proposals'}>
              {proposals.data.map((proposal) => (
                <Proposal
                  key={proposal.reason}
                  proposal={proposal}
                  coolDownDays={options.coolDownDays}
                  isTaken={taken.includes(proposal)}
                  onTake={(take) =>
                    setLeft(take ? left.filter((one) => one !== proposal.reason) : [...left, proposal.reason])
                  }
                />
              ))}
            </ul>
          )}
          {build.error && <ProblemNotice error={build.error} />}
          <section className="card padded win-back-options">
            <Field label={t('winBack.coolDown')} hint={t('winBack.coolDownHint')}>
              {(control) => (
                <input
                  {...control}
                  className="input"
                  type="number"
                  min={0}
                  max={MOST_DAYS}
                  value={coolDown}
                  onChange={(event) => setCoolDown(event.target.value)}
                />
              )}
            </Field>
            <Field label={t('winBack.endsWithin')} hint={t('winBack.endsWithinHint')}>
              {(control) => (
                <input
                  {...control}
                  className="input"
                  type="number"
                  min={1}
                  max={MOST_DAYS}
                  value={endsWithin}
                  onChange={(event) => setEndsWithin(event.target.value)}
                />
              )}
            </Field>
          </section>
          <div className="form-end">
            <span className="grow secondary">
              {taken.length > 0 && t('winBack.taken', { count: callable, reasons: format.number(taken.length) })}
            </span>
            <Button
              variant="primary"
              icon="megaphone"
              busy={build.isPending}
              disabled={taken.length === 0 || offer.archivedAt !== null}
              onClick={() => build.mutate({ name, reasons: taken.map(({ reason }) => reason), ...options })}
            >
              {t('winBack.build')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

function Proposal(props: {
  proposal: WinBackProposal;
  coolDownDays: number;
  isTaken: boolean;
  onTake: (take: boolean) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useNames();
  const reasons = useRefusalReasons();
  const { reason, detail, rule, leads, callable } = props.proposal;
  return (
    <li className={leads === 0 ? 'card proposal nobody' : 'card proposal'}>
      <label>
        <input
          type="checkbox"
          checked={props.isTaken}
          disabled={leads === 0}
          onChange={(event) => props.onTake(event.target.checked)}
        />
        <span className="grow">
          <strong>{t(`winBackReason.${reason}`)}</strong>
          <span className="secondary why">
            {t(`winBackWhy.${reason}`, {
              price: format.money(detail.price, detail.currency),
              days: format.number(detail.endsWithinDays),
            })}
          </span>
          {leads === 0 && props.coolDownDays > 0 && (
            <span className="small muted why">{t('winBack.restingAll', { count: props.coolDownDays })}</span>
          )}
          {callable < leads && <span className="small muted why">{t('winBack.heldBack')}</span>}
          <span className="row wrap reasons">
            {detail.refusalReasons.map((code) => (
              <span key={code} className="tag">
                {reasons.nameOf(code)}
              </span>
            ))}
          </span>
        </span>
        <span className="how-many">
          <b>{format.number(callable)}</b>
          <span className="small muted">{t('winBack.callableOf', { count: leads })}</span>
        </span>
      </label>
      <details>
        <summary className="small">{t('winBack.who')}</summary>
        <p className="small secondary">{sentenceOf(rule, currentLocale(), names.nameOf)}</p>
      </details>
    </li>
  );
}

/** What was made: a draft that somebody looks at and starts. */
function Built({ built }: { built: WinBack }) {
  const { t } = useTranslation();
  const { job, running } = useBuildList(built.campaignId, built.jobId);
  return (
    <section className="card padded stack built" role="status">
      <h2>{t('winBack.built')}</h2>
      {job?.problem ? (
        <ProblemNotice error={job.problem} />
      ) : (
        <p className="row secondary">
          {running && <span className="spinner" />}
          {running ? t('winBack.filling') : t('winBack.filled')}
        </p>
      )}
      <p className="row wrap">
        <LinkButton to={`/campaigns/${built.campaignId}`} variant="primary" icon="megaphone">
          {t('winBack.openCampaign')}
        </LinkButton>
        <Link to={`/segments/${built.segmentId}`}>{t('winBack.openSegment')}</Link>
      </p>
    </section>
  );
}
