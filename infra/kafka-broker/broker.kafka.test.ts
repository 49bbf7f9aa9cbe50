import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Admin,
  type BaseOptions,
  Consumer,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
import { type RunningBroker, startBroker } from './index.ts'

const user = { name: 'alice', password: 'alice-secret' }
let broker: RunningBroker
beforeAll(async () => {
  broker = await startBroker({ sasl: { users: [user] }, tls: true })
}, 180_000)
afterAll(() => broker?.stop())

type Access = Pick<BaseOptions, 'sasl' | 'tls'>
const base = (address: string, access: Access = {}) => ({
  clientId: 'test',
  bootstrapBrokers: [address],
  retries: 20,
  retryDelay: 250,
  connectTimeout: 2000,
  requestTimeout: 4000,
  ...access,
})
const unique = (): string => `t-${crypto.randomUUID().slice(0, 8)}`

const createTopic = async (address: string, topic: string, access: Access = {}): Promise<void> => {
  const admin = new Admin({ ...base(address, access), retries: 0 })
  try {
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })
  } finally {
    await admin.close()
  }
}

const openProducer = (address = broker.brokers, access: Access = {}) =>
  new Producer({ ...base(address, access), serializers: stringSerializers, idempotent: true, acks: -1 })

const send = async (topic: string, values: string[], producer = openProducer()) => {
  await producer.send({ messages: values.map((value) => ({ topic, value, partition: 0 })) })
  await producer.close()
}

const readAll = async (topic: string, enough: number): Promise<string[]> => {
  const consumer = new Consumer({
    ...base(broker.brokers),
    groupId: unique(),
    deserializers: stringDeserializers,
  })
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false })
  const values: string[] = []
  for await (const { value } of stream) if (values.push(value) === enough) break
  await consumer.close(true)
  return values
}

test('what was acknowledged is there after a kill -9 and a restart', async () => {
  const topic = unique()
  await createTopic(broker.brokers, topic)
  await send(topic, ['before'])
  const killed = broker.pid()
  await broker.kill()
  await broker.restart()
  expect(broker.pid()).not.toBe(killed)
  await send(topic, ['after'])
  expect(await readAll(topic, 2)).toEqual(['before', 'after'])
}, 180_000)

test('a broker that was stopped answers nobody and goes on where it was', async () => {
  const topic = unique()
  await createTopic(broker.brokers, topic)
  const producer = openProducer()
  await producer.send({ messages: [{ topic, value: 'before', partition: 0 }] })
  broker.pause()
  let isAnswered = false
  const sent = send(topic, ['meanwhile'], producer).then(() => {
    isAnswered = true
  })
  await Bun.sleep(1500)
  expect(isAnswered).toBe(false)
  broker.resume()
  await sent
  expect(await readAll(topic, 2)).toEqual(['before', 'meanwhile'])
}, 180_000)

test('topics are made by those who ask for them, never by sending', async () => {
  const producer = new Producer({ ...base(broker.brokers), retries: 0, serializers: stringSerializers })
  const sent = producer.send({ messages: [{ topic: unique(), value: 'v', partition: 0 }] })
  await expect(sent).rejects.toThrow()
  await producer.close()
})

test('each mechanism lets in who knows the password, in clear and under TLS', async () => {
  const { sasl, saslTls, ca } = broker
  for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)
    for (const [address, more] of [
      [sasl, {}],
      [saslTls, { tls: { ca } }],
    ] as const) {
      const signIn = { mechanism, username: user.name, password: user.password }
      await createTopic(address, unique(), { sasl: signIn, ...more })
      const wrong = createTopic(address, unique(), { sasl: { ...signIn, password: 'wrong' }, ...more })
      await expect(wrong).rejects.toThrow()
      await expect(createTopic(address, unique(), more)).rejects.toThrow()
    }
}, 180_000)

test('TLS is trusted by its own authority alone', async () => {
  await createTopic(broker.tls, unique(), { tls: { ca: broker.ca } })
  await expect(createTopic(broker.tls, unique(), { tls: {} })).rejects.toThrow()
  await expect(createTopic(broker.tls, unique())).rejects.toThrow()
}, 180_000)

const start = (script: string, env: Record<string, string> = {}) =>
  Bun.spawn([process.execPath, '-e', script], {
    cwd: import.meta.dir,
    env: { ...process.env, ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('it ends with who started it, though he was killed and it was stopped', async () => {
  const child = start(`
    const broker = await (await import('./index.ts')).startBroker()
    broker.pause()
    console.log(broker.pid())
    await Bun.sleep(60_000)`)
  const reader = child.stdout.getReader()
  const pid = Number(new TextDecoder().decode((await reader.read()).value))
  expect(isAlive(pid)).toBe(true)
  child.kill('SIGKILL')
  await child.exited
  for (const end = Date.now() + 5000; isAlive(pid) && Date.now() < end; ) await Bun.sleep(20)
  expect(isAlive(pid)).toBe(false)
}, 180_000)

test('what is missing is named: java, Maven, the folder of the jars', async () => {
  const faultOf = async (script: string, env: Record<string, string>) => {
    const child = start(
      `await (await import('./index.ts')).${script}.catch((error) => console.log(error.message))`,
      env,
    )
    return new Response(child.stdout).text()
  }
  expect(await faultOf('startBroker()', { PATH: '/nowhere' })).toContain('Java 17')
  expect(await faultOf('startBroker()', { KONTORA_KAFKA_LIB: '/nowhere' })).toContain('KONTORA_KAFKA_LIB')
})

test('a wrong property is told with what Kafka said, and a folder of its own is kept', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kontora-kafka-test-'))
  const started = startBroker({ dir, properties: { 'log.retention.hours': 'for ever' } })
  await expect(started).rejects.toThrow('log.retention.hours')
  expect(readFileSync(join(dir, 'server.properties'), 'utf8')).toContain('for ever')
  rmSync(dir, { recursive: true })
}, 180_000)
