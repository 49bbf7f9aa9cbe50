create table users (
  user_id uuid primary key,
  display_name text,
  locale text not null check (locale in ('ru', 'en')),
  kind text not null check (kind in ('person', 'company')),
  inn text,
  kpp text,
  state text not null check (state in ('active', 'blocked', 'deleted')),
  version bigint not null,
  grants_version bigint not null,
  tokens_not_before timestamptz,
  created_at timestamptz not null
);

create index users_with_blocks on users (user_id) where state = 'blocked' or tokens_not_before is not null;

create table addresses (
  email text primary key,
  user_id uuid not null unique references users (user_id) deferrable initially deferred,
  added_at timestamptz not null
);

create table roles (
  role_id uuid primary key,
  name text not null unique,
  permissions jsonb not null,
  includes jsonb not null,
  version bigint not null,
  created_at timestamptz not null,
  changed_at timestamptz not null
);

create table grants (
  grant_id uuid primary key,
  user_id uuid not null references users (user_id),
  role_id uuid not null references roles (role_id),
  scope text,
  expires_at timestamptz,
  granted_by text not null,
  granted_at timestamptz not null,
  unique nulls not distinct (user_id, role_id, scope)
);

create index grants_of_role on grants (role_id) where scope is null and expires_at is null;

create table audit (
  position bigint generated always as identity primary key,
  entry_id uuid not null unique,
  action text not null,
  subject uuid not null,
  who text not null,
  at timestamptz not null,
  trace_id text,
  details jsonb not null,
  personal_hashes jsonb not null
);

create index audit_of_subject on audit (subject, position);

revoke update, delete, truncate on audit from client;

create table audit_personal_values (
  entry_id uuid not null,
  field text not null,
  user_id uuid not null,
  salt text not null,
  value text not null,
  primary key (entry_id, field)
);

create index audit_personal_values_of_user on audit_personal_values (user_id);
