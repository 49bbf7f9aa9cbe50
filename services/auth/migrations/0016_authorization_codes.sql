create table authorization_codes (
  code_hash text primary key,
  session_id uuid not null,
  client_id text not null,
  redirect_uri text not null,
  challenge text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create index authorization_codes_by_end on authorization_codes (expires_at);

create table client_families (
  id uuid primary key,
  session_id uuid not null,
  client_id text not null,
  device_hash text not null,
  generation integer not null,
  rotated_at timestamptz not null
);

create index client_families_by_session on client_families (session_id);
