-- The aggregate that a letter tells of, as its event named it.
alter table messages add column about_id uuid;
