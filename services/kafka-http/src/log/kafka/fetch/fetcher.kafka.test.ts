import { expect, test } from 'bun:test'
import { testBroker } from '@kontora/kafka-broker/test-broker'
import { alone } from '../../../peers/alone.ts'
import { noDirectory } from '../../../peers/directory.ts'
import { createPeers } from '../../../peers/peers.ts'
import { createKafkaLog } from '../create-kafka-log.node.ts'

test('who does not wait gets what is there, though more is there for all who ask than one answer of the broker holds', async () => {
  const [host = '', port] = (await testBroker()).split(':')
  const peers = createPeers(alone('test'))
  const brokers = [{ host, port: Number(port) }]
  const log = createKafkaLog({ brokers, peers, directory: noDirectory, sessionTimeoutMs: 6000 })
  const topic = `large-${crypto.randomUUID().slice(0, 8)}`
  const partitions = Array.from({ length: 16 }, (_, partition) => partition)
  await log.growTopics(new Map([[topic, partitions.length]]))
  const message = { topic, timestamp: 1, key: null, value: 'x'.repeat(800_000), headers: [] }
  for (const partition of partitions) await log.append([{ ...message, partition }])
  const wait = { timeoutMs: 0, signal: new AbortController().signal }
  const counts = await Promise.all(
    partitions.map(async (partition) => (await log.fetch([{ topic, partition, offset: 0 }], wait)).length),
  )
  expect(counts).toEqual(partitions.map(() => 1))
  // Behind the end there is nothing, and nobody is kept for it.
  expect(await log.fetch([{ topic, partition: 0, offset: 1 }], wait)).toEqual([])
  log.close()
}, 60_000)
