-- no transaction
create index concurrently if not exists sessions_by_ending on sessions (ended_at) where ended_at is not null;
