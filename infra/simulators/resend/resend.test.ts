import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Resend } from 'resend'
import { createResendSimulator, type ResendOptions } from './create-resend-simulator.ts'

const secret = `whsec_${Buffer.from('a secret of twenty-four+ bytes').toString('base64')}`
const closers: (() => unknown)[] = []
afterAll(() => Promise.all(closers.map((close) => close())))

const start = (options: ResendOptions = {}) => {
  const simulator = createResendSimulator({ key: 're_test', ...options })
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: simulator.app.fetch })
  closers.push(() => server.stop(true), simulator.close)
  const url = server.url.origin
  const letters = async (query = '') =>
    ((await (await fetch(`${url}/_sim/letters${query}`)).json()) as { letters: Record<string, unknown>[] })
      .letters
  return { url, letters, resend: new Resend('re_test', { baseUrl: url }), server, simulator }
}

type Hook = { headers: Headers; body: string; type: string }
const receiver = (answer: (call: number) => number = () => 200) => {
  const hooks: Hook[] = []
  const receive = async (request: Request): Promise<Response> => {
    const body = await request.text()
    hooks.push({ headers: request.headers, body, type: (JSON.parse(body) as { type: string }).type })
    return new Response(null, { status: answer(hooks.length) })
  }
  const until = async (count: number) => {
    for (let turn = 0; turn < 300 && hooks.length < count; turn++) await Bun.sleep(10)
    expect(hooks.length).toBe(count)
  }
  return { hooks, receive, until }
}

const letter = {
  from: 'Контора <mail@kontora.example>',
  to: 'anna@example.com',
  subject: 'Код',
  text: '123456',
}

test('the real client sends a letter, and it can be read by id, by address and after another', async () => {
  const { resend, letters } = start()
  const { data, error } = await resend.emails.send({
    ...letter,
    html: '<b>123456</b>',
    headers: { 'X-Own': 'yes' },
    tags: [{ name: 'kind', value: 'code' }],
  })
  expect(error).toBeNull()
  await resend.emails.send({ ...letter, to: ['Борис <Boris@example.com>'] })
  const all = await letters()
  expect(all).toHaveLength(2)
  expect(all[0]).toMatchObject({
    id: data!.id,
    to: ['anna@example.com'],
    html: '<b>123456</b>',
    text: '123456',
    headers: { 'X-Own': 'yes' },
    tags: [{ name: 'kind', value: 'code' }],
    idempotencyKey: null,
  })
  expect((await letters('?to=boris@example.com')).map(({ to }) => to)).toEqual([
    ['Борис <Boris@example.com>'],
  ])
  expect(await letters(`?after=${data!.id}`)).toHaveLength(1)
  expect(await letters(`?after=${all[1]!.createdAt}`)).toHaveLength(0)
  expect((await resend.emails.get(data!.id)).data).toMatchObject({ id: data!.id, last_event: 'delivered' })
  expect((await resend.emails.get(crypto.randomUUID())).error?.name).toBe('not_found')
})

test('the same key and body give the same answer and one letter, another body is refused', async () => {
  const { resend, letters } = start()
  const options = { idempotencyKey: 'code/1' }
  const [first, second] = [
    await resend.emails.send(letter, options),
    await resend.emails.send(letter, options),
  ]
  expect(second.data).toEqual(first.data!)
  const other = await resend.emails.send({ ...letter, text: '654321' }, options)
  expect(other.error).toMatchObject({ statusCode: 409, name: 'invalid_idempotent_request' })
  const sent = await letters()
  expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['code/1'])
  const long = await resend.emails.send(letter, { idempotencyKey: 'k'.repeat(257) })
  expect(long.error).toMatchObject({ statusCode: 400, name: 'invalid_idempotency_key' })
})

test('a key is forgotten after 24 hours', async () => {
  let time = Date.parse('2026-11-23T10:00:00Z')
  const { resend, letters } = start({ now: () => new Date(time) })
  await resend.emails.send(letter, { idempotencyKey: 'a' })
  time += 86_400_000 - 1
  await resend.emails.send(letter, { idempotencyKey: 'a' })
  expect(await letters()).toHaveLength(1)
  time += 1
  await resend.emails.send(letter, { idempotencyKey: 'a' })
  expect(await letters()).toHaveLength(2)
})

