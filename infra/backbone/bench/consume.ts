import { type Figure, median } from '../../stack/bench/figure.ts'
import { fillTopic } from './fill-topic.ts'
import type { Gateway } from './gateway.ts'
import { withKafka } from './kafka-bench.ts'
import { connect, encodeRequest } from './load/connection.ts'
import { compare, race } from './race.ts'
import { startRacer } from './racer.ts'

const perTurn = 20_000
/** As many as fifteen rounds take, and some. */
const enough = 2_000_000
const held = 1_000_000

/** One reader on each side, in a group of its own, through a topic that was filled before: polls of 100 with a commit each. */
export const benchConsume = withKafka(async ({ broker, gateway, createTopic, say }) => {
  await createTopic('full')
  await fillTopic(broker.brokers, 'full', enough)
  const load = { topic: 'full', batch: 100 }
  const bare = await startRacer('./bare/consume.ts', { brokers: broker.brokers, group: 'bare', ...load })
  const url = gateway.url.href
  const ours = await startRacer('./load.ts', { '': 'consume', url, group: 'ours', connections: 1, ...load })
  try {
    const extent = { messages: perTurn }
    const pairs = await race({ bare, ours, pid: gateway.pid, extent, warmUps: 10, say })
    const of = ({ perSecond }: { perSecond: number }) => perSecond
    return [compare(pairs, { figure: 'consume-100', unit: 'messages/s', goal: 0.5, of })]
  } finally {
    await bare.stop()
    await ours.stop()
  }
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
  const value = Math.round(median(times))
  const figure: Figure = {
    figure: 'first-record',
    value,
    unit: 'ms',
    against: `the goal (${times.map((ms) => ms.toFixed(0)).join(', ')} ms, the first by a gateway that just started)`,
    ratio: Number((value / 500).toFixed(2)),
    goal: 500,
    ok: Math.max(...times) <= 500,
  }
  return [figure]
})
