import { afterAll, beforeAll, expect, test } from 'bun:test'
import { app } from '../app.ts'
import { resolveFlows } from '../codes/resolve-flows.ts'
import { withCode } from '../codes/try-code.ts'
import { openWorld, type World } from '../testing.node.ts'
import { coolDown } from './budget.ts'
import { guessCheck } from './guess-check.ts'
import { commonRate, takeRates } from './rates.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

let count = 0
const address = () => `budget-${++count}@example.com`
const wrong = (code: string) => (code === '000000' ? '000001' : '000000')
const dayMs = 24 * 60 * 60_000

type Flow = Awaited<ReturnType<World['askFor']>>
const guess = (flow: Flow, code = wrong(flow.code), headers = {}) =>
  world.post('/v1/sign-in', { ...flow, code }, headers)
/** Five wrong guesses, each after its pause. */
const guessAll = async (flow: Flow): Promise<number[]> => {
  const statuses: number[] = []
  for (let i = 0; i < 5; i++) {
    statuses.push((await guess(flow)).status)
    world.pass(1000 * 2 ** i)
  }
  return statuses
}
/** Ten wrong guesses at codes that strangers asked for. */
const attack = async (email: string): Promise<number[]> => {
  const statuses: number[] = []
  for (let i = 0; i < 2; i++) {
    world.pass(5 * 60_000)
    statuses.push(...(await guessAll(await world.askFor(email))))
  }
  return statuses
}
const cookieOf = (answer: Response): string =>
  /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''

test('an address cools down for 30, 60, 120 and 300 seconds, and has ten codes a day, known or not', async () => {
  const known = address()
  world.invite(known)
  for (const email of [known, address()]) {
    const begun = world.resources.now().getTime()
    for (const [i, seconds] of [30, 60, 120, 300, 300, 300, 300, 300, 300].entries()) {
      const asked = await world.post('/v1/codes', { email })
      expect([i, asked.status]).toEqual([i, 202])
      expect(((await asked.json()) as { resendAfterSeconds: number }).resendAfterSeconds).toBe(seconds)
      const soon = await world.post('/v1/codes', { email })
      expect([soon.status, soon.headers.get('retry-after')]).toEqual([429, String(seconds)])
      world.pass(seconds * 1000)
    }
    expect((await world.post('/v1/codes', { email })).status).toBe(202)
    world.pass(60 * 60_000)
    const eleventh = await world.post('/v1/codes', { email })
    const left = Math.ceil((begun + dayMs - world.resources.now().getTime()) / 1000)
    expect([eleventh.status, eleventh.headers.get('retry-after')]).toEqual([429, String(left)])
    world.pass(left * 1000)
    expect((await world.post('/v1/codes', { email })).status).toBe(202)
  }
})

test('codes that signed in cost an address nothing', async () => {
  const email = address()
  world.invite(email)
  for (let i = 0; i < 12; i++) {
    const flow = await world.askFor(email)
    expect((await guess(flow, flow.code)).status).toBe(200)
  }
})

test('an account has ten wrong guesses a day over all its codes; then even a right one waits until tomorrow', async () => {
  const [known, unknown] = [address(), address()]
  world.invite(known)
  const told = []
  for (const email of [known, unknown]) {
    const statuses = await attack(email)
    expect(statuses).toEqual(Array(10).fill(401))
    world.pass(10 * 60_000)
    const late = await world.askFor(email)
    expect(late.code).toBe('')
    told.push([
      (await guess(late, '123456')).status,
      (await guess(late, '123456')).headers.has('retry-after'),
    ])
  }
  expect(told).toEqual([
    [429, true],
    [429, true],
  ])
  expect(world.lines.join('\n')).toContain('guesses-exhausted')
  world.pass(dayMs)
  const next = await world.askFor(known)
  expect((await guess(next, next.code)).status).toBe(200)
})

test('whoever asked in time can use his code, however often strangers guess at theirs', async () => {
  const email = address()
  world.invite(email)
  const own = await world.askFor(email)
  world.pass(30_000)
  const first = await world.askFor(email)
  world.pass(60_000)
  const second = await world.askFor(email)
  expect(
    [...(await guessAll(first)), ...(await guessAll(second))].filter((status) => status === 429),
  ).toHaveLength(1)
  expect((await guess(own, own.code)).status).toBe(200)
})

