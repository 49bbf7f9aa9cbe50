import { expect, test } from 'bun:test'
import { testBroker } from '@kontora/kafka-broker/test-broker'
import { alone } from '../../../peers/alone.ts'
import { noDirectory } from '../../../peers/directory.ts'
import { createPeers } from '../../../peers/peers.ts'
import { createKafkaLog } from '../create-kafka-log.node.ts'

const openLog = async () => {
  const [host = '', port] = (await testBroker()).split(':')
  const peers = createPeers(alone('test'))
  const brokers = [{ host, port: Number(port) }]
  return createKafkaLog({ brokers, peers, directory: noDirectory, sessionTimeoutMs: 6000 })
}

test('what a waiting instance gives up reaches the newcomers, be there something to commit or not', async () => {
  const log = await openLog()
  const topic = `given-up-${crypto.randomUUID().slice(0, 8)}`
  await log.growTopics(new Map([[topic, 6]]))
  const message = { topic, timestamp: 1, key: null, value: 'v', headers: [] }
  await log.append([0, 1, 2, 3, 4, 5].map((partition) => ({ ...message, partition })))
  const stopped = new AbortController()
  const wait = (group: string, instance: string) => {
    const asked = { topics: [topic], autoCommit: true, offsetReset: 'earliest' as const, most: 100 }
    const call = { group, instance, sessionTimeoutMs: 60_000, ...asked }
    return log.consume(call, { timeoutMs: 1000, signal: stopped.signal })
  }
  const keepWaiting = async (group: string, instance: string) => {
    while (!stopped.signal.aborted) await wait(group, instance)
  }
  const shares = async (group: string): Promise<number[]> => {
    const found = (await log.consumers()).find(({ name }) => name === group)
    return (found?.instances ?? []).map(({ topics }) => topics.flatMap((each) => each.partitions).length)
  }
  const groups = Array.from({ length: 5 }, (_, i) => `${topic}-${i}`)
  for (const group of groups) {
    // The second call commits the answer of the first: then nothing is left to commit when partitions go.
    while ((await wait(group, 'first')).length === 0);
    await wait(group, 'first')
    for (const instance of ['first', 'second', 'third']) void keepWaiting(group, instance)
    for (const end = Date.now() + 10_000; Date.now() < end; await Bun.sleep(50))
      if ((await shares(group)).join() === '2,2,2') break
    expect(await shares(group)).toEqual([2, 2, 2])
  }
  stopped.abort()
  log.close()
}, 90_000)