test('a second call with a key whose first is still running is refused', async () => {
  const { resend, letters } = start({ acceptMs: 100 })
  const both = await Promise.all([
    resend.emails.send(letter, { idempotencyKey: 'a' }),
    resend.emails.send(letter, { idempotencyKey: 'a' }),
  ])
  expect(both.map(({ error }) => error?.name ?? 'sent').sort()).toEqual([
    'concurrent_idempotent_requests',
    'sent',
  ])
  expect(await letters()).toHaveLength(1)
})

test('a letter accepted behind a timeout is there, and the repeat of its key adds none', async () => {
  const { url, resend, letters } = start()
  const faults = [{ operation: 'POST /emails', kind: 'timeout-after-acting', delayMs: 10 }]
  await fetch(`${url}/_sim/faults`, { method: 'POST', body: JSON.stringify({ faults }) })
  const lost = await resend.emails.send(letter, { idempotencyKey: 'a' })
  expect(lost.error?.statusCode).toBe(504)
  expect((await resend.emails.send(letter, { idempotencyKey: 'a' })).error).toBeNull()
  expect(await letters()).toHaveLength(1)
})

test('a caller without a key, with a wrong key, or without a name is refused', async () => {
  const { url, simulator } = start()
  expect(await (await fetch(`${url}/emails`, { method: 'POST' })).json()).toMatchObject({
    statusCode: 401,
    name: 'missing_api_key',
  })
  const wrong = await new Resend('re_wrong', { baseUrl: url }).emails.send(letter)
  expect(wrong.error).toMatchObject({ statusCode: 403, name: 'invalid_api_key' })
  const nameless = await simulator.app.request('/emails', {
    method: 'POST',
    headers: { authorization: 'Bearer re_test' },
  })
  expect(nameless.status).toBe(403)
})

test('a wrong field is named and what was sent is not repeated', async () => {
  const { url, letters } = start()
  const send = async (change: object) => {
    const init = {
      method: 'POST',
      headers: { authorization: 'Bearer re_test' },
      body: JSON.stringify({ ...letter, ...change }),
    }
    const { statusCode, name, message } = (await (await fetch(`${url}/emails`, init)).json()) as Record<
      string,
      unknown
    >
    return `${statusCode} ${name} ${message}`
  }
  expect(await send({ to: undefined })).toBe('422 missing_required_field Missing `to` field.')
  expect(await send({ text: undefined })).toBe('422 missing_required_field Missing `html` or `text` field.')
  expect(await send({ from: 'secret' })).toMatch(/^422 invalid_from_address Invalid `from` field(?!.*secret)/)
  expect(await send({ to: ['a@b.c', 'x@a\r\nBcc: e@v.il'] })).toMatch(
    /^422 validation_error Invalid `to` field/,
  )
  expect(await send({ to: Array.from({ length: 51 }, () => 'a@b.c') })).toMatch(
    /^422 validation_error Invalid `to`/,
  )
  expect(await send({ tags: [{ name: 'вид', value: 'a' }] })).toMatch(
    /^422 validation_error Invalid `tags` field/,
  )
  expect(await send({ attachments: [{ filename: 'a', content: '?' }] })).toMatch(/^422 invalid_attachment/)
  expect(await letters()).toHaveLength(0)
})

test('a strict batch is all or nothing, a permissive one names what it left out, and attachments vanish', async () => {
  const { resend, letters } = start()
  const attachments = [{ filename: 'a.txt', content: 'YQ==' }]
  const bad = { ...letter, to: 'nowhere' }
  const strict = await resend.batch.send([{ ...letter, attachments } as typeof letter, bad])
  expect(strict.error?.name).toBe('validation_error')
  expect(await letters()).toHaveLength(0)
  const permissive = await resend.batch.send([{ ...letter, attachments } as typeof letter, bad], {
    batchValidation: 'permissive',
  })
  expect(permissive.data?.data).toHaveLength(1)
  expect(permissive.data?.errors).toMatchObject([{ index: 1 }])
  expect(await letters()).toMatchObject([{ attachments: [] }])
  const many = await resend.batch.send(Array.from({ length: 101 }, () => letter))
  expect(many.error?.name).toBe('validation_error')
  const hundred = await resend.batch.send(
    Array.from({ length: 100 }, () => letter),
    { idempotencyKey: 'b' },
  )
  expect(new Set(hundred.data?.data.map(({ id }) => id)).size).toBe(100)
})

