create table outbox (
  position bigint generated always as identity primary key,
  id uuid not null unique,
  topic text not null,
  partition integer not null,
  type text not null,
  version integer not null,
  subject text not null,
  time timestamptz not null,
  data jsonb not null,
  traceparent text,
  sent_at timestamptz
);

create index outbox_to_send on outbox (topic, partition, position) where sent_at is null;

create table relay_leases (
  topic text not null,
  partition integer not null,
  holder text not null,
  epoch bigint not null,
  expires_at timestamptz not null,
  primary key (topic, partition)
);

create table inbox (
  handler text not null,
  event_id uuid not null,
  handled_at timestamptz not null,
  traceparent text,
  primary key (handler, event_id)
);

create index inbox_by_age on inbox (handled_at);

create table parked (
  position bigint generated always as identity primary key,
  handler text not null,
  event_id uuid not null,
  key text not null,
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  event jsonb not null,
  traceparent text,
  attempts integer not null,
  reason text not null,
  parked_at timestamptz not null,
  next_at timestamptz not null,
  dead_at timestamptz,
  unique (handler, event_id)
);

create index parked_by_key on parked (handler, key, position);
create index parked_due on parked (next_at) where dead_at is null;
