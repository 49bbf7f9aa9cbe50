import { testBroker } from '@kontora/kafka-broker/test-broker'
import { realChance } from '@kontora/service'
import { testDatabase } from '@kontora/testing'
import { unique } from '../../contract/stand.node.ts'
import type { Message, MessageLog, NewMessage, TopicPartitionOffset } from '../../log/message-log.ts'
import { createPostgresLog } from '../../log/postgres/create-log.ts'
import { migrations } from '../../migrations.node.ts'
import { movingLog } from '../../open-gateway.node.ts'
import { kafkaOf } from '../../test-stand.node.ts'
import { type MoveOptions, type MoveStep, moveLog } from './move-log.ts'

export const now = { timeoutMs: 0, signal: new AbortController().signal }
const everyMessage = 1000

/** A log in Postgres whose front has gone here and there, with groups, and a Kafka to move it to. */
export const openMoveStand = async () => {
  const [database, brokers] = [await testDatabase({ name: 'kafka-http', migrations }), await testBroker()]
  const { sql } = database
  const chance = realChance()
  const name = unique()
  const [big, gone] = [`${name}-big`, `${name}-gone`]
  const postgres = createPostgresLog(sql, chance)
  const kafka = kafkaOf(brokers)
  const gateways = [kafkaOf(brokers), kafkaOf(brokers)].map((log) => movingLog(sql, chance, log))
  await postgres.growTopics(new Map([...[big, gone].map((topic) => [topic, 3] as const)]))
  await fill(postgres, big, [11_000, 1500, 0])
  await fill(postgres, gone, [40, 1, 0])
  await sql`delete from messages where topic = ${big} and partition = 1 and message_offset < 700`
  await sql`delete from messages where topic = ${gone} and partition = 0`
  await sql`update partitions set first_offset = 700 where topic = ${big} and partition = 1`
  await sql`update partitions set first_offset = next_offset where topic = ${gone} and partition = 0`
  const place = (topic: string, partition: number, offset: number) => ({ topic, partition, offset })
  const member = (group: string) => ({ group: `${name}-${group}`, instance: 'i' })
  await postgres.commit(member('behind'), [place(big, 0, 4321), place(big, 1, 3), place(gone, 0, 40)])
  await postgres.consume({ ...member('begun'), ...callFor(big) }, now)

  const optionsOf = (reached: (step: MoveStep) => void | Promise<void>): MoveOptions => ({
    sql,
    now: chance.now,
    kafka,
    say: () => {},
    reached,
  })
  return {
    ...database,
    env: { DATABASE_URL: database.url, KAFKA_BROKERS: brokers },
    topics: [big, gone],
    big,
    member,
    postgres,
    kafka,
    gateways,
    optionsOf,
    move: (reached: MoveOptions['reached'] = () => {}) => moveLog(optionsOf(reached)),
    close: async () => {
      for (const log of [...gateways, kafka]) log.close()
      await database.close()
    },
  }
}
export type MoveStand = Awaited<ReturnType<typeof openMoveStand>>

export const withStand = (work: (stand: MoveStand) => Promise<void>) => async () => {
  const stand = await openMoveStand()
  await work(stand).finally(stand.close)
}

export const callFor = (topic: string) => ({
  topics: [topic],
  autoCommit: false,
  offsetReset: 'latest' as const,
  sessionTimeoutMs: 30_000,
  most: 500,
})

const fill = async (log: MessageLog, topic: string, counts: number[]): Promise<void> => {
  for (const [partition, count] of counts.entries())
    for (let from = 0; from < count; from += everyMessage)
      await log.append(
        Array.from({ length: Math.min(everyMessage, count - from) }, (_, i) =>
          messageOf(topic, partition, from + i),
        ),
      )
}

const messageOf = (topic: string, partition: number, i: number): NewMessage => ({
  topic,
  partition,
  timestamp: Date.now() - 100_000 + i,
  key: i % 3 === 0 ? null : `key ${i % 7}`,
  value: i % 50 === 1 ? null : `значение ${i}`,
  headers: i % 2 === 0 ? [] : [{ key: 'h', value: `${i}` }],
})

/** Stops a move dead behind the nth time that it does this step. */
export const dieAt = (step: MoveStep, nth = 1) => {
  let times = 0
  return (reached: MoveStep): void => {
    if (reached === step && ++times === nth) throw new Error('died')
  }
}

const tries = 4

/** A topic that was made just now may be read a moment later, on a loaded machine much later. */
const fetchPatiently = async (log: MessageLog, at: TopicPartitionOffset): Promise<Message[]> => {
  for (let attempt = 1; attempt < tries; attempt++) {
    const some = await log.fetch([at], { ...now, timeoutMs: 5000 })
    if (some.length > 0) return some
  }
  return log.fetch([at], { ...now, timeoutMs: 5000 })
}

/** All that a log holds of these topics, each partition with its bounds. */
export const readAll = async (log: MessageLog, topics: string[]) => {
  const partitions = topics.flatMap((topic) => [0, 1, 2].map((partition) => ({ topic, partition })))
  const [starts, ends] = [await log.offsets(partitions, 'earliest'), await log.offsets(partitions, 'latest')]
  const messages: Message[] = []
  for (const [i, start] of starts.entries())
    for (let { offset } = start; offset < (ends[i]?.offset ?? 0); ) {
      const some = await fetchPatiently(log, { ...start, offset })
      if (some.length === 0) throw new Error(`Nothing at ${offset} of ${start.topic}/${start.partition}`)
      messages.push(...some)
      offset = (some.at(-1)?.offset ?? 0) + 1
    }
  return { starts, ends, messages }
}

export const committedOf = async (log: MessageLog, group: string): Promise<TopicPartitionOffset[]> => {
  const offsets = await log.committed(group, [])
  return offsets.sort((a, b) => (`${a.topic}${a.partition}` < `${b.topic}${b.partition}` ? -1 : 1))
}
