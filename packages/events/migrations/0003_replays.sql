-- When an operator asked for it again: its handling is then a trace of its own, with a link to the old one.
alter table parked add column replayed_at timestamptz;
