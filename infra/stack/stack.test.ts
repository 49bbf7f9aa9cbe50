import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { administrator } from './first-administrator.ts'
import type { PartStatus } from './parts/part.ts'
import { sberBackChannelPort } from './ports.ts'
import { audit } from './prove/audit.ts'
import { sberFiles } from './sber-certificates.ts'
import { campaignEvents } from './story/documents.ts'
import { freeBlock } from './story/free-block.ts'
import { type RunningStack, runStack } from './story/own-stack.ts'
import { bankOrder } from './story/payments.ts'
import { signIn, signInToManage } from './story/people.ts'
import { joinSberId, signInBySberId } from './story/sber-id.ts'
import { type Facts, runStory, type Step } from './story/steps.ts'
import { openWorld, type World } from './story/world.ts'
import { type Hostile, hostileRequests, marker, type OpenApi } from './test/hostile-input.ts'

let stack: RunningStack
let world: World
let facts: Facts | undefined

beforeAll(async () => {
  stack = await runStack(await freeBlock())
  world = await openWorld({ place: stack.place, repeatForMs: 0 })
}, 120_000)
afterAll(() => stack?.stop(), 30_000)

const parts = async (): Promise<PartStatus[]> =>
  ((await (await fetch(`${stack.place.url}/_stack`)).json()) as { parts: PartStatus[] }).parts

test('the main story runs from the first code to the blocked token', async () => {
  const steps: Step[] = []
  await runStory(
    world,
    `t${Date.now().toString(36)}`,
    (step) => steps.push(step),
    (told) => {
      facts = told
    },
  )
  expect(steps.filter(({ ok }) => !ok)).toEqual([])
  expect(steps.length).toBeGreaterThan(12)
}, 120_000)

test('a person is joined to his Сбер ID and signs in by it over mutual TLS, the only way that the bank answers us', async () => {
  const person = await signIn(world, 'anna@example.org')
  await joinSberId(world, person, 'anna')
  expect(await signInBySberId(world, person, 'anna')).toBe(0)
  const token = '/ru/prod/tokens/v2/oidc'
  expect((await fetch(world.at('sber-id', token), { method: 'POST' })).status).toBe(403)
  const strange = fetch(`https://localhost:${sberBackChannelPort(stack.place)}${token}`, {
    tls: { ca: readFileSync(sberFiles(stack.place).serverAuthority, 'utf8') },
  })
  await expect(strange).rejects.toThrow()
})

