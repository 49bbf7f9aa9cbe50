-- no transaction
create unique index concurrently if not exists flows_by_number on flows (address_hash, number);
