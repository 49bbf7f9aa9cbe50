-- The table is read through once under its lock, as only a service that has not gone out yet may do.
-- squawk-ignore-file adding-foreign-key-constraint, require-concurrent-index-creation

-- When it is next looked at whether its payer is to be reminded; whoever pays or cancels need not know of it.
alter table invoices add column remind_at timestamptz;
update invoices set remind_at = issued_at where state = 'issued' and due_on is not null;
create index invoices_to_remind on invoices (remind_at) where remind_at is not null;

-- Each step of the ladder once: days after the day that an invoice is due, before it below zero.
create table invoice_reminders (
  invoice_id uuid not null references invoices,
  days integer not null,
  told_at timestamptz not null,
  primary key (invoice_id, days)
);

revoke update, delete, truncate on invoice_reminders from payment;
