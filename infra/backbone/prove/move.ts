import { connect } from '@kontora/postgres'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { runCli } from '../../stack/run-cli.ts'
import { openStand, realKafka, topic } from './stand.ts'
import { faultsOf, tell } from './traffic/audit.ts'
import { call } from './traffic/call.ts'
import { startTraffic } from './traffic/traffic.ts'

const fullBacklog = 100_000
const batch = 500

/** Messages that lie there before, of which retention has taken the first of each partition. */
const fillBefore = async (url: string, database: string, count: number): Promise<void> => {
  for (let sent = 0; sent < count; sent += batch) {
    const messages = Array.from({ length: batch }, (_, i) => ({
      topic: 'backlog',
      key: `${i % 97}`,
      value: `${sent + i}`,
    }))
    const { status } = await call(url, '/produce', messages)
    if (status !== 200) throw new Error(`The backlog was refused: ${status}`)
  }
  const sql = connect(database, { max: 1 })
  await sql`delete from messages where topic = 'backlog' and message_offset < 1000`
  await sql`update partitions set first_offset = least(1000, next_offset) where topic = 'backlog'`
  await sql.end()
}

type Spot = { offset: number; value: string }
const spotsOf = async (url: string, partition: number, offset: number): Promise<Spot[]> => {
  const { body } = await call(url, '/fetch', { topic: 'backlog', partition, offset, timeout: 0 })
  return (body as Spot[]).map((spot) => ({ offset: spot.offset, value: spot.value }))
}

/** The log moves from Postgres to a real Kafka while two gateways carry traffic. */
export const proveMove: Proof = async ({ seed, size, say }): Promise<Claim[]> => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const stand = await openStand({ ...realKafka, beginsInPostgres: true })
  try {
    const gateways = [await stand.startGateway(), await stand.startGateway()]
    const urls = gateways.map(({ url }) => url)
    const [url = ''] = urls
    await fillBefore(url, stand.env.DATABASE_URL ?? '', Math.max(8 * batch, fullBacklog * size))
    const before = await Promise.all([0, 3].map((partition) => spotsOf(url, partition, 1000)))
    const traffic = startTraffic({ urls: () => urls, random, sessionMs: 10_000 })
    for (const name of ['a', 'b', 'c']) traffic.join(name)
    await Bun.sleep(2000 + random.below(2000))
    const moving = performance.now()
    await runCli('kafka-http', ['move'], stand.env, '')
    const movedMs = Math.round(performance.now() - moving)
    say(`moved in ${movedMs} ms`)
    await Bun.sleep(3000)
    const findings = await traffic.finish({ takeOverMs: 20_000, isAtomic: false })
    const after = await Promise.all([0, 3].map((partition) => spotsOf(url, partition, 1000)))
    const isSame = JSON.stringify(before) === JSON.stringify(after) && (before[0]?.length ?? 0) > 0
    // What was answered in Postgres' last moment and committed into it a moment late is read again.
    const { againThoughCommitted, ...strict } = findings
    return [
      {
        claim: 'move',
        value: `${topic}: ${tell(findings)}; moved in ${movedMs} ms, offsets of the backlog ${isSame ? 'are what they were' : 'CHANGED'}`,
        goal: '0 lost, 0 inverted',
        ok:
          faultsOf({ ...strict, againThoughCommitted: 0 }) === 0 &&
          isSame &&
          findings.messages > 0 &&
          againThoughCommitted < 1000,
        seed,
        ms: Date.now() - begun,
      },
    ]
  } finally {
    await stand.stop()
  }
}
