create table invoice_counters (
  year integer primary key,
  last integer not null
);

create table invoices (
  id uuid primary key,
  number text not null unique,
  user_id uuid not null,
  amount_kopecks bigint not null check (amount_kopecks between 1 and 9007199254740991),
  state text not null check (state in ('issued', 'paid', 'cancelled')),
  due_on date,
  issued_by text not null,
  issued_at timestamptz not null,
  paid_at timestamptz,
  cancelled_by text,
  cancelled_at timestamptz,
  check ((state = 'paid') = (paid_at is not null)),
  check ((state = 'cancelled') = (cancelled_at is not null))
);

create index invoices_of_user on invoices (user_id, id);

create table invoice_lines (
  invoice_id uuid not null references invoices,
  position integer not null,
  title text not null,
  quantity integer not null check (quantity >= 1),
  price_kopecks bigint not null check (price_kopecks >= 1),
  amount_kopecks bigint not null check (amount_kopecks = quantity * price_kopecks),
  vat text not null check (vat in ('none', '0', '5', '7', '10', '20', '22')),
  primary key (invoice_id, position)
);
