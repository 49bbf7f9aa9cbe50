import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { migrations } from '../migrations.node.ts'
import { runCli, runServer } from '../run-door.node.ts'
import { newSecret, openReceiver, pushKey } from './test-push.node.ts'

let database: TestDatabase
let env: Record<string, string>
const given = newSecret()
const receiver = openReceiver([given])
beforeAll(async () => {
  database = await testDatabase({ name: 'kafka-http', migrations })
  const push = { ENVIRONMENT: 'local', PUSH_KEY: pushKey, PUSH_TARGETS: 'http://127.0.0.1:1/hooks' }
  env = { DATABASE_URL: database.url, ...push, PUSH_TARGETS: `${push.PUSH_TARGETS},${receiver.url}` }
})
afterAll(async () => {
  receiver.stop()
  await database.close()
})

const push = (words: string, input: string | object = '') =>
  runCli(['push', ...words.split(' ')], env, typeof input === 'string' ? input : JSON.stringify(input))
const wish = { name: 'shop', topics: ['orders'], group: 'shop', target: 'http://127.0.0.1:1/hooks/1' }

test('an operator adds, lists, pauses, resumes, rotates, retires and removes', async () => {
  expect((await push('list')).out).toContain('there are none')
  const added = await push('add', wish)
  expect(added).toMatchObject({ code: 0, error: '' })
  expect(added.out).toMatch(/shop added; its secret, shown this once: whsec_\S{44}/)
  expect((await push('list')).out).toMatch(/active.*orders.*http:\/\/127\.0\.0\.1:1\/hooks\/1/)
  expect(await push('add', wish)).toMatchObject({ code: 1, error: expect.stringContaining('already') })
  expect((await push('pause shop')).out).toBe('shop paused\n')
  expect((await push('list')).out).toMatch(/paused.*by the operator/)
  expect((await push('resume shop')).out).toBe('shop resumed\n')
  const rotated = await push('rotate shop', given)
  expect(rotated).toEqual({ code: 0, error: '', out: 'shop signs with one more secret\n' })
  expect((await push('rotate shop')).out).toContain('whsec_')
  expect(await push('rotate shop')).toMatchObject({ code: 1, error: expect.stringContaining('retire') })
  expect((await push('retire shop')).code).toBe(0)
  expect((await push('remove shop')).out).toBe('shop removed\n')
  expect(await push('remove shop')).toMatchObject({ code: 1, error: 'There is no such subscription\n' })
}, 60_000)

test('a wrong wish is refused by name, without its value', async () => {
  for (const [field, wrong] of [
    ['target', { target: 'https://evil.example/zqMarker' }],
    ['target', { target: 'http://u:zqMarker@127.0.0.1:1/hooks' }],
    ['secrets.0', { secrets: ['whsec_zqMarker'] }],
    ['name', { name: 'zqMarker' }],
    ['most', { most: 0 }],
    ['topics', { topics: [] }],
  ] as const) {
    const { code, error } = await push('add', { ...wish, ...wrong })
    expect(code).toBe(2)
    expect(error).toContain(`${field}:`)
    expect(error).not.toContain('zqMarker')
  }
  const { error } = await push('rotate shop', 'zqMarker')
  expect(error).toContain('whsec_')
  expect(error).not.toContain('zqMarker')
  const without = await runCli(['push', 'add'], { DATABASE_URL: database.url }, JSON.stringify(wish))
  expect(without).toMatchObject({ code: 2, error: expect.stringContaining('PUSH_TARGETS') })
}, 60_000)

test('apply makes subscriptions as wished, and a server with the same settings serves them; it refuses to start with http in production', async () => {
  const credential = { name: 'all', password: 'a-password-of-24-letters', all: ['*'] }
  const subscription = { ...wish, name: 'applied', target: receiver.url, secrets: [given] }
  const wishes = JSON.stringify({
    topics: { orders: 1 },
    credentials: [credential],
    push: [subscription],
  })
  const twice = [await runCli(['apply'], env, wishes), await runCli(['apply'], env, wishes)]
  const told = '1 topics, 1 credentials, 1 push subscriptions\n'
  expect(twice).toEqual([1, 2].map(() => ({ code: 0, error: '', out: told })))
  expect(await database.sql`select id from push_secrets`).toHaveLength(1)
  const server = await runServer(env)
  const authorization = `Basic ${btoa('all:a-password-of-24-letters')}`
  const body = JSON.stringify({ topic: 'orders', value: 'v' })
  await fetch(`${server.url}/produce`, { method: 'POST', headers: { authorization }, body })
  for (let i = 0; receiver.posts.length === 0 && i < 100; i++) await Bun.sleep(50)
  expect(receiver.posts.map(({ messages }) => messages.map(({ value }) => value))).toEqual([['v']])
  expect(receiver.unsigned).toEqual([])
  server.child.kill('SIGTERM')
  expect(await server.child.exited).toBe(0)
  expect(server.lines.join('\n')).not.toContain(given.slice(6))
  const production = await runCli(['push', 'add'], { ...env, ENVIRONMENT: '' }, JSON.stringify(wish))
  expect(production).toMatchObject({ code: 1, error: expect.stringContaining('should be https') })
}, 60_000)
