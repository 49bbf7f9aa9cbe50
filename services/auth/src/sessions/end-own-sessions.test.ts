import { afterAll, beforeAll, expect, test } from 'bun:test'
import { app } from '../app.ts'
import { openWorld, type World } from '../testing.node.ts'
import { endSession } from './end-session.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

let count = 0
/** So many sessions of one person. */
const signIn = async (times: number) => {
  const email = `several-${++count}@example.com`
  world.invite(email)
  const sessions = []
  for (let i = 0; i < times; i++) sessions.push(await world.signInAs(email))
  return sessions as [Session, ...Session[]]
}
type Session = Awaited<ReturnType<World['signInAs']>>

const end = async (which: string, { accessToken }: Session) =>
  (
    await app.request(
      `/v1/sessions/${which}`,
      { method: 'DELETE', headers: { authorization: `Bearer ${accessToken}` } },
      world.resources,
    )
  ).status
const live = async (sessions: Session[]) => {
  const rows = await world.sql<{ id: string }[]>`
    select id from sessions where ended_at is null and id in ${world.sql(sessions.map(({ sessionId }) => sessionId))}`
  return sessions.map(({ sessionId }) => rows.some(({ id }) => id === sessionId))
}
const revocations = async ({ userId }: Session) =>
  (await world.events('auth.session-revoked')).filter((event) => event.userId === userId).length

test('a person ends his other sessions and stays where he is; a repeat changes nothing', async () => {
  const [stranger] = await signIn(1)
  const sessions = await signIn(3)
  for (let i = 0; i < 2; i++) expect(await end('others', sessions[0])).toBe(204)
  expect(await live([...sessions, stranger])).toEqual([true, false, false, true])
  expect(await revocations(sessions[0])).toBe(2)
})

test('a person signs out everywhere, here too, and nobody else is', async () => {
  const [stranger] = await signIn(1)
  const sessions = await signIn(3)
  expect(await end('all', sessions[0])).toBe(204)
  expect(await live([...sessions, stranger])).toEqual([false, false, false, true])
  expect(await revocations(sessions[0])).toBe(3)
})

test('a session that has ended ends no other, though its token lives and the feed has not told of it', async () => {
  const [thief, owner] = (await signIn(2)) as [Session, Session]
  await endSession(world.resources, thief.sessionId)
  for (const which of ['all', 'others', owner.sessionId])
    expect([which, await end(which, thief)]).toEqual([which, 401])
  expect(await live([owner])).toEqual([true])
})

test('they end also while the feed of revocations is stale', async () => {
  const sessions = await signIn(2)
  await world.sql`update access_feeds set beat_at = ${new Date(world.resources.now().getTime() - 60_000)}`
  expect(await end('others', sessions[0])).toBe(204)
  expect(await live(sessions)).toEqual([true, false])
  await world.testAccess.beat()
})

test('two that end each other at once leave one at most', async () => {
  const sessions = await signIn(2)
  const statuses = await Promise.all(sessions.map((session) => end('others', session)))
  expect(statuses.filter((status) => status === 204)).toHaveLength(1)
  expect((await live(sessions)).filter(Boolean)).toHaveLength(1)
})
