import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { ask, password } from '../contract/stand.node.ts'
import { migrations } from '../migrations.node.ts'
import { runCli } from '../run-door.node.ts'
import { openGateway } from '../test-stand.node.ts'
import { deleteOldMessages } from './delete-old-messages.ts'
import { parseResetTarget, resetGroup } from './reset-group.ts'

let database: TestDatabase
let gateway: ReturnType<typeof openGateway>
let env: { DATABASE_URL: string }
beforeAll(async () => {
  database = await testDatabase({ name: 'kafka-http', migrations })
  env = { DATABASE_URL: database.url }
  gateway = openGateway(database.url)
})
afterAll(async () => {
  await gateway.stop()
  await database.close()
})

const everything = { name: 'everything', password, produce: ['*'], consume: ['*'] }
const apply = (wishes: object) => runCli(['apply'], env, JSON.stringify(wishes))
const topics = async (user = `everything:${password}`) => ask(gateway, '/topics', { method: 'GET', user })

test('apply makes topics and credentials, and repeating it changes nothing', async () => {
  const wishes = { topics: { red: 2, green: 1 }, credentials: [everything] }
  expect(await apply(wishes)).toMatchObject({ code: 0, error: '' })
  expect(await apply(wishes)).toMatchObject({ code: 0, error: '' })
  expect((await topics()).body).toEqual({ green: 1, red: 2 })
  const rights = await database.sql`select permission, topics from credential_rights order by permission`
  expect([...rights]).toEqual([
    { permission: 'CONSUME', topics: '*' },
    { permission: 'PRODUCE', topics: '*' },
  ])
})

test('a topic grows and never shrinks; a changed password and taken rights are in force within a second', async () => {
  await apply({ topics: { red: 3 } })
  await apply({ topics: { red: 1 } })
  expect((await topics()).body).toEqual({ green: 1, red: 3 })
  const changed = 'another-long-password'
  const service = { name: 'service', password, consume: ['red'] }
  await apply({ credentials: [service] })
  expect((await topics(`service:${password}`)).body).toEqual({ red: 3 })
  await apply({ credentials: [{ ...service, password: changed, consume: ['green'] }] })
  await Bun.sleep(1100)
  expect((await topics(`service:${password}`)).status).toBe(401)
  expect((await topics(`service:${changed}`)).body).toEqual({ green: 1 })
})

test('passwords are kept as hashes only', async () => {
  const rows = await database.sql`select credentials::text as row from credentials`
  for (const { row } of rows) expect(row).not.toContain(password)
})

test('wrong wishes are refused by name, without the value, and nothing of them is done', async () => {
  for (const credential of [
    { ...everything, password: 'короткий-пароль-кириллицей' },
    { ...everything, password: 'short' },
    { ...everything, name: 'имя' },
    { ...everything, name: 'a:b' },
    { ...everything, produce: ['a*b'] },
  ]) {
    const { code, error } = await apply({ topics: { never: 1 }, credentials: [credential] })
    expect(code).toBe(2)
    expect(error).toContain('credentials.0.')
    expect(error).not.toContain('короткий')
  }
  expect((await runCli(['apply'], env, 'no json')).code).toBe(2)
  expect((await topics()).body).not.toHaveProperty('never')
})

test('the tables tell how much each topic holds and how far each group is behind', async () => {
  await ask(gateway, '/produce', { body: ['a', 'b', 'c'].map((value) => ({ topic: 'green', value })) })
  await ask(gateway, '/commit/reader/i', { body: { topic: 'green', partition: 0, offset: 1 } })
  expect((await runCli(['topics'], env)).out).toMatch(/green.*0.*3/)
  expect((await runCli(['groups'], env)).out).toMatch(/reader.*green.*0.*1.*3.*2/)
})

