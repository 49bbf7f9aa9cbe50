import { type Place, withKafka } from './kafka-bench.ts'
import { compare, type Pair, race } from './race.ts'
import { startRacer } from './racer.ts'

const ms = 500

/** As many messages a request and requests at once on both sides; topics of their own, so that neither disturbs the other. */
const raceProducers = async (place: Place, batch: number, connections: number): Promise<Pair[]> => {
  const { broker, gateway, createTopic, say } = place
  await createTopic('bare-0')
  await createTopic('ours-0')
  const load = { batch, connections }
  const bare = await startRacer('./bare/produce.ts', { brokers: broker.brokers, topic: 'bare-0', ...load })
  const ours = await startRacer('./load.ts', {
    '': 'produce',
    url: gateway.url.href,
    topic: 'ours-0',
    ...load,
  })
  try {
    return await race({ bare, ours, pid: gateway.pid, extent: { ms }, say })
  } finally {
    await bare.stop()
    await ours.stop()
  }
}

export const benchProduce100 = withKafka(async (place) => {
  const pairs = await raceProducers(place, 100, 16)
  return [
    compare(pairs, {
      figure: 'produce-100',
      unit: 'messages/s',
      goal: 0.8,
      of: ({ perSecond }) => perSecond,
    }),
  ]
})

export const benchProduce1 = withKafka(async (place) => {
  const pairs = await raceProducers(place, 1, 64)
  return [
    compare(pairs, { figure: 'produce-1', unit: 'messages/s', goal: 1.2, of: ({ perSecond }) => perSecond }),
  ]
})

export const benchProduceLone = withKafka(async (place) => {
  const pairs = await raceProducers(place, 1, 1)
  return [
    compare(pairs, { figure: 'produce-lone', unit: 'ms', goal: 2, of: ({ p50 }) => p50, isLowBetter: true }),
  ]
})