test('a known device has three codes and three guesses of its own a day that strangers cannot spend', async () => {
  const email = address()
  world.invite(email)
  const before = await world.askFor(email)
  const cookie = cookieOf(await guess(before, before.code))
  expect(cookie).toStartWith('__Host-kontora-device=')
  await attack(email)
  expect((await world.post('/v1/codes', { email })).status).toBe(429)
  const forged = cookie.slice(0, -2) + (cookie.endsWith('AA') ? 'BB' : 'AA')
  expect((await world.post('/v1/codes', { email }, { cookie: forged })).status).toBe(429)
  const flow = await world.askFor(email, { cookie })
  expect(flow.code).toMatch(/^\d{6}$/)
  expect((await guess(flow, wrong(flow.code), { cookie })).status).toBe(401)
  world.pass(1000)
  expect((await guess(flow, flow.code, { cookie })).status).toBe(200)
  const statuses = []
  for (let i = 0; i < 4; i++) statuses.push((await world.post('/v1/codes', { email }, { cookie })).status)
  expect(statuses.at(-1)).toBe(429)
})

test('a device that is known for one address has nothing for another', async () => {
  const [own, other] = [address(), address()]
  world.invite(own)
  world.invite(other)
  const flow = await world.askFor(own)
  const cookie = cookieOf(await guess(flow, flow.code))
  expect((await world.post('/v1/codes', { email: other })).status).toBe(202)
  expect((await world.post('/v1/codes', { email: other }, { cookie })).status).toBe(429)
})

test('parallel guesses of many strangers never exceed what an account has', async () => {
  const email = address()
  const { userId } = world.invite(email)
  const flows = []
  for (const seconds of [0, 30, 60]) {
    world.pass(seconds * 1000)
    flows.push(await world.askFor(email))
  }
  for (let round = 0; round < 5; round++) {
    await Promise.all(flows.flatMap((flow) => Array.from({ length: 20 }, () => guess(flow))))
    world.pass(1000 * 2 ** round)
  }
  const [row] = await world.sql<{ spent: number }[]>`
    select count(*)::integer as spent from guess_slots where account = ${`user:${userId}`} and held_until is null`
  expect(row?.spent).toBe(10)
})

test('the cool-down grows with what was asked for, and ends', () => {
  const now = new Date('2026-11-23T10:00:00Z')
  const ago = (...seconds: number[]) => seconds.map((each) => new Date(now.getTime() - each * 1000))
  expect(coolDown([], now)).toBe(0)
  expect(coolDown(ago(10), now)).toBe(20)
  expect(coolDown(ago(30), now)).toBe(0)
  expect(coolDown(ago(200, 30), now)).toBe(30)
  expect(coolDown(ago(900, 600, 300, 100), now)).toBe(200)
  expect(coolDown(ago(...Array.from({ length: 10 }, (_, i) => 3600 * (i + 1))), now)).toBe(14 * 3600)
})

test('a network has twenty codes and sixty wrong guesses an hour, whatever the addresses; another network has its own', async () => {
  const from = (network: string) => ({ 'x-test-address': network })
  const asked = []
  for (let i = 0; i < 21; i++)
    asked.push(await world.post('/v1/codes', { email: address() }, from('192.0.2.1')))
  expect(asked.map(({ status }) => status)).toEqual([...Array(20).fill(202), 429])
  expect(asked[20]?.headers.get('retry-after')).toBe('180')
  expect((await world.post('/v1/codes', { email: address() }, from('192.0.2.2'))).status).toBe(202)
  // At most twenty at once.
  while ((await resolveFlows(world.resources)) > 0);
  const email = address()
  world.invite(email)
  const own = await world.askFor(email)
  for (let i = 0; i < 60; i++)
    await guess({ ...own, flowId: world.resources.newId() }, '123456', from('192.0.2.3'))
  expect((await guess(own, own.code, from('192.0.2.3'))).status).toBe(429)
  expect((await guess(own, own.code, from('192.0.2.4'))).status).toBe(200)
})

