import type { SeededRandom } from '../../../stack/prove/random.ts'
import { audit, type Findings, type Measure, readLog } from './audit.ts'
import { type Book, createBook } from './book.ts'
import { consume } from './consumer.ts'
import { produce } from './producer.ts'

type Options = {
  /** Where the gateways are that live just now; each call goes to one of them at random. */
  urls: () => string[]
  random: SeededRandom
  sessionMs: number
  producers?: number
  pauseMs?: number
}
export type Instance = { name: string; vanish: () => void; leave: () => void; done: Promise<void> }
export type Traffic = {
  book: Book
  join: (name: string) => Instance
  stopProducing: () => Promise<void>
  /** Lets the group come to the end of the log, and compares. */
  finish: (measure: Measure) => Promise<Findings>
}

const patienceMs = 30_000

export const startTraffic = ({ urls, random, sessionMs, producers = 6, pauseMs = 20 }: Options): Traffic => {
  const book = createBook()
  const pick = () => {
    const all = urls()
    return all[random.below(all.length)] ?? ''
  }
  let producing = true
  const producersDone = Array.from({ length: producers }, (_, i) =>
    produce(book, { name: `p${i}`, pick, random, goesOn: () => producing, pauseMs }),
  )
  const instances = new Set<Instance>()
  const join = (name: string): Instance => {
    let [alive, stays] = [true, true]
    const done = consume(book, {
      group: 'group',
      name,
      sessionMs,
      pick,
      isAlive: () => alive,
      stays: () => stays,
    })
    const instance: Instance = {
      name,
      vanish: () => {
        alive = false
        book.vanishedAt.push(Date.now())
      },
      leave: () => {
        stays = false
      },
      done,
    }
    instances.add(instance)
    return instance
  }
  const stopProducing = async () => {
    producing = false
    await Promise.all(producersDone)
  }
  const finish = async (measure: Measure): Promise<Findings> => {
    await stopProducing()
    const log = await readLog(pick())
    const delivered = () => new Set(book.deliveries.map(({ value }) => value)).size
    for (const end = Date.now() + patienceMs; Date.now() < end && delivered() < log.length; )
      await Bun.sleep(100)
    for (const instance of instances) instance.leave()
    await Promise.all([...instances].map(({ done }) => done))
    return audit(book, log, measure)
  }
  return { book, join, stopProducing, finish }
}
