create table push_subscriptions (
  name text collate "C" primary key,
  group_name text collate "C" not null,
  topics jsonb not null,
  target text not null,
  offset_reset text not null check (offset_reset in ('earliest', 'latest')),
  most integer not null,
  state text not null check (state in ('active', 'failing', 'paused')),
  reason text,
  since timestamptz not null,
  failures integer not null,
  next_at timestamptz not null
);

-- Sealed: a copy of the database signs nothing.
create table push_secrets (
  id uuid primary key,
  subscription text collate "C" not null references push_subscriptions (name) on delete cascade,
  sealed text not null,
  added_at timestamptz not null
);
create index push_secrets_of on push_secrets (subscription);

-- The right of one gateway to serve a subscription. A change of the subscription raises the epoch and so ends it.
create table push_leases (
  subscription text collate "C" primary key references push_subscriptions (name) on delete cascade,
  holder uuid not null,
  epoch bigint not null,
  expires_at timestamptz not null
) with (fillfactor = 50);
