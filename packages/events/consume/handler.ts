import type { Sql } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import * as v from 'valibot'
import type { Envelope, EventType } from '../catalogue/event-type.ts'

/** Who acts when an event does: the service that emitted it. */
export type Emitter = { service: string }

/**
 * What happens to later events of a key behind one that failed: `block` parks them behind it; `go-on` lets them pass, for
 * events that carry their full state and a version.
 */
export type Policy = 'block' | 'go-on'

export type Handler<Resources> = {
  name: string
  event: EventType
  policy: Policy
  /** False: what cannot be handled is dropped at last, with an entry in the log, and never becomes a dead letter. */
  deadLetter: boolean
  handle: (resources: Resources, who: Emitter, data: never, envelope: Envelope) => Promise<unknown>
}

type Options = { policy?: Policy; deadLetter?: boolean }

/** `name` marks what was handled, for ever: two handlers may hear one event, and none changes its name. */
export const on = <Resources, Schema extends v.GenericSchema>(
  name: string,
  event: EventType<Schema>,
  handle: (
    resources: Resources,
    who: Emitter,
    data: v.InferOutput<Schema>,
    envelope: Envelope,
  ) => Promise<unknown>,
  { policy = 'block', deadLetter = true }: Options = {},
): Handler<Resources> => ({
  name,
  event,
  policy,
  deadLetter,
  handle: (resources, who, data, envelope) => handle(resources, who, v.parse(event.schema, data), envelope),
})

/** What a handler needs at least; the verb gets it with `sql` replaced by the open transaction. */
export type ConsumerResources = {
  sql: Sql
  now: () => Date
  newId: () => string
  log?: Pick<Log, 'warn' | 'error'>
}
