-- The version before this one begins logins in sber_logins: it goes with the next.
create table provider_logins (
  browser_hash text primary key,
  provider text not null,
  user_id uuid,
  session_id uuid,
  expires_at timestamptz not null
);

create index provider_logins_by_end on provider_logins (expires_at);

create table openid_metadata (
  issuer text primary key,
  metadata jsonb not null,
  keys jsonb not null,
  fetched_at timestamptz not null
);
