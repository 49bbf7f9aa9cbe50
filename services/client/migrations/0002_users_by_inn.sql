-- no transaction
create index concurrently if not exists users_by_inn on users (inn) where inn is not null;
