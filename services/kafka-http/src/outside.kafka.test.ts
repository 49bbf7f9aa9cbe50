import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type OutsideClient, type OutsideRead, outsideClient } from '@kontora/kafka-broker/outside-client'
import { testBroker } from '@kontora/kafka-broker/test-broker'
import { ask, type Gateway, gather, password, type Stand, unique } from './contract/stand.node.ts'
import type { Message, Stored } from './log/message-log.ts'
import { openKafkaStand } from './test-stand.node.ts'

let stand: Stand
let gateway: Gateway
let outside: OutsideClient
// Seven partitions: with a power of two a wrong hash may still choose the right one.
const topic = `outside-${unique()}`
beforeAll(async () => {
  const brokers = await testBroker()
  const everything = { name: 'everything', password, all: ['*'], produce: [], consume: [] }
  stand = await openKafkaStand({ topics: { [topic]: 7 }, credentials: [everything] }, brokers)
  gateway = await stand.open()
  outside = outsideClient(brokers)
}, 180_000)
afterAll(async () => {
  await gateway?.stop()
  await stand?.close()
})

const produce = async (messages: object[]): Promise<Stored[]> => {
  const body = messages.map((message) => ({ topic, ...message }))
  const answer = await ask(gateway, '/produce', { body, headers: { 'Kafka-Tombstones': 'true' } })
  expect(answer.status).toBe(200)
  return answer.body as Stored[]
}

type Place = { partition: number; offset: number }
const isAt = (place: Place | undefined) => (each: Place) =>
  each.partition === place?.partition && each.offset === place?.offset

const readOutside = async (places: Place[]): Promise<(OutsideRead | undefined)[]> => {
  const all = await outside.read(topic)
  return places.map((place) => all.find(isAt(place)))
}

const fetchAt = async ({ partition, offset }: Place): Promise<Message> => {
  const { body } = await ask(gateway, '/fetch', { body: { topic, partition, offset, timeout: 5000 } })
  const [found] = body as Message[]
  if (!found) throw new Error('Nothing was fetched')
  return found
}

/** A fraction of UTF-8 of each length, odd names of headers, texts that are empty. */
const headers = [
  { key: 'trace', value: 'a' },
  { key: 'trace', value: '' },
  { key: 'имя с 😀, "кавычками"\nи строкой', value: 'ё' },
  { key: '', value: 'of no name' },
]

test('what the gateway writes is read by librdkafka as it was', async () => {
  const timestamp = 1_700_000_000_123
  const stored = await produce([
    { key: 'ключ', value: 'мир 😀', headers, timestamp },
    { value: 'no key' },
    { key: '', value: '' },
    { key: 'gone', value: null },
  ])
  const [whole, keyless, empty, gone] = await readOutside(stored)
  expect(whole).toMatchObject({ timestamp, key: 'ключ', value: 'мир 😀' })
  expect(whole?.headers).toEqual(headers.map(({ key, value }) => [key, value]))
  expect(keyless).toMatchObject({ key: null, value: 'no key', headers: [] })
  expect(empty).toMatchObject({ key: '', value: '' })
  expect(gone).toMatchObject({ key: 'gone', value: null })
}, 60_000)

test('what librdkafka writes is fetched and consumed from the gateway; what a text cannot say becomes an empty one', async () => {
  const timestamp = 1_700_000_000_456
  const given = headers.map(({ key, value }): [string, string] => [key, value])
  const stored = await outside.produce([
    { topic, key: 'ключ', value: 'мир 😀', headers: given, timestamp },
    { topic, key: null, value: 'no key', headers: [['no value', null]] },
    { topic, key: 'gone', value: null },
    { topic, key: new Uint8Array([0xff]), value: new Uint8Array([0x61, 0xfe]) },
  ])
  const [whole, keyless, gone, bytes] = await Promise.all(stored.map(fetchAt))
  expect(whole).toEqual({ topic, ...stored[0]!, timestamp, key: 'ключ', value: 'мир 😀', headers })
  expect(keyless).toMatchObject({ key: '', value: 'no key', headers: [{ key: 'no value', value: '' }] })
  expect(gone).toMatchObject({ key: 'gone', value: null })
  expect(bytes).toMatchObject({ key: '\ufffd', value: 'a\ufffd' })

  const consume = async () => {
    const headers = { 'Kafka-Auto-Offset-Reset': 'earliest' }
    const { body } = await ask(gateway, `/consume/${topic}/i`, { body: { topic, timeout: 2000 }, headers })
    return body as Message[]
  }
  const all = await gather(consume as never, 8)
  expect(all.find(isAt(stored[0]))).toEqual(whole as never)
}, 60_000)

