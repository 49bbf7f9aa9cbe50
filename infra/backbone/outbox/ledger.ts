import type { EventType } from '@kontora/events'
import { partitionOf } from '@kontora/events'
import type { Sql } from '@kontora/postgres'
import * as v from 'valibot'

const schema = v.object({ account: v.string(), version: v.number(), note: v.optional(v.string()) })

/** What the emitting service of these stands tells: a later version of an account comes after an earlier one. */
export const moved: EventType<typeof schema> = { type: 'ledger.moved', topic: 'ledger', version: 1, schema }

export const ledgerTables = 'create table accounts (account text primary key, version integer not null)'

/** `effects` keeps each effect at the consumer in its order, `heard` what each account stands at. */
export const readerTables = `
  create table heard (account text primary key, version integer not null);
  create table effects (
    position bigint generated always as identity,
    handler text not null,
    account text not null,
    version integer not null
  )`

/** With the rest of the data, about 200 bytes. */
const note = 'x'.repeat(150)
const atOnce = 5000

/** `count` events that wait in the outbox, as so many accounts would leave them, from the first version of each on. */
export const fillOutbox = async (sql: Sql, count: number, ofAccounts = 200): Promise<void> => {
  const time = new Date()
  const accounts = Array.from({ length: ofAccounts }, (_, i) => `account-${i}`)
  for (let from = 0; from < count; from += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, count - from) }, (_, i) => {
      const account = accounts[(from + i) % accounts.length] ?? ''
      const version = Math.floor((from + i) / accounts.length) + 1
      const data = { account, version, note }
      return { id: crypto.randomUUID(), partition: partitionOf(account), subject: account, data }
    })
    await sql`
      insert into outbox (id, topic, partition, type, version, subject, time, data)
      select id, ${moved.topic}, partition, ${moved.type}, ${moved.version}, subject, ${time}, data
      from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as rows (id uuid, partition integer, subject text, data jsonb)`
  }
}
