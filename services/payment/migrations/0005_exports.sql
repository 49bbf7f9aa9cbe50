create table exports (
  id uuid primary key,
  kind text not null check (kind in ('invoice', 'payment', 'refund')),
  -- What must lie in 1С before it.
  after_id uuid references exports,
  state text not null check (state in ('waiting', 'exported', 'failed')),
  attempts integer not null,
  reason_code text,
  reason_text text,
  retried_by text,
  created_at timestamptz not null,
  exported_at timestamptz,
  ask_at timestamptz,
  check ((state = 'exported') = (exported_at is not null)),
  check ((kind = 'invoice') = (after_id is null))
);

create index exports_to_send on exports (ask_at) where ask_at is not null;
create index exports_by_state on exports (state, id);
