import { beforeAll, expect, test } from 'bun:test'
import { Admin } from '@platformatic/kafka'
import { type OutsideClient, outsideClient } from './outside-client.ts'
import { testBroker } from './test-broker.ts'

let client: OutsideClient
const topic = `outside-${crypto.randomUUID().slice(0, 8)}`
beforeAll(async () => {
  const brokers = await testBroker()
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [brokers] })
  await admin.createTopics({ topics: [topic], partitions: 4, replicas: 1 })
  await admin.close()
  client = outsideClient(brokers)
}, 180_000)

test('what the outside client writes it reads as it was: keys, headers, nothing, an empty text', async () => {
  const timestamp = 1_700_000_000_123
  const headers: [string, string | null][] = [
    ['trace', 'a'],
    ['trace', ''],
    ['no value', null],
    ['имя с 😀 и "кавычками"', '\u0000'],
  ]
  const stored = await client.produce([
    { topic, key: 'ключ', value: 'мир 😀', headers, timestamp },
    { topic, key: null, value: 'no key', partition: 1 },
    { topic, key: 'gone', value: null, partition: 1 },
    { topic, key: '', value: '', partition: 1 },
  ])
  const found = await client.read(topic)
  const at = (i: number) =>
    found.find((each) => each.partition === stored[i]?.partition && each.offset === stored[i]?.offset)
  expect(at(0)).toEqual({ ...stored[0]!, timestamp, key: 'ключ', value: 'мир 😀', headers })
  expect(at(1)).toMatchObject({ partition: 1, key: null, value: 'no key', headers: [] })
  expect(at(2)).toMatchObject({ key: 'gone', value: null })
  expect(at(3)).toMatchObject({ key: '', value: '' })
})

test('a key goes to the partition that Java chooses', async () => {
  const [stored] = await client.produce([{ topic, key: 'foobar', value: 'v' }])
  expect(stored?.partition).toBe((-790332482 & 0x7fffffff) % 4)
})

test('1 MB, in clear and compressed in every way', async () => {
  for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const value = `${compression} ${'ы'.repeat(500_000)}`
    const [stored] = await client.produce([{ topic, value, partition: 2 }], { compression })
    const found = (await client.read(topic)).find(
      ({ partition, offset }) => partition === 2 && offset === stored?.offset,
    )
    expect(found?.value).toBe(value)
  }
}, 60_000)

test('of an aborted transaction nothing is read, and what follows is', async () => {
  const before = (await client.read(topic)).length
  await client.produce([{ topic, value: 'never', partition: 3 }], { transaction: 'abort' })
  await client.produce([{ topic, value: 'together', partition: 3 }], { transaction: 'commit' })
  const values = (await client.read(topic)).map(({ value }) => value)
  expect(values).toHaveLength(before + 1)
  expect(values).toContain('together')
}, 60_000)

test('who asks for a topic that is not there is told', async () => {
  await expect(client.read('no-such-topic')).rejects.toThrow('The outside client failed')
  await expect(client.produce([{ topic: 'no-such-topic', value: 'v' }])).rejects.toThrow('failed')
}, 60_000)
