import { afterAll, beforeAll, expect, test } from 'bun:test'
import { realChance } from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { ask, password } from '../contract/stand.node.ts'
import { migrations } from '../migrations.node.ts'
import { applyWishes } from '../operate/apply-wishes.ts'
import { openGateway } from '../test-stand.node.ts'
import { endLease } from './lease.ts'
import { listPushes, pausePush, removePush, resumePush, retireSecrets, rotatePush } from './operate-push.ts'
import { putSubscription } from './put-subscription.ts'
import { createSeal } from './secret.ts'
import { newSecret, openPushGateway, openReceiver, seal } from './test-push.node.ts'

let database: TestDatabase
let door: ReturnType<typeof openGateway>
let names = 0
const topics = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`t${i + 1}`, 2]))
beforeAll(async () => {
  database = await testDatabase({ name: 'kafka-http', migrations })
  await applyWishes(database.sql, () => new Date(), {
    topics,
    credentials: [{ name: 'everything', password, all: ['*'], produce: [], consume: [] }],
  })
  door = openGateway(database.url)
})
afterAll(async () => {
  await door.stop()
  await database.close()
})

const until = async (isTrue: () => boolean | Promise<boolean>, ms = 5000): Promise<void> => {
  for (const end = performance.now() + ms; !(await isTrue()); await Bun.sleep(10))
    if (performance.now() > end) throw new Error('It did not come about in time')
}
const operator = () => ({ ...realChance(), seal, targets: ['http://127.0.0.1'], sql: database.sql })

/** A subscription of its own topic, a receiver, and a gateway that serves it. */
const open = async (options: { mostFailures?: number; timeoutMs?: number; most?: number } = {}) => {
  const topic = `t${++names}`
  const receiver = openReceiver([newSecret()])
  const targets = [new URL(receiver.url).origin]
  const resources = { ...operator(), targets }
  const { most = 100, ...limits } = options
  const wish = { name: topic, topics: [topic], group: topic, target: receiver.url, most }
  await putSubscription(resources, { ...wish, from: 'earliest', secrets: receiver.secrets })
  const start = () => openPushGateway(database.url, targets, limits)
  const produceTo = (gateway: { url: string; stop: () => Promise<void> }, values: string[], key = 'k') =>
    ask(gateway, '/produce', { body: values.map((value) => ({ topic, key, value })) })
  const line = async () => (await listPushes(database.sql, new Date())).find(({ name }) => name === topic)
  const committed = async () => {
    const rows = await database.sql<{ sum: number }[]>`
      select coalesce(sum(next_offset), 0)::integer as sum from committed_offsets where group_name = ${topic}`
    return rows[0]?.sum
  }
  const values = () => receiver.posts.flatMap(({ messages }) => messages.map(({ value }) => value))
  return { topic, receiver, resources, wish, start, produceTo, line, committed, values }
}

