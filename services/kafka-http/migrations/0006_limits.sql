-- Null is no limit. Each gateway counts for itself.
alter table credentials add column requests_per_second integer check (requests_per_second > 0);
alter table credentials add column bytes_per_second bigint check (bytes_per_second > 0);
