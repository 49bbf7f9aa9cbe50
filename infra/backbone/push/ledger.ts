import { type Envelope, type EventType, type Handler, on, partitionOf } from '@kontora/events'
import type { Pool, Sql } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import * as v from 'valibot'

export const topic = 'push-ledger'
export type Moved = { account: string; version: number }
const schema = v.object({ account: v.string(), version: v.number() })
const moved: EventType<typeof schema> = { type: 'ledger.moved', topic, version: 1, schema }

export const readerTables = `
  create table effects (
    position bigint generated always as identity, handler text not null, account text not null, version integer not null
  );
  create table tried (account text not null, version integer not null, primary key (account, version))`

export type ReaderResources = {
  sql: Sql
  now: () => Date
  newId: () => string
  log: Log
}

/** This version of a poisonous account is never handled; its later ones wait behind it. */
export const poisonedAt = 3
export const isPoisonous = (account: string): boolean => account.startsWith('poison-')

/** Of events in a version that nobody here reads: whether they are kept is not this proof's subject. */
export const unknownAccount = 'unknown'

export const unreadableValue = '{"specversion":"1.0"}'

const note = (handler: string, { sql }: ReaderResources, { account, version }: Moved) =>
  sql`insert into effects ${sql({ handler, account, version })}`

/** `pool` remembers what was tried although the handler's own transaction is undone. */
export const ledgerHandlers = (pool: Pool): Handler<ReaderResources>[] => [
  on<ReaderResources, typeof schema>('apply', moved, async (resources, _, event) => {
    await note('apply', resources, event)
    const { account, version } = event
    if (isPoisonous(account) && version === poisonedAt) throw new Error('poison')
    if (version % 11 !== 5) return
    const first =
      await pool`insert into tried ${pool({ account, version })} on conflict do nothing returning version`
    if (first.length > 0) throw new Error('not at the first time')
  }),
  on<ReaderResources, typeof schema>('see', moved, (resources, _, event) => note('see', resources, event), {
    policy: 'go-on',
  }),
]

export type Message = { topic: string; partition: number; key: string; value: string }

export const messageOf = (
  { account, version }: Moved,
  id: string,
  time: Date,
  schemaVersion = 1,
): Message => {
  const envelope: Envelope = {
    specversion: '1.0',
    id,
    type: moved.type,
    source: 'ledger',
    subject: account,
    time: time.toISOString(),
    dataschema: `urn:kontora:${moved.type}:${schemaVersion}`,
    data: { account, version },
  }
  return { topic, partition: partitionOf(account), key: account, value: JSON.stringify(envelope) }
}
