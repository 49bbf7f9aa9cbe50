import { expect, test } from 'bun:test'
import { ask, clientOf, type Gateway, type Got, gather, unique } from './stand.node.ts'

type Options = {
  timeout?: number
  autoCommit?: boolean
  sessionMs?: number
  signal?: AbortSignal
  reset?: string
}

/** Through this gateway, as this instance. */
export const consumeAs =
  (gateway: Gateway, topic: string, group: string, instance: string) =>
  async ({ timeout = 0, autoCommit = true, sessionMs, signal, reset = 'earliest' }: Options = {}) => {
    const { status, body } = await ask(gateway, `/consume/${group}/${instance}`, {
      body: { topic, timeout },
      headers: {
        'Kafka-Auto-Offset-Reset': reset,
        'Kafka-Enable-Auto-Commit': String(autoCommit),
        ...(sessionMs !== undefined && { 'Kafka-Session-Timeout-Ms': String(sessionMs) }),
      },
      ...(signal && { signal }),
    })
    if (status !== 200) throw new Error(`consume answered ${status}`)
    return body as Got[]
  }

const valuesOf = (messages: Got[]) => messages.map(({ value }) => value)

export const groupContract = (one: () => Gateway, other: () => Gateway): void => {
  const produce = (topic: string, values: string[], partition?: number) =>
    clientOf(one())
      .producer()
      .produceMany(values.map((value) => ({ topic, value, ...(partition !== undefined && { partition }) })))
  /** A group that begins at the end, and then these messages. */
  const groupWith = async (topic: string, values: string[], options: Options, partition = 0) => {
    const group = unique()
    const consume = consumeAs(one(), topic, group, 'i')
    await consume({ ...options, reset: 'latest' })
    const stored = await produce(topic, values, partition)
    return { group, consume, stored }
  }

  test('a living instance reads on, committed or not', async () => {
    const { consume } = await groupWith('moved', ['a'], { autoCommit: false })
    expect(valuesOf(await consume())).toEqual(['a'])
    expect(await consume()).toEqual([])
    await produce('moved', ['b'], 0)
    expect(valuesOf(await consume())).toEqual(['b'])
  })

  test('without a commit, what was consumed is read again after a restart of the instance, from the commit on', async () => {
    const { group, consume, stored } = await groupWith('moved', ['a', 'b', 'c'], { autoCommit: false })
    await consume()
    const [, second] = stored
    await ask(one(), `/commit/${group}/i`, { body: { topic: 'moved', partition: 0, offset: second?.offset } })
    await ask(one(), `/delete-consumer/${group}/i`)
    expect(valuesOf(await consumeAs(other(), 'moved', group, 'i')({ autoCommit: false }))).toEqual(['b', 'c'])
  })

  test('by itself only the answer before the last is committed', async () => {
    const { group, consume, stored } = await groupWith('moved', ['a'], {})
    const committed = async () =>
      (await ask(one(), `/committed/${group}/i`, { body: { topic: 'moved', partition: 0 } })).body
    const offset = stored[0]?.offset ?? -1
    await consume()
    expect(await committed()).toEqual([{ topic: 'moved', partition: 0, offset }])
    await consume()
    expect(await committed()).toEqual([{ topic: 'moved', partition: 0, offset: offset + 1 }])
  })

  test('an idle instance is taken out, and its last answer goes to the next one', async () => {
    const { group, consume } = await groupWith('moved', ['a', 'b'], { sessionMs: 400 })
    expect(valuesOf(await consume({ sessionMs: 400 }))).toEqual(['a', 'b'])
    await Bun.sleep(500)
    const names = (await clientOf(other()).admin().consumers()).map(({ name }) => name)
    expect(names).not.toContain(group)
    expect(valuesOf(await consumeAs(other(), 'moved', group, 'j')())).toEqual(['a', 'b'])
  })

  test('a waiting instance is not idle', async () => {
    const { group, consume } = await groupWith('moved', [], { sessionMs: 300 })
    const waiting = consume({ timeout: 1200 })
    await Bun.sleep(900)
    const listed = await clientOf(other()).admin().consumers()
    expect(listed.map(({ name }) => name)).toContain(group)
    expect(await waiting).toEqual([])
  })

  test('a waiting instance takes over what an idle one held', async () => {
    const group = unique()
    const first = consumeAs(one(), 'moved', group, 'a')
    const second = consumeAs(other(), 'moved', group, 'b')
    await first({ sessionMs: 400, reset: 'latest' })
    await second({ reset: 'latest' })
    await produce('moved', ['x'], 0)
    await produce('moved', ['y'], 1)
    const got = await gather(() => second({ timeout: 1000 }), 2, 4000)
    expect(valuesOf(got).sort()).toEqual(['x', 'y'])
  })

  test('two instances at two gateways share the partitions, and no message goes to both', async () => {
    const group = unique()
    const instances = [consumeAs(one(), 'shared', group, 'a'), consumeAs(other(), 'shared', group, 'b')]
    const shares = async () => {
      for (const consume of instances) await consume({ reset: 'latest' })
      const listed = (await clientOf(one()).admin().consumers()).find(({ name }) => name === group)
      return listed?.instances.map(({ topics }) => topics[0]?.partitions.length) ?? []
    }
    // Partitions change hands while both go on calling.
    for (let tries = 0; tries < 50 && (await shares()).join() !== '3,3'; tries++) await Bun.sleep(100)
    expect(await shares()).toEqual([3, 3])
    const wanted = Array.from({ length: 60 }, (_, i) => `${group} ${i}`)
    await produce('shared', wanted)
    const answers = await Promise.all(instances.map((consume) => gather(() => consume({ timeout: 300 }), 30)))
    expect(answers.map((each) => each.length)).toEqual([30, 30])
    expect(valuesOf(answers.flat()).sort()).toEqual(wanted.sort())
  })

  test('a newcomer gets a partition only after its holder has called again, so that no two work on it', async () => {
    const { group, consume } = await groupWith('moved', ['a'], {}, 1)
    await produce('moved', ['b'], 0)
    const first = await gather(consume, 2)
    expect(valuesOf(first).sort()).toEqual(['a', 'b'])
    const newcomer = consumeAs(other(), 'moved', group, 'j')
    expect(await newcomer({ timeout: 300 })).toEqual([])
    const waiting = newcomer({ timeout: 3000 })
    expect(await consume()).toEqual([])
    await produce('moved', ['c'], 0)
    await produce('moved', ['d'], 1)
    const all = [...(await waiting), ...(await consume()), ...(await newcomer({ timeout: 300 }))]
    expect(valuesOf(all).sort()).toEqual(['c', 'd'])
  })

  test('calls of one instance at alternating gateways go on without a gap or a repeat', async () => {
    const { group, stored } = await groupWith('moved', [], {})
    expect(stored).toEqual([])
    const atOne = consumeAs(one(), 'moved', group, 'i')
    const atOther = consumeAs(other(), 'moved', group, 'i')
    const got: Got[] = []
    const wanted = Array.from({ length: 12 }, (_, i) => `${i}`)
    for (const [i, value] of wanted.entries()) {
      await produce('moved', [value], 0)
      got.push(...(await (i % 2 === 0 ? atOne : atOther)({ timeout: 1000 })))
    }
    expect(valuesOf(got)).toEqual(wanted)
  })

  test('a caller who hangs up takes nothing along', async () => {
    const { consume } = await groupWith('moved', [], {})
    const hangUp = new AbortController()
    const lost = consume({ timeout: 20_000, signal: hangUp.signal }).catch(() => 'hung up')
    await Bun.sleep(200)
    hangUp.abort()
    expect(await lost).toBe('hung up')
    await produce('moved', ['a'], 0)
    expect(valuesOf(await consume())).toEqual(['a'])
  })

  test('a later call of an instance sends a waiting one away with nothing', async () => {
    const { group, consume } = await groupWith('moved', [], {})
    const started = Date.now()
    const waiting = consume({ timeout: 20_000 })
    await Bun.sleep(200)
    const later = consume({ timeout: 3000 })
    expect(await waiting).toEqual([])
    const elsewhere = consumeAs(other(), 'moved', group, 'i')({ timeout: 3000 })
    await Bun.sleep(100)
    await produce('moved', ['a'], 0)
    expect(valuesOf([...(await later), ...(await elsewhere)])).toEqual(['a'])
    expect(Date.now() - started).toBeLessThan(6000)
  })

  test('none means that a group without an offset is refused', async () => {
    const { status } = await ask(one(), `/consume/${unique()}/i`, {
      body: { topic: 'moved' },
      headers: { 'Kafka-Auto-Offset-Reset': 'none' },
    })
    expect(status).toBe(400)
  })

  test('latest reads nothing that was there before the first call', async () => {
    await produce('moved', ['old'], 0)
    const { consume } = await groupWith('moved', ['new'], {})
    expect(valuesOf(await consume())).toEqual(['new'])
  })
}
