-- Whom a rule of the law leaves alone after a refusal: those who refused to be called, not those for whom the offer was wrong.
alter table dispositions
  -- The refusal's reason asks that the person is left alone (refusal_reasons.effect), as it was then.
  add column declined boolean not null default false;
update dispositions d set declined = true
from campaigns c join refusal_reasons r on r.outcome_set_id = c.outcome_set_id and r.effect = 'cool_down'
where c.id = d.campaign_id and r.code = d.refusal_reason;

alter table lead_history add column declined_at timestamptz;
update lead_history h set declined_at = d.at
from (select lead_id, max(at) as at from dispositions where declined and superseded_at is null group by lead_id) d
where d.lead_id = h.lead_id;