test('a group is reset to a place, a time or offsets, and keeps what is not named', async () => {
  const one = { topic: 'green', partition: 0 }
  const committed = async () =>
    (await ask(gateway, '/committed/back/i', { body: one })).body as { offset: number }[]
  const reset = async (to: string, topic = 'green') => {
    const wish = { group: 'back', topic, to: parseResetTarget(to), force: false }
    await resetGroup(gateway.resources.messages, wish)
    return (await committed())[0]?.offset
  }
  await ask(gateway, '/produce', { body: { ...one, value: 'dated', timestamp: Date.parse('2040-01-01') } })
  expect(await reset('latest')).toBe(4)
  expect(await reset('earliest')).toBe(0)
  expect(await reset('2040-01-01T00:00:00Z')).toBe(3)
  expect(await runCli(['reset', 'back', 'green', '0:2'], env)).toMatchObject({ code: 0 })
  for (const to of ['0:9', '1:0', 'yesterday', '2040-13-01T00:00:00Z'])
    await expect(reset(to)).rejects.toMatchObject({
      code: 'invalid-input',
      details: { fields: { to: expect.any(String) } },
    })
  await expect(reset('latest', 'nowhere')).rejects.toMatchObject({ code: 'invalid-input' })
  expect((await committed())[0]?.offset).toBe(2)
  expect((await runCli(['reset', 'back'], env)).code).toBe(2)
})

test('a group with a living instance is reset only by force, and the instance goes on from there', async () => {
  const consume = async () => {
    const body = { topic: 'green', timeout: 0 }
    const headers = { 'Kafka-Auto-Offset-Reset': 'latest' }
    const answer = await ask(gateway, '/consume/alive/i', { body, headers })
    return (answer.body as { offset: number }[]).map(({ offset }) => offset)
  }
  expect(await consume()).toEqual([])
  const refused = await runCli(['reset', 'alive', 'green', '0:2'], env)
  expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('living') })
  expect(await consume()).toEqual([])
  expect(await runCli(['reset', 'alive', 'green', '0:2', '--force'], env)).toMatchObject({ code: 0 })
  expect(await consume()).toEqual([2, 3])
  const [row] = (await runCli(['groups', '--json'], env)).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
    .filter((each) => 'group' in each && each.group === 'alive')
  expect(row).toMatchObject({ instances: 1, topic: 'green', partition: 0, committed: 2, end: 4, lag: 2 })
})

test('help is printed when asked for, and a wrong command is an error', async () => {
  expect(await runCli(['--help'], {})).toMatchObject({ code: 0, error: '' })
  expect(await runCli(['nothing'], {})).toMatchObject({ code: 2, out: '' })
  expect((await runCli(['topics'], {})).error).toContain('DATABASE_URL is required')
})

test('migrate is repeatable', async () => {
  expect((await runCli(['migrate'], { DATABASE_OWNER_URL: database.ownerUrl })).code).toBe(0)
})

test('old messages go from the front, and earliest and a stale position follow', async () => {
  const produce = (values: string[]) =>
    ask(gateway, '/produce', { body: values.map((value) => ({ topic: 'red', partition: 0, value })) })
  await produce(Array.from({ length: 1200 }, () => 'old'))
  await database.sql`update messages set stored_at = '2020-01-01' where topic = 'red'`
  await produce(['new'])
  expect(await deleteOldMessages(database.sql, new Date('2021-01-01'))).toBe(1200)
  expect(await deleteOldMessages(database.sql, new Date('2021-01-01'))).toBe(0)
  const one = { topic: 'red', partition: 0 }
  expect((await ask(gateway, '/offsets/earliest', { body: one })).body).toEqual([{ ...one, offset: 1200 }])
  const fetched = await ask(gateway, '/fetch', { body: { ...one, offset: 5 } })
  expect(fetched.body).toEqual([expect.objectContaining({ offset: 1200, value: 'new' })])
  await ask(gateway, '/commit/late/i', { body: { ...one, offset: 5 } })
  const consumed = await ask(gateway, '/consume/late/i', { body: { topic: 'red', timeout: 0 } })
  expect(consumed.body).toEqual([expect.objectContaining({ offset: 1200 })])
})

test('all gone, the offsets go on where they were', async () => {
  await deleteOldMessages(database.sql, new Date('2100-01-01'))
  const { body } = await ask(gateway, '/produce', { body: { topic: 'red', partition: 0, value: 'v' } })
  expect(body).toEqual([expect.objectContaining({ offset: 1201 })])
})

test('the document names every call and how to sign in', async () => {
  const { body } = await ask(gateway, '/openapi.json', { method: 'GET' })
  const { paths } = body as { paths: Record<string, Record<string, { security: object[] }>> }
  for (const path of [
    '/produce',
    '/fetch',
    '/commit/{group}/{instance}',
    '/offsets/{timestamp}',
    '/consumers',
  ])
    expect(paths[path]?.post?.security).toEqual([{ basic: [] }])
})
