-- The gateways that live, and how the others reach them. A token dies with its gateway.
create table gateways (
  id text collate "C" primary key,
  url text not null,
  token text not null,
  expires_at timestamptz not null
) with (fillfactor = 50);
