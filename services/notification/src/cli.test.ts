import { afterAll, beforeAll, expect, test } from 'bun:test'
import { paymentInvoiceIssued } from '@kontora/events'
import { base64url } from 'jose'
import { hear, openTestNotification, type TestNotification } from './testing.node.ts'

let notification: TestNotification
beforeAll(async () => {
  notification = await openTestNotification()
})
afterAll(() => notification.close())

const start = async (...words: string[]) => {
  const command = Bun.spawn([process.execPath, `${import.meta.dir}/cli.ts`, ...words], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: notification.url,
      LETTER_KEY_ENCRYPTION_KEY: base64url.encode(new Uint8Array(32).fill(7)),
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, error] = await Promise.all([
    new Response(command.stdout).text(),
    new Response(command.stderr).text(),
  ])
  return { out: out.trim(), error: error.trim(), code: await command.exited }
}

/** An event whose data do not fit: parked, and dead as after its last attempt. */
const die = async (): Promise<string> => {
  const secret = 'somebody@example.ru'
  await hear(notification, paymentInvoiceIssued, crypto.randomUUID(), { userId: secret })
  const [row] = await notification.sql<{ eventId: string }[]>`
    update parked set dead_at = ${notification.clock.time} where dead_at is null returning event_id`
  return row?.eventId ?? ''
}

test('an operator lists, sees, replays and drops a dead letter, and never what the event holds', async () => {
  expect((await start('events', 'dead-letters')).out).toBe('there are no dead letters')
  const [first, second] = [await die(), await die()]
  const list = await start('events', 'dead-letters')
  expect(list.out.split('\n').map((line) => line.split('  ')[0])).toEqual([first, second])
  const shown = await start('events', 'show', first)
  for (const part of ['tell-invoice-issued', 'ValiError', 'payment, partition 0, offset 0', first])
    expect(shown.out).toContain(part)
  expect(shown.out + list.out).not.toContain('somebody@example.ru')
  expect((await start('events', 'replay', `${first}/another-handler`)).out).toBe('0 taken up')
  expect((await start('events', 'replay', `${first}/tell-invoice-issued`)).out).toBe('1 taken up')
  expect((await start('events', 'dead-letters')).out).toStartWith(second)
  expect((await start('events', 'drop', second)).out).toBe('1 dropped')
  expect((await start('events', 'show', second)).out).toBe('no such event is parked')
  const wrong = await start('events', 'drop', 'not-an-id')
  expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining('eventId')])
}, 60_000)

test('an operator publishes the next letter key, sees it, and changes keys at once', async () => {
  await start('keys', 'rotate', 'now')
  const published = await start('keys', 'rotate')
  expect(published.out).toMatch(/^published [0-9a-f-]{36}, used from 2/)
  const kid = published.out.slice('published '.length, 'published '.length + 36)
  expect((await start('keys', 'list')).out).toMatch(new RegExp(`${kid}  made .*  from 2`))
  expect((await start('keys', 'rotate', 'later')).code).toBe(2)
}, 60_000)
