import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningBroker, startBroker } from '@kontora/kafka-broker'
import { readSettings } from '@kontora/service'
import { alone } from '../../peers/alone.ts'
import { noDirectory } from '../../peers/directory.ts'
import { createPeers } from '../../peers/peers.ts'
import { settings } from '../../settings.ts'
import { openKafkaLog } from './open-kafka-log.node.ts'

const user = { name: 'gateway', password: 'gateway-secret' }
let broker: RunningBroker
beforeAll(async () => {
  broker = await startBroker({ sasl: { users: [user] }, tls: true })
}, 180_000)
afterAll(() => broker?.stop())

/** Writes and reads as a gateway of these settings does; its own topic, so that each case stands alone. */
const writeAndRead = async (env: Record<string, string>): Promise<string | null | undefined> => {
  const read = readSettings(settings, { DATABASE_URL: 'postgres://127.0.0.1/none', ...env })
  const log = openKafkaLog(read, createPeers(alone('test')), noDirectory)
  if (!log) throw new Error('The settings name no broker')
  try {
    const topic = `secured-${crypto.randomUUID().slice(0, 8)}`
    await log.growTopics(new Map([[topic, 1]]))
    const message = { topic, partition: 0, timestamp: 1, key: null, value: 'kept', headers: [] }
    await log.append([message])
    const wait = { timeoutMs: 5000, signal: new AbortController().signal }
    const [found] = await log.fetch([{ topic, partition: 0, offset: 0 }], wait)
    return found?.value
  } finally {
    log.close()
  }
}

const signIn = (mechanism: string, password = user.password) => ({
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USER: user.name,
  KAFKA_SASL_PASSWORD: password,
})
const trusted = () => ({ KAFKA_TLS: 'true', KAFKA_TLS_CA: broker.ca ?? '' })

for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
  test(`the settings sign in by ${mechanism}, in clear and under TLS, and a wrong password is told without it`, async () => {
    expect(await writeAndRead({ KAFKA_BROKERS: broker.sasl, ...signIn(mechanism) })).toBe('kept')
    expect(await writeAndRead({ KAFKA_BROKERS: broker.saslTls, ...signIn(mechanism), ...trusted() })).toBe(
      'kept',
    )
    const wrong = writeAndRead({ KAFKA_BROKERS: broker.sasl, ...signIn(mechanism, 'not-the-password') })
    const error = await wrong.then(() => undefined, String)
    expect(error).toContain('Kafka cannot be reached')
    expect(error).not.toContain('not-the-password')
  }, 180_000)
}

test('TLS is taken from the authority of the settings, and from no other', async () => {
  expect(await writeAndRead({ KAFKA_BROKERS: broker.tls, ...trusted() })).toBe('kept')
  const strange = writeAndRead({ KAFKA_BROKERS: broker.tls, KAFKA_TLS: 'true' })
  await expect(strange).rejects.toThrow('Kafka cannot be reached')
  await expect(writeAndRead({ KAFKA_BROKERS: broker.tls })).rejects.toThrow('Kafka cannot be reached')
}, 180_000)
