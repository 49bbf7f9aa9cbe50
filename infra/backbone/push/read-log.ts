import { partitions } from '@kontora/events'
import { topic, unreadableValue } from './ledger.ts'
import { authorization, type Stand } from './stand.ts'

const ask = async ({ gateways }: Stand, path: string, body: object): Promise<unknown> => {
  const answer = await fetch(`${gateways[0]}${path}`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} is answered ${answer.status}`)
  return answer.json()
}

const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))

type Offsets = { offset: number }[]

/** Whether the subscription's group has committed all that there is. */
export const isAllTaken = async (stand: Stand): Promise<boolean> => {
  const ends = (await ask(stand, '/offsets/latest', places)) as Offsets
  const committed = (await ask(stand, '/committed/reader/asks', places)) as Offsets
  return ends.every(({ offset }, i) => Math.max(committed[i]?.offset ?? 0, 0) >= offset)
}

/** What was written once may stand in the log twice, and each place has its dead letter. */
export const countUnreadable = async (stand: Stand): Promise<number> => {
  let count = 0
  for (const place of places)
    for (let offset = 0; ; ) {
      const body = { ...place, offset, timeout: 100 }
      const messages = (await ask(stand, '/fetch', body)) as { offset: number; value: string }[]
      count += messages.filter(({ value }) => value === unreadableValue).length
      const last = messages.at(-1)
      if (!last) break
      offset = last.offset + 1
    }
  return count
}
