import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openWorld, type World } from '../testing.node.ts'
import { makeCode } from './flow.ts'
import { forgetExpired } from './forget-expired.ts'
import { resolveFlows } from './resolve-flows.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

let count = 0
const address = () => `person-${++count}@example.com`

const statusOf = async (email: string, code?: string) => {
  const flow = await world.askFor(email)
  return (await world.post('/v1/sign-in', { ...flow, code: code ?? flow.code })).status
}

const wrong = (code: string) => (code === '000000' ? '000001' : '000000')

test('a known person gets a letter that only notification can open, and signs in with its code', async () => {
  const email = address()
  const { userId } = world.invite(email)
  const flow = await world.askFor(email)
  expect(flow.code).toMatch(/^\d{6}$/)
  const answer = await world.post('/v1/sign-in', flow)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.json()).toMatchObject({ userId, tokenType: 'Bearer', expiresInSeconds: 300 })
  expect(await world.events('auth.signed-in')).toContainEqual(
    expect.objectContaining({ userId, method: 'email-code' }),
  )
})

test('known, unknown and blocked addresses are answered alike, and only the known one gets a letter', async () => {
  const [known, unknown, blocked] = [address(), address(), address()]
  world.invite(known)
  world.invite(blocked).blocked = true
  const before = (await world.letters()).length
  const answers = []
  for (const email of [known, unknown, blocked]) {
    const answer = await world.post('/v1/codes', { email, locale: 'en' })
    const body = (await answer.json()) as Record<string, unknown>
    const headers = Object.fromEntries(answer.headers)
    answers.push({
      status: answer.status,
      headers,
      shape: Object.keys(body),
      length: JSON.stringify(body).length,
    })
    const guess = { flowId: body.flowId, flowSecret: body.flowSecret, code: '000000' }
    expect((await world.post('/v1/sign-in', guess)).status).toBe(401)
  }
  expect(answers[0]?.status).toBe(202)
  expect(answers[1]).toEqual(answers[0]!)
  expect(answers[2]).toEqual(answers[0]!)
  await resolveFlows(world.resources)
  const letters = await world.letters()
  expect(letters.slice(before).map(({ email, locale }) => ({ email, locale }))).toEqual([
    { email: known, locale: 'en' },
  ])
})

test('1000 guesses at once are one comparison, each next one waits longer, and after five the right code is no good', async () => {
  const email = address()
  world.invite(email)
  const flow = await world.askFor(email)
  const guess = { ...flow, code: wrong(flow.code) }
  const guesses = await Promise.all(Array.from({ length: 1000 }, () => world.post('/v1/sign-in', guess)))
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(1)
  const waiting = guesses.filter(({ status }) => status === 429)
  expect(new Set(waiting.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['1']))
  for (const seconds of [1, 2, 4, 8]) {
    world.pass(seconds * 1000 - 1)
    expect((await world.post('/v1/sign-in', flow)).status).toBe(429)
    world.pass(1)
    expect((await world.post('/v1/sign-in', guess)).status).toBe(401)
  }
  world.pass(60_000)
  expect((await world.post('/v1/sign-in', flow)).status).toBe(401)
  const exhausted = await world.events('auth.guesses-exhausted')
  expect(exhausted.filter(({ flowId }) => flowId === flow.flowId)).toHaveLength(1)
}, 30_000)

test('a sign-in whose answer was lost is repeated for a minute, by the same device and with the same code alone', async () => {
  world.invite('lost@example.com')
  const { flowId, flowSecret, code } = await world.askFor('lost@example.com')
  const body = { flowId, flowSecret, code }
  const mine = { 'user-agent': 'mine' }
  const first = (await (await world.post('/v1/sign-in', body, mine)).json()) as { sessionId: string }
  const second = await world.post('/v1/sign-in', body, mine)
  expect(second.status).toBe(200)
  expect(((await second.json()) as { sessionId: string }).sessionId).toBe(first.sessionId)
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  expect((await world.post('/v1/sign-in', { ...body, code: wrong }, mine)).status).toBe(401)
  world.pass(4000)
  expect((await world.post('/v1/sign-in', body, { 'user-agent': 'another' })).status).toBe(401)
  world.pass(61_000)
  expect((await world.post('/v1/sign-in', body, mine)).status).toBe(401)
})

test('a code asked for by two at once opens one session', async () => {
  const email = address()
  const { userId } = world.invite(email)
  const flow = await world.askFor(email)
  const answers = await Promise.all(Array.from({ length: 20 }, () => world.post('/v1/sign-in', flow)))
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
  const rows = await world.sql`select id from sessions where user_id = ${userId}`
  expect(rows).toHaveLength(1)
})

test('a stranger without the secret of the flow can neither use nor burn the code', async () => {
  const email = address()
  world.invite(email)
  const flow = await world.askFor(email)
  const foreign = { ...flow, flowSecret: 'A'.repeat(22) }
  for (let i = 0; i < 10; i++) expect((await world.post('/v1/sign-in', foreign)).status).toBe(401)
  expect((await world.post('/v1/sign-in', flow)).status).toBe(200)
})

test('every refusal of a code reads the same', async () => {
  const email = address()
  world.invite(email)
  const flow = await world.askFor(email)
  const refusals = await Promise.all(
    [
      { ...flow, code: wrong(flow.code) },
      { ...flow, flowSecret: 'A'.repeat(22) },
      { ...flow, flowId: world.resources.newId() },
    ].map(async (guess) => (await world.post('/v1/sign-in', guess)).text()),
  )
  world.pass(10 * 60_000 + 1)
  refusals.push(await (await world.post('/v1/sign-in', flow)).text())
  expect(new Set(refusals).size).toBe(1)
})

