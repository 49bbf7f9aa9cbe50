create table access_roles (
  role_id uuid primary key,
  version bigint not null,
  permissions jsonb,
  includes jsonb not null
);

create table access_grants (
  user_id uuid primary key,
  version bigint not null,
  grants jsonb not null
);

create table access_blocks (
  user_id uuid primary key,
  version bigint not null,
  blocked boolean not null,
  tokens_not_before timestamptz,
  changed xid8 not null
);

create index access_blocks_changed on access_blocks (changed);

create table access_revoked_sessions (
  session_id uuid primary key,
  revoked_at timestamptz not null,
  changed xid8 not null
);

create index access_revoked_sessions_changed on access_revoked_sessions (changed);

create table access_feeds (
  topic text not null,
  partition integer not null,
  beat_at timestamptz not null,
  primary key (topic, partition)
);
