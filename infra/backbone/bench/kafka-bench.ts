import { type RunningBroker, startBroker } from '@kontora/kafka-broker'
import { Admin, Consumer } from '@platformatic/kafka'
import type { Bench, Figure } from '../../stack/bench/figure.ts'
import { type Gateway, startGateway } from './gateway.ts'

export type Place = {
  broker: RunningBroker
  gateway: Gateway
  /** With six partitions, as every topic here has. */
  createTopic: (topic: string) => Promise<void>
  say: (line: string) => void
}

export const partitions = 6

/** A broker and a gateway in front of it for one measurement. KONTORA_BENCH_LOG=postgres puts the other log behind the gateway. */
export const withKafka =
  (measure: (place: Place) => Promise<Figure[]>): Bench =>
  async (say) => {
    const broker = await startBroker({ properties: { 'log.retention.check.interval.ms': '600000' } })
    await wakeCoordinator(broker)
    const onPostgres = process.env.KONTORA_BENCH_LOG === 'postgres'
    const topics = { 'ours-0': partitions, full: partitions }
    const gateway = await startGateway(onPostgres ? { topics } : { env: { KAFKA_BROKERS: broker.brokers } })
    try {
      return await measure({ broker, gateway, say, createTopic: (topic) => createTopic(broker, topic) })
    } finally {
      await gateway.stop()
      await broker.stop()
    }
  }

/** A cluster that has never seen a group first makes the topic of their offsets; no other is so young. */
const wakeCoordinator = async ({ brokers }: RunningBroker): Promise<void> => {
  const base = { clientId: 'bench', bootstrapBrokers: [brokers], retries: 20, retryDelay: 250 }
  const consumer = new Consumer({ ...base, groupId: 'first' })
  await consumer.joinGroup()
  await consumer.close(true)
}

const createTopic = async ({ brokers }: RunningBroker, topic: string): Promise<void> => {
  const admin = new Admin({ clientId: 'bench', bootstrapBrokers: [brokers] })
  await admin.createTopics({ topics: [topic], partitions, replicas: 1 })
  await admin.close()
}
