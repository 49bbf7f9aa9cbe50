-- The tables are read through once under their locks, as only a service that has not gone out yet may do; what carries the
-- version of before over is its own invoices, and it cannot issue until it is replaced.
-- squawk-ignore-file adding-not-nullable-field, constraint-missing-not-valid, adding-foreign-key-constraint, disallowed-unique-constraint, require-concurrent-index-creation, ban-drop-not-null, adding-serial-primary-key-field

-- Sellers. Whoever changes one makes a new version, and an issued invoice keeps the version of its day. Requisites are
-- missing only from the one that this migration makes for the invoices of before, until somebody puts them.
create table legal_entities (
  id uuid not null,
  version integer not null check (version >= 1),
  name text not null,
  full_name text not null,
  inn text,
  kpp text,
  ogrn text,
  address text,
  bank_account text,
  bank_name text,
  bik text,
  correspondent_account text,
  director text,
  accountant text,
  number_prefix text not null,
  vat_mode text not null check (vat_mode in ('none', 'reduced', 'general')),
  -- As the bank's receipts count: 0 ОСН, 1 УСН доход, 2 УСН доход − расход, 4 ЕСХН, 5 патент.
  tax_system integer not null check (tax_system in (0, 1, 2, 4, 5)),
  made_by text not null,
  made_at timestamptz not null,
  replaced_at timestamptz,
  primary key (id, version),
  check (num_nulls(inn, bank_account, bank_name, bik, correspondent_account) in (0, 5))
);

create unique index legal_entities_current on legal_entities (id) where replaced_at is null;
create unique index legal_entities_one_prefix on legal_entities (number_prefix) where replaced_at is null;

-- Rates as the law has them (НК РФ, art. 164; 22 % and its end of 20 %: law 425-ФЗ of 28.11.2025); `valid_to` is the last day.
-- `tax_type` is the bank's code of the rate, `advance_tax_type` that of money that comes before the goods (22/122).
create table vat_rates (
  code text primary key,
  percent integer check (percent between 0 and 99),
  valid_from date not null,
  valid_to date,
  vat_modes text[] not null,
  tax_type integer not null,
  advance_tax_type integer not null
);

insert into vat_rates (code, percent, valid_from, valid_to, vat_modes, tax_type, advance_tax_type) values
  ('none', null, '2001-01-01', null, '{none,reduced,general}', 0, 0),
  ('0', 0, '2001-01-01', null, '{reduced,general}', 1, 1),
  ('5', 5, '2025-01-01', null, '{reduced}', 10, 11),
  ('7', 7, '2025-01-01', null, '{reduced}', 12, 13),
  ('10', 10, '2001-01-01', null, '{general}', 2, 4),
  ('20', 20, '2019-01-01', '2025-12-31', '{general}', 6, 7),
  ('22', 22, '2026-01-01', null, '{general}', 14, 15);

insert into legal_entities (id, version, name, full_name, number_prefix, vat_mode, tax_system, made_by, made_at)
select '00000000-0000-7000-8000-000000000001', 1, 'Организация', 'Организация', '', 'general', 0, 'migration', min(issued_at)
from invoices having count(*) > 0;

alter table invoice_counters add column legal_entity_id uuid;
update invoice_counters set legal_entity_id = '00000000-0000-7000-8000-000000000001';
alter table invoice_counters alter column legal_entity_id set not null;
alter table invoice_counters drop constraint invoice_counters_pkey;
alter table invoice_counters add primary key (legal_entity_id, year);

alter table invoices
  add column legal_entity_id uuid,
  add column legal_entity_version integer,
  add column number_year integer,
  add column number_count integer,
  add column paid_kopecks bigint not null default 0,
  add column drafted_by text,
  add column drafted_at timestamptz,
  add column expires_at timestamptz,
  add column expired_at timestamptz,
  -- When it is next looked at whether it may expire.
  add column expiry_ask_at timestamptz;

update invoices set
  legal_entity_id = '00000000-0000-7000-8000-000000000001', legal_entity_version = 1,
  number_year = split_part(number, '-', 1)::integer, number_count = split_part(number, '-', 2)::integer,
  paid_kopecks = case state when 'paid' then amount_kopecks else 0 end,
  drafted_by = issued_by, drafted_at = issued_at;

-- A draft has neither number nor day of issue.
alter table invoices
  alter column number drop not null,
  alter column issued_by drop not null,
  alter column issued_at drop not null;

alter table invoices
  alter column legal_entity_id set not null,
  alter column drafted_by set not null,
  alter column drafted_at set not null,
  drop constraint invoices_number_key,
  drop constraint invoices_state_check,
  add constraint invoices_state_check check (state in ('draft', 'issued', 'paid', 'cancelled', 'expired')),
  add constraint invoices_one_number unique (legal_entity_id, number_year, number_count),
  add constraint invoices_legal_entity foreign key (legal_entity_id, legal_entity_version) references legal_entities (id, version),
  add constraint invoices_issued_whole check (
    num_nulls(legal_entity_version, number, number_year, number_count, issued_by, issued_at) in (0, 6)),
  add constraint invoices_issued check (state in ('draft', 'cancelled') or issued_at is not null),
  add constraint invoices_draft check (state <> 'draft' or issued_at is null),
  add constraint invoices_paid check (
    paid_kopecks between 0 and amount_kopecks and (state = 'paid') = (paid_kopecks = amount_kopecks)),
  add constraint invoices_cancelled check (state <> 'cancelled' or paid_kopecks = 0),
  add constraint invoices_expired check ((state = 'expired') = (expired_at is not null)),
  add constraint invoices_expiry_ask_at check (expiry_ask_at is null or state = 'issued');

create index invoices_to_expire on invoices (expiry_ask_at) where expiry_ask_at is not null;

alter table invoice_lines
  add column discount_kopecks bigint not null default 0,
  add column vat_kopecks bigint;

update invoice_lines set vat_kopecks = coalesce(
  div(2 * amount_kopecks::numeric * percent + 100 + percent, 2 * (100 + percent)::numeric), 0)::bigint
from vat_rates where code = vat;

alter table invoice_lines
  alter column vat_kopecks set not null,
  drop constraint invoice_lines_check,
  drop constraint invoice_lines_vat_check,
  add constraint invoice_lines_amount check (
    discount_kopecks >= 0 and amount_kopecks >= 1 and amount_kopecks = quantity * price_kopecks - discount_kopecks),
  add constraint invoice_lines_vat_amount check (vat_kopecks between 0 and amount_kopecks),
  add constraint invoice_lines_vat foreign key (vat) references vat_rates (code);

-- Kinds of movement are rows, so that whoever adds one does not write anew those of all others.
create table ledger_kinds (
  kind text primary key
);

insert into ledger_kinds (kind) values
  ('invoice-issued'), ('invoice-cancelled'), ('invoice-expired'), ('invoice-revived'),
  ('attempt-settled'), ('refund-requested'), ('refund-settled'), ('refund-failed');

alter table ledger_transactions
  drop constraint ledger_transactions_kind_check,
  add constraint ledger_transactions_kind foreign key (kind) references ledger_kinds (kind);

revoke insert, update, delete, truncate on ledger_kinds, vat_rates from payment;
revoke delete, truncate on legal_entities from payment;
