-- Organisations, people who sign in, their sessions, and the trail of what they changed.

create table organisations (
  id smallint primary key,
  name text not null
);
insert into organisations (id, name) values (1, 'Zvon');

create table users (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  login text not null,
  name text not null,
  role text not null check (role in ('marketer', 'manager', 'operator')),
  -- Null: nobody can sign in as this person (a simulated operator).
  password_hash text,
  locale text not null default 'en',
  -- A made-up person who works the demonstration's calls.
  simulated boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null
);
create unique index users_login on users (lower(login));

create table sessions (
  -- SHA-256 of the cookie's token: the table alone signs nobody in.
  token_hash bytea primary key,
  user_id integer not null references users on delete cascade,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  user_agent text
);
create index sessions_user on sessions (user_id);

create table sign_in_failures (
  -- Keyed hash of the login or of the address that was tried.
  key_hash bytea primary key,
  failures integer not null,
  window_started_at timestamptz not null
);

create table audit_trail (
  id bigint generated always as identity primary key,
  organisation_id smallint not null references organisations,
  at timestamptz not null,
  actor_id integer references users,
  action text not null,
  subject_kind text not null,
  subject_id bigint not null,
  before jsonb,
  after jsonb
);
create index audit_trail_subject on audit_trail (subject_kind, subject_id, id);
