import { Database } from 'bun:sqlite'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

export type Store = Database

/**
 * What a partner remembers outlives its process, as the real one's books do: a file in the local stack, memory in a test.
 * WAL without fsync survives kill -9 of the process, which is what the crash proofs do.
 */
export const openStore = (path = ':memory:'): Store => {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const store = new Database(path, { create: true, strict: true })
  store.run('pragma journal_mode = wal')
  store.run('pragma synchronous = off')
  store.run(`create table if not exists journal (
    seq integer primary key autoincrement, time text not null, operation text not null, method text not null,
    path text not null, status integer, details text not null)`)
  store.run(`create table if not exists faults (
    id integer primary key autoincrement, operation text not null, kind text not null, times integer not null,
    status integer, delay_ms integer)`)
  return store
}
