-- What the bank was told of each operation: the rows of a receipt, without whom it is for. Never changed: a repeat under the
-- same number says the same, and a refund takes from what the order had.
create table receipt_carts (
  -- An attempt or a refund.
  operation_id uuid primary key,
  attempt_id uuid not null references attempts,
  items jsonb not null,
  -- Handed over by the time it is paid: then its closing receipt waits for nobody.
  closes_when_paid boolean not null,
  made_at timestamptz not null
);

create index receipt_carts_of_attempt on receipt_carts (attempt_id);

create table receipts (
  id uuid primary key,
  kind text not null check (kind in ('sale', 'advance', 'final', 'refund', 'correction')),
  -- The attempt, the refund or the transfer that wants it; of a correction, the bank's own id.
  source_id uuid not null,
  invoice_id uuid not null references invoices,
  -- None: it is made at a till by hand, for money that came by transfer.
  attempt_id uuid references attempts,
  user_id uuid not null,
  amount_kopecks bigint not null check (amount_kopecks >= 1),
  state text not null check (state in ('expected', 'sent', 'delivered', 'error', 'void')),
  reason text,
  bank_uuid text unique,
  given_up_uuids text[] not null default '{}',
  fiscal_drive_number text,
  fiscal_document_number text,
  fiscal_sign text,
  ofd_url text,
  issued_at timestamptz,
  expected_at timestamptz not null,
  -- A closing receipt: when the bank is to be told, and when it was. An advance that closes by itself: when to look.
  tell_at timestamptz,
  told_at timestamptz,
  ask_at timestamptz,
  alarm_at timestamptz,
  alarmed_at timestamptz,
  delivered_at timestamptz,
  ended_by text,
  unique (kind, source_id),
  check ((state = 'delivered') = (delivered_at is not null)),
  check (state <> 'void' or reason is not null),
  check (told_at is null or kind = 'final')
);

create index receipts_of_invoice on receipts (invoice_id);
create index receipts_of_attempt on receipts (attempt_id);
create index receipts_to_ask on receipts (ask_at) where ask_at is not null;
create index receipts_to_tell on receipts (tell_at) where tell_at is not null;
create index receipts_to_alarm on receipts (alarm_at) where alarm_at is not null;
create index receipts_open on receipts (alarmed_at) where state in ('expected', 'sent', 'error');

-- When what an invoice is for was handed over: from then on an advance is a sale.
create table hand_overs (
  invoice_id uuid primary key references invoices,
  handed_over_by text not null,
  handed_over_at timestamptz not null
);

revoke update, delete, truncate on receipt_carts, hand_overs from payment;
