alter table flows add column session_id uuid;
alter table flows add column used_at timestamptz;
