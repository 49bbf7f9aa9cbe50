create table access_withdrawn_keys (
  key_id text primary key,
  withdrawn_at timestamptz not null
);
