import type { Sql } from '../../../packages/postgres/index.ts'

export type Paid = { account: string; flowId: string; at: Date }

/**
 * What the database itself notes of guessing, by triggers that the service does not know: each raise of a flow's tries and each
 * guess that was paid for. A guess that is not noted in both was not compared: the comparison follows them.
 */
export const watchGuesses = async (ownerSql: Sql) => {
  await ownerSql.unsafe(`
    create table watched_tries (flow_id uuid not null, tries integer not null);
    create table watched_guesses (account text not null, flow_id uuid not null, at timestamptz not null);
    create function watch_tries() returns trigger language plpgsql security definer as $$
    begin
      insert into watched_tries values (new.id, new.tries);
      return null;
    end $$;
    create function watch_guesses() returns trigger language plpgsql security definer as $$
    begin
      insert into watched_guesses values (new.account, new.flow_id, new.guessed_at);
      return null;
    end $$;
    create trigger watch_tries after update on flows
      for each row when (new.tries is distinct from old.tries) execute function watch_tries();
    create trigger watch_new_guesses after insert on guess_slots
      for each row when (new.held_until is null) execute function watch_guesses();
    create trigger watch_held_guesses after update on guess_slots
      for each row when (new.held_until is null) execute function watch_guesses();
  `)
  return {
    /** The most tries that any flow was raised by. */
    mostTries: async (): Promise<number> => {
      const [row] = await ownerSql<{ most: number }[]>`
        select coalesce(max(n), 0)::integer as most
        from (select count(*) as n from watched_tries group by flow_id) counted`
      return row?.most ?? 0
    },
    triesOf: async (flowId: string): Promise<number> => {
      const raised = await ownerSql`select 1 from watched_tries where flow_id = ${flowId}`
      return raised.length
    },
    paid: (): Promise<Paid[]> =>
      ownerSql<Paid[]>`select account, flow_id, at from watched_guesses order by at`,
  }
}
