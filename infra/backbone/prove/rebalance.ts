import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { type Backend, openStand, postgresLog, realKafka } from './stand.ts'
import { claimOf, takeOverClaim } from './traffic/audit.ts'
import { type Instance, startTraffic } from './traffic/traffic.ts'

const changes = 60
const most = 6

/** Instances come under new and old names, say goodbye, or vanish wherever they are; at least one is always there. */
export const proveRebalance =
  (backend: Backend): Proof =>
  async ({ seed, size, say }): Promise<Claim[]> => {
    const begun = Date.now()
    const random = seededRandom(seed)
    const stand = await openStand(backend)
    try {
      const gateways = [await stand.startGateway(), await stand.startGateway()]
      const traffic = startTraffic({
        urls: () => gateways.map(({ url }) => url),
        random,
        sessionMs: backend.sessionMs,
      })
      const living: Instance[] = [traffic.join('i0')]
      const count = Math.max(4, Math.round(changes * size))
      const did = { joined: 1, left: 0, vanished: 0 }
      for (let i = 1; i <= count; i++) {
        await Bun.sleep(100 + random.below(900))
        const comes = living.length === 1 || (living.length < most && random.below(2) === 0)
        if (comes) {
          const free = Array.from({ length: most + 2 }, (_, n) => `i${n}`).filter(
            (name) => !living.some((one) => one.name === name),
          )
          living.push(traffic.join(free[random.below(free.length)] ?? 'i9'))
          did.joined++
        } else {
          const [gone] = living.splice(random.below(living.length), 1)
          const vanishes = random.below(2) === 0
          if (vanishes) gone?.vanish()
          else gone?.leave()
          await gone?.done
          did[vanishes ? 'vanished' : 'left']++
        }
        say(
          `${backend.name}: ${i}/${count} changes, ${living.length} instances, ${traffic.book.deliveries.length} deliveries`,
        )
      }
      await Bun.sleep(1000)
      const mostMs = backend.sessionMs + 1000
      const findings = await traffic.finish({ takeOverMs: mostMs, isAtomic: backend.isAtomic })
      const during = `${backend.name}, ${did.joined} joined, ${did.left} left, ${did.vanished} vanished`
      const run = { claim: 'rebalance', during, seed, begun }
      return [claimOf(findings, run), takeOverClaim(findings, run, mostMs)]
    } finally {
      await stand.stop()
    }
  }

export const proveRebalanceOnPostgres = proveRebalance(postgresLog)
export const proveRebalanceOnKafka = proveRebalance(realKafka)
