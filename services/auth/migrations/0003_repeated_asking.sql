alter table flows add column asked_as text;
