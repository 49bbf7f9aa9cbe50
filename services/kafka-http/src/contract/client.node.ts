import { expect, test } from 'bun:test'
import { ask, clientOf, type Gateway, gather, unique } from './stand.node.ts'

/** Upstash's own suite, in our words. */
export const clientContract = (gateway: () => Gateway): void => {
  const kafka = () => clientOf(gateway())
  const from = (topic: string) => {
    const ids = { consumerGroupId: `g ${unique()}`, instanceId: unique() }
    return {
      ids,
      consume: (options: object = {}) =>
        kafka()
          .consumer()
          .consume({ ...ids, topics: [topic], autoOffsetReset: 'earliest', ...options }),
    }
  }

  test('a produced message is fetched as it was, with key and headers', async () => {
    const headers = [
      { key: 'language', value: 'русский 😀' },
      { key: 'language', value: '' },
    ]
    const { topic, partition, offset } = await kafka()
      .producer()
      .produce('red', { hello: 'мир' }, { key: 'ключ', headers, timestamp: 1_700_000_000_123 })
    const found = await kafka().consumer().fetch({ topic, partition, offset })
    expect(found[0]).toEqual({
      topic,
      partition,
      offset,
      timestamp: 1_700_000_000_123,
      key: 'ключ',
      value: '{"hello":"мир"}',
      headers,
    })
  })

  test('without a key it is an empty text, without headers an empty list, and the time is filled in', async () => {
    const before = Date.now()
    const stored = await kafka().producer().produce('green', 'plain')
    const [found] = await kafka().consumer().fetch(stored)
    expect(found).toMatchObject({ key: '', headers: [], value: 'plain', timestamp: stored.timestamp })
    expect(stored.timestamp).toBeGreaterThanOrEqual(before)
  })

  test('many messages to several topics are answered in the order of the request', async () => {
    const messages = Array.from({ length: 30 }, (_, i) => ({
      topic: i % 3 === 0 ? 'red' : 'green',
      value: `many ${i}`,
      ...(i % 2 === 0 && { key: `k${i % 4}` }),
    }))
    const stored = await kafka().producer().produceMany(messages)
    expect(stored.map(({ topic }) => topic)).toEqual(messages.map(({ topic }) => topic))
    const found = await kafka().consumer().fetch({ topicPartitionOffsets: stored })
    for (const [i, { topic, partition, offset }] of stored.entries())
      expect(
        found.find((each) => each.topic === topic && each.partition === partition && each.offset === offset)
          ?.value,
      ).toBe(`many ${i}`)
  })

  test('messages of a key share a partition, the one that Java chooses, and a wished one is kept to', async () => {
    const stored = await kafka()
      .producer()
      .produceMany([
        { topic: 'dense', value: '1', key: 'foobar' },
        { topic: 'dense', value: '2', key: 'foobar' },
        { topic: 'dense', value: '3', key: 'foobar', partition: 3 },
      ])
    const java = (-790332482 & 0x7fffffff) % 4
    expect(stored.map(({ partition }) => partition)).toEqual([java, java, 3])
  })

  test('a group consumes from one topic and from several', async () => {
    const value = unique()
    await kafka()
      .producer()
      .produceMany([
        { topic: 'red', value },
        { topic: 'blue', value },
      ])
    const one = from('red')
    const red = await gather(() => one.consume(), 1)
    expect(red.every(({ topic }) => topic === 'red')).toBe(true)
    const both = from('')
    const found: string[] = []
    for (let tries = 0; tries < 30 && found.length < 2; tries++)
      for (const each of await both.consume({ topics: ['red', 'blue'] }))
        if (each.value === value) found.push(each.topic)
    expect(found.sort()).toEqual(['blue', 'red'])
  })

  test('topics are listed with their partitions', async () => {
    expect(await kafka().admin().topics()).toMatchObject({ red: 3, green: 3, blue: 3, single: 1 })
  })

  test('an instance is listed after its first call, and gone after it was removed; removing it again is refused', async () => {
    const { ids, consume } = from('blue')
    await consume({ autoOffsetReset: 'latest' })
    const listed = (await kafka().admin().consumers()).find(({ name }) => name === ids.consumerGroupId)
    expect(listed?.instances).toEqual([
      { name: ids.instanceId, topics: [{ topic: 'blue', partitions: [0, 1, 2] }] },
    ])
    await kafka().admin().removeConsumerInstance(ids.consumerGroupId, ids.instanceId)
    const after = (await kafka().admin().consumers()).map(({ name }) => name)
    expect(after).not.toContain(ids.consumerGroupId)
    const again = await ask(gateway(), `/delete-consumer/${encodeURIComponent(ids.consumerGroupId)}/x`)
    expect(again.status).toBe(404)
  })

  test('a time has one numeric offset for each partition asked for', async () => {
    const { partition, offset } = await kafka().producer().produce('single', 'first', { timestamp: 5000 })
    await kafka().producer().produce('single', 'second', { timestamp: 1_600_000_000_000 })
    const at = (timestamp: number | 'earliest' | 'latest') =>
      kafka()
        .admin()
        .topicPartitionOffsets({ timestamp, topicPartition: { topic: 'single', partition } })
    expect(await at(Math.floor(Date.now() / 1000))).toEqual([
      { topic: 'single', partition, offset: offset + 1 },
    ])
    expect(await at(5000)).toEqual([{ topic: 'single', partition, offset }])
    expect(await at('earliest')).toEqual([{ topic: 'single', partition, offset: 0 }])
    expect(await at('latest')).toEqual([{ topic: 'single', partition, offset: offset + 2 }])
    expect(await at(Date.now() + 60_000)).toEqual([{ topic: 'single', partition, offset: offset + 2 }])
  })

  test('a commit is kept as it was given', async () => {
    const { topic, partition, offset } = await kafka().producer().produce('green', 'to commit')
    const { ids, consume } = from('green')
    const topicPartitions = [{ topic, partition }]
    await consume({ autoCommit: false })
    const before = await kafka()
      .consumer()
      .committed({ ...ids, topicPartitions })
    await kafka()
      .consumer()
      .commit({ ...ids, offset: { topic, partition, offset } })
    const after = await kafka()
      .consumer()
      .committed({ ...ids, topicPartitions })
    expect(before).toEqual([{ topic, partition, offset: -1 }])
    expect(after).toEqual([{ topic, partition, offset }])
    expect(
      await kafka()
        .admin()
        .committedOffsets({ ...ids, topicPartition: { topic, partition } }),
    ).toEqual(after)
    await kafka()
      .consumer()
      .commit({ ...ids, offset: [{ topic, partition, offset: 0 }] })
    expect(
      await kafka()
        .consumer()
        .committed({ ...ids, topicPartitions }),
    ).toEqual([{ topic, partition, offset: 0 }])
  })

  test('a commit without an offset stands behind the last answer', async () => {
    const { ids, consume } = from('red')
    const answered = await gather(() => consume({ autoCommit: false }), 1)
    const { topic = '', partition = -1 } = answered[0] ?? {}
    const behind =
      Math.max(...answered.filter((each) => each.partition === partition).map(({ offset }) => offset)) + 1
    await kafka()
      .consumer()
      .commit({ ...ids })
    expect(
      await kafka()
        .consumer()
        .committed({ ...ids, topicPartitions: [{ topic, partition }] }),
    ).toEqual([{ topic, partition, offset: behind }])
  })
}
