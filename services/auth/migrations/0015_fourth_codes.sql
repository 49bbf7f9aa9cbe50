alter table flows add column keeps_silent boolean not null default false;
