-- Who runs a relay of this service, so that two of them share the partitions.
create table relays (
  holder text primary key,
  expires_at timestamptz not null
);
