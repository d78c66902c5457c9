alter table decisions alter column facts set statistics default, alter column reasons set statistics default;
