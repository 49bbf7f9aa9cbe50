import * as v from 'valibot'
import type { Store } from '../frame/store.ts'

export const Settings = v.strictObject({
  /** Documents dated before this day can no longer be posted, unposted, or, once posted, changed. */
  closedBefore: v.optional(v.nullable(v.pipe(v.string(), v.isoDate()))),
  /** The manual says that a stale `If-Match` is refused with 412; those who tried say that it is ignored. */
  ifMatch: v.optional(v.picklist(['ignored', 'honoured'])),
  /** How many calls 1C serves at once; 0 is a base without a free licence. */
  sessions: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** How long a call waits for a session before it is told 406. */
  sessionWaitMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(60_000))),
  /** How the HTTP service keeps sessions: a new one for each call, started and finished by the caller, or a pool. */
  reuseSessions: v.optional(v.picklist(['dontuse', 'use', 'autouse'])),
  /** A started session that nobody uses for so long is gone. */
  sessionMaxAgeMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** Ref_Keys of the objects that somebody has open in a form. */
  locked: v.optional(v.array(v.pipe(v.string(), v.toLowerCase(), v.uuid()))),
})
export type Settings = {
  closedBefore: string | null
  ifMatch: 'ignored' | 'honoured'
  sessions: number
  sessionWaitMs: number
  reuseSessions: 'dontuse' | 'use' | 'autouse'
  sessionMaxAgeMs: number
  locked: string[]
}

const initial: Settings = {
  closedBefore: null,
  ifMatch: 'ignored',
  sessions: 10,
  sessionWaitMs: 5_000,
  reuseSessions: 'autouse',
  sessionMaxAgeMs: 20_000,
  locked: [],
}

export const readSettings = (store: Store): Settings => {
  const rows = store.query<{ name: string; value: string }, []>('select name, value from settings').all()
  return { ...initial, ...Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value)])) }
}

export const changeSettings = (store: Store, settings: v.InferOutput<typeof Settings>): void => {
  for (const [name, value] of Object.entries(settings))
    store.run(
      `insert into settings (name, value) values (?, ?)
       on conflict (name) do update set value = excluded.value`,
      [name, JSON.stringify(value)],
    )
}
