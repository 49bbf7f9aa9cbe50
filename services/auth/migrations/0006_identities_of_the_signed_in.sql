alter table sber_logins add column user_id uuid;
alter table sber_logins add column session_id uuid;

create table identity_disputes (
  id uuid primary key,
  provider text not null,
  user_ids jsonb not null,
  opened_at timestamptz not null,
  unique (provider, user_ids)
);
