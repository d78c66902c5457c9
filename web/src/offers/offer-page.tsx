import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ApiProblem, api } from '../api/client';
import type { Offer } from '../api/contract';
import { ProblemNotice } from '../bases/problem-notice';
import { ChangesCard } from '../campaigns/changes-card';
import { Button, Field, LinkButton, Notice } from '../design/controls';
import { Failure, SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import { useLeaveGuard } from '../shell/leave-guard';
import { PageHead } from '../shell/page-head';
import { attributesOf, rowsOf } from './attributes';
import { AttributesEditor } from './attributes-editor';
import { useOffer, usePutAwayOffer, useSaveOffer } from './queries';
import './offers.css';

/** A new offer, or one that is there. */
export function OfferPage() {
  const { id } = useParams();
  const isNew = id === undefined;
  const offer = useOffer(isNew ? null : Number(id));
  if (isNew) return <OfferEditor key="new" offer={null} />;
  if (offer.isPending) return <SkeletonRows rows={6} />;
  if (!offer.data) return <Failure error={offer.error} onRetry={() => void offer.refetch()} />;
  return <OfferEditor key={offer.data.id} offer={offer.data} />;
}

const contentOf = (offer: Offer | null) => ({
  name: offer?.name ?? '',
  description: offer?.description ?? '',
  price: offer?.price?.toString() ?? '',
  currency: offer?.currency ?? (offer && offer.price !== null ? '' : 'EUR'),
  rows: rowsOf(offer?.attributes ?? {}),
});

/** Two that say the same are equal; keys of rows are the page's own. */
const said = (content: ReturnType<typeof contentOf>) =>
  JSON.stringify(content, (name, value: unknown) => (name === 'key' ? undefined : value));

function OfferEditor({ offer }: { offer: Offer | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [content, setContent] = useState(() => contentOf(offer));
  const [opened, setOpened] = useState(content);
  const [version, setVersion] = useState(offer?.version ?? 0);
  const guard = useLeaveGuard(said(content) !== said(opened));
  const save = useSaveOffer(offer?.id ?? null);
  const putAway = usePutAwayOffer();
  const { name, description, price, currency, rows } = content;
  const set = (changes: Partial<typeof content>) => setContent({ ...content, ...changes });
  const attributes = attributesOf(rows);
  const isArchived = (offer?.archivedAt ?? null) !== null;
  const conflict = save.error instanceof ApiProblem && save.error.code === 'version_conflict';

  const send = (over: number) => {
    if (!attributes) return;
    save.mutate(
      {
        offer: {
          name: name.trim(),
          description: description.trim(),
          price: price === '' ? null : Number(price),
          currency: price === '' || currency === '' ? null : currency,
          attributes,
        },
        version: over,
      },
      {
        onSuccess: (saved) => {
          sayDone(t('offers.saved'));
          // A new offer is worth asking whom it answers.
          guard.leaveFor(offer ? '/offers' : `/offers/${saved.id}/win-back`);
        },
      },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(version);
  };
  const freshly = async (then: (fresh: Offer) => void) => then(await api.get<Offer>(`/offers/${offer?.id}`));

  return (
    <form className="page narrow" onSubmit={submit}>
      <PageHead
        back={{ to: '/offers', name: t('nav.offers') }}
        title={offer ? offer.name : t('offer.new')}
        hint={
          offer && t('segments.versionOf', { version: format.number(version), at: format.dateTime(offer.updatedAt) })
        }
        actions={
          offer &&
          !isArchived && (
            <LinkButton icon="winBack" to={`/offers/${offer.id}/win-back`}>
              {t('winBack.title')}
            </LinkButton>
          )
        }
      />
      {offer && isArchived && (
        <Notice tone="warn">
          <p>{t('offers.isArchived', { at: format.date(offer.archivedAt) })}</p>
          <Button
            small
            icon="undo"
            busy={putAway.isPending}
            onClick={() =>
              putAway.mutate({ id: offer.id, away: false }, { onSuccess: (back) => setVersion(back.version) })
            }
          >
            {t('offers.restore')}
          </Button>
        </Notice>
      )}
      {save.error && (
        <ProblemNotice error={save.error}>
          {conflict && (
            <div className="row wrap conflict">
              <Button
                small
                onClick={() =>
                  void freshly((fresh) => {
                    const theirs = contentOf(fresh);
                    setContent(theirs);
                    setOpened(theirs);
                    setVersion(fresh.version);
                    save.reset();
                  })
                }
              >
                {t('common.takeTheirs')}
              </Button>
              <Button
                small
                onClick={() =>
                  void freshly((fresh) => {
                    setVersion(fresh.version);
                    send(fresh.version);
                  })
                }
              >
                {t('common.keepMine')}
              </Button>
            </div>
          )}
        </ProblemNotice>
      )}
      <fieldset className="card padded stack" disabled={isArchived}>
        <Field label={t('offer.name')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              maxLength={200}
              autoFocus={!offer}
              value={name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('offer.description')} optional hint={t('offers.descriptionHint')}>
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={4}
              maxLength={5000}
              value={description}
              onChange={(event) => set({ description: event.target.value })}
            />
          )}
        </Field>
        <div className="price-fields">
          <Field label={t('offer.price')} optional>
            {(control) => (
              <input
                {...control}
                className="input"
                type="number"
                min={0}
                step="0.01"
                value={price}
                onChange={(event) => set({ price: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('offer.currency')}>
            {(control) => (
              <input
                {...control}
                className="input"
                pattern="[A-Z]{3}"
                maxLength={3}
                placeholder="EUR"
                value={currency}
                onChange={(event) => set({ currency: event.target.value.toUpperCase() })}
              />
            )}
          </Field>
        </div>
        {offer && price !== (offer.price?.toString() ?? '') && (
          <p className="small muted">{t('offers.priceChangeHint')}</p>
        )}
      </fieldset>
      <fieldset className="card padded stack tight" disabled={isArchived}>
        <h2>{t('offerAttribute.title')}</h2>
        <p className="small muted">{t('offerAttribute.hint')}</p>
        <AttributesEditor rows={rows} onChange={(next) => set({ rows: next })} />
      </fieldset>
      <div className="form-end">
        {offer && !isArchived && (
          <span className="grow">
            <Button
              icon="trash"
              busy={putAway.isPending}
              onClick={() =>
                putAway.mutate(
                  { id: offer.id, away: true },
                  {
                    onSuccess: () => {
                      sayDone(t('offers.archivedDone', { name: offer.name }));
                      guard.leaveFor('/offers');
                    },
                  },
                )
              }
            >
              {t('offers.archive')}
            </Button>
          </span>
        )}
        <LinkButton to="/offers">{t('common.cancel')}</LinkButton>
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          disabled={isArchived || name.trim() === '' || attributes === null}
        >
          {t('common.save')}
        </Button>
      </div>
      {offer && <ChangesCard of="offers" id={offer.id} />}
      {guard.question}
    </form>
  );
}
