create table topics (
  name text collate "C" primary key,
  created_at timestamptz not null
);

-- Its row lock orders the writers of a partition; `first_offset` is what retention has left.
create table partitions (
  topic text collate "C" not null references topics (name),
  partition integer not null,
  first_offset bigint not null,
  next_offset bigint not null,
  primary key (topic, partition)
) with (fillfactor = 50);

create table messages (
  topic text collate "C" not null,
  partition integer not null,
  message_offset bigint not null,
  time_ms bigint not null,
  stored_at timestamptz not null,
  key text,
  value text not null,
  headers json not null,
  size_bytes integer not null,
  primary key (topic, partition, message_offset)
);
create index messages_by_time on messages using brin (time_ms) with (autosummarize = on);
