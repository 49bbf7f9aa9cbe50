import { transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'

export type Refused = {
  channel: string
  reason: string
  method: string
  names: string[]
  checksumLength: number
}

const mostSamples = 5
const mostNames = 30
/** A name of the bank's; whatever else stands there may be anything, and is not kept. */
const ordinaryName = /^[A-Za-z][\w.]{0,39}$/

/** Counted, each; of the first few a day it is kept what they looked like, and no value of them. */
export const countRefused = ({ sql, now, log }: Resources, refused: Refused): Promise<void> =>
  transaction(sql, async (tx) => {
    const time = now()
    const day = time.toISOString().slice(0, 10)
    log.warn('callback-refused', { channel: refused.channel, reason: refused.reason })
    const [counted] = await tx<{ count: number }[]>`
      insert into refused_callbacks ${tx({ day, count: 1 })}
      on conflict (day) do update set count = refused_callbacks.count + 1 returning count`
    const position = counted?.count ?? 1
    if (position > mostSamples) return
    const names = refused.names.filter((name) => ordinaryName.test(name)).slice(0, mostNames)
    await tx`insert into refused_callback_samples ${tx({ day, position, receivedAt: time, ...refused, names: tx.json(names) })} on conflict do nothing`
  })
