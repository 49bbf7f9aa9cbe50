-- By whom, and when, an invoice's page was opened to whoever holds the link. The link itself is nowhere: only its hash.
create table payer_links (
  invoice_id uuid not null references invoices,
  version integer not null check (version >= 1),
  token_hash text not null unique,
  made_by text not null,
  made_at timestamptz not null,
  ended_by text,
  ended_at timestamptz,
  primary key (invoice_id, version),
  check ((ended_by is null) = (ended_at is null))
);

create unique index payer_links_one_live on payer_links (invoice_id) where ended_at is null;
