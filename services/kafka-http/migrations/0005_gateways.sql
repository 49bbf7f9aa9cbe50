-- The gateways that live, and how the others reach them. A token dies with its gateway.
create table gateways (
  id text collate "C" primary key,
  url text not null,
  token text not null,
  expires_at timestamptz not null
) with (fillfactor = 50);

-- At which gateway an instance lives: its place in a Kafka log is known there alone. Kafka fences whoever held it before.
create table instance_homes (
  group_name text collate "C" not null,
  instance text collate "C" not null,
  gateway text collate "C" not null references gateways (id) on delete cascade,
  primary key (group_name, instance)
);
create index instance_homes_by_gateway on instance_homes (gateway);