test('above the rate a call is refused with the time to wait', async () => {
  const { resend, letters } = start({ rate: 2, now: () => new Date('2026-11-23T10:00:00Z') })
  const sent = [
    await resend.emails.send(letter),
    await resend.emails.send(letter),
    await resend.emails.send(letter),
  ]
  expect(sent.map(({ error }) => error?.name)).toEqual([undefined, undefined, 'rate_limit_exceeded'])
  expect(sent[1]!.headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '0' })
  expect(sent[2]!.headers).toMatchObject({ 'retry-after': '1' })
  expect(await letters()).toHaveLength(2)
})

test('magic addresses have their fate, told by webhooks that the real client verifies', async () => {
  const { hooks, receive, until } = receiver()
  const { resend } = start({ webhook: { url: 'http://hooks.example/resend', secret }, fetch: receive })
  await resend.emails.send({
    ...letter,
    to: 'bounced+one@resend.dev',
    tags: [{ name: 'delivery', value: '7' }],
  })
  await resend.emails.send({ ...letter, to: 'complained@resend.dev' })
  await until(5)
  expect(hooks.map(({ type }) => type).sort()).toEqual([
    'email.bounced',
    'email.complained',
    'email.delivered',
    'email.sent',
    'email.sent',
  ])
  const bounced = hooks.find(({ type }) => type === 'email.bounced')!
  const header = (name: string) => bounced.headers.get(name) ?? ''
  const headers = {
    id: header('svix-id'),
    timestamp: header('svix-timestamp'),
    signature: header('svix-signature'),
  }
  expect(resend.webhooks.verify({ payload: bounced.body, headers, webhookSecret: secret })).toMatchObject({
    type: 'email.bounced',
    data: { to: ['bounced+one@resend.dev'], tags: { delivery: '7' }, bounce: { type: 'Permanent' } },
  })
  expect(() =>
    resend.webhooks.verify({ payload: `${bounced.body} `, headers, webhookSecret: secret }),
  ).toThrow()
})

test('a refused webhook comes again under the same id, one can be lost, and one can come twice', async () => {
  const { hooks, receive, until } = receiver((call) => (call === 1 ? 500 : 200))
  const { url, resend } = start({
    webhook: { url: 'http://hooks.example/resend', secret },
    retryAfterMs: [20],
    fetch: receive,
  })
  const faults = [
    { operation: 'webhook email.delivered', kind: 'lost-callback', times: 1 },
    { operation: 'webhook email.delivered', kind: 'duplicate-callback', times: 1 },
  ]
  await fetch(`${url}/_sim/faults`, { method: 'POST', body: JSON.stringify({ faults }) })
  await resend.emails.send(letter)
  await until(2)
  expect(hooks.map(({ type }) => type)).toEqual(['email.sent', 'email.sent'])
  expect(hooks[1]!.headers.get('svix-id')).toBe(hooks[0]!.headers.get('svix-id')!)
  await resend.emails.send(letter)
  await until(5)
  expect(hooks.filter(({ type }) => type === 'email.delivered')).toHaveLength(2)
})

test('letters, keys and webhooks that are due survive the process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resend-'))
  closers.push(() => rmSync(folder, { recursive: true }))
  const store = join(folder, 'resend.sqlite')
  const webhook = { url: 'http://hooks.example/resend', secret }
  const down = receiver(() => 503)
  const before = start({ store, webhook, retryAfterMs: [500], fetch: down.receive })
  const { data } = await before.resend.emails.send(letter, { idempotencyKey: 'a' })
  await down.until(2)
  await before.server.stop(true)
  before.simulator.close()

  const up = receiver()
  const after = start({ store, webhook, fetch: up.receive })
  await up.until(2)
  expect((await after.resend.emails.send(letter, { idempotencyKey: 'a' })).data).toEqual(data!)
  expect(await after.letters()).toHaveLength(1)
})

test('the mailbox shows a letter in a sandbox, whatever is in it', async () => {
  const { url, resend } = start()
  const { data } = await resend.emails.send({
    ...letter,
    subject: '<script>1</script>',
    html: '<script>2</script>',
  })
  const list = await (await fetch(`${url}/_sim/mailbox`)).text()
  expect(list).toContain(`href="mailbox/${data!.id}"`)
  expect(list).toContain('&lt;script&gt;1')
  const shown = await (await fetch(`${url}/_sim/mailbox/${data!.id}`)).text()
  expect(shown).toContain('<iframe sandbox')
  expect(shown).toContain('123456')
  expect(shown).not.toContain('<script>')
  const framed = await fetch(`${url}/_sim/mailbox/${data!.id}/letter`)
  expect(framed.headers.get('content-security-policy')).toStartWith('sandbox')
  expect(await framed.text()).toBe('<script>2</script>')
})
