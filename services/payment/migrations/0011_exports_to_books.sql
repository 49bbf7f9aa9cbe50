-- The state of the 1С base as we see it: one row for all processes, locked while one of them takes a document to send.
create table accounting_base (
  id text primary key check (id = 'one-c'),
  state text not null check (state in ('open', 'paused')),
  -- Faults of the base itself since it last answered: away, busy, out of sessions.
  faults integer not null check (faults >= 0),
  -- Nothing is sent before.
  resume_at timestamptz,
  reason_code text,
  reason_text text,
  changed_by text,
  changed_at timestamptz
);
insert into accounting_base (id, state, faults) values ('one-c', 'open', 0);

create sequence exports_position_seq;

alter table exports
  -- The order in which documents of one invoice came, under its lock: `after_id` is the one before.
  add column position bigint,
  -- The key of the document in 1С; a cancellation has the invoice's.
  add column document_id uuid,
  add column invoice_id uuid,
  add column user_id uuid,
  add column payment_id uuid,
  add column way text check (way in ('card', 'sbp')),
  add column amount_kopecks bigint check (amount_kopecks between 1 and 9007199254740991),
  add column happened_at timestamptz,
  -- Who works on it now, and until when he is believed to live.
  add column lease uuid,
  add column leased_until timestamptz,
  -- How often in a row it ended for the same reason.
  add column repeats integer not null default 0,
  -- What 1С has: its number, its version, and the keys under which it knows the payer.
  add column one_c_number text,
  add column one_c_version text,
  add column one_c_posted boolean,
  add column counterparty_key uuid,
  add column contract_key uuid;

update exports set position = ordered.position, document_id = exports.id
from (
  select id, row_number() over (order by created_at, array_position(array['invoice', 'payment', 'refund'], kind), id) as position
  from exports) ordered
where ordered.id = exports.id;
update exports set invoice_id = invoices.id, user_id = invoices.user_id, amount_kopecks = invoices.amount_kopecks, happened_at = invoices.issued_at
from invoices where exports.kind = 'invoice' and invoices.id = exports.id;
update exports set invoice_id = attempts.invoice_id, user_id = attempts.user_id,
  amount_kopecks = coalesce(attempts.captured_kopecks, attempts.amount_kopecks),
  happened_at = attempts.ended_at, way = attempts.way
from attempts where exports.kind = 'payment' and attempts.id = exports.id;
update exports set invoice_id = refunds.invoice_id, user_id = refunds.user_id, amount_kopecks = refunds.amount_kopecks,
  happened_at = refunds.ended_at, payment_id = refunds.attempt_id
from refunds where exports.kind = 'refund' and refunds.id = exports.id;

select setval('exports_position_seq', (select coalesce(max(position), 0) + 1 from exports));
alter table exports alter column position set default nextval('exports_position_seq');
alter sequence exports_position_seq owned by exports.position;

alter table exports
  drop constraint exports_kind_check,
  drop constraint exports_state_check;
alter table exports add constraint exports_kind_check
  check (kind in ('invoice', 'payment', 'transfer', 'refund', 'commission', 'cancellation')) not valid;
alter table exports add constraint exports_state_check
  check (state in ('waiting', 'exported', 'failed', 'left-out')) not valid;
alter table exports add constraint exports_are_whole check (
  position is not null and document_id is not null and invoice_id is not null and user_id is not null
  and amount_kopecks is not null and happened_at is not null
  and (kind in ('payment', 'commission')) = (way is not null)
  and (kind in ('refund', 'commission')) = (payment_id is not null)) not valid;
-- Not validated here: what stood before was filled above, and a look at all of it would hold up its readers.

-- The version before this one writes no more than the ids: what it leaves out is filled here while it still runs.
create function fill_export() returns trigger language plpgsql as $$
begin
  new.document_id := new.id;
  if new.kind = 'invoice' then
    select id, user_id, amount_kopecks, issued_at into new.invoice_id, new.user_id, new.amount_kopecks, new.happened_at
    from invoices where id = new.id;
  elsif new.kind = 'payment' then
    select invoice_id, user_id, coalesce(captured_kopecks, amount_kopecks), ended_at, way
    into new.invoice_id, new.user_id, new.amount_kopecks, new.happened_at, new.way
    from attempts where id = new.id;
  else
    select invoice_id, user_id, amount_kopecks, ended_at, attempt_id
    into new.invoice_id, new.user_id, new.amount_kopecks, new.happened_at, new.payment_id
    from refunds where id = new.id;
  end if;
  return new;
end
$$;
create trigger exports_of_the_version_before before insert on exports
  for each row when (new.document_id is null) execute function fill_export();

-- One row a document: built in a moment.
-- squawk-ignore require-concurrent-index-creation
create index exports_of_invoice on exports (invoice_id, position);
-- squawk-ignore require-concurrent-index-creation
create index exports_under_way on exports (leased_until) where leased_until is not null;
-- squawk-ignore require-concurrent-index-creation
create index exports_by_day on exports (happened_at);

-- A question to 1С whether its documents are still as we sent them.
create table accounting_comparisons (
  id uuid primary key,
  -- The day of the base's clock that asked for it; none where an operator did.
  day date unique,
  asked_by text not null,
  asked_at timestamptz not null,
  ask_at timestamptz,
  ended_at timestamptz,
  documents integer,
  differences integer,
  check ((ended_at is null) = (documents is null) and (ended_at is null) = (differences is null)),
  check ((ended_at is null) = (ask_at is not null))
);
create index accounting_comparisons_to_ask on accounting_comparisons (ask_at) where ask_at is not null;

create table accounting_differences (
  document_id uuid not null,
  what text not null check (what in ('missing', 'amount', 'not-posted', 'posted', 'marked', 'not-marked', 'unknown')),
  kind text,
  ours_kopecks bigint,
  theirs_kopecks bigint,
  found_at timestamptz not null,
  seen_at timestamptz not null,
  -- A later comparison did not find it any more.
  gone_at timestamptz,
  primary key (document_id, what)
);
create index accounting_differences_now on accounting_differences (found_at) where gone_at is null;
