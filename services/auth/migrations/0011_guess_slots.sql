create table guess_slots (
  account text not null,
  slot integer not null,
  flow_id uuid not null,
  guessed_at timestamptz not null,
  held_until timestamptz,
  primary key (account, slot)
);

create index guess_slots_by_flow on guess_slots (flow_id);
create index guess_slots_by_time on guess_slots (guessed_at);

alter table flows add column number integer;
