-- Holds the number of push, whose branch brings the file.
select 1;
