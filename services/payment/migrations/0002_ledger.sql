create table ledger_transactions (
  id uuid primary key,
  kind text not null check (kind in (
    'invoice-issued', 'invoice-cancelled', 'attempt-settled',
    'refund-requested', 'refund-settled', 'refund-failed'
  )),
  source_id uuid not null,
  made_at timestamptz not null,
  unique (kind, source_id)
);

-- A debit is positive, a credit negative.
create table ledger_entries (
  transaction_id uuid not null references ledger_transactions,
  position integer not null,
  account text not null,
  amount_kopecks bigint not null check (amount_kopecks <> 0),
  primary key (transaction_id, position)
);

create index ledger_entries_by_account on ledger_entries (account);

create function check_ledger_balance() returns trigger language plpgsql as $$
declare
  transaction uuid := case tg_table_name
    when 'ledger_transactions' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'transaction_id' end;
begin
  if (select count(*) < 2 or sum(amount_kopecks) <> 0 from ledger_entries where transaction_id = transaction) then
    raise exception 'ledger transaction % does not balance', transaction using errcode = 'check_violation';
  end if;
  return null;
end
$$;

create constraint trigger ledger_transactions_balance after insert on ledger_transactions
  deferrable initially deferred for each row execute function check_ledger_balance();
create constraint trigger ledger_entries_balance after insert on ledger_entries
  deferrable initially deferred for each row execute function check_ledger_balance();

revoke update, delete, truncate on ledger_transactions, ledger_entries from payment;
