import type { Figure } from '../../stack/bench/figure.ts'
import { fillTopic } from './fill-topic.ts'
import type { Gateway } from './gateway.ts'
import { type Place, withKafka } from './kafka-bench.ts'
import { connect, encodeRequest } from './load/connection.ts'
import { compare, race } from './race.ts'
import { startRacer } from './racer.ts'

const perTurn = 20_000
/** As many as fifteen rounds take, and some. */
const enough = 2_000_000
const held = 1_000_000

const raceReaders = async ({ broker, gateway, say }: Place, kind: string): Promise<Figure> => {
  const load = { topic: 'full', batch: 100, group: kind }
  const bare = await startRacer('./bare/consume.ts', { brokers: broker.brokers, ...load })
  const url = gateway.url.href
  const ours = await startRacer('./load.ts', {
    '': kind,
    url,
    connections: 1,
    ...load,
    group: `${kind}-ours`,
  })
  try {
    const extent = { messages: perTurn }
    const pairs = await race({ bare, ours, pid: gateway.pid, extent, warmUps: 10, say })
    const of = ({ perSecond }: { perSecond: number }) => perSecond
    return compare(pairs, { figure: 'consume-100', unit: 'messages/s', goal: 0.5, of })
  } finally {
    await bare.stop()
    await ours.stop()
  }
}

/**
 * One reader on each side, in a group of its own, through a topic that was filled before: polls of 100 with a commit each. The
 * figure is that of polls which carry the commit; what a call of its own for each costs is told beside it.
 */
export const benchConsume = withKafka(async (place) => {
  await place.createTopic('full')
  await fillTopic(place.broker.brokers, 'full', enough)
  const { ratio } = await raceReaders(place, 'consume-apart')
  const carried = await raceReaders(place, 'consume')
  return [{ ...carried, against: `${carried.against}; with a call for each commit ${ratio}` }]
})

/** From the first call of an instance that nobody knows to its first record, for groups that start at the earliest. */
const firstRecordMs = async ({ url }: Gateway, group: string): Promise<number> => {
  const connection = await connect(url)
  const headers = { 'Kafka-Auto-Offset-Reset': 'earliest' }
  const poll = encodeRequest(
    url,
    `/consume/${group}/new`,
    JSON.stringify({ topic: 'full', timeout: 1000 }),
    headers,
  )
  const begun = performance.now()
  for (;;) {
    const { status, body } = await connection.ask(poll)
    if (status !== 200) throw new Error(`HTTP ${status}`)
    if (body.length <= 2) continue
    connection.close()
    return performance.now() - begun
  }
}

export const benchFirstRecord = withKafka(async ({ broker, gateway, createTopic, say }) => {
  await createTopic('full')
  await fillTopic(broker.brokers, 'full', held)
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    times.push(await firstRecordMs(gateway, `first-${i}`))
    say(`instance ${i + 1}/5: ${times.at(-1)?.toFixed(0)} ms`)
  }
  const value = Math.round(Math.max(...times))
  const figure: Figure = {
    figure: 'first-record',
    value,
    unit: 'ms',
    against: `the goal (${times.map((ms) => ms.toFixed(0)).join(', ')} ms, the first by a gateway that just started)`,
    ratio: Number((value / 500).toFixed(2)),
    goal: 500,
    ok: value <= 500,
  }
  return [figure]
})
