-- A tombstone has no value; it comes from producers of Kafka's own protocol or from who asks for it. Every reader of this
-- column is kafka-http itself, whose older version only meets a null when a newer one has written it.
-- squawk-ignore ban-drop-not-null
alter table messages alter column value drop not null;
