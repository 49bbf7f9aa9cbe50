create table campaigns (
  id uuid primary key,
  code text not null,
  name text not null,
  status text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  required_kinds jsonb not null,
  read_at timestamptz not null
);

create table requests (
  id uuid primary key,
  user_id uuid not null,
  kind text not null,
  title text not null,
  due_on date,
  campaign_id uuid references campaigns (id),
  state text not null check (state in ('open', 'in-review', 'accepted', 'closed')),
  requested_by text not null,
  requested_at timestamptz not null
);

create index requests_by_user on requests (user_id, id);

create table uploads (
  id uuid primary key,
  request_id uuid not null references requests (id),
  user_id uuid not null,
  file_name text not null,
  content_type text not null,
  size_bytes bigint not null,
  sha256 text not null,
  state text not null check (state in ('waiting', 'completed', 'expired')),
  started_at timestamptz not null,
  expires_at timestamptz not null,
  sweep_at timestamptz
);

create index uploads_by_request on uploads (request_id);
create index uploads_to_sweep on uploads (sweep_at) where sweep_at is not null;

create table documents (
  id uuid primary key,
  request_id uuid not null unique references requests (id),
  user_id uuid not null,
  state text not null check (state in ('stored', 'accepted', 'rejected')),
  stored_at timestamptz not null
);

create index documents_by_state on documents (state, id);
create index documents_by_user on documents (user_id, id);

create table versions (
  id uuid primary key,
  document_id uuid not null references documents (id),
  upload_id uuid not null unique references uploads (id),
  number integer not null,
  stored_at timestamptz not null,
  unique (document_id, number)
);

create table reviews (
  id uuid primary key,
  document_id uuid not null references documents (id),
  version_id uuid not null unique references versions (id),
  decision text not null check (decision in ('accepted', 'rejected')),
  reason_code text,
  comment text,
  reviewed_by text not null,
  reviewed_at timestamptz not null
);

create index reviews_by_document on reviews (document_id, id);

create table downloads (
  position bigint generated always as identity primary key,
  id uuid not null unique,
  document_id uuid not null references documents (id),
  version_id uuid not null references versions (id),
  who text not null,
  at timestamptz not null,
  trace_id text
);

create index downloads_by_document on downloads (document_id, position);

revoke update, delete, truncate on downloads from documents;
revoke update, delete, truncate on reviews from documents;

create table deliveries (
  id uuid primary key,
  document_id uuid not null references documents (id),
  version_id uuid not null references versions (id),
  system text not null check (system in ('one-c', 'roback', 'campaigns')),
  state text not null check (state in ('waiting', 'delivered', 'failed')),
  ask_at timestamptz not null,
  attempts integer not null,
  reason text,
  told text,
  planned_at timestamptz not null,
  delivered_at timestamptz,
  unique (document_id, system)
);

create index deliveries_to_send on deliveries (system, ask_at) where state = 'waiting';
create index deliveries_failed on deliveries (id) where state = 'failed';