test('both choose the same partition for every key', async () => {
  const letters = [...'ключ 😀 key ']
  const keys = Array.from({ length: 200 }, (_, i) => `${letters.slice(0, i % 12).join('')}${i}`)
  const ours = await produce(keys.map((key) => ({ key, value: 'ours' })))
  const theirs = await outside.produce(keys.map((key) => ({ topic, key, value: 'theirs' })))
  expect(ours.map(({ partition }) => partition)).toEqual(theirs.map(({ partition }) => partition))
  expect(new Set(ours.map(({ partition }) => partition)).size).toBe(7)
}, 60_000)

test('1 MB passes both ways', async () => {
  const value = 'ы'.repeat(500_000)
  const [stored] = await produce([{ key: 'large', value }])
  const [found] = await readOutside([stored!])
  expect(found?.value).toBe(value)
  const [theirs] = await outside.produce([{ topic, key: 'large', value }])
  expect((await fetchAt(theirs!)).value).toBe(value)
}, 60_000)

test('whatever librdkafka compresses with is understood, also in the middle of a batch', async () => {
  for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const values = Array.from({ length: 500 }, (_, i) => `${compression} ${i} ${'ы'.repeat(i % 50)}`)
    const stored = await outside.produce(
      values.map((value) => ({ topic, value, partition: 4 })),
      { compression },
    )
    for (const i of [0, 1, 250, 499]) expect((await fetchAt(stored[i]!)).value).toBe(values[i] ?? '')
  }
}, 60_000)

test('of an aborted transaction the gateway gives nothing, and goes on behind it', async () => {
  const messages = (value: string) => [1, 2, 3].map((i) => ({ topic, value: `${value} ${i}`, partition: 5 }))
  const [aborted] = await outside.produce(messages('aborted'), { transaction: 'abort' })
  const [committed] = await outside.produce(messages('committed'), { transaction: 'commit' })
  const [plain] = await outside.produce([{ topic, value: 'plain', partition: 5 }])
  expect(await fetchAt(aborted!)).toMatchObject({ ...committed!, value: 'committed 1' })
  expect(await fetchAt({ partition: 5, offset: plain!.offset - 1 })).toMatchObject({
    ...plain!,
    value: 'plain',
  })
}, 60_000)

test('a waiting poll goes on behind more aborted messages than one answer of the broker holds', async () => {
  const value = 'x'.repeat(600_000)
  const messages = [1, 2, 3, 4].map(() => ({ topic, value, partition: 6 }))
  const before = (await outside.read(topic)).filter(({ partition }) => partition === 6).length
  const [aborted] = await outside.produce(messages, { transaction: 'abort' })
  const [plain] = await outside.produce([{ topic, value: 'behind', partition: 6 }])
  expect(await fetchAt(aborted!)).toMatchObject({ ...plain!, value: 'behind' })

  const headers = { 'Kafka-Auto-Offset-Reset': 'earliest' }
  const path = `/consume/${unique()}/i`
  const found: Message[] = []
  const began = performance.now()
  while (found.length <= before) {
    const { body } = await ask(gateway, path, {
      body: { topic, timeout: 20_000 },
      headers,
    })
    found.push(...(body as Message[]).filter(({ partition }) => partition === 6))
  }
  expect(found.at(-1)?.value).toBe('behind')
  expect(performance.now() - began).toBeLessThan(15_000)
}, 60_000)
