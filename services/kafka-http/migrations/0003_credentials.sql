create table credentials (
  name text collate "C" primary key,
  password_hash text not null,
  changed_at timestamptz not null
);

create table credential_rights (
  credential text collate "C" not null references credentials (name) on delete cascade,
  permission text not null check (permission in ('ALL', 'PRODUCE', 'CONSUME')),
  topics text collate "C" not null,
  primary key (credential, permission, topics)
);
