-- The closed state machines, the same as in `src/transitions.ts`. A new state is one more line, in a migration of its own.
create table transitions (
  aggregate text not null,
  -- `new` is before the row's birth.
  from_state text not null,
  to_state text not null,
  primary key (aggregate, from_state, to_state)
);

insert into transitions (aggregate, from_state, to_state) values
  ('invoices', 'new', 'draft'),
  ('invoices', 'draft', 'issued'),
  ('invoices', 'draft', 'cancelled'),
  ('invoices', 'issued', 'paid'),
  ('invoices', 'issued', 'cancelled'),
  ('invoices', 'issued', 'expired'),
  ('invoices', 'expired', 'paid'),
  ('invoices', 'expired', 'issued'),

  ('attempts', 'new', 'starting'),
  ('attempts', 'starting', 'unknown'),
  ('attempts', 'unknown', 'open'),
  ('attempts', 'unknown', 'failed'),
  ('attempts', 'open', 'held'),
  ('attempts', 'open', 'settled'),
  ('attempts', 'open', 'failed'),
  ('attempts', 'open', 'expired'),
  ('attempts', 'open', 'reversed'),
  ('attempts', 'open', 'quarantined'),
  ('attempts', 'held', 'settled'),
  ('attempts', 'held', 'failed'),
  ('attempts', 'held', 'expired'),
  ('attempts', 'held', 'reversed'),
  ('attempts', 'held', 'quarantined'),
  ('attempts', 'failed', 'settled'),
  ('attempts', 'failed', 'quarantined'),
  ('attempts', 'expired', 'settled'),
  ('attempts', 'expired', 'quarantined'),
  ('attempts', 'reversed', 'settled'),
  ('attempts', 'reversed', 'quarantined'),
  ('attempts', 'quarantined', 'settled'),
  ('attempts', 'quarantined', 'failed'),

  ('refunds', 'new', 'requested'),
  ('refunds', 'requested', 'sending'),
  ('refunds', 'sending', 'requested'),
  ('refunds', 'sending', 'unknown'),
  ('refunds', 'sending', 'settled'),
  ('refunds', 'sending', 'failed'),
  ('refunds', 'unknown', 'settled'),
  ('refunds', 'unknown', 'failed'),

  ('hold_moves', 'new', 'requested'),
  ('hold_moves', 'requested', 'sending'),
  ('hold_moves', 'requested', 'done'),
  ('hold_moves', 'requested', 'failed'),
  ('hold_moves', 'sending', 'requested'),
  ('hold_moves', 'sending', 'unknown'),
  ('hold_moves', 'sending', 'done'),
  ('hold_moves', 'sending', 'failed'),
  ('hold_moves', 'unknown', 'done'),
  ('hold_moves', 'unknown', 'failed');

create function refuse_illegal_transition() returns trigger language plpgsql as $$
declare
  known text := 'new';
begin
  if tg_op = 'UPDATE' then
    if new.state = old.state then
      return new;
    end if;
    known := old.state;
  end if;
  if not exists (
    select from transitions
    where aggregate = tg_table_name and from_state = known and to_state = new.state
  ) then
    raise exception '% may not go from % to %', tg_table_name, known, new.state
      using errcode = 'check_violation', schema = tg_table_schema, table = tg_table_name,
        constraint = tg_table_name || '_transition';
  end if;
  return new;
end
$$;

create trigger invoices_transition before insert or update of state on invoices
  for each row execute function refuse_illegal_transition();
create trigger attempts_transition before insert or update of state on attempts
  for each row execute function refuse_illegal_transition();
create trigger refunds_transition before insert or update of state on refunds
  for each row execute function refuse_illegal_transition();
create trigger hold_moves_transition before insert or update of state on hold_moves
  for each row execute function refuse_illegal_transition();

-- Who runs may not widen what he may do.
revoke insert, update, delete, truncate on transitions from payment;
