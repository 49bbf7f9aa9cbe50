alter table flows add column is_forgiven boolean not null default false;
