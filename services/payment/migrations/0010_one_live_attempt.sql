-- no transaction
create unique index concurrently if not exists attempts_one_live_or_held on attempts (invoice_id)
  where state in ('starting', 'unknown', 'open', 'held');
