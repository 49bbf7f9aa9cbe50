import * as v from 'valibot'
import type { Store } from './store.ts'

/**
 * `error`: answered with `status` before anything is done. `timeout-after-acting`: done, then no answer for `delayMs`.
 * `garbage`: done, then an answer that is not the partner's format. `delay`: answered rightly after `delayMs`.
 * `refusal`: the partner's own business refuses, before anything is done. `bom`: done, and the answer begins with a byte order mark.
 * `lost-callback`, `duplicate-callback`: the partner's own call to us is not made, or made twice.
 */
export const faultKinds = [
  'error',
  'timeout-after-acting',
  'garbage',
  'delay',
  'refusal',
  'bom',
  'lost-callback',
  'duplicate-callback',
] as const
export type FaultKind = (typeof faultKinds)[number]

export const Fault = v.strictObject({
  /** Name of the operation as the journal writes it; `*` is any. */
  operation: v.optional(v.pipe(v.string(), v.nonEmpty()), '*'),
  kind: v.picklist(faultKinds),
  /** How many calls it meets; then it is gone. */
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)), 503),
  delayMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(120_000)), 30_000),
})
export type Fault = v.InferOutput<typeof Fault>

type Row = { id: number; kind: FaultKind; times: number; status: number; delay_ms: number }

export const addFaults = (store: Store, faults: Fault[]): void => {
  const insert = store.prepare(
    'insert into faults (operation, kind, times, status, delay_ms) values (?, ?, ?, ?, ?)',
  )
  for (const { operation, kind, times, status, delayMs } of faults)
    insert.run(operation, kind, times, status, delayMs)
}

export const clearFaults = (store: Store): void => void store.run('delete from faults')

/** Takes the oldest fault of these kinds that waits for this operation; each taking uses up one of its times. */
export const takeFault = (store: Store, operation: string, kinds: readonly FaultKind[]): Fault | undefined =>
  store.transaction(() => {
    const row = store
      .query<Row, string[]>(
        `select id, kind, times, status, delay_ms from faults
         where operation in (?, '*') and kind in (${kinds.map(() => '?').join()}) order by id limit 1`,
      )
      .get(operation, ...kinds)
    if (!row) return undefined
    if (row.times > 1) store.run('update faults set times = times - 1 where id = ?', [row.id])
    else store.run('delete from faults where id = ?', [row.id])
    return { operation, kind: row.kind, times: 1, status: row.status, delayMs: row.delay_ms }
  })()
