alter table lead_history drop column declined_at;
alter table dispositions drop column declined;