const limitsOf = ({ headers }: Response) => [headers.get('ratelimit-policy'), headers.get('ratelimit')]

test('asking and guessing tell what is left as structured fields, the same of a known and an unknown address', async () => {
  const [known, unknown] = [address(), address()]
  world.invite(known)
  const network = { 'x-test-address': '192.0.2.20' }
  const other = { 'x-test-address': '192.0.2.21' }
  for (const [email, from] of [
    [known, network],
    [unknown, other],
  ] as const) {
    const asked = await world.post('/v1/codes', { email }, from)
    expect(limitsOf(asked)).toEqual([
      '"address";q=10;w=86400, "network";q=20;w=3600',
      '"address";r=0;t=30, "network";r=19;t=180',
    ])
    const again = await world.post('/v1/codes', { email }, from)
    expect(limitsOf(again)[1]).toBe('"address";r=0;t=30, "network";r=18;t=360')
    await resolveFlows(world.resources)
    const { flowId, flowSecret } = (await asked.json()) as { flowId: string; flowSecret: string }
    const told = []
    for (const ms of [0, 0, 1000, 2000, 4000, 8000, 60_000]) {
      world.pass(ms)
      told.push(limitsOf(await world.post('/v1/sign-in', { flowId, flowSecret, code: '000000' }, from))[1])
    }
    expect(told.map((text) => text?.split(', ')[0])).toEqual([
      '"code";r=0;t=1',
      '"code";r=0;t=1',
      '"code";r=0;t=2',
      '"code";r=0;t=4',
      '"code";r=0;t=8',
      '"code";r=0;t=585',
      '"network";r=54;t=345',
    ])
  }
})

test('whoever has no guess left is told when his account has one again, and a network when it has', async () => {
  const email = address()
  await attack(email)
  world.pass(10 * 60_000)
  const late = await world.askFor(email)
  const refused = await guess(late, '123456', { 'x-test-address': '192.0.2.30' })
  const wait = refused.headers.get('retry-after')
  expect(limitsOf(refused)).toEqual([
    '"account";q=10;w=86400, "network";q=60;w=3600',
    `"account";r=0;t=${wait}, "network";r=59;t=60`,
  ])
  for (let i = 0; i < 20; i++)
    await world.post('/v1/codes', { email: address() }, { 'x-test-address': '192.0.2.31' })
  const full = await world.post('/v1/codes', { email: address() }, { 'x-test-address': '192.0.2.31' })
  expect(limitsOf(full)).toEqual(['"network";q=20;w=3600', '"network";r=0;t=180'])
})

test('many accounts without a guess left, or all rates spent, make the service degraded, until it is over', async () => {
  const check = guessCheck(world.resources)
  world.pass(dayMs)
  expect(await check.isWell()).toBe(true)
  const before = world.lines.length
  for (let i = 0; i < 10; i++) {
    expect(await check.isWell()).toBe(true)
    await attack(address())
    world.pass(-10 * 60_000)
  }
  expect(await check.isWell()).toBe(false)
  const warned = world.lines.slice(before).filter((line) => line.includes('guesses-exhausted'))
  expect(warned.filter((line) => line.includes('"of":"address"'))).toHaveLength(10)
  expect(warned.filter((line) => line.includes('"of":"code"'))).toHaveLength(20)
  expect(warned.join()).not.toContain('@')
  world.pass(2 * 60 * 60_000)
  expect(await check.isWell()).toBe(true)
  const rates = {
    ...world.resources.rates,
    codes: { ...world.resources.rates.codes, all: { limit: 2, windowMs: 60_000 } },
  }
  const narrow = { ...world.resources, rates }
  for (let i = 0; i < 2; i++) await takeRates(narrow, commonRate(narrow, 'codes'))
  expect(await guessCheck(narrow).isWell()).toBe(false)
  expect(world.lines.at(-1)).toContain('rate-spent')
  await expect(takeRates(narrow, commonRate(narrow, 'codes'))).rejects.toThrow('Too much was tried')
  world.pass(60_000)
  expect(await guessCheck(narrow).isWell()).toBe(true)
})

