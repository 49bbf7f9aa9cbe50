alter table attempts
  add column acquirer text not null default 'rbs' check (acquirer in ('rbs', 'openapi')),
  add column capture text not null default 'auto' check (capture in ('auto', 'manual')),
  -- Null on a settled attempt of before: then it was all of the order.
  add column captured_kopecks bigint,
  add column held_at timestamptz,
  add column qr_id text;

alter table legal_entities add column capture text not null default 'auto' check (capture in ('auto', 'manual'));
alter table invoices add column capture text not null default 'auto' check (capture in ('auto', 'manual'));

-- Whatever stands was held to narrower rules, so it needs no second look.
alter table attempts
  drop constraint attempts_state_check,
  drop constraint attempts_check,
  add constraint attempts_state_check check (state in (
    'starting', 'unknown', 'open', 'held', 'settled', 'failed', 'expired', 'reversed', 'quarantined'
  )) not valid,
  add constraint attempts_refunded_check check (
    refunded_kopecks between 0 and
      case when state = 'settled' then coalesce(captured_kopecks, amount_kopecks) else 0 end
  ) not valid,
  add constraint attempts_captured_check check (
    captured_kopecks is null or (state = 'settled' and captured_kopecks between 1 and 999999999999)
  ) not valid,
  add constraint attempts_held_check check (state <> 'held' or (md_order is not null and capture = 'manual')) not valid;

-- What an operator asked of a hold: told to the bank once, ended by what became of the order.
create table hold_moves (
  id uuid primary key,
  attempt_id uuid not null references attempts,
  kind text not null check (kind in ('capture', 'release')),
  amount_kopecks bigint check (amount_kopecks >= 1),
  reason text not null,
  state text not null check (state in ('requested', 'sending', 'unknown', 'done', 'failed')),
  requested_by text not null,
  requested_at timestamptz not null,
  attempted_at timestamptz,
  ended_at timestamptz,
  failure text,
  ask_at timestamptz,
  check ((kind = 'capture') = (amount_kopecks is not null)),
  check (state not in ('sending', 'unknown') or attempted_at is not null),
  check ((state in ('done', 'failed')) = (ended_at is not null))
);

create unique index hold_moves_one_live on hold_moves (attempt_id) where state in ('requested', 'sending', 'unknown');
-- The bank takes a release once: a refused one bars every later one.
create unique index hold_moves_one_release on hold_moves (attempt_id) where kind = 'release';
create index hold_moves_to_ask on hold_moves (ask_at) where ask_at is not null;

-- An operator's word where the bank gave none; no row is ever changed.
create table payment_decisions (
  id uuid primary key,
  subject text not null check (subject in ('attempt', 'refund', 'hold-move')),
  subject_id uuid not null,
  outcome text not null check (outcome in ('settled', 'failed')),
  amount_kopecks bigint check (amount_kopecks >= 1),
  -- What it was, and why: the row's state and its reason before.
  state_before text not null,
  reason_before text,
  reason text not null,
  decided_by text not null,
  decided_at timestamptz not null
);

create index payment_decisions_of_subject on payment_decisions (subject_id);
revoke update, delete, truncate on payment_decisions from payment;

-- A few of the refused a day: names of parameters, never a value.
create table refused_callback_samples (
  day date not null,
  position integer not null,
  received_at timestamptz not null,
  channel text not null,
  reason text not null,
  method text not null,
  names jsonb not null,
  checksum_length integer not null,
  primary key (day, position)
);
