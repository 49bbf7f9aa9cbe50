alter table sessions add column proven_at timestamptz;
alter table sessions add column proven_by text;
alter table flows add column proves_session_id uuid;

create table passkeys (
  id uuid primary key,
  user_id uuid not null,
  credential_id text not null unique,
  public_key text not null,
  counter bigint not null,
  transports jsonb not null,
  backup_eligible boolean not null,
  backed_up boolean not null,
  name text not null,
  added_at timestamptz not null,
  used_at timestamptz
);

create index passkeys_by_user on passkeys (user_id, id);

create table used_challenges (
  challenge_id text primary key,
  expires_at timestamptz not null
);

create index used_challenges_by_end on used_challenges (expires_at);

create table recovery_codes (
  user_id uuid not null,
  code_hash text not null,
  made_at timestamptz not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);
