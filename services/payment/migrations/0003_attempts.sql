create table attempts (
  id uuid primary key,
  invoice_id uuid not null references invoices,
  user_id uuid not null,
  amount_kopecks bigint not null check (amount_kopecks between 1 and 999999999999),
  state text not null check (state in (
    'starting', 'unknown', 'open', 'settled', 'failed', 'expired', 'reversed', 'quarantined'
  )),
  order_number text not null unique check (length(order_number) = 26),
  md_order text unique,
  pay_url text,
  wants_qr boolean not null,
  qr_payload text,
  way text check (way in ('card', 'sbp')),
  reason text,
  refunded_kopecks bigint not null,
  started_at timestamptz not null,
  opened_at timestamptz,
  ended_at timestamptz,
  start_at timestamptz,
  ask_at timestamptz,
  check (refunded_kopecks between 0 and case when state = 'settled' then amount_kopecks else 0 end),
  check (state not in ('open', 'settled') or md_order is not null),
  check ((state = 'settled') = (way is not null))
);

create unique index attempts_one_live on attempts (invoice_id)
  where state in ('starting', 'unknown', 'open');
create index attempts_to_start on attempts (start_at) where start_at is not null;
create index attempts_to_ask on attempts (ask_at) where ask_at is not null;

create table bank_callbacks (
  id uuid primary key,
  hash text not null unique,
  attempt_id uuid references attempts,
  operation text not null,
  status text not null,
  fields jsonb not null,
  received_at timestamptz not null
);

create index bank_callbacks_of_attempt on bank_callbacks (attempt_id);

create table refused_callbacks (
  day date primary key,
  count bigint not null
);
