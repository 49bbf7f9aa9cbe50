import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { type Backend, openStand, postgresLog, realKafka } from './stand.ts'
import { claimOf, takeOverClaim } from './traffic/audit.ts'
import { startTraffic } from './traffic/traffic.ts'

const kills = 20
const names = ['a', 'b', 'c', 'd']

/** kill -9 of either of two gateways in the middle of traffic; it comes back a moment later, on another port. */
export const proveGatewayKilled =
  (backend: Backend): Proof =>
  async ({ seed, size, say }): Promise<Claim[]> => {
    const begun = Date.now()
    const random = seededRandom(seed)
    const stand = await openStand(backend)
    try {
      const gateways = [await stand.startGateway(), await stand.startGateway()]
      const urls = () =>
        gateways.filter(({ child }) => child.exitCode === null && !child.killed).map(({ url }) => url)
      const traffic = startTraffic({ urls, random, sessionMs: backend.sessionMs })
      for (const name of names) traffic.join(name)
      const count = Math.max(2, Math.round(kills * size))
      for (let i = 1; i <= count; i++) {
        await Bun.sleep(500 + random.below(2500))
        const which = random.below(2)
        gateways[which]?.child.kill('SIGKILL')
        await Bun.sleep(random.below(1500))
        gateways[which] = await stand.startGateway()
        say(`${backend.name}: ${i}/${count} kills, ${traffic.book.deliveries.length} deliveries`)
      }
      await Bun.sleep(1000)
      const most = backend.sessionMs + 1000
      const findings = await traffic.finish({ takeOverMs: most, isAtomic: backend.isAtomic })
      const run = { claim: 'gateway-killed', during: `${backend.name}, ${count} kills`, seed, begun }
      return [claimOf(findings, run), takeOverClaim(findings, run, most)]
    } finally {
      await stand.stop()
    }
  }

export const proveGatewayKilledOnPostgres = proveGatewayKilled(postgresLog)
export const proveGatewayKilledOnKafka = proveGatewayKilled(realKafka)
