import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Offer } from '../api/contract';
import { Field } from '../design/controls';
import { Dialog, DialogButtons } from '../design/dialog';
import { useAddOffer } from './queries';

export function OfferDialog(props: { onClose: () => void; onAdded: (offer: Offer) => void }) {
  const { t } = useTranslation();
  const add = useAddOffer();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [price, setPrice] = useState('');
  const [currency, setCurrency] = useState('EUR');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A dialog lies within the campaign's form in React's tree: its submit must not become that one's.
    event.stopPropagation();
    add.mutate(
      {
        name: name.trim(),
        description: description.trim(),
        price: price === '' ? null : Number(price),
        currency: price === '' ? null : currency,
      },
      {
        onSuccess: (offer) => {
          props.onAdded(offer);
          props.onClose();
        },
      },
    );
  };

  return (
    <Dialog title={t('offer.new')} onClose={props.onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label={t('offer.name')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              maxLength={200}
              autoFocus
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('offer.description')} optional>
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={3}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <div className="two">
          <Field label={t('offer.price')} optional>
            {(control) => (
              <input
                {...control}
                className="input"
                type="number"
                min={0}
                step="0.01"
                value={price}
                onChange={(event) => setPrice(event.target.value)}
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
                required={price !== ''}
                value={currency}
                onChange={(event) => setCurrency(event.target.value.toUpperCase())}
              />
            )}
          </Field>
        </div>
        <DialogButtons submit={t('common.add')} busy={add.isPending} onClose={props.onClose} />
      </form>
    </Dialog>
  );
}
