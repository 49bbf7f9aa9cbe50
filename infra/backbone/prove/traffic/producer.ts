import type { SeededRandom } from '../../../stack/prove/random.ts'
import { topic } from '../stand.ts'
import type { Batch, Book } from './book.ts'
import { call } from './call.ts'

type Producer = {
  name: string
  pick: () => string
  random: SeededRandom
  goesOn: () => boolean
  pauseMs: number
}

/** One request at a time, each with new messages: what was not acknowledged is not sent again, so a second copy is the log's. */
export const produce = async (
  book: Book,
  { name, pick, random, goesOn, pauseMs }: Producer,
): Promise<void> => {
  for (let number = 0; goesOn(); await Bun.sleep(random.below(2 * pauseMs))) {
    const messages = Array.from({ length: 1 + random.below(20) }, () => ({
      topic,
      key: `${name} ${random.below(8)}`,
      value: `${name} ${number++}`,
    }))
    const batch: Batch = { values: messages.map(({ value }) => value), fate: 'sent' }
    book.batches.push(batch)
    const { status, body } = await call(pick(), '/produce', messages)
    if (JSON.stringify(body)?.includes('nothing was written')) batch.fate = 'refused'
    if (status !== 200) continue
    batch.fate = 'acknowledged'
    for (const value of batch.values) book.acknowledgedAt.set(value, Date.now())
  }
}
