import type { Claim } from '../../../stack/prove/claim.ts'
import { partitions, topic } from '../stand.ts'
import type { Book } from './book.ts'
import { call, type Message } from './call.ts'

export type Findings = {
  messages: number
  lost: number
  doubled: number
  invented: number
  halves: number
  refusedButThere: number
  inverted: number
  undelivered: number
  wrongDeliveries: number
  skipped: number
  againThoughCommitted: number
  /** Came later than a take-over after it was written, or after the last instance vanished on its way. */
  late: number
  slowestTakeOverMs: number
  /** From acknowledged to delivered, however many holders vanished meanwhile. */
  slowestMs: number
}

/** All that the log holds, partition by partition. */
export const readLog = async (url: string): Promise<Message[]> => {
  const all: Message[] = []
  for (let partition = 0; partition < partitions; partition++)
    for (let offset = 0; ; ) {
      const { status, body } = await call(url, '/fetch', { topic, partition, offset, timeout: 0 })
      if (status !== 200) throw new Error(`The log cannot be read: ${status}`)
      const messages = body as Message[]
      if (messages.length === 0) break
      all.push(...messages)
      offset = (messages.at(-1)?.offset ?? 0) + 1
    }
  return all
}

const countOf = <Item>(items: Iterable<Item>, is: (item: Item) => boolean): number =>
  [...items].filter(is).length

/**
 * Of one key: acknowledged numbers that do not ascend. What nobody acknowledged may come late: its producer went on, as
 * nobody does to whom order matters.
 */
const inversions = (log: Message[], { acknowledgedAt }: Book): number => {
  let count = 0
  for (const ofKey of Map.groupBy(log, ({ key }) => key).values()) {
    const numbers = ofKey
      .filter(({ value }) => acknowledgedAt.has(value))
      .map(({ value }) => Number(value.split(' ')[1]))
    count += countOf(numbers.keys(), (i) => i > 0 && (numbers[i] ?? 0) < (numbers[i - 1] ?? 0))
  }
  return count
}

export type Measure = { takeOverMs: number; isAtomic: boolean }

/** A vanished holder is known as such at the end of its session, so each that vanishes on the way begins a take-over anew. */
const takeOverOf = ({ vanishedAt }: Book, from: number, delivered: number): number =>
  delivered - Math.max(from, ...vanishedAt.filter((time) => time < delivered))

export const audit = (book: Book, log: Message[], { takeOverMs, isAtomic }: Measure): Findings => {
  const written = Map.groupBy(log, ({ value }) => value)
  const sent = new Set(book.batches.flatMap(({ values }) => values))
  const delivered = new Map(book.deliveries.map((each) => [`${each.partition} ${each.offset}`, each]))
  const valueAt = new Map(log.map(({ partition, offset, value }) => [`${partition} ${offset}`, value]))
  const firstAt = new Map<string, number>()
  for (const { value, time } of book.deliveries) if (!firstAt.has(value)) firstAt.set(value, time)
  const waits = [...book.acknowledgedAt].map(([value, from]) => {
    const delivered = firstAt.get(value) ?? from
    return { ms: delivered - from, takeOver: takeOverOf(book, from, delivered) }
  })
  return {
    messages: log.length,
    lost: countOf(book.acknowledgedAt.keys(), (value) => !written.has(value)),
    doubled: countOf(written.values(), (copies) => copies.length > 1),
    invented: countOf(written.keys(), (value) => !sent.has(value)),
    halves: countOf(isAtomic ? book.batches : [], ({ values }) => {
      const there = countOf(values, (value) => written.has(value))
      return there > 0 && there < values.length
    }),
    refusedButThere: countOf(
      book.batches,
      ({ values, fate }) => fate === 'refused' && values.some((value) => written.has(value)),
    ),
    inverted: inversions(log, book),
    undelivered: countOf(valueAt.keys(), (place) => !delivered.has(place)),
    wrongDeliveries: countOf(delivered, ([place, { value }]) => valueAt.get(place) !== value),
    skipped: book.skipped,
    againThoughCommitted: book.againThoughCommitted,
    late: countOf(waits, ({ takeOver }) => takeOver > takeOverMs),
    slowestTakeOverMs: waits.reduce((most, { takeOver }) => Math.max(most, takeOver), 0),
    slowestMs: waits.reduce((most, { ms }) => Math.max(most, ms), 0),
  }
}

export const faultsOf = ({
  messages: _,
  slowestMs: __,
  slowestTakeOverMs: ___,
  late: ____,
  ...faults
}: Findings): number => Object.values(faults).reduce((sum, count) => sum + count, 0)

type Run = { claim: string; during: string; dead?: number; seed: number; begun: number }

/** `during`: what happened while the traffic went on; `dead`: how many gateways ended of themselves. */
export const claimOf = (findings: Findings, { claim, during, dead, seed, begun }: Run): Claim => ({
  claim,
  value: `${during}, ${tell(findings)}${dead === undefined ? '' : `; ${dead} gateways died`}`,
  goal: dead === undefined ? '0 of each' : '0 of each, none died',
  ok: faultsOf(findings) === 0 && findings.messages > 0 && (dead ?? 0) === 0,
  seed,
  ms: Date.now() - begun,
})

export const takeOverClaim = (
  { late, slowestTakeOverMs }: Findings,
  { claim, seed, begun }: Run,
  mostMs: number,
): Claim => ({
  claim: `${claim}: slowest take-over (ms)`,
  value: slowestTakeOverMs,
  goal: `≤ ${mostMs}`,
  ok: late === 0,
  seed,
  ms: Date.now() - begun,
  timed: true,
})

export const firstAnswerClaim = (
  { claim, seed, begun }: Run,
  answeredMs: number[],
  mostMs: number,
): Claim => {
  const slowest = Math.max(...answeredMs)
  return {
    claim: `${claim}: slowest first answer after it was back (ms)`,
    value: slowest,
    goal: `≤ ${mostMs}`,
    ok: slowest <= mostMs,
    seed,
    ms: Date.now() - begun,
    timed: true,
  }
}

export const tell = (findings: Findings): string =>
  `${findings.messages} messages: ${findings.lost} lost, ${findings.doubled} doubled, ${findings.invented} invented, ` +
  `${findings.halves} half written, ${findings.refusedButThere} refused but there, ${findings.inverted} inverted; ` +
  `of the group ${findings.undelivered} not delivered, ` +
  `${findings.wrongDeliveries} wrong, ${findings.skipped} skipped, ${findings.againThoughCommitted} again though committed, ` +
  `slowest message ${findings.slowestMs} ms`
