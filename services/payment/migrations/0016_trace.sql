-- Built in a moment, as only a service that has not gone out yet may do; `letters` is empty when its row is bound.
-- squawk-ignore-file require-concurrent-index-creation, adding-foreign-key-constraint

-- All of one payment is read at once, ended attempts and ended moves of holds too.
create index attempts_of_invoice on attempts (invoice_id);
create index hold_moves_of_attempt on hold_moves (attempt_id);

-- What became of the letters about an invoice, as `notification` told: never to whom.
create table letters (
  message_id uuid primary key,
  invoice_id uuid not null references invoices,
  kind text not null,
  state text not null check (state in ('sent', 'failed', 'delivered', 'bounced', 'complained')),
  changed_at timestamptz not null
);
create index letters_of_invoice on letters (invoice_id);
