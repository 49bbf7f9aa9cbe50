import { expect, test } from 'bun:test'
import { consumeAs } from './groups.node.ts'
import { ask, clientOf, ends, type Gateway, type Got, gather, unique } from './stand.node.ts'

export const logContract = (one: () => Gateway, other: () => Gateway): void => {
  test('eight producers at once leave no gap and no disorder, and a reader never sees a gap that fills later', async () => {
    const partitions = [0, 1, 2, 3]
    const starts = await ends(one(), 'dense', partitions)
    let writing = true
    const seen = partitions.map((partition) => starts[partition] ?? 0)
    const read = async () => {
      for (let last = false; !last; ) {
        last = !writing
        for (const partition of partitions) {
          const offset = seen[partition] ?? 0
          const { body } = await ask(other(), '/fetch', {
            body: { topic: 'dense', partition, offset, timeout: 0 },
          })
          for (const [i, message] of (body as Got[]).entries()) expect(message.offset).toBe(offset + i)
          seen[partition] = offset + (body as Got[]).length
        }
      }
    }
    const reading = read()
    const rounds = 15
    await Promise.all(
      Array.from({ length: 8 }, async (_, producer) => {
        const gateway = producer % 2 === 0 ? one() : other()
        for (let round = 0; round < rounds; round++) {
          const order = producer % 2 === 0 ? partitions : partitions.toReversed()
          const body = order.flatMap((partition) =>
            [0, 1].map((i) => ({ topic: 'dense', partition, value: `${producer} ${2 * round + i}` })),
          )
          const stored = await ask(gateway, '/produce', { body })
          expect(stored.status).toBe(200)
        }
      }),
    )
    writing = false
    await reading
    const each = 8 * rounds * 2
    expect(await ends(one(), 'dense', partitions)).toEqual(starts.map((start) => start + each))
    expect(seen).toEqual(starts.map((start) => start + each))
    for (const partition of partitions) await expectOrder(partition, starts[partition] ?? 0, each)
  })

  const expectOrder = async (partition: number, start: number, count: number): Promise<void> => {
    const found = await clientOf(one()).consumer().fetch({ topic: 'dense', partition, offset: start })
    expect(found.length).toBe(count)
    const next = new Map<string, number>()
    for (const { value } of found) {
      const [producer = '', number = ''] = value.split(' ')
      expect(Number(number)).toBe(next.get(producer) ?? 0)
      next.set(producer, Number(number) + 1)
    }
  }

  test('a waiting call is answered soon after a message was written, at its gateway and at another', async () => {
    const group = unique()
    const consume = consumeAs(one(), 'blue', group, 'i')
    await consume({ reset: 'latest' })
    const delays = async (gateway: Gateway) => {
      const all: number[] = []
      for (let i = 0; i < 5; i++) {
        const waiting = consume({ timeout: 5000 }).then((messages) => ({ messages, time: performance.now() }))
        await Bun.sleep(60)
        await clientOf(gateway).producer().produce('blue', `${i}`)
        const written = performance.now()
        const { messages, time } = await waiting
        expect(messages.map(({ value }) => value)).toEqual([`${i}`])
        all.push(time - written)
      }
      return all.sort((a, b) => a - b)[2] ?? Number.POSITIVE_INFINITY
    }
    expect(await delays(one())).toBeLessThan(100)
    expect(await delays(other())).toBeLessThan(300)
  })

  test('a call without news ends at its time-out', async () => {
    const [offset = 0] = await ends(one(), 'blue', [0])
    for (const path of ['/fetch', `/consume/${unique()}/i`]) {
      const start = performance.now()
      const body = path === '/fetch' ? { topic: 'blue', partition: 0, offset } : { topic: 'blue' }
      const answer = await ask(one(), path, { body: { ...body, timeout: 400 } })
      expect(answer.body).toEqual([])
      const ms = performance.now() - start
      expect(ms).toBeGreaterThan(380)
      expect(ms).toBeLessThan(1000)
    }
  })

  test('many who wait hold nothing that others need', async () => {
    const stop = new AbortController()
    const waiting = Array.from({ length: 40 }, (_, i) =>
      consumeAs(
        one(),
        'blue',
        `idle ${i}`,
        'i',
      )({ timeout: 30_000, signal: stop.signal, reset: 'latest' }).catch(() => []),
    )
    await Bun.sleep(700)
    const start = performance.now()
    await clientOf(one()).producer().produce('green', 'v')
    expect(performance.now() - start).toBeLessThan(500)
    stop.abort()
    await Promise.all(waiting)
  })

  test('an answer is bounded, and the rest follows in order', async () => {
    const big = 'x'.repeat(300_000)
    const [start = 0] = await ends(one(), 'single', [0])
    for (let i = 0; i < 5; i++) await clientOf(one()).producer().produce('single', `${i} ${big}`)
    let offset = start
    const consume = async () => {
      const found = await clientOf(one()).consumer().fetch({ topic: 'single', partition: 0, offset })
      offset += found.length
      return found
    }
    const first = await consume()
    expect(first.length).toBe(3)
    expect((await gather(consume, 2)).map(({ value }) => value[0])).toEqual(['3', '4'])
    const small = Array.from({ length: 700 }, (_, i) => ({ topic: 'single', value: `${i}` }))
    await clientOf(one()).producer().produceMany(small)
    expect((await consume()).length).toBe(500)
    expect((await consume()).map(({ value }) => value).at(-1)).toBe('699')
  })

  test('a key whose partition has a long backlog does not hide the others', async () => {
    const group = unique()
    const consume = consumeAs(one(), 'green', group, 'i')
    await consume({ reset: 'latest' })
    const many = Array.from({ length: 1500 }, () => ({ topic: 'green', partition: 0, value: 'many' }))
    await clientOf(one())
      .producer()
      .produceMany([...many, { topic: 'green', partition: 2, value: 'rare' }])
    const all = await gather(() => consume(), 1501)
    expect(all.filter(({ value }) => value === 'rare').length).toBe(1)
    const offsets = all.filter(({ partition }) => partition === 0).map(({ offset }) => offset)
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
    expect(new Set(offsets).size).toBe(1500)
  })
}
