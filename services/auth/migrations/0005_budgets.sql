alter table flows add column tried_at timestamptz;
alter table flows add column device_hash text;
alter table flows add column by_reserve boolean not null default false;

create table guesses (
  id uuid primary key,
  account text not null,
  flow_id uuid not null,
  guessed_at timestamptz not null,
  held_until timestamptz
);

create index guesses_by_account on guesses (account, guessed_at);
create index guesses_by_flow on guesses (flow_id);
create index guesses_by_time on guesses (guessed_at);

create table rates (
  name text not null,
  key text not null,
  free_at timestamptz not null,
  primary key (name, key)
);

create index rates_by_end on rates (free_at);

create table known_devices (
  device_hash text not null,
  address_hash text not null,
  user_id uuid not null,
  seen_at timestamptz not null,
  primary key (device_hash, address_hash)
);

create index known_devices_by_user on known_devices (user_id);
create index known_devices_by_time on known_devices (seen_at);
