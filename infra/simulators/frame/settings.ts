import type { Store } from './store.ts'

export const prepareSettings = (store: Store): void =>
  void store.run('create table if not exists settings (name text primary key, value text not null)')

/** What was set over HTTP outlives the process and wins over what the process was started with. */
export const readSettings = <Settings extends object>(store: Store, started: Settings): Settings => ({
  ...started,
  ...Object.fromEntries(
    store
      .query<{ name: string; value: string }, []>('select name, value from settings')
      .all()
      .map(({ name, value }) => [name, JSON.parse(value)]),
  ),
})

export const changeSettings = (store: Store, changes: object): void => {
  const set = store.prepare('insert or replace into settings (name, value) values (?, ?)')
  for (const [name, value] of Object.entries(changes)) set.run(name, JSON.stringify(value))
}
