import { afterAll, beforeAll, expect, test } from 'bun:test'
import { app } from '../app.ts'
import { forgetExpired } from '../codes/forget-expired.ts'
import { openWorld, type World } from '../testing.node.ts'
import { createCodePeppers, pepperMs } from './code-pepper.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

let count = 0
const address = () => {
  const email = `minutes-${++count}@example.com`
  world.invite(email)
  return email
}
/** Another instance on the same database, with nothing in memory. */
const replica = () => ({ ...world.resources, codePeppers: createCodePeppers(world.resources) })
const signInAt = (resources: World['resources'], body: object) =>
  app.request(
    '/v1/sign-in',
    { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    resources,
  )
const rows = () => world.sql<{ id: string; keySealed: string }[]>`select id, key_sealed from code_peppers`

test('instances that find no pepper at once make one between them', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => replica().codePeppers.current()))
  expect(new Set(made.map(({ id }) => id)).size).toBe(1)
  expect(await rows()).toHaveLength(1)
  expect((await rows())[0]?.keySealed).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
})

test('each ten minutes what is new is written under a new one, on every instance', async () => {
  const [one, other] = [replica(), replica()]
  const before = (await one.codePeppers.current()).id
  expect((await other.codePeppers.current()).id).toBe(before)
  world.pass(pepperMs)
  const after = await Promise.all([other, one, replica()].map(({ codePeppers }) => codePeppers.current()))
  expect(new Set(after.map(({ id }) => id)).size).toBe(1)
  expect(after[0]?.id).not.toBe(before)
})

test('a flow that was begun under one pepper is ended at another instance under the next', async () => {
  world.pass(pepperMs)
  await world.resources.codePeppers.current()
  world.pass(pepperMs - 1000)
  const flow = await world.askFor(address())
  world.pass(9 * 60_000)
  await forgetExpired(world.resources)
  await world.askFor(address())
  expect((await signInAt(replica(), flow)).status).toBe(200)
})

test('when the last code under it is over a pepper is destroyed, in memory too, and nobody can open what it has hashed', async () => {
  const instance = replica()
  const { id } = await instance.codePeppers.current()
  const flow = await world.askFor(address())
  world.pass(2 * pepperMs + 60_001)
  await forgetExpired(world.resources)
  expect((await rows()).map((row) => row.id)).not.toContain(id)
  expect(await instance.codePeppers.find(id)).toBeUndefined()
  const [left] = await world.sql<
    { codeHash: string }[]
  >`select code_hash from flows where id = ${flow.flowId}`
  expect(left?.codeHash).toBeString()
  expect((await signInAt(instance, flow)).status).toBe(401)
})

test('the key to all hashes that last opens no code', async () => {
  const flow = await world.askFor(address())
  const [row] = await world.sql<{ codeHash: string; secretHash: string }[]>`
    select code_hash, secret_hash from flows where id = ${flow.flowId}`
  const { pepper } = world.resources
  expect(await pepper('code', flow.flowId, flow.code)).not.toBe(row?.codeHash ?? '')
  expect(await pepper('flow-secret', flow.flowId, flow.flowSecret)).not.toBe(row?.secretHash ?? '')
})
