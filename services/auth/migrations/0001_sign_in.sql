create table flows (
  id uuid primary key,
  secret_hash text not null,
  address_hash text not null,
  address_sealed text,
  locale text not null,
  state text not null check (state in ('resolving', 'sent', 'silent', 'used', 'ended')),
  user_id uuid,
  code_hash text,
  tries integer not null,
  begun_at timestamptz not null,
  expires_at timestamptz not null,
  ask_at timestamptz
);

create index flows_by_address on flows (address_hash, begun_at);
create index flows_to_resolve on flows (ask_at) where state = 'resolving';
create index flows_by_end on flows (expires_at);
create index flows_by_user on flows (user_id) where state = 'sent';

create table known_addresses (
  address_hash text primary key,
  user_id uuid not null,
  confirmed_at timestamptz not null
);

create index known_addresses_by_user on known_addresses (user_id);

create table sessions (
  id uuid primary key,
  user_id uuid not null,
  method text not null,
  client_id text not null,
  device_hash text not null,
  generation integer not null,
  signed_in_at timestamptz not null,
  rotated_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);

create index sessions_by_user on sessions (user_id, id);
create index sessions_by_end on sessions (expires_at);

create table signing_keys (
  id text primary key,
  state text not null check (state in ('next', 'current', 'retired')),
  public_key jsonb not null,
  private_key_sealed text not null,
  made_at timestamptz not null,
  signs_from timestamptz,
  retired_at timestamptz
);

create unique index signing_keys_one_in_use on signing_keys (state) where state <> 'retired';

create table used_assertions (
  client_id text not null,
  assertion_id text not null,
  expires_at timestamptz not null,
  primary key (client_id, assertion_id)
);

create index used_assertions_by_end on used_assertions (expires_at);

create table letter_keys (
  owner text primary key,
  keys jsonb not null,
  fetched_at timestamptz not null
);