test('the audit finds nothing wrong with what the story did, and finds each planted difference', async () => {
  if (!facts) throw new Error('the story told no facts')
  const { token } = await signInToManage(world, administrator)
  const wrongOf = async (told: Facts) =>
    (await audit(world, [told], token)).filter(({ wrong }) => wrong.length > 0).map(({ area }) => area)
  expect(await wrongOf(facts)).toEqual([])
  const [first] = facts.attempts
  const another = { ...facts.refund, amountKopecks: facts.refund.amountKopecks + 1 }
  expect(await wrongOf({ ...facts, refund: another })).toContain("the bank's book")
  expect(await wrongOf({ ...facts, attempts: first ? [first] : [] })).toContain('1С')
  expect(await wrongOf({ ...facts, person: facts.clerk })).toContain('letters')
  expect(await wrongOf({ ...facts, sha256: '0'.repeat(64) })).toContain('S3 and Roback')
  const order = await bankOrder(world, first?.attemptId ?? '')
  const refund = { amount: '1', orderId: order.mdOrder, externalRefundId: 'by-hand' }
  const { words } = JSON.parse(readFileSync(join(stack.place.data, 'secrets.json'), 'utf8')) as {
    words: Record<string, string>
  }
  const merchant = { userName: 'kontora-api', password: words.vtb ?? '' }
  await fetch(world.at('vtb', '/payment/rest/refund.do'), {
    method: 'POST',
    body: new URLSearchParams({ ...merchant, ...refund }),
  })
  expect(await wrongOf(facts)).toEqual(["the bank's book", 'ledger = bank'])
  const [heard] = await campaignEvents(world)
  await fetch(world.at('campaigns', `/api/v1/campaigns/${heard?.campaignId}/events`), {
    method: 'POST',
    headers: { authorization: `Bearer ${words.campaigns}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...heard, eventId: crypto.randomUUID() }),
  })
  expect(await wrongOf(facts)).toEqual(["the bank's book", 'ledger = bank', 'Campaigns'])
}, 30_000)

const sent = async (request: Hostile, base: string): Promise<string | undefined> => {
  const { method, path, headers, body, what } = request
  const answer = await fetch(`${base}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
    redirect: 'manual',
  })
  const text = await answer.text()
  const fault = (why: string) => `${method} ${path.slice(0, 80)}, ${what}: ${why}`
  if (answer.status >= 500) return fault(`${answer.status}`)
  if (answer.status >= 400 && text.includes(marker)) return fault('the value is told back')
  if (answer.status >= 400 && text && !answer.headers.get('content-type')?.includes('json'))
    return fault(`${answer.status} is no problem`)
  return undefined
}

test('no malformed body, header, query, path or method makes a 500, and no value is told back', async () => {
  const admin = await signInToManage(world, administrator)
  const faults: string[] = []
  let count = 0
  for (const { openapi, url, name } of (await parts()).filter((part) => part.openapi)) {
    const document = (await (await fetch(openapi ?? '')).json()) as OpenApi
    const headers = () => ({ authorization: `Bearer ${admin.token}`, 'idempotency-key': crypto.randomUUID() })
    expect(Object.keys(document.paths).length, name).toBeGreaterThan(3)
    const requests = hostileRequests(document, headers).filter(({ path }) => !path.includes('/sessions/'))
    count += requests.length
    for (let at = 0; at < requests.length; at += 8) {
      const answers = await Promise.all(requests.slice(at, at + 8).map((request) => sent(request, url)))
      faults.push(...answers.filter((fault) => fault !== undefined))
    }
  }
  expect(faults.slice(0, 20)).toEqual([])
  expect(count).toBeGreaterThan(2000)
}, 240_000)

test('no code, token, address or name stands in any line of any log', async () => {
  if (!facts) throw new Error('the story told no facts')
  const letters = (
    await world.get<{ letters: { to: string | string[]; text: string }[] }>(
      world.at('resend', '/_sim/letters'),
    )
  ).letters
  const codes = letters.flatMap(({ text }) => (/₽/.test(text) ? [] : (text.match(/\b\d{6}\b/g) ?? [])))
  const addresses = letters.flatMap(({ to }) => to)
  const secrets = [
    facts.person.token,
    facts.clerk.token,
    'Делопроизводитель',
    'Договор',
    'Услуга сопровождения',
    ...addresses,
  ]
  expect(codes.length).toBeGreaterThan(2)
  const folder = join(stack.place.data, 'logs')
  const services = readdirSync(folder).filter((file) =>
    /^(auth|client|documents|notification|payment|kafka-http)\.log$/.test(file),
  )
  expect(services).toHaveLength(6)
  const files = [
    ...services.map((file) => join(folder, file)),
    join(stack.place.data, 'postgres', 'postgres.log'),
  ]
  for (const file of files.slice(0, -1))
    expect(readFileSync(file, 'utf8'), file).toContain('"event":"listening"')
  const found = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return [
      ...secrets
        .filter((secret) => text.includes(secret))
        .map((secret) => `${file}: ${secret.slice(0, 12)}…`),
      ...codes
        .filter((code) => new RegExp(`(?<![\\d.])${code}(?!\\d)`).test(text))
        .map((code) => `${file}: the code ${code}`),
    ]
  })
  expect(found).toEqual([])
})

test('a page of another site gets nothing from /_stack, /_sim or the mailbox', async () => {
  const { url } = stack.place
  const vtb = world.at('vtb', '')
  const doors = [
    `${url}/_stack`,
    `${url}/mailbox`,
    `${url}/_sim/resend/letters`,
    `${world.at('resend', '/_sim/letters')}`,
    `${vtb}/_sim/journal`,
  ]
  for (const door of doors) {
    expect((await fetch(door)).status).toBe(200)
    expect((await fetch(door, { headers: { host: 'evil.example' } })).status).toBe(403)
    expect((await fetch(door, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
    expect((await fetch(door, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
  }
  const form = {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'email=a',
  }
  for (const door of [`${url}/_stack/sign-in`, `${vtb}/_sim/faults`, `${url}/_sim/vtb/faults`])
    expect((await fetch(door, form)).status).toBe(403)
  expect((await fetch(`${url}/client/v1/me`, { headers: { host: 'evil.example' } })).status).toBe(403)
})

test('the control room signs a person in by the real way', async () => {
  const answer = await fetch(`${stack.place.url}/_stack/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: administrator }),
  })
  const { accessToken } = (await answer.json()) as { accessToken: string }
  expect((await world.call('GET', '/client/v1/me', { token: accessToken })).status).toBe(200)
  expect(await (await fetch(stack.place.url)).text()).toContain('Kontora')
})

test('a second start in the same folder says why it will not', async () => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'start.ts')], {
    env: { ...process.env, KONTORA_DATA: stack.place.data, KONTORA_PORT: String(stack.place.port) },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const said = await new Response(child.stderr).text()
  expect(await child.exited).toBe(1)
  expect(said).toContain(`process ${stack.pid}`)
})

test('a service that is killed is started again, and says so', async () => {
  const before = (await parts()).find(({ name }) => name === 'documents')
  process.kill(before?.pid ?? 0, 'SIGKILL')
  expect((await world.call('GET', '/documents/health/ready')).status).toBe(200)
  const after = (await parts()).find(({ name }) => name === 'documents')
  expect(after?.restarts).toBe((before?.restarts ?? 0) + 1)
  expect(after?.lastExit).toBe('SIGKILL')
  expect(stack.said()).toContain('documents died (SIGKILL) and is started again')
}, 30_000)
