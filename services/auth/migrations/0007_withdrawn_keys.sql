alter table signing_keys add column withdrawn_at timestamptz;