const everybody = (limit: number) => {
  const all = { limit, windowMs: 5 * 60_000 }
  const { codes, guesses } = world.resources.rates
  return { codes: { ...codes, all }, guesses: { ...guesses, all } }
}
const askNarrowly = (email: string, network: string) =>
  app.request(
    '/v1/codes',
    {
      method: 'POST',
      body: JSON.stringify({ email }),
      headers: { 'content-type': 'application/json', 'x-test-address': network },
    },
    { ...world.resources, rates: everybody(3) },
  )

test('whoever is refused by the cool-down takes nothing of what all have, or one address would be enough to silence all', async () => {
  world.pass(dayMs)
  const email = address()
  expect((await askNarrowly(email, '192.0.2.40')).status).toBe(202)
  for (let i = 0; i < 10; i++) expect((await askNarrowly(email, `192.0.2.${50 + i}`)).status).toBe(429)
  for (let i = 0; i < 2; i++) expect((await askNarrowly(address(), '192.0.2.40')).status).toBe(202)
  const refused = await askNarrowly(address(), '192.0.2.40')
  expect(limitsOf(refused)).toEqual(['"all";q=3;w=300', '"all";r=0;t=100'])
})

test('what all have goes by guesses that are compared; the first one at a code was set aside, and is never refused by it', async () => {
  world.pass(dayMs)
  const narrow = { ...world.resources, rates: everybody(3) }
  const [email, other] = [address(), address()]
  for (const one of [email, other]) world.invite(one)
  const [own, foreign] = [await world.askFor(email), await world.askFor(other)]
  const guessNarrowly = (flow: Flow, code: string, network: string) =>
    withCode(narrow, { ...flow, code }, { network }, async () => 'right').catch(
      ({ code: refusal }) => refusal,
    )
  for (let i = 0; i < 20; i++)
    expect(await guessNarrowly({ ...own, flowSecret: 'A'.repeat(22) }, own.code, `192.0.3.${i}`)).toBe(
      'not-signed-in',
    )
  const told = []
  for (const ms of [0, 1000, 2000, 4000, 8000]) {
    world.pass(ms)
    told.push(await guessNarrowly(foreign, wrong(foreign.code), '192.0.3.100'))
  }
  expect(told).toEqual([...Array(4).fill('not-signed-in'), 'too-many-requests'])
  expect(await guessNarrowly(own, own.code, '192.0.3.101')).toBe('right')
  world.pass(100_000)
  expect(await guessNarrowly(foreign, foreign.code, '192.0.3.100')).toBe('right')
})

test('a fourth code is sent to nobody, and its guesses are counted with the others, known address or not', async () => {
  world.pass(dayMs)
  const told = []
  for (const isKnown of [true, false]) {
    const email = address()
    if (isKnown) world.invite(email)
    const flows = []
    for (const seconds of [0, 30, 60, 120]) {
      world.pass(seconds * 1000)
      flows.push(await world.askFor(email))
    }
    const [first, second, , fourth] = flows
    expect(fourth?.code).toBe('')
    const statuses = []
    for (const flow of [first, second, fourth]) if (flow) statuses.push(...(await guessAll(flow)))
    told.push(statuses)
  }
  expect(told[0]).toEqual(told[1]!)
  expect(told[0]).toContain(429)
})

test('guesses that came before it was known whose address it is are counted with the others', async () => {
  world.pass(dayMs)
  const told = []
  for (const isKnown of [true, false]) {
    const email = address()
    if (isKnown) world.invite(email)
    const statuses = []
    for (const seconds of [0, 30, 60]) {
      world.pass(seconds * 1000)
      const asked = (await (await world.post('/v1/codes', { email })).json()) as Flow
      const flow = { flowId: asked.flowId, flowSecret: asked.flowSecret, code: '' }
      for (let i = 0; i < 3; i++) {
        statuses.push((await guess(flow, '123456')).status)
        world.pass(1000 * 2 ** i)
      }
      await resolveFlows(world.resources)
      for (let i = 3; i < 5; i++) {
        statuses.push((await guess(flow, '123456')).status)
        world.pass(1000 * 2 ** i)
      }
    }
    told.push(statuses)
  }
  expect(told[0]).toEqual(told[1]!)
  expect(told[0]).toContain(429)
})
