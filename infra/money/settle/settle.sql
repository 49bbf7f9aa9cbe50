-- One settled callback as the service sends it, statement by statement: what arrives is stored, then the bank's answer is
-- settled. `n` is the number of an attempt of `fill-attempts.ts`. The claim of the job is one statement for twenty of them. No colon stands
-- in a text: to pgbench it begins a variable.
begin;
select id from attempts where md_order = '00000000-0000-7000-a000-' || lpad(:n::text, 12, '0') or order_number = lpad(:n::text, 26, '0') limit 1;
insert into bank_callbacks (id, hash, attempt_id, received_at, operation, status, fields) values (gen_random_uuid(), md5(:n::text) || md5(:n::text), ('00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'))::uuid, now(), 'deposited', '1', jsonb_build_object('mdOrder', '00000000-0000-7000-a000-' || lpad(:n::text, 12, '0'), 'orderNumber', lpad(:n::text, 26, '0'), 'operation', 'deposited', 'status', '1', 'callbackCreationDate', 'Mon Nov 23 12-00-00 MSK 2026')) on conflict (hash) do nothing returning id;
update attempts set ask_at = now() where id = ('00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'))::uuid and md_order is not null and state not in ('settled', 'quarantined');
update refunds set ask_at = now() where attempt_id = ('00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'))::uuid and state in ('sending', 'unknown');
commit;
begin;
select id, user_id, amount_kopecks, paid_kopecks, state, expires_at from invoices where id = (select invoice_id from attempts where id = ('00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'))::uuid) for update;
select id, invoice_id, user_id, state, order_number, amount_kopecks, refunded_kopecks, opened_at, ended_at from attempts where id = ('00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'))::uuid for update;
update attempts set state = 'settled', way = 'card', reason = null, ended_at = now(), start_at = null, ask_at = null where id = ('00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'))::uuid;
insert into ledger_transactions (id, kind, source_id, made_at) values (('00000000-0000-7000-d000-' || lpad(:n::text, 12, '0'))::uuid, 'attempt-settled', ('00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'))::uuid, now());
insert into ledger_entries (transaction_id, position, account, amount_kopecks) values (('00000000-0000-7000-d000-' || lpad(:n::text, 12, '0'))::uuid, 0, 'acquiring', 1220000), (('00000000-0000-7000-d000-' || lpad(:n::text, 12, '0'))::uuid, 1, 'receivable' || chr(58) || '00000000-0000-7000-b000-' || lpad(:n::text, 12, '0'), -1220000);
insert into exports (id, kind, after_id, state, attempts, created_at, ask_at) values (('00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'))::uuid, 'payment', ('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid, 'waiting', 0, now(), now());
select items, closes_when_paid from receipt_carts where operation_id = ('00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'))::uuid;
insert into outbox (id, topic, partition, type, version, subject, time, data) values (gen_random_uuid(), 'payment', 1, 'payment.attempt-settled', 1, '00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'), now(), jsonb_build_object('attemptId', '00000000-0000-7000-9000-' || lpad(:n::text, 12, '0'), 'invoiceId', '00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'), 'userId', '00000000-0000-7000-b000-' || lpad(:n::text, 12, '0'), 'amountKopecks', 1220000, 'way', 'card'));
update invoices set state = 'paid', paid_kopecks = amount_kopecks, paid_at = now(), expired_at = null, expiry_ask_at = null where id = ('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid;
insert into outbox (id, topic, partition, type, version, subject, time, data) values (gen_random_uuid(), 'payment', 1, 'payment.invoice-paid', 1, '00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'), now(), jsonb_build_object('invoiceId', '00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'), 'userId', '00000000-0000-7000-b000-' || lpad(:n::text, 12, '0'), 'amountKopecks', 1220000));
commit;