test('what is written is posted at once, signed, in the shape of a consumed message, and committed', async () => {
  const { topic, receiver, start, produceTo, committed } = await open()
  const gateway = start()
  const member = async () => JSON.stringify((await ask(gateway, '/consumers')).body).includes(`push-${topic}`)
  await until(member)
  const delays: number[] = []
  for (let i = 0; i < 5; i++) {
    const began = performance.now()
    await produceTo(gateway, [`v${i}`])
    await until(() => receiver.posts.length === i + 1)
    delays.push((receiver.posts[i]?.at ?? 0) - began)
    await until(async () => (await committed()) === i + 1)
  }
  console.log(`from the write to the post: ${delays.map((ms) => ms.toFixed(0)).join(', ')} ms`)
  expect(Math.min(...delays)).toBeLessThan(100)
  expect(receiver.unsigned).toEqual([])
  expect(receiver.posts[0]?.messages).toEqual([
    {
      topic,
      partition: expect.any(Number),
      offset: 0,
      timestamp: expect.any(Number),
      key: 'k',
      value: 'v0',
      headers: [],
    },
  ])
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('what is refused is posted again, the same under the same id, before anything later', async () => {
  const { receiver, start, produceTo, committed, values, line } = await open()
  const answers = [500, 400, 302, 204]
  receiver.answer(() => new Response('not now', { status: answers.shift() ?? 204 }))
  const gateway = start()
  await produceTo(gateway, ['a', 'b'])
  await until(() => receiver.posts.length >= 2)
  expect(await line()).toMatchObject({ state: 'failing', failures: expect.any(Number) })
  await produceTo(gateway, ['c'])
  await until(async () => (await committed()) === 3, 8000)
  expect(values()).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b', 'c'])
  const ids = receiver.posts.map(({ id }) => id)
  expect(new Set(ids.slice(0, 4)).size).toBe(1)
  expect(ids[4]).not.toBe(ids[0])
  expect(await line()).toMatchObject({ state: 'active', failures: 0, reason: null })
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('a receiver that is silent, or away and back, costs only time', async () => {
  const { receiver, start, produceTo, committed, line } = await open({ timeoutMs: 200 })
  const gateway = start()
  receiver.answer(() => Bun.sleep(1000).then(() => new Response()))
  await produceTo(gateway, ['a'])
  await until(async () => (await line())?.reason === 'no answer in time')
  receiver.die()
  await until(async () => (await line())?.reason === 'no connection')
  receiver.answer(() => new Response())
  receiver.rise()
  await until(async () => (await committed()) === 1, 8000)
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('Retry-After is waited for', async () => {
  const { receiver, start, produceTo } = await open()
  receiver.answer(() => new Response(null, { status: 503, headers: { 'retry-after': '2' } }))
  const gateway = start()
  await produceTo(gateway, ['a'])
  await until(() => receiver.posts.length === 2)
  const [first, second] = receiver.posts
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1990)
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('after too many failures it is paused with an alarm; resumed it goes on at the commit', async () => {
  const { receiver, start, produceTo, committed, line, topic, values } = await open({ mostFailures: 3 })
  receiver.answer(() => new Response(null, { status: 500 }))
  const gateway = start()
  await produceTo(gateway, ['a'])
  await until(async () => (await line())?.state === 'paused')
  expect(await line()).toMatchObject({ failures: 3, reason: 'answered 500' })
  expect(gateway.alarms).toEqual([
    JSON.stringify({ event: 'push-paused', subscription: topic, reason: 'answered 500', failures: 3 }),
  ])
  receiver.answer(() => new Response())
  await Bun.sleep(1500)
  expect(receiver.posts).toHaveLength(3)
  await resumePush(operator(), topic)
  await until(async () => (await committed()) === 1)
  expect(values()).toEqual(['a', 'a', 'a', 'a'])
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('410 pauses at once, and so does a target that is no longer on the list', async () => {
  const one = await open()
  one.receiver.answer(() => new Response(null, { status: 410 }))
  const gateway = one.start()
  await one.produceTo(gateway, ['a'])
  await until(async () => (await one.line())?.state === 'paused')
  expect(one.receiver.posts).toHaveLength(1)
  await gateway.stop()
  await resumePush(operator(), one.topic)
  const strict = openPushGateway(database.url, ['http://127.0.0.1:1/'])
  await until(async () => (await one.line())?.reason === 'the target is not on the list')
  expect(await one.line()).toMatchObject({ state: 'paused' })
  expect(one.receiver.posts).toHaveLength(1)
  await strict.stop()
  one.receiver.stop()
}, 20_000)

test('paused nothing is posted, removed neither', async () => {
  const { receiver, start, produceTo, topic, values, line } = await open()
  const gateway = start()
  await produceTo(gateway, ['a'])
  await until(() => receiver.posts.length === 1)
  await pausePush(operator(), topic)
  await produceTo(gateway, ['b'])
  await Bun.sleep(1500)
  expect(values()).toEqual(['a'])
  await resumePush(operator(), topic)
  await until(() => receiver.posts.length === 2)
  await removePush(operator(), topic)
  await produceTo(gateway, ['c'])
  await Bun.sleep(1500)
  expect(values()).toEqual(['a', 'b'])
  expect(await line()).toBeUndefined()
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('a secret is replaced without a post that the receiver cannot verify, and none stands readable in a row', async () => {
  const { receiver, resources, start, produceTo, topic } = await open()
  const gateway = start()
  const next = newSecret()
  await rotatePush(resources, topic, next)
  await produceTo(gateway, ['a'])
  await until(() => receiver.posts.length === 1)
  expect(receiver.posts[0]?.signatures).toHaveLength(2)
  receiver.secrets.splice(0, 1, next)
  expect(await retireSecrets(database, topic)).toBe(1)
  await produceTo(gateway, ['b'])
  await until(() => receiver.posts.length === 2)
  expect(receiver.posts[1]?.signatures).toHaveLength(1)
  expect(receiver.unsigned).toEqual([])
  const rows = await database.sql<{ row: string }[]>`select push_secrets::text as row from push_secrets`
  for (const { row } of rows) expect(row).not.toContain(next.slice(6))
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('secrets of another key pause it; one that is given anew is enough to go on', async () => {
  const { receiver, resources, start, produceTo, topic, line } = await open()
  const [foreign, next] = [createSeal(Buffer.alloc(32).toString('base64url')), newSecret()]
  const sealed = await foreign.close(topic, receiver.secrets[0] ?? '')
  await database.sql`update push_secrets set sealed = ${sealed} where subscription = ${topic}`
  const gateway = start()
  await produceTo(gateway, ['a'])
  await until(async () => (await line())?.reason === 'the secrets cannot be opened')
  expect(receiver.posts).toEqual([])
  receiver.secrets.push(next)
  await rotatePush(resources, topic, next)
  await resumePush(operator(), topic)
  await until(() => receiver.posts.length === 1)
  expect(receiver.unsigned).toEqual([])
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('one gateway serves at a time; another goes on at once when it goes down', async () => {
  const { receiver, start, produceTo, committed, values, line } = await open({ most: 1 })
  const first = start()
  const second = start()
  await produceTo(first, ['a', 'b', 'c'])
  await until(async () => (await committed()) === 3)
  expect(await line()).toMatchObject({ served: true })
  await first.stop()
  await produceTo(second, ['d'])
  await until(async () => (await committed()) === 4, 3000)
  expect(values()).toEqual(['a', 'b', 'c', 'd'])
  expect(receiver.posts.map(({ messages }) => messages.length)).toEqual([1, 1, 1, 1])
  await second.stop()
  expect(await line()).toMatchObject({ served: false, state: 'active' })
  receiver.stop()
}, 20_000)

test('a subscription that is changed goes on with what it is now', async () => {
  const { receiver, resources, wish, start, produceTo } = await open()
  const gateway = start()
  await produceTo(gateway, ['a'])
  await until(() => receiver.posts.length === 1)
  const other = openReceiver(receiver.secrets)
  const targets = [...resources.targets, new URL(other.url).origin]
  await putSubscription({ ...resources, targets }, { ...wish, target: other.url, from: 'earliest' })
  await gateway.stop()
  const knowing = openPushGateway(database.url, targets)
  await produceTo(knowing, ['b'])
  await until(() => other.posts.length === 1)
  expect(receiver.posts).toHaveLength(1)
  await knowing.stop()
  other.stop()
  receiver.stop()
}, 20_000)

test('a 2xx counts whatever comes behind it: a body that never ends is let go', async () => {
  const { receiver, start, produceTo, committed } = await open({ timeoutMs: 300 })
  const pull = (controller: ReadableStreamDefaultController) =>
    Bun.sleep(20).then(() => controller.enqueue(new Uint8Array([32])))
  receiver.answer(() => new Response(new ReadableStream({ pull })))
  const gateway = start()
  await produceTo(gateway, ['a'])
  await until(async () => (await committed()) === 1)
  expect(receiver.posts).toHaveLength(1)
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('the subscription of a gateway that died is served within its lease, not before', async () => {
  const { receiver, start, produceTo, topic } = await open()
  const lease = { subscription: topic, holder: crypto.randomUUID(), epoch: 7 }
  const expiresAt = new Date(Date.now() + 2000)
  await database.sql`insert into push_leases ${database.sql({ ...lease, expiresAt })}`
  const gateway = start()
  await produceTo(gateway, ['a'])
  await until(() => receiver.posts.length === 1)
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime())
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('who lost the subscription while his post was under way commits nothing, and the next one posts it again', async () => {
  const { receiver, start, produceTo, topic, committed } = await open()
  receiver.answer(async () => {
    if (receiver.posts.length === 1) await endLease(database.sql, topic, new Date())
    return new Response()
  })
  const gateway = start()
  await produceTo(gateway, ['a'])
  await until(() => receiver.posts.length === 2)
  expect(receiver.posts[1]?.id).toBe(receiver.posts[0]?.id ?? '')
  await until(async () => (await committed()) === 1)
  await gateway.stop()
  receiver.stop()
}, 20_000)

test('a message that is larger than a batch goes alone, and text of any kind arrives as it was written', async () => {
  const { receiver, start, produceTo, committed, values } = await open()
  const gateway = start()
  const large = '\u0001"\\'.repeat(100_000)
  await produceTo(gateway, ['ключ 🗝️', large, '{"a":1}'])
  await until(async () => (await committed()) === 3)
  expect(values()).toEqual(['ключ 🗝️', large, '{"a":1}'])
  expect(receiver.unsigned).toEqual([])
  await gateway.stop()
  receiver.stop()
}, 20_000)
