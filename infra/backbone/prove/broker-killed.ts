import { type RunningBroker, startBroker } from '@kontora/kafka-broker'
import { outsideClient } from '@kontora/kafka-broker/outside-client'
import type { Claim, Proof, ProofOptions } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { startGateways } from '../stand/gateways.ts'
import { judgeLog, judgeReaders } from './traffic/judge.ts'
import { type Readers, startReaders } from './traffic/readers.ts'
import { startWriters, type Writers } from './traffic/writers.ts'

const topic = 'proof'
const firstAnswerGoalMs = 1000

/** Between the moment and the first answer after it, in ms. */
const firstAfter = (moment: number, times: number[]): number =>
  Math.round((times.find((time) => time >= moment) ?? Number.POSITIVE_INFINITY) - moment)

const until = async (isTrue: () => boolean, ms: number): Promise<void> => {
  for (const end = performance.now() + ms; performance.now() < end && !isTrue(); ) await Bun.sleep(20)
}

type Traffic = { writers: Writers; readers: Readers }
type Away = { what: string; go: () => Promise<void> | void; come: () => Promise<void> | void; ms: number }

/** The time from the broker's return to the first answer of 200 to a writer and to the first message that a reader had. */
const strike = async (
  { writers, readers }: Traffic,
  { what, go, come, ms }: Away,
  say: ProofOptions['say'],
) => {
  say(`${what} for ${ms} ms`)
  await go()
  await Bun.sleep(ms)
  await come()
  const back = performance.now()
  await until(
    () => writers.answeredAt.some((at) => at > back) && readers.handled.some(({ at }) => at > back),
    30_000,
  )
  const write = firstAfter(back, writers.answeredAt)
  const read = firstAfter(
    back,
    readers.handled.map(({ at }) => at),
  )
  say(`${what}: first write answered ${write} ms, first message read ${read} ms after it was back`)
  return Math.max(write, read)
}

const awaysOf = (broker: RunningBroker, size: number): Away[] => [
  { what: 'kill -9', go: broker.kill, come: broker.restart, ms: 2000 },
  { what: 'SIGSTOP', go: broker.pause, come: broker.resume, ms: Math.max(10_000 * size, 2000) },
]

/** kill -9 and restart of the real broker, and SIGSTOP, under traffic of writers and readers through two gateways. */
export const proveBrokerKilled: Proof = async ({ seed, size, say }) => {
  const begun = performance.now()
  const random = seededRandom(seed)
  const broker = await startBroker()
  const env = { KAFKA_BROKERS: broker.brokers, KAFKA_SESSION_TIMEOUT_MS: '10000' }
  const stand = await startGateways({ count: 2, env, topics: { [topic]: 6 } })
  const { gateways, authorization } = stand
  try {
    const writers = startWriters({ gateways, authorization, topic, writers: 8, random, pauseMs: 5 })
    const readers = startReaders({ gateways, authorization, topic, group: 'readers', random })
    for (const name of ['a', 'b', 'c']) readers.start(name)
    await Bun.sleep(3000 * Math.min(size, 1))
    const firsts: number[] = []
    for (const away of awaysOf(broker, size)) {
      firsts.push(await strike({ writers, readers }, away, say))
      await Bun.sleep(3000)
    }
    await writers.stop()
    const log = await outsideClient(broker.brokers).read(topic)
    await until(
      () =>
        new Set(readers.handled.map(({ partition, offset }) => `${partition}/${offset}`)).size >= log.length,
      30_000,
    )
    await readers.stop()
    const inLog = judgeLog(log, writers.written)
    const had = judgeReaders(log, readers.handled, readers.committed)
    const dead = gateways.filter((gateway) => !gateway.isAlive()).length
    const outcomes = [...writers.written.values()]
    const acknowledged = outcomes.filter((outcome) => outcome === 'acknowledged').length
    say(
      `${log.length} messages, ${acknowledged} acknowledged, ${outcomes.length - acknowledged} not; ${JSON.stringify({ ...inLog, readers: had })}`,
    )
    const wrong =
      inLog.lost +
      inLog.doubled +
      inLog.invented +
      inLog.refusedButThere +
      inLog.inverted +
      had.missed +
      had.invented +
      had.inverted +
      had.againThoughCommitted +
      dead
    const slowest = Math.max(...firsts)
    const claim: Claim = {
      claim: 'broker-killed',
      value: `${acknowledged} acknowledged: ${inLog.lost} lost, ${inLog.doubled} doubled, ${inLog.inverted + had.inverted} inverted, ${had.missed} unread, ${dead} dead processes, first answer ${slowest} ms after it was back`,
      goal: `0, 0, 0, 0, 0, ${firstAnswerGoalMs} ms`,
      ok: wrong === 0 && slowest <= firstAnswerGoalMs && acknowledged > 0,
      seed,
      ms: Math.round(performance.now() - begun),
    }
    return [claim]
  } finally {
    await stand.stop()
    await broker.stop()
  }
}
