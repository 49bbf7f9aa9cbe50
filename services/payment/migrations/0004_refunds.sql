create table refunds (
  id uuid primary key,
  attempt_id uuid not null references attempts,
  invoice_id uuid not null references invoices,
  user_id uuid not null,
  amount_kopecks bigint not null check (amount_kopecks >= 1),
  reason text not null,
  state text not null check (state in ('requested', 'sending', 'unknown', 'settled', 'failed')),
  refund_number text not null unique check (length(refund_number) = 26),
  requested_by text not null,
  requested_at timestamptz not null,
  attempted_at timestamptz,
  refunded_before_kopecks bigint,
  deposited_before_kopecks bigint,
  accepted_at timestamptz,
  ended_at timestamptz,
  failure text,
  ask_at timestamptz,
  check ((state = 'requested') = (attempted_at is null) or state = 'failed'),
  check ((attempted_at is null) = (refunded_before_kopecks is null)),
  check ((state in ('settled', 'failed')) = (ended_at is not null))
);

create unique index refunds_one_in_flight on refunds (attempt_id) where state in ('sending', 'unknown');
create index refunds_of_attempt on refunds (attempt_id);
create index refunds_to_ask on refunds (ask_at) where ask_at is not null;
