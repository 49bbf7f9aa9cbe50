-- An operator may take back what a transfer was matched to.
insert into transitions (aggregate, from_state, to_state) values ('invoices', 'paid', 'issued');

insert into ledger_kinds (kind) values
  ('account-opened'), ('transfer-received'), ('transfer-sent'), ('transfer-matched'), ('transfer-unmatched'),
  ('payout-registered');

-- Own accounts that books are kept of, from the day of their first statement on.
create table bank_accounts (
  id uuid primary key,
  account text not null unique check (account ~ '^[0-9]{20}$'),
  legal_entity_id uuid not null,
  opened_on date not null,
  opening_kopecks bigint not null,
  added_by text not null,
  added_at timestamptz not null
);

create table statements (
  id uuid primary key,
  sha256 text not null unique check (length(sha256) = 64),
  -- The bank's own clock, `2026-11-23 18:05:00`: of two statements of one day the later counts.
  made_at text,
  encoding text not null,
  from_day date not null,
  to_day date not null,
  lines integer not null,
  added integer not null,
  changed integer not null,
  gone integer not null,
  imported_by text not null,
  imported_at timestamptz not null
);

create table statement_days (
  bank_account_id uuid not null references bank_accounts,
  day date not null,
  opening_kopecks bigint not null,
  income_kopecks bigint not null check (income_kopecks >= 0),
  outcome_kopecks bigint not null check (outcome_kopecks >= 0),
  closing_kopecks bigint not null,
  statement_id uuid not null references statements,
  made_at text,
  primary key (bank_account_id, day)
);

-- Lines of statements. `identity` is the hash of what makes a line this line, `ordinal` counts equal ones,
-- `content` is the hash of all else that it says.
create table transfers (
  id uuid primary key,
  bank_account_id uuid not null references bank_accounts,
  statement_id uuid not null references statements,
  seen_in uuid not null references statements,
  identity bytea not null,
  ordinal integer not null check (ordinal >= 1),
  content bytea not null,
  direction text not null check (direction in ('in', 'out')),
  kind text not null check (kind in ('payment', 'payout', 'returned', 'own', 'refund', 'commission', 'tax', 'other')),
  booked_on date not null,
  amount_kopecks bigint not null check (amount_kopecks between 1 and 9007199254740991),
  matched_kopecks bigint not null default 0,
  state text not null check (state in ('unidentified', 'matched', 'booked')),
  reason text,
  ask_at timestamptz,
  added_at timestamptz not null,
  gone_at timestamptz,
  unique (identity, ordinal),
  check (matched_kopecks between 0 and amount_kopecks),
  check (state = 'matched' or matched_kopecks < amount_kopecks),
  check (state <> 'booked' or matched_kopecks = 0)
);

create index transfers_of_day on transfers (bank_account_id, booked_on);
create index transfers_to_match on transfers (ask_at) where ask_at is not null;
create index transfers_by_state on transfers (state, id);

-- What is personal of a line stands apart: it is erased when nobody needs it any more, and the line stays.
create table transfer_details (
  transfer_id uuid primary key references transfers,
  number text not null,
  document_day date not null,
  party_inn text,
  party_name text,
  party_account text not null,
  purpose text not null,
  erase_at timestamptz
);

create index transfer_details_to_erase on transfer_details (erase_at) where erase_at is not null;

-- A match is taken back by its end, never by a change; each is booked under its own id.
create table transfer_matches (
  id uuid primary key,
  transfer_id uuid not null references transfers,
  invoice_id uuid not null references invoices,
  user_id uuid not null,
  amount_kopecks bigint not null check (amount_kopecks >= 1),
  -- How much of it the invoice took; the rest is an overpayment on the payer's account.
  applied_kopecks bigint not null check (applied_kopecks between 0 and amount_kopecks),
  fit text not null check (fit in ('exact', 'partial', 'over')),
  rule text not null,
  matched_by text not null,
  reason text,
  matched_at timestamptz not null,
  unmatched_by text,
  unmatch_reason text,
  unmatched_at timestamptz,
  check (num_nulls(unmatched_by, unmatch_reason, unmatched_at) in (0, 3)),
  check (rule <> 'by-hand' or reason is not null)
);

create index transfer_matches_of_transfer on transfer_matches (transfer_id);
create index transfer_matches_of_invoice on transfer_matches (invoice_id);

-- The bank's registries of card and SBP operations. A payout is what it pays for some of them, less its commission.
create table registries (
  id uuid primary key,
  sha256 text not null unique check (length(sha256) = 64),
  lines integer not null,
  added integer not null,
  from_day date not null,
  to_day date not null,
  imported_by text not null,
  imported_at timestamptz not null
);

create table payouts (
  id uuid primary key,
  number text not null unique,
  paid_on date not null,
  gross_kopecks bigint not null,
  commission_kopecks bigint not null,
  net_kopecks bigint not null,
  transfer_id uuid unique references transfers,
  registered_at timestamptz,
  -- One that comes to nothing needs no line.
  check (registered_at is null or transfer_id is not null or net_kopecks = 0),
  check (registered_at is not null or transfer_id is null),
  check (net_kopecks = gross_kopecks - commission_kopecks)
);

create index payouts_to_find on payouts (paid_on) where registered_at is null;
create index payouts_by_day on payouts (paid_on);

create table registry_lines (
  id uuid primary key,
  registry_id uuid not null references registries,
  payout_id uuid not null references payouts,
  identity bytea not null,
  ordinal integer not null check (ordinal >= 1),
  kind text not null check (kind in ('payment', 'refund')),
  way text check (way in ('card', 'sbp')),
  order_number text not null,
  reference text not null,
  operated_on date not null,
  gross_kopecks bigint not null check (gross_kopecks >= 1),
  commission_kopecks bigint not null,
  net_kopecks bigint not null,
  unique (identity, ordinal)
);

create index registry_lines_of_payout on registry_lines (payout_id);
create index registry_lines_of_order on registry_lines (order_number);
create index registry_lines_of_day on registry_lines (operated_on);

-- Days of which something came that has to be held against the ledger.
create table days_to_reconcile (
  day date primary key,
  ask_at timestamptz
);

create index days_to_reconcile_now on days_to_reconcile (ask_at) where ask_at is not null;

-- What was held against what, and each difference until it is gone or explained.
create table reconciliations (
  id uuid primary key,
  day date not null,
  differences integer not null,
  checked jsonb not null,
  made_by text not null,
  made_at timestamptz not null
);

create index reconciliations_of_day on reconciliations (day, id);

create table differences (
  id uuid primary key,
  -- Null: of the books as a whole.
  day date,
  type text not null,
  -- What it is of: an account, a transfer, an attempt, a line of a registry.
  subject_kind text not null,
  subject text not null,
  expected_kopecks bigint,
  actual_kopecks bigint,
  found_at timestamptz not null,
  seen_at timestamptz not null,
  gone_at timestamptz,
  explained_by text,
  explanation text,
  explained_at timestamptz,
  check (num_nulls(explained_by, explanation, explained_at) in (0, 3))
);

create unique index differences_once on differences (day, type, subject) nulls not distinct where gone_at is null;
create index differences_open on differences (id) where gone_at is null and explained_at is null;
