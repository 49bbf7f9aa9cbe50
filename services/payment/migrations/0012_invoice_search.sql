-- Made under the table's lock, as only a service that has not gone out yet may do.
-- squawk-ignore-file require-concurrent-index-creation

-- Beginnings of numbers are ranges of it, whatever the database's own order is.
create index invoices_by_number on invoices (number collate "C");
create index invoices_by_state on invoices (state, id);
create index invoices_by_issue on invoices (issued_at);
create index invoices_by_due on invoices (due_on);
create index invoices_by_amount on invoices (amount_kopecks);
