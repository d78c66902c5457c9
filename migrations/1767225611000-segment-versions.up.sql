-- Every version of a segment, as it was: what a list was built from can be read later.

create table segment_versions (
  segment_id integer not null references segments on delete cascade,
  version integer not null,
  name text not null,
  rule jsonb not null,
  created_by integer references users,
  created_at timestamptz not null,
  primary key (segment_id, version)
);

-- The trail keeps what older versions were; of a segment that was never changed, its row does.
insert into segment_versions (segment_id, version, name, rule, created_by, created_at)
select s.id, row_number() over (partition by s.id order by t.id), t.after ->> 'name', t.after -> 'rule', t.actor_id, t.at
from segments s join audit_trail t on t.subject_kind = 'segment' and t.subject_id = s.id
where t.after ? 'rule' and t.after ? 'name';
insert into segment_versions (segment_id, version, name, rule, created_by, created_at)
select id, version, name, rule, created_by, updated_at from segments
on conflict (segment_id, version) do update set name = excluded.name, rule = excluded.rule;
