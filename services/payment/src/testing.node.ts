import { createTestAccess } from '@kontora/access/testing'
import { createHealth, createLog, realChance, type SettingsOf } from '@kontora/service'
import { type Simulator, simulators } from '@kontora/simulators'
import { simulatedSeller, simulatedSellerId, testDatabase } from '@kontora/testing'
import { app } from './app.ts'
import type { Payer } from './client/find-payers.ts'
import { jobs } from './jobs.ts'
import { putLegalEntity } from './legal-entities/put-legal-entity.ts'
import { migrations } from './migrations.node.ts'
import { openBanks } from './open-banks.ts'
import { createLinkTokens } from './payer-links/payer-link.ts'
import type { Fiscal } from './receipts/fiscal.ts'
import { watchDifferences } from './reconciliation/watch-differences.ts'
import { defaultFormat } from './registries/registry-format.ts'
import type { Resources } from './resources.ts'
import type { settings } from './settings.ts'
import { type BaseOptions, openTestBase } from './testing-one-c.node.ts'
import type { ReceiptCalls } from './vtb/receipts.ts'

export { mapping } from './testing-one-c.node.ts'

type Ask = { token?: string; body?: unknown; idempotencyKey?: string | null }
export type Json = Record<string, unknown> & { items: Record<string, unknown>[] }
type AskFile = { token: string; body: Uint8Array<ArrayBuffer>; type?: string; idempotencyKey?: string }
type Answer = { status: number; json: Json; headers: Headers }
type SimFault = { operation: string; kind: string; times?: number; status?: number; delayMs?: number }

const origin = 'http://payment.test'
const callbackKey = 'yourSecretToken'

const openapiSecret = 'a-secret-part-of-an-address'

type Call = (request: Request) => Promise<Response>
const openBank = (call: Call, now: () => Date) =>
  simulators.vtb({ user: 'test-api', password: 'secret', callbackKey, now, byHand: true, fetch: call })
const openOpenapi = (call: Call, now: () => Date) =>
  simulators['vtb-openapi']({
    clientId: 'Test@ext.vtb.ru',
    clientSecret: 'openapi-secret',
    callbackUrl: `${origin}/v1/vtb/openapi/callback/${openapiSecret}`,
    now,
    byHand: true,
    fetch: call,
  })

/** What a deployment says of its banks; the addresses are the simulators'. */
const bankValues = {
  ENVIRONMENT: 'local',
  ACQUIRER: 'rbs',
  VTB_URL: 'http://vtb.test',
  VTB_USER: 'test-api',
  VTB_PASSWORD: 'secret',
  VTB_CALLBACK_ALGORITHM: 'hmac',
  VTB_CALLBACK_KEY: callbackKey,
  VTB_RETURN_URL: `${origin}/back`,
  VTB_CALLBACK_URL: `${origin}/v1/vtb/callback`,
  VTB_REFUND_ID: 'verified',
  VTB_OPENAPI_URL: 'http://openapi.test/openapi/smb/efcp/e-commerce/v1',
  VTB_OPENAPI_TOKEN_URL: 'http://openapi.test/passport/oauth2/token',
  VTB_OPENAPI_CLIENT_ID: 'Test@ext.vtb.ru',
  VTB_OPENAPI_CLIENT_SECRET: 'openapi-secret',
  VTB_OPENAPI_CALLBACK_SECRET: openapiSecret,
  VTB_OPENAPI_REFUND_ID: 'verified',
  VTB_OPENAPI_TOKEN_AUTH: 'form',
  VTB_OPENAPI_CLIENT_SUFFIX: '@ext.vtb.ru',
  VTB_OPENAPI_SESSION_SECONDS: 1200,
  VTB_OPENAPI_SBP: 'with-order',
  VTB_OPENAPI_STATE_WORDS: {},
} as const
type BankValues = SettingsOf<typeof settings>

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

type Options = Partial<BankValues> & BaseOptions & { fiscal?: Partial<Fiscal> }

const withReceipts = (calls: ReceiptCalls, wanted: Partial<Fiscal>): Fiscal => ({
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
export const openTestPayment = async ({ fiscal, channel, sessions, changes, ...changed }: Options = {}) => {
  const database = await testDatabase({ name: 'payment', migrations })
  const { sql } = database
  let time = new Date('2026-11-23T09:00:00Z')
  const now = () => time
  const test = await createTestAccess({ sql, now, service: 'payment' })
  const lines: string[] = []
  /** Whom `client` knows. */
  const payers: Payer[] = []
  const call: Call = async (request) => app.request(request, undefined, resources)
  const [bank, openapi] = [openBank(call, now), openOpenapi(call, now)]
  const values = { ...bankValues, ...changed } as BankValues
  const { checks, receiptCalls, ...banks } = openBanks(values, now, () => (url, init) => {
    const { app: sim } = new URL(url).hostname === 'vtb.test' ? bank : openapi
    return sim.request(url, init)
  })
  const { base, baseCalls, oneC, ...books } = openTestBase(now, {
    ...(channel && { channel }),
    ...(sessions && { sessions }),
    ...(changes && { changes }),
  })
  const resources: Resources = {
    ...realChance(),
    now,
    sql,
    log: createLog('payment', now, (line) => lines.push(line)),
    health: createHealth([watchDifferences(sql), ...checks]),
    access: test.access,
    verifyToken: test.verifyToken,
    pages: undefined,
    ...banks,
    fiscal: fiscal && receiptCalls && withReceipts(receiptCalls, fiscal),
    ...books,
    findPayers: async ({ userIds = [], inns = [] }) =>
      payers.filter(({ userId, inn }) => userIds.includes(userId) || (inn !== null && inns.includes(inn))),
    registryFormat: defaultFormat,
    readRequisites: async (userId) => ({
      userId,
      displayName: 'ООО «Ромашка»',
      kind: 'company',
      inn: '7736050003',
      kpp: '773601001',
    }),
    linkTokens: createLinkTokens('l'.repeat(43)),
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

  /** A body that is a file. */
  const askFile = async (
    path: string,
    { token, body, type = 'application/octet-stream', idempotencyKey }: AskFile,
  ): Promise<Answer> => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': type,
      'idempotency-key': idempotencyKey ?? crypto.randomUUID(),
    }
    const response = await app.request(path, { method: 'POST', headers, body }, resources)
    return { status: response.status, headers: response.headers, json: (await response.json()) as Json }
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
    payers,
    ask,
    askFile,
    run,
    advance,
    bank: { ...bank, ...ofSimulator(bank) },
    openapi: { ...openapi, ...ofSimulator(openapi) },
    base: { ...base, ...ofSimulator(base) },
    baseCalls,
    oneC,
    close: async () => {
      bank.close()
      openapi.close()
      base.close()
      await database.close()
    },
  }
}
export type TestPayment = Awaited<ReturnType<typeof openTestPayment>>
