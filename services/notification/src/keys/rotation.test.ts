import { afterAll, beforeAll, expect, test } from 'bun:test'
import { authCodeRequested } from '@kontora/events'
import type { JWK } from 'jose'
import { app } from '../app.ts'
import { encryptFor, hear, openTestNotification, type TestNotification } from '../testing.node.ts'
import { eraseOldKeys } from './erase-old-keys.ts'
import { listLetterKeys } from './list-letter-keys.ts'
import { publishNextKey, rotateDueKeys, rotateLetterKey } from './rotate-letter-keys.ts'

let notification: TestNotification
beforeAll(async () => {
  notification = await openTestNotification()
})
afterAll(() => notification.close())

const day = 86_400
const published = async (): Promise<(JWK & { kid: string })[]> => {
  const answer = await app.request('/.well-known/letter-keys.json', {}, notification.resources)
  return ((await answer.json()) as { keys: (JWK & { kid: string })[] }).keys
}
const kids = async () => (await published()).map(({ kid }) => kid)
/** As the jobs do it, each hour of so many days. */
const live = async (days: number): Promise<void> => {
  for (let hour = 0; hour < days * 24; hour++) {
    notification.pass(day / 24)
    await rotateDueKeys(notification.resources)
    await eraseOldKeys(notification.resources)
  }
}
const opens = async (key: JWK): Promise<boolean> => {
  const flowId = crypto.randomUUID()
  const expiresAt = new Date(notification.clock.time.getTime() + 600_000).toISOString()
  const letter = await encryptFor(key, { email: 'one@example.ru', code: '565656', locale: 'ru', expiresAt })
  const outcomes = await hear(notification, authCodeRequested, flowId, { flowId, letter, expiresAt })
  return outcomes.every((outcome) => outcome === 'handled')
}

test('a key is used for a month; the next is published a day before it, and the old one opens letters for 31 days more', async () => {
  const [first] = await published()
  await live(28)
  expect(await kids()).toEqual([first!.kid])
  await live(1)
  const [current, next] = await published()
  expect(current).toEqual(first!)
  expect(next!.kid).not.toBe(first!.kid)
  expect(await opens(next!)).toBe(true)
  await live(0.9)
  expect(await kids()).toEqual([first!.kid, next!.kid])
  await live(0.2)
  expect(await kids()).toEqual([next!.kid])
  expect(await opens(first!)).toBe(true)
  await live(29.9)
  expect(await opens(first!)).toBe(true)
  await live(1.5)
  expect(await opens(first!)).toBe(false)
}, 60_000)

test('a job that was away for months retires what is over and publishes one key, a day before its use', async () => {
  const before = await kids()
  notification.pass(200 * day)
  await Promise.all([rotateDueKeys(notification.resources), rotateDueKeys(notification.resources)])
  const after = await kids()
  expect(after).toHaveLength(2)
  expect(before).toContain(after[0]!)
  notification.pass(day)
  expect(await kids()).toEqual([after[1]!])
})

test('an operator publishes the next key ahead of its time, once, or has a new one used at once', async () => {
  const [current] = await kids()
  const next = await publishNextKey(notification.resources)
  expect(await publishNextKey(notification.resources)).toMatchObject({ kid: next.kid })
  expect(await kids()).toEqual([current!, next.kid])
  const list = await listLetterKeys(notification.sql, notification.clock.time)
  expect(list).toContain(`${current}  made`)
  expect(list.split('\n').at(-1)).toEndWith(`from ${next.usedFrom.toISOString()}`)
  const urgent = await rotateLetterKey(notification.resources)
  expect(await kids()).toEqual([urgent])
  expect(await listLetterKeys(notification.sql, notification.clock.time)).toEndWith('current')
})
