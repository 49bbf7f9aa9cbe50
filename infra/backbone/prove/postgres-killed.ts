import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { openStand, postgresLog, topic } from './stand.ts'
import { claimOf, firstAnswerClaim } from './traffic/audit.ts'
import { call } from './traffic/call.ts'
import { startTraffic } from './traffic/traffic.ts'

const kills = 10
const fullFrozenMs = 10_000
const soonMs = 1000

/** From now until this gateway writes again: a commit, which leaves no message for the audit. */
const untilWrites = async (url: string): Promise<number> => {
  const start = performance.now()
  while ((await call(url, `/commit/probe/i`, { topic, partition: 0, offset: 0 })).status !== 200)
    await Bun.sleep(10)
  return Math.round(performance.now() - start)
}

/** kill -9 and restart of the durable Postgres at random points of traffic, and one time in which it stands still for 10 s. */
export const provePostgresKilled: Proof = async ({ seed, size, say }): Promise<Claim[]> => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const stand = await openStand(postgresLog)
  try {
    const gateways = [await stand.startGateway(), await stand.startGateway()]
    const urls = gateways.map(({ url }) => url)
    const traffic = startTraffic({ urls: () => urls, random, sessionMs: 10_000 })
    for (const name of ['a', 'b', 'c']) traffic.join(name)
    const count = Math.max(1, Math.round(kills * size))
    const frozenMs = Math.max(2000, Math.round(fullFrozenMs * Math.min(1, size)))
    const answered: number[] = []
    const back = async () => answered.push(...(await Promise.all(urls.map(untilWrites))))
    for (let i = 1; i <= count; i++) {
      await Bun.sleep(500 + random.below(2000))
      await stand.postgres.kill()
      await Bun.sleep(random.below(2500))
      await stand.postgres.start()
      await back()
      say(`${i}/${count} kills, answers after ${answered.slice(-2).join(' and ')} ms`)
    }
    await Bun.sleep(1000)
    stand.postgres.signal('SIGSTOP')
    await Bun.sleep(frozenMs)
    stand.postgres.signal('SIGCONT')
    await back()
    say(`stood still for ${frozenMs} ms, answers after ${answered.slice(-2).join(' and ')} ms`)
    await Bun.sleep(1000)
    const findings = await traffic.finish({ takeOverMs: Number.POSITIVE_INFINITY, isAtomic: true })
    const dead = gateways.filter(({ diedOfItself }) => diedOfItself()).length
    const during = `${count} kills and ${frozenMs / 1000} s still`
    const run = { claim: 'postgres-killed', during, dead, seed, begun }
    return [claimOf(findings, run), firstAnswerClaim(run, answered, soonMs)]
  } finally {
    await stand.stop()
  }
}
