-- A closed partition takes no more messages here: they go to Kafka as soon as the move is done.
alter table partitions add column closed boolean not null default false;

-- One row, when the log has moved to Kafka.
create table log_moves (
  moved_at timestamptz primary key
);
