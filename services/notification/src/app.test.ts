import { afterAll, beforeAll, expect, test } from 'bun:test'
import { paymentInvoiceIssued } from '@kontora/events'
import { readSettings, SettingsError } from '@kontora/service'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { prepareLetters } from './messages/prepare-letters.ts'
import { sendCodes, sendLetters } from './messages/send-letters.ts'
import { settings } from './settings.ts'
import { suppressAddress } from './suppressions/suppressions.ts'
import { askForCode, hear, openTestNotification, type TestNotification } from './testing.node.ts'

let notification: TestNotification
let resources: TestNotification['resources']
const staff = crypto.randomUUID()

beforeAll(async () => {
  notification = await openTestNotification()
  resources = notification.resources
  await notification.access.allow(staff, ['mailing:send', 'message:read'])
})
afterAll(() => notification.close())

const ask = async (
  path: string,
  { body, key, user = staff }: { body?: unknown; key?: string; user?: string } = {},
) => {
  const headers = {
    authorization: `Bearer ${await notification.access.tokenFor(user)}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    'idempotency-key': key ?? crypto.randomUUID(),
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: text }
  return app.request(path, init, resources)
}
const json = async <Answer>(answer: Response | Promise<Response>) => (await (await answer).json()) as Answer

const sendAll = async () => {
  while ((await prepareLetters(resources)) > 0);
  while ((await sendLetters(resources)) > 0);
}

test('a mailing reaches each person once, repeats change nothing, and closed addresses are left out', async () => {
  const [one, other, closed] = [1, 2, 3].map(() => notification.client.add('ru', null))
  await suppressAddress(resources, closed!.email, { scope: 'marketing', reason: 'unsubscribe' })
  const stranger = crypto.randomUUID()
  const userIds = [one!.userId, other!.userId, closed!.userId, stranger, one!.userId]
  const body = { subject: 'Мы переехали', text: 'Новый адрес: {{address}}, <b>Москва</b>', userIds }
  const key = crypto.randomUUID()
  const first = await ask('/v1/mailings', { body, key })
  expect(first.status).toBe(202)
  const started = await json<{ mailingId: string; recipients: number }>(first)
  expect(started.recipients).toBe(4)
  expect(await json(ask('/v1/mailings', { body, key }))).toEqual(started)
  await sendAll()
  const letters = [...(await notification.letters(one!.email)), ...(await notification.letters(other!.email))]
  expect(letters.map(({ subject }) => subject)).toEqual(['Мы переехали', 'Мы переехали'])
  expect(letters[0]!.html).toContain('{{address}}, &lt;b&gt;Москва')
  expect(await notification.letters(closed!.email)).toHaveLength(0)
  expect(await json(ask(`/v1/mailings/${started.mailingId}`))).toMatchObject({
    mailingId: started.mailingId,
    recipients: 4,
    states: { sent: 2, skipped: 2, waiting: 0, failed: 0 },
  })
})

test('a mailing refuses what it cannot send, naming the field and not the value', async () => {
  const userIds = [crypto.randomUUID()]
  const right = { subject: 'a', text: 'b', userIds }
  const wrong: [unknown, string][] = [
    [{ ...right, subject: 'a\r\nBcc: evil@example.ru' }, 'subject'],
    [{ ...right, subject: 'nul\u0000' }, 'subject'],
    [{ ...right, text: '\ud800' }, 'text'],
    [{ ...right, text: 'x'.repeat(15_001) }, 'text'],
    [{ ...right, userIds: [] }, 'userIds'],
    [{ ...right, userIds: Array(101).fill(userIds[0]) }, 'userIds'],
    [{ ...right, userIds: ['secret'] }, 'userIds.0'],
    [{ ...right, more: 1 }, 'more'],
    ['{', 'body'],
  ]
  for (const [body, field] of wrong) {
    const answer = await ask('/v1/mailings', { body })
    const text = await answer.text()
    expect([field, answer.status]).toEqual([field, 400])
    expect(Object.keys((JSON.parse(text) as { fields: object }).fields)).toEqual([field])
    expect(text).not.toMatch(/secret|evil/)
  }
  expect((await ask(`/v1/mailings/${crypto.randomUUID()}`)).status).toBe(404)
  expect((await ask('/v1/mailings/x')).status).toBe(400)
})

test('messages are listed page by page, without an address or a word of content', async () => {
  const { userId } = notification.client.add('ru')
  for (let count = 0; count < 5; count++)
    await hear(notification, paymentInvoiceIssued, crypto.randomUUID(), {
      invoiceId: crypto.randomUUID(),
      userId,
      amountKopecks: 100,
    })
  await sendAll()
  type Page = { items: Record<string, unknown>[]; nextCursor?: string }
  const seen: Record<string, unknown>[] = []
  let cursor: string | undefined
  do {
    const page: Page = await json(
      ask(`/v1/messages?userId=${userId}&limit=2${cursor ? `&cursor=${cursor}` : ''}`),
    )
    seen.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  expect(seen).toHaveLength(5)
  expect(new Set(seen.map(({ id }) => id)).size).toBe(5)
  expect(Object.keys(seen[0]!).sort()).toEqual(
    ['createdAt', 'id', 'kind', 'sentAt', 'settledAt', 'state', 'userId'].sort(),
  )
  for (const query of ['userId=1', 'limit=0', 'limit=201', 'cursor=x', 'more=1', 'userId=%00'])
    expect((await ask(`/v1/messages?${query}`)).status).toBe(400)
})

test('only who may does: no token is 401, no permission is 403', async () => {
  const stranger = crypto.randomUUID()
  for (const path of ['/v1/messages', `/v1/mailings/${stranger}`]) {
    expect((await app.request(path, {}, resources)).status).toBe(401)
    expect((await ask(path, { user: stranger })).status).toBe(403)
  }
  const body = { subject: 'a', text: 'b', userIds: [stranger] }
  expect((await ask('/v1/mailings', { body, user: stranger })).status).toBe(403)
  expect((await app.request('/v1/mailings', { method: 'POST' }, resources)).status).toBe(401)
})

test('every write of a caller takes an Idempotency-Key, but for the provider’s webhook', async () => {
  type Operation = { parameters: { name: string }[] }
  const { paths } = await json<{ paths: Record<string, { post?: Operation }> }>(
    app.request('/openapi.json', {}, resources),
  )
  const posts = Object.entries(paths).flatMap(([path, { post }]) => (post ? [{ path, post }] : []))
  const without = posts.filter(({ post }) => !post.parameters.some(({ name }) => name === 'Idempotency-Key'))
  expect(posts.map(({ path }) => path).sort()).toEqual(['/v1/mailings', '/v1/resend/webhook'])
  expect(without.map(({ path }) => path)).toEqual(['/v1/resend/webhook'])
})

test('handlers have names of their own', () => {
  expect(new Set(consumers.map(({ name }) => name)).size).toBe(consumers.length)
})

test('neither an address nor a code nor a name stands in any log line or table', async () => {
  const secrets = [
    'hidden-person@example.ru',
    'hidden-person',
    '714285',
    'Скрытнова',
    'hidden-code@example.ru',
  ]
  const person = notification.client.add('ru', 'Скрытнова', 'hidden-person@example.ru')
  const invoice = { invoiceId: crypto.randomUUID(), userId: person.userId, amountKopecks: 100 }
  await hear(notification, paymentInvoiceIssued, invoice.invoiceId, invoice)
  const code = { email: 'hidden-code@example.ru', code: '714285' }
  await askForCode(notification, { ...code, times: 2 })
  await prepareLetters(resources)
  await expectNowhere(secrets)
  await notification.faults({ kind: 'error', status: 500, times: 2 }, { kind: 'garbage', times: 2 })
  for (let round = 0; round < 3; round++) {
    await Promise.all([sendCodes(resources), sendLetters(resources)])
    await expectNowhere(secrets)
    notification.pass(20)
  }
  expect((await notification.letters('hidden-code@example.ru'))[0]!.text).toContain('714285')
  expect((await notification.letters('hidden-person@example.ru'))[0]!.text).toContain('Скрытнова')
  expect(notification.lines.filter((line) => line.includes('letter-sent')).length).toBeGreaterThan(1)
})

const expectNowhere = async (secrets: string[]) => {
  const columns = await notification.sql<{ table: string; column: string }[]>`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and data_type in ('text', 'jsonb', 'character varying')`
  expect(columns.length).toBeGreaterThan(30)
  const found: string[] = []
  for (const { table, column } of columns)
    for (const secret of secrets) {
      const rows = await notification.ownerSql`
        select 1 from ${notification.ownerSql(table)}
        where ${notification.ownerSql(column)}::text like ${`%${secret}%`} limit 1`
      if (rows.length > 0) found.push(`${table}.${column} holds ${secret}`)
    }
  for (const line of notification.lines)
    if (secrets.some((secret) => line.includes(secret))) found.push('a log line')
  expect(found).toEqual([])
}

test('the start fails on a short webhook secret, a wrong key or a sender that is a list', () => {
  const wrong: Record<string, string> = {
    RESEND_WEBHOOK_SECRET: `whsec_${btoa('twenty-three bytes only')}`,
    LETTER_KEY_ENCRYPTION_KEY: 'c2hvcnQ',
    MAIL_FROM: 'A <a@example.ru>, B <b@example.ru>',
  }
  for (const [name, value] of Object.entries({ ...wrong, 'RESEND_WEBHOOK_SECRET ': 'whsec_' })) {
    const setting = settings[name.trim() as keyof typeof settings]
    expect(() => readSettings({ [name]: setting }, { [name]: value })).toThrow(SettingsError)
  }
  const { MAIL_FROM, RESEND_WEBHOOK_SECRET } = settings
  const right = {
    MAIL_FROM: 'Контора <letters@mail.kontora.ru>',
    RESEND_WEBHOOK_SECRET: `whsec_${btoa('x'.repeat(24))}`,
  }
  expect(readSettings({ MAIL_FROM, RESEND_WEBHOOK_SECRET }, right)).toEqual(right)
})
