-- Its row lock is held while the members of a group or their shares change.
create table groups (
  name text collate "C" primary key,
  generation bigint not null
);

create table instances (
  group_name text collate "C" not null references groups (name),
  name text collate "C" not null,
  topics jsonb not null,
  auto_commit boolean not null,
  offset_reset text not null,
  session_timeout_ms integer not null,
  call_id uuid not null,
  answered_call uuid,
  answer_arrived boolean not null,
  expires_at timestamptz not null,
  primary key (group_name, name)
) with (fillfactor = 50);
create index instances_by_expiry on instances (expires_at);

-- `position` is behind what surely arrived, `answered_position` behind the last answer, which may have been lost.
-- `heir` gets the partition when `holder` calls again or is gone.
create table holdings (
  group_name text collate "C" not null references groups (name),
  topic text collate "C" not null,
  partition integer not null,
  holder text collate "C" not null,
  heir text collate "C",
  position bigint,
  answered_position bigint,
  start_position bigint,
  primary key (group_name, topic, partition)
) with (fillfactor = 50);

create table committed_offsets (
  group_name text collate "C" not null,
  topic text collate "C" not null,
  partition integer not null,
  next_offset bigint not null,
  committed_at timestamptz not null,
  primary key (group_name, topic, partition)
) with (fillfactor = 50);
