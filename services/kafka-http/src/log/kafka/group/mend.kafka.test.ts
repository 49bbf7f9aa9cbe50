import { expect, test } from 'bun:test'
import { testBroker } from '@kontora/kafka-broker/test-broker'
import { alone } from '../../../peers/alone.ts'
import { noDirectory } from '../../../peers/directory.ts'
import { createPeers } from '../../../peers/peers.ts'
import type { Message } from '../../message-log.ts'
import { createKafkaLog } from '../create-kafka-log.node.ts'

test('an instance without a place to begin at reads on when its group has got one', async () => {
  const [host = '', port] = (await testBroker()).split(':')
  const peers = createPeers(alone('test'))
  const brokers = [{ host, port: Number(port) }]
  const log = createKafkaLog({ brokers, peers, directory: noDirectory, sessionTimeoutMs: 6000 })
  const topic = `mend-${crypto.randomUUID().slice(0, 8)}`
  await log.growTopics(new Map([[topic, 1]]))
  const place = { topic, partition: 0 }
  const message = { ...place, timestamp: 1, key: null, headers: [] }
  await log.append(['a', 'b'].map((value) => ({ ...message, value })))
  const asked = { topics: [topic], autoCommit: true, offsetReset: 'none' as const, most: 100 }
  const call = { group: topic, instance: 'i', sessionTimeoutMs: 60_000, ...asked }
  const consume = () => log.consume(call, { timeoutMs: 300, signal: new AbortController().signal })
  await expect(consume()).rejects.toThrow('The group has no offset')
  await log.commit({ group: topic, instance: 'another' }, [{ ...place, offset: 1 }])
  let found: Message[] = []
  // What was noticed before the commit may be told once more.
  for (const end = Date.now() + 10_000; found.length === 0 && Date.now() < end; )
    found = await consume().catch(() => [])
  expect(found.map(({ value }) => value)).toEqual(['b'])
  log.close()
}, 60_000)
