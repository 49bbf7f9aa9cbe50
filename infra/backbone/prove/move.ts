import { connect } from '@kontora/postgres'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { runCli } from '../../stack/run-cli.ts'
import { openStand, partitions, realKafka, topic } from './stand.ts'
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

type Place = { topic: string; partition: number; offset: number }
type Spot = Place & { value: string }
const everywhere = [topic, 'backlog'].flatMap((name) =>
  Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
)

/** The whole backlog, message by message. */
const readBacklog = async (url: string): Promise<string[]> => {
  const spots: string[] = []
  for (let partition = 0; partition < partitions; partition++)
    for (let offset = 0; ; ) {
      const { body } = await call(url, '/fetch', { topic: 'backlog', partition, offset, timeout: 0 })
      const found = body as Spot[]
      if (found.length === 0) break
      for (const each of found) spots.push(`${partition} ${each.offset} ${each.value}`)
      offset = (found.at(-1)?.offset ?? 0) + 1
    }
  return spots
}

const groups = ['still', 'half', 'group']
/** Each group stands somewhere else in each partition; of one nothing is committed on the odd ones. */
const commitBefore = async (url: string): Promise<void> => {
  for (const [i, group] of ['still', 'half'].entries()) {
    const places = everywhere.filter(({ partition }) => i === 0 || partition % 2 === 0)
    const offsets = places.map((each) => ({ ...each, offset: 3 * each.partition + i }))
    const { status } = await call(url, `/commit/${group}/nobody`, offsets)
    if (status !== 200) throw new Error(`A commit was refused: ${status}`)
  }
}
const committedOf = async (url: string, group: string): Promise<Place[]> =>
  (await call(url, `/committed/${group}/nobody`, everywhere)).body as Place[]

/** Nobody works in the first two; the traffic's own stands no further back than it was told. */
const countMoved = async (
  url: string,
  before: Place[][],
  committed: Map<number, number>,
): Promise<number> => {
  const after = await Promise.all(groups.map((group) => committedOf(url, group)))
  const isOff = (own: Place, was: Place | undefined, group: string | undefined) =>
    group === 'group' && own.topic === topic
      ? own.offset < Math.max(was?.offset ?? 0, committed.get(own.partition) ?? 0)
      : own.offset !== was?.offset
  return after.flatMap((places, g) => places.filter((own, i) => isOff(own, before[g]?.[i], groups[g]))).length
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
    await fillBefore(url, stand.env.DATABASE_URL ?? '', Math.max(24 * batch, fullBacklog * size))
    await commitBefore(url)
    const backlog = await readBacklog(url)
    const traffic = startTraffic({ urls: () => urls, random, sessionMs: 10_000 })
    for (const name of ['a', 'b', 'c']) traffic.join(name)
    await Bun.sleep(2000 + random.below(2000))
    const before = await Promise.all(groups.map((group) => committedOf(url, group)))
    const moving = performance.now()
    await runCli('kafka-http', ['move'], stand.env, '')
    const movedMs = Math.round(performance.now() - moving)
    say(`moved in ${movedMs} ms`)
    await Bun.sleep(3000)
    const findings = await traffic.finish({ takeOverMs: 20_000, isAtomic: false })
    const changed = await countMoved(url, before, traffic.book.committed)
    const isSame = backlog.length > 0 && JSON.stringify(backlog) === JSON.stringify(await readBacklog(url))
    return [
      {
        claim: 'move',
        value: `${topic}: ${tell(findings)}; moved in ${movedMs} ms, the backlog's ${backlog.length} messages ${isSame ? 'are where they were' : 'CHANGED'}, ${changed} committed offsets changed`,
        goal: '0 lost, 0 inverted, 0 again though committed, each offset of each group kept',
        ok: faultsOf(findings) === 0 && isSame && changed === 0 && findings.messages > 0,
        seed,
        ms: Date.now() - begun,
      },
    ]
  } finally {
    await stand.stop()
  }
}
