alter table campaigns drop column cool_down_days;
alter table lead_history drop column refused_offer_price;
alter table dispositions drop column offer_id, drop column offer_price, drop column offer_currency;
alter table offers drop column attributes, drop column version, drop column updated_at, drop column archived_at;