test('of four flows that live at once the last is never sent', async () => {
  const email = address()
  world.invite(email)
  for (const seconds of [0, 30, 60, 120]) {
    world.pass(seconds * 1000)
    expect((await world.post('/v1/codes', { email })).status).toBe(202)
    await resolveFlows(world.resources)
  }
  expect((await world.letters()).filter((letter) => letter.email === email)).toHaveLength(3)
})

test('a repeat under the same key gets the same flow and no second letter, another address or key does not', async () => {
  const [known, unknown] = [address(), address()]
  world.invite(known)
  for (const email of [known, unknown]) {
    const ask = async (key: string) =>
      (await world.post('/v1/codes', { email }, { 'idempotency-key': key })).text()
    const first = await ask('key-1')
    expect(await ask('key-1')).toBe(first)
    expect(await ask('key-2')).toContain('too-many-requests')
  }
  await resolveFlows(world.resources)
  expect((await world.letters()).filter(({ email }) => email === known)).toHaveLength(1)
  const wrongKey = await world.post('/v1/codes', { email: known }, { 'idempotency-key': 'a b' })
  expect(wrongKey.status).toBe(400)
})

test('while client cannot be reached a remembered address signs in, a strange one waits for client', async () => {
  const [remembered, strange] = [address(), address()]
  world.invite(remembered)
  world.invite(strange)
  expect(await statusOf(remembered)).toBe(200)
  world.down.client = true
  expect(await statusOf(remembered)).toBe(200)
  const waiting = await world.askFor(strange)
  expect(waiting.code).toBe('')
  world.down.client = false
  world.pass(1001)
  await resolveFlows(world.resources)
  const letter = (await world.letters()).at(-1)
  expect(letter?.email).toBe(strange)
  expect((await world.post('/v1/sign-in', { ...waiting, code: letter?.code })).status).toBe(200)
})

test('while client is down a remembered address of a blocked person gets nothing', async () => {
  const email = address()
  const { userId } = world.invite(email)
  expect(await statusOf(email)).toBe(200)
  await world.testAccess.block(userId)
  const before = (await world.letters()).length
  world.down.client = true
  await world.askFor(email)
  world.down.client = false
  expect(await world.letters()).toHaveLength(before)
})

test('a person blocked between letter and code is refused', async () => {
  const email = address()
  const { userId } = world.invite(email)
  const flow = await world.askFor(email)
  await world.testAccess.block(userId)
  expect((await world.post('/v1/sign-in', flow)).status).toBe(401)
})

test('codes are sent while notification is down, with its last good keys', async () => {
  const email = address()
  world.invite(email)
  expect(await statusOf(email)).toBe(200)
  world.down.notification = true
  expect(await statusOf(email)).toBe(200)
  world.down.notification = false
})

test('by open registration an unknown address becomes a user after the right code only', async () => {
  const email = address()
  world.resources.registration = 'open'
  const flow = await world.askFor(email)
  await world.post('/v1/sign-in', { ...flow, code: wrong(flow.code) })
  expect(world.users.has(email)).toBe(false)
  world.pass(1000)
  const answer = await world.post('/v1/sign-in', flow)
  world.resources.registration = 'invited'
  expect(answer.status).toBe(200)
  expect(((await answer.json()) as { userId: string }).userId).toBe(world.users.get(email)!.userId)
})

test('no table and no log line holds an address, a code or a secret', async () => {
  const email = address()
  world.invite(email)
  const flow = await world.askFor(email)
  await world.post('/v1/codes', { email: address() })
  const rows = await world.sql<{ text: string }[]>`
    select row_to_json(flows)::text as text from flows union all select row_to_json(outbox)::text from outbox`
  const kept = [...rows.map(({ text }) => text), ...world.lines].join('\n')
  expect(kept).not.toContain('@example.com')
  expect(kept).not.toContain(flow.flowSecret)
  expect(kept).not.toMatch(new RegExp(`"${flow.code}"`))
})

test('the sealed address goes when its flow has ended', async () => {
  await world.post('/v1/codes', { email: address() })
  world.pass(10 * 60_000 + 1)
  await forgetExpired(world.resources)
  const [row] = await world.sql<{ count: number }[]>`
    select count(*)::integer as count from flows where address_sealed is not null`
  expect(row?.count).toBe(0)
})

test('wrong input is refused by the field and never repeated', async () => {
  for (const body of [
    { email: 'no address' },
    { email: 'a\u0000@b.ru' },
    { email: 7 },
    {},
    { email: 'a@b.ru', x: 1 },
  ]) {
    const answer = await world.post('/v1/codes', body)
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toContain('no address')
  }
  const guess = { flowId: 'x', flowSecret: 'y', code: 'secret' }
  expect((await world.post('/v1/sign-in', guess)).status).toBe(400)
})

test('codes are six digits, spread evenly over all first digits, and what would favour the low ones is thrown away', () => {
  const firsts = Array.from({ length: 10 }, () => 0)
  for (let i = 0; i < 20_000; i++) {
    const code = makeCode(world.resources.random)
    expect(code).toMatch(/^\d{6}$/)
    firsts[Number(code[0])]! += 1
  }
  for (const many of firsts) expect(Math.abs(many - 2000)).toBeLessThan(300)
  const draws = [new Uint8Array([255, 255, 255, 255]), new Uint8Array([0, 0, 0, 7])]
  expect(makeCode(() => draws.shift()!)).toBe('000007')
})
