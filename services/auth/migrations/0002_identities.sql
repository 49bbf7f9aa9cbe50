create table sber_logins (
  browser_hash text primary key,
  expires_at timestamptz not null
);

create index sber_logins_by_end on sber_logins (expires_at);

create table identities (
  provider text not null,
  subject text not null,
  user_id uuid not null,
  linked_at timestamptz not null,
  primary key (provider, subject)
);

create index identities_by_user on identities (user_id);

create table identity_links (
  id uuid primary key,
  secret_hash text not null,
  provider text not null,
  subjects jsonb not null,
  completion_sealed text not null,
  begun_at timestamptz not null,
  expires_at timestamptz not null
);

create index identity_links_by_end on identity_links (expires_at);

create table sber_completions (
  id uuid primary key,
  completion_sealed text not null,
  attempts integer not null,
  ask_at timestamptz not null
);

create index sber_completions_due on sber_completions (ask_at);
