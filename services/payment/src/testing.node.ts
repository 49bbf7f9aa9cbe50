import { createTestAccess } from '@kontora/access/testing'
import { type OneCMapping, openOneC } from '@kontora/one-c'
import { createHealth, createLog, realChance } from '@kontora/service'
import { type Simulator, simulators } from '@kontora/simulators'
import { simulatedBase, simulatedSeller, simulatedSellerId, testDatabase } from '@kontora/testing'
import { app } from './app.ts'
import { jobs } from './jobs.ts'
import { putLegalEntity } from './legal-entities/put-legal-entity.ts'
import { migrations } from './migrations.node.ts'
import { createLinkTokens } from './payer-links/payer-link.ts'
import type { Fiscal } from './receipts/fiscal.ts'
import type { Resources } from './resources.ts'
import { createVtb } from './vtb/client.ts'
import { createReceiptCalls } from './vtb/receipts.ts'

/** The customer's base as the simulator plants it. */
export const mapping: OneCMapping = simulatedBase

type Ask = { token?: string; body?: unknown; idempotencyKey?: string | null }
export type Json = Record<string, unknown> & { items: Record<string, unknown>[] }
type Answer = { status: number; json: Json; headers: Headers }
type SimFault = { operation: string; kind: string; times?: number; status?: number; delayMs?: number }

const origin = 'http://payment.test'
const callbackKey = 'yourSecretToken'

const openBank = (call: (request: Request) => Promise<Response>, now: () => Date) =>
  simulators.vtb({ user: 'test-api', password: 'secret', callbackKey, now, byHand: true, fetch: call })

const ofSimulator = ({ app: sim }: Simulator) => ({
  ask: async (method: string, path: string, body?: object): Promise<Json> => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) }
    const response = await sim.request(`http://sim.test/_sim/${path}`, {
      ...init,
      headers: { 'content-type': 'application/json' },
    })
    const text = await response.text()
    return (text ? JSON.parse(text) : {}) as Json
  },
  /** In the place of all that were planned before. */
  fault: async (...faults: SimFault[]): Promise<void> => {
    await sim.request('http://sim.test/_sim/faults', { method: 'DELETE' })
    const body = { faults: faults.map((fault) => ({ delayMs: 1, ...fault })) }
    await sim.request('http://sim.test/_sim/faults', { method: 'POST', body: JSON.stringify(body) })
  },
})

type Options = { fiscal?: Partial<Fiscal> }

const withReceipts = (calls: ReturnType<typeof createReceiptCalls>, wanted: Partial<Fiscal>): Fiscal => ({
  ...calls,
  handOver: 'by-operator',
  counting: 'counted',
  paymentObject: 4,
  ofCompanies: 'send',
  ofTransfers: 'people',
  ownContact: undefined,
  readContact: async () => 'payer@example.ru',
  ...wanted,
})

/** The service over a database of its own, with ВТБ and 1С in the process and its clock in the test's hand. */
export const openTestPayment = async ({ fiscal }: Options = {}) => {
  const database = await testDatabase({ name: 'payment', migrations })
  const { sql } = database
  let time = new Date('2026-11-23T09:00:00Z')
  const now = () => time
  const test = await createTestAccess({ sql, now, service: 'payment' })
  const lines: string[] = []
  const bank = openBank(async (request) => app.request(request, undefined, resources), now)
  const base = (simulators['one-c'] as (options: object) => Simulator)({ user: 'Обмен', password: 'пароль' })
  const account = { url: 'http://vtb.test', user: 'test-api', password: 'secret' }
  const toBank = (url: string, init?: RequestInit) => bank.app.request(url, init)
  const resources: Resources = {
    ...realChance(),
    now,
    sql,
    log: createLog('payment', now, (line) => lines.push(line)),
    health: createHealth(),
    access: test.access,
    verifyToken: test.verifyToken,
    pages: undefined,
    vtb: createVtb({
      ...account,
      returnUrl: `${origin}/back`,
      callbackUrl: `${origin}/v1/vtb/callback`,
      fetch: toBank,
    }),
    fiscal: fiscal && withReceipts(createReceiptCalls({ ...account, fetch: toBank }), fiscal),
    oneC: openOneC({
      url: 'http://one-c.test/buh',
      user: 'Обмен',
      password: 'пароль',
      mapping,
      concurrency: 2,
      fetch: (url, init) => base.app.request(url, init),
      now,
    }),
    readRequisites: async (userId) => ({
      userId,
      displayName: 'ООО «Ромашка»',
      kind: 'company',
      inn: '7736050003',
      kpp: '773601001',
    }),
    linkTokens: createLinkTokens('l'.repeat(43)),
    callbackKey,
    refundId: 'verified',
    reminderDays: [-3, 0, 3, 10],
    pollFastMs: 2000,
  }

  // The only seller, unless a test makes another.
  await putLegalEntity(
    resources,
    { id: 'test' },
    { legalEntityId: simulatedSellerId, entity: simulatedSeller },
  )

  const ask = async (
    method: string,
    path: string,
    { token, body, idempotencyKey }: Ask = {},
  ): Promise<Answer> => {
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== null && { 'idempotency-key': idempotencyKey ?? crypto.randomUUID() }),
    }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const init = { method, headers, ...(body !== undefined && { body: text }) }
    const response = await app.request(path, init, resources)
    const answer = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(answer) : {} }
  }

  const run = async (...names: string[]): Promise<void> => {
    // A queue is emptied, a sweep has one turn.
    for (const job of jobs.filter(({ name }) => names.length === 0 || names.includes(name)))
      while ((await job.run(resources)) > 0 && job.queue);
  }
  const advance = async (ms: number): Promise<void> => {
    time = new Date(time.getTime() + ms)
    await test.beat()
  }

  return {
    ...database,
    ...test,
    resources,
    lines,
    ask,
    run,
    advance,
    bank: { ...bank, ...ofSimulator(bank) },
    base: { ...base, ...ofSimulator(base) },
    close: async () => {
      bank.close()
      base.close()
      await database.close()
    },
  }
}
export type TestPayment = Awaited<ReturnType<typeof openTestPayment>>
