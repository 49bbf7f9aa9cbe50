-- A key is published a day before its use, so two can stand unretired. Null, of before this column, is since it was made.
alter table letter_keys add column used_from timestamptz;
-- squawk-ignore require-concurrent-index-deletion
drop index letter_keys_one_current;
