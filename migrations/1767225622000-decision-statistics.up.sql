-- Nothing is planned by what stands in the facts and reasons of decisions, and counting their values, a few kilobytes each,
-- holds up the gates of a busy machine every time that the table is analysed.
alter table decisions alter column facts set statistics 0, alter column reasons set statistics 0;
