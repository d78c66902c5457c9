-- Offers change and are put away, with a trail; outcomes say which of them was refused or bought, and at which price.

alter table offers
  -- { "term": "24 months", "fee": 0, … }: texts, numbers and truth values, by names of the marketer's choice.
  add column attributes jsonb not null default '{}' check (jsonb_typeof(attributes) = 'object'),
  add column version integer not null default 1,
  add column updated_at timestamptz,
  -- Offered to nobody any more.
  add column archived_at timestamptz;
update offers set updated_at = created_at;
alter table offers alter column updated_at set not null;

-- Copied from the campaign's offer when the outcome is given: both may change later.
alter table dispositions
  add column offer_id integer references offers,
  add column offer_price numeric(14, 2),
  add column offer_currency char(3),
  add check (offer_id is not null or (offer_price is null and offer_currency is null));
update dispositions d set offer_id = o.id, offer_price = o.price, offer_currency = o.currency
from campaigns c join offers o on o.id = c.offer_id
where c.id = d.campaign_id and (d.result = 'success' or d.category = 'refusal' or d.refusal_reason is not null);

-- What was asked of whoever refused, at that time, beside refusal_price, which is what the customer named.
alter table lead_history add column refused_offer_price numeric(14, 2);
update lead_history h set refused_offer_price = o.price from offers o where o.id = h.refused_offer_id;

-- Whoever refused in any campaign within so many days is not called in this one. The gate sees to it.
alter table campaigns add column cool_down_days smallint not null default 0 check (cool_down_days between 0 and 3650);
