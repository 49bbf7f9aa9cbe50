import type { Store } from '../frame/store.ts'
import type { EntitySet } from './entity-set.ts'
import type { Entity } from './field.ts'

export const createTables = (store: Store): void => {
  store.run(`create table if not exists entities (
    set_name text not null, ref_key text not null, body text not null, primary key (set_name, ref_key))`)
  store.run(`create table if not exists attempts (
    set_name text not null, ref_key text not null, creates integer not null default 0,
    posts integer not null default 0, primary key (set_name, ref_key))`)
  store.run('create table if not exists counters (name text primary key, last integer not null)')
  store.run('create table if not exists settings (name text primary key, value text not null)')
}

export const findEntity = (store: Store, set: string, key: string): Entity | undefined => {
  const row = store
    .query<{ body: string }, [string, string]>('select body from entities where set_name = ? and ref_key = ?')
    .get(set, key)
  return row ? (JSON.parse(row.body) as Entity) : undefined
}

export const listEntities = (store: Store, set: string): Entity[] =>
  store
    .query<{ body: string }, [string]>('select body from entities where set_name = ? order by ref_key')
    .all(set)
    .map(({ body }) => JSON.parse(body) as Entity)

const nextCount = (store: Store, name: string): number =>
  store
    .query<{ last: number }, [string]>(
      `insert into counters (name, last) values (?, 1)
       on conflict (name) do update set last = last + 1 returning last`,
    )
    .get(name)?.last ?? 1

export const nextNumber = (store: Store, { name, kind }: EntitySet): string => {
  const count = nextCount(store, name)
  return kind === 'Document'
    ? `0000-${String(count).padStart(6, '0')}`
    : `00-${String(count).padStart(6, '0')}`
}

/** Every write gives the entity a new `DataVersion`. */
export const saveEntity = (store: Store, set: string, entity: Entity): Entity => {
  const version = Buffer.alloc(8)
  version.writeUInt32BE(nextCount(store, 'DataVersion'), 4)
  const saved = { ...entity, DataVersion: version.toString('base64') }
  store.run(
    `insert into entities (set_name, ref_key, body) values (?, ?, ?)
     on conflict (set_name, ref_key) do update set body = excluded.body`,
    [set, String(entity.Ref_Key), JSON.stringify(saved)],
  )
  return saved
}

export const removeEntity = (store: Store, set: string, key: string): void =>
  void store.run('delete from entities where set_name = ? and ref_key = ?', [set, key])

/** Counted outside the write's own transaction: a refused attempt is an attempt. */
export const countAttempt = (store: Store, set: string, key: string, what: 'creates' | 'posts'): void =>
  void store.run(
    `insert into attempts (set_name, ref_key, ${what}) values (?, ?, 1)
     on conflict (set_name, ref_key) do update set ${what} = ${what} + 1`,
    [set, key],
  )

export const attemptsOf = (store: Store, set: string, key: string): { creates: number; posts: number } =>
  store
    .query<{ creates: number; posts: number }, [string, string]>(
      'select creates, posts from attempts where set_name = ? and ref_key = ?',
    )
    .get(set, key) ?? { creates: 0, posts: 0 }
