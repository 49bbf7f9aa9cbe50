import type { Transaction } from '@kontora/postgres'
import { traceparent } from '@kontora/service'
import * as v from 'valibot'
import { bossOf, dbOf } from './boss.ts'
import { wakeJob } from './wake.ts'

/** How a job of this queue is tried again: after 2, 4, 8 … seconds, at most an hour apart, and at last it is dead. */
export type Retry = { times: number }

/** `data` is checked both when a job is queued and when it is taken: a job outlives the code that queued it. */
export type Queue<Schema extends v.GenericSchema = v.GenericSchema> = {
  name: string
  schema: Schema
  retry: Retry
  /** At most one job of a key waits: who queues a second one meanwhile adds nothing. */
  oncePerKey: boolean
}

type Options = { retry?: Retry; oncePerKey?: boolean }

/** A queue's name is unique in a service and never changes, for its jobs outlive a deploy. */
export const queue = <Schema extends v.GenericSchema>(
  name: string,
  schema: Schema,
  { retry = { times: 10 }, oncePerKey = false }: Options = {},
): Queue<Schema> => ({ name, schema, retry, oncePerKey })

/** What lies in a job: ids and states as in an event, never a name or an address; the trace rides along. */
export type Envelope = { data: unknown; traceparent: string | null }

/** `key` is for a queue that is `oncePerKey`; `notBefore` puts the job off. */
export type Enqueued = { key?: string; notBefore?: Date }

/**
 * Queues one job in the caller's transaction: undone with it, taken as soon as it is committed. Undefined when one of its key
 * waits already. While a job of that key runs, this waits for its end.
 */
export const enqueue = async <Schema extends v.GenericSchema>(
  tx: Transaction,
  { name, schema, oncePerKey }: Queue<Schema>,
  data: v.InferInput<Schema>,
  { key, notBefore }: Enqueued = {},
): Promise<string | undefined> => {
  if (oncePerKey !== (key !== undefined))
    throw new Error(`Jobs of ${name} have ${oncePerKey ? 'a' : 'no'} key`)
  const envelope: Envelope = { data: v.parse(schema, data), traceparent: traceparent() }
  const boss = await bossOf(tx)
  const id = await boss.send(name, envelope, {
    db: dbOf(tx),
    ...(key !== undefined && { singletonKey: key }),
    ...(notBefore && { startAfter: notBefore }),
  })
  if (id && !notBefore) wakeJob(tx, name)
  return id ?? undefined
}
