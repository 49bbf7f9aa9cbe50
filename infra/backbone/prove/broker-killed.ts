import { type RunningBroker, startBroker } from '@kontora/kafka-broker'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { envOfKafka, openStand, realKafka } from './stand.ts'
import { claimOf, firstAnswerClaim } from './traffic/audit.ts'
import { startTraffic, type Traffic } from './traffic/traffic.ts'

const kills = 3
const fullFrozenMs = 10_000
const soonMs = 1000
const patienceMs = 30_000

/** From now to the first acknowledged write and the first message that a consumer gets. */
const untilAnswers = async ({ book }: Traffic): Promise<number> => {
  const [start, back] = [performance.now(), Date.now()]
  const isWritten = () => [...book.acknowledgedAt.values()].at(-1) ?? 0
  const isRead = () => book.deliveries.at(-1)?.time ?? 0
  while (performance.now() - start < patienceMs && (isWritten() <= back || isRead() <= back))
    await Bun.sleep(10)
  return Math.round(performance.now() - start)
}

type Away = { what: string; go: () => Promise<void> | void; come: () => Promise<void> | void; ms: number }

const awaysOf = (broker: RunningBroker, size: number, below: (most: number) => number): Away[] => {
  const frozenMs = Math.max(2000, Math.round(fullFrozenMs * Math.min(1, size)))
  return [
    ...Array.from({ length: Math.max(1, Math.round(kills * size)) }, () => ({
      what: 'kill -9',
      go: broker.kill,
      come: broker.restart,
      ms: below(3000),
    })),
    { what: 'stands still', go: broker.pause, come: broker.resume, ms: frozenMs },
  ]
}

/** kill -9 and restart of the real broker at random points of traffic, and one time in which it stands still for 10 s. */
export const proveBrokerKilled: Proof = async ({ seed, size, say }): Promise<Claim[]> => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const broker = await startBroker()
  const backend = { ...realKafka, open: async () => ({ env: envOfKafka(broker), stop: broker.stop }) }
  const stand = await openStand(backend)
  try {
    const gateways = [await stand.startGateway(), await stand.startGateway()]
    const urls = gateways.map(({ url }) => url)
    const traffic = startTraffic({ urls: () => urls, random, sessionMs: 30_000 })
    for (const name of ['a', 'b', 'c']) traffic.join(name)
    const answered: number[] = []
    for (const { what, go, come, ms } of awaysOf(broker, size, random.below)) {
      await Bun.sleep(2000 + random.below(2000))
      await go()
      await Bun.sleep(ms)
      await come()
      answered.push(await untilAnswers(traffic))
      say(`${what}, back after ${ms} ms: answers within ${answered.at(-1)} ms`)
    }
    await Bun.sleep(1000)
    const findings = await traffic.finish({ takeOverMs: patienceMs, isAtomic: false })
    const dead = gateways.filter(({ diedOfItself }) => diedOfItself()).length
    const run = { claim: 'broker-killed', during: `${answered.length} absences`, dead, seed, begun }
    return [claimOf(findings, run), firstAnswerClaim(run, answered, soonMs)]
  } finally {
    await stand.stop()
  }
}
