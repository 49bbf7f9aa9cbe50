import { expect, test } from 'bun:test'
import { BankFault } from './bank-fault.ts'
import { openDoor, type Send } from './guarded-calls.ts'

const at = (send: Send, timeoutMs?: number) => {
  let time = 0
  let calls = 0
  const counted: Send = (url, init) => {
    calls++
    return send(url, init)
  }
  const door = openDoor({ send: counted, now: () => new Date(time), ...(timeoutMs && { timeoutMs }) })
  const call = async (): Promise<string> => {
    try {
      return String((await door.send('https://bank.test/', {})).status)
    } catch (error) {
      return error instanceof BankFault ? `${error.kind} ${error.code} ${error.retryAfterMs}` : 'bug'
    }
  }
  return { call, door, pass: (ms: number) => (time += ms), calls: () => calls }
}

test('after five vain calls the bank is left alone, nothing is sent, and /health tells it', async () => {
  const bank = at(() => Promise.reject(new Error('ECONNRESET')))
  for (let i = 0; i < 5; i++) expect(await bank.call()).toBe('unclear no-answer 0')
  expect([await bank.call(), bank.calls(), bank.door.isWell()]).toEqual([
    'not-sent left-alone 5000',
    5,
    false,
  ])
  bank.pass(5000)
  expect([await bank.call(), bank.calls()]).toEqual(['unclear no-answer 0', 6])
})

test.each([
  [{ status: 429, retryAfter: '30' }, 'unclear 429 30000', 'not-sent left-alone 30000'],
  [
    { status: 429, retryAfter: 'Thu, 01 Jan 1970 00:00:20 GMT' },
    'unclear 429 20000',
    'not-sent left-alone 20000',
  ],
  [{ status: 429, retryAfter: 'soon' }, 'unclear 429 0', 'not-sent left-alone 5000'],
  [{ status: 503, retryAfter: '7' }, 'unclear 503 7000', 'not-sent left-alone 7000'],
])('%j is heard: %s, then %s', async ({ status, retryAfter }, first, second) => {
  const bank = at(() => new Response('{}', { status, headers: { 'retry-after': retryAfter } }))
  expect([await bank.call(), await bank.call(), bank.calls()]).toEqual([first, second, 1])
})

test('pages in the place of answers are faults too; a refusal is an answer', async () => {
  const page = at(() => new Response('<html>', { status: 200 }))
  for (let i = 0; i < 5; i++) expect(await page.call()).toBe('200')
  expect(await page.call()).toStartWith('not-sent')
  const refusing = at(() => new Response('{"errorCode":"5"}'))
  for (let i = 0; i < 20; i++) await refusing.call()
  expect(refusing.door.isWell()).toBe(true)
})

test('a call that is never answered is given up', async () => {
  const bank = at(
    (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      }),
    20,
  )
  expect(await bank.call()).toBe('unclear no-answer 0')
})

test('no redirect is followed: a password would go along', async () => {
  const seen: (string | undefined)[] = []
  const bank = at((_, init) => {
    seen.push(init?.redirect)
    return new Response(null, { status: 302, headers: { location: 'https://evil.test/' } })
  })
  expect([await bank.call(), seen]).toEqual(['302', ['manual']])
})
