create table idempotency_keys (
  caller text not null,
  route text not null,
  key text not null,
  body_hash text not null,
  asked_at timestamptz not null,
  status integer,
  answer jsonb,
  primary key (caller, route, key)
);
