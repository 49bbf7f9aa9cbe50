-- Beside pg-boss's own schema `jobs`: its timekeeper marks a moment as told before it tells of it, and forwards at least once.
-- A row that is moved on in the transaction which queues the job loses and doubles none.
create table schedules (
  name text primary key,
  cron text not null,
  next_at timestamptz not null
);
