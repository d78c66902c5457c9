drop table operator_intervals;
drop table operator_states;
drop table callbacks;
drop table dispositions;
drop table decisions;
drop table attempts;
drop function refuse_delete;
drop table campaign_loops;
