create table code_peppers (
  id uuid primary key,
  key_sealed text not null,
  made_at timestamptz not null
);

create index code_peppers_by_time on code_peppers (made_at);

alter table flows add column pepper_id uuid;
alter table identity_links add column pepper_id uuid;
