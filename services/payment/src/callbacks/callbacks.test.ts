import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { transaction } from '@kontora/postgres'
import { app } from '../app.ts'
import { lockAttempt } from '../attempts/lock-attempt.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

/** As the bank's papers say, apart from our own code. */
const signed = (pairs: Record<string, string>, key = 'yourSecretToken'): string => {
  const text = Object.keys(pairs)
    .sort()
    .map((name) => `${name};${pairs[name]};`)
    .join('')
  const checksum = createHmac('sha256', key).update(text).digest('hex').toUpperCase()
  return new URLSearchParams({ ...pairs, checksum }).toString()
}
const get = (query: string, resources = payment.resources) =>
  app.request(`/v1/vtb/callback?${query}`, {}, resources)
const post = (body: string) =>
  app.request(
    '/v1/vtb/callback',
    { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    payment.resources,
  )
const pairsFor = (mdOrder: string, more = {}) => ({
  mdOrder,
  orderNumber: 'X',
  operation: 'deposited',
  status: '1',
  ...more,
})

test('by GET or POST, once or thrice, one callback is kept once and answered 200', async () => {
  const { attemptId, mdOrder } = await story.attempt()
  const query = signed(pairsFor(mdOrder))
  const answers = [await get(query), await get(query), await post(query)]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await payment.sql`select id from bank_callbacks where attempt_id = ${attemptId}`).toHaveLength(1)
})

test('what is personal in a callback is not kept', async () => {
  const { attemptId, mdOrder } = await story.attempt()
  await get(signed(pairsFor(mdOrder, { email: 'payer@kontora.test', maskedPan: '4000**1118', 'sbp.x': '' })))
  const rows = await payment.sql<{ fields: object }[]>`
    select fields from bank_callbacks where attempt_id = ${attemptId}`
  expect(rows[0]?.fields).toEqual(pairsFor(mdOrder))
})

const untilOneWaits = async () => {
  const waits = async () =>
    (
      await payment.sql`
        select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%bank_callbacks%'`
    ).length > 0
  while (!(await waits())) await Bun.sleep(5)
}

// In one statement Postgres took the refund first, and both waited for each other.
test('a callback that waits for whoever has its order in hand holds nothing meanwhile that he needs', async () => {
  const { attemptId, mdOrder } = await story.settled()
  const body = { attemptId, amountKopecks: 100, reason: 'Возврат' }
  const { json } = await payment.ask('POST', '/v1/refunds', { token: await story.operator(), body })
  await payment.bank.fault({ operation: 'refund.do', kind: 'garbage' })
  await payment.run('send-refunds')
  const refundId = String(json.refundId)
  const answers: Promise<Response>[] = []
  const touched = await transaction(payment.sql, async (tx) => {
    await lockAttempt(tx, attemptId)
    answers.push(Promise.resolve(get(signed(pairsFor(mdOrder, { operation: 'refunded' })))))
    await untilOneWaits()
    return tx`update refunds set accepted_at = accepted_at where id = ${refundId} and ended_at is null returning id`
  })
  expect([touched.length, (await answers[0])?.status]).toEqual([1, 200])
})

test('a callback for nobody is kept and answered 200', async () => {
  expect((await get(signed(pairsFor(crypto.randomUUID())))).status).toBe(200)
})

test('without a right checksum it is refused with 403, counted, and nothing is kept', async () => {
  const { mdOrder } = await story.attempt()
  const before = await payment.sql`select id from bank_callbacks`
  const right = signed(pairsFor(mdOrder))
  const wrong = [
    '',
    'checksum=',
    right.replace('status=1', 'status=0'),
    `${right}&more=1`,
    `${right}&status=1`,
    signed(pairsFor(mdOrder), 'another'),
    right.toLowerCase(),
  ]
  for (const query of wrong) expect((await get(query)).status).toBe(403)
  expect(await payment.sql`select id from bank_callbacks`).toHaveLength(before.length)
  const [refused] = await payment.sql<{ count: number }[]>`select count from refused_callbacks`
  expect(refused?.count).toBe(wrong.length)
  const samples = await payment.sql<{ reason: string; names: string[] }[]>`
    select reason, names from refused_callback_samples order by position`
  expect(samples.map(({ reason }) => reason)).toEqual([
    'no-checksum',
    'no-checksum',
    'wrong-checksum',
    'wrong-checksum',
    'double-parameter',
  ])
  expect(samples[2]?.names).toEqual(['mdOrder', 'orderNumber', 'operation', 'status', 'checksum'])
  const kept = JSON.stringify(
    await payment.sql`select day, reason, method, names from refused_callback_samples`,
  )
  expect(kept.includes(mdOrder)).toBe(false)
})

test('what we cannot store is answered 500, so that the bank calls again', async () => {
  const newId = () => 'no-uuid'
  const answer = await get(signed(pairsFor(crypto.randomUUID())), { ...payment.resources, newId })
  expect(answer.status).toBe(500)
})

test('a rightly signed callback that tells of money which the bank does not have settles nothing', async () => {
  const { attemptId, mdOrder } = await story.attempt()
  await get(signed(pairsFor(mdOrder, { amount: '1220000', depositedAmount: '1220000' })))
  await payment.run('ask-bank')
  expect((await story.attemptOf(attemptId)).state).toBe('open')
  expect(await payment.sql`select id from ledger_transactions where source_id = ${attemptId}`).toHaveLength(0)
})

test("with the asymmetric kind pinned, only a signature by the gateway's key is taken, whatever names an algorithm", async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const other = await openTestPayment({ VTB_CALLBACK_ALGORITHM: 'rsa', VTB_CALLBACK_KEY: key })
  const { attemptId, mdOrder } = await storyOf(other).attempt()
  const pairs = pairsFor(mdOrder)
  const text = Object.entries(pairs)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name};${value};`)
    .join('')
  const by = (hash: string) => sign(hash, Buffer.from(text), privateKey).toString('hex').toUpperCase()
  const query = (checksum: string) =>
    new URLSearchParams({ ...pairs, checksum, sign_alias: 'SHA-256 with RSA' }).toString()
  const statuses: number[] = []
  for (const wrong of [query(by('sha256')), signed(pairs), signed(pairs, key), query('')])
    statuses.push((await get(wrong, other.resources)).status)
  expect(statuses).toEqual([403, 403, 403, 403])
  expect((await get(query(by('sha512')), other.resources)).status).toBe(200)
  expect((await get(query(by('sha512').toLowerCase()), other.resources)).status).toBe(200)
  expect(await other.sql`select id from bank_callbacks where attempt_id = ${attemptId}`).toHaveLength(1)
  await other.close()
})

test('of many refused ones a day all are counted, and few are kept', async () => {
  for (let i = 0; i < 20; i++) expect((await get(`status=1&n${i}=1&checksum=00`)).status).toBe(403)
  const [counted] = await payment.sql<{ count: number }[]>`select count from refused_callbacks`
  const samples = await payment.sql`select position from refused_callback_samples`
  expect(counted?.count).toBeGreaterThan(20)
  expect(samples).toHaveLength(5)
})
