alter table sessions add column seen_sealed text;
