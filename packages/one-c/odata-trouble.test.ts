import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type Simulator, simulators } from '@kontora/simulators'
import { simulatedBase } from '@kontora/testing'
import {
  exact,
  type Fetch,
  type OneCEntity,
  OneCFault,
  type OneCMapping,
  openOneC,
  roubles,
} from './index.ts'

const [user, password] = ['Обмен данными', 'пароль']
const bills = simulatedBase.documents.invoice.set
const userId = '22222222-2222-4222-8222-222222222222'
const key = '6f0c2a5e-6a57-4f0b-9f7a-0f5d1c3b2a11'
const now = () => new Date('2026-11-23T21:30:00Z')
const sellerId = '00000000-0000-7000-8000-000000000001'

let simulator: Simulator
beforeEach(() => {
  simulator = (simulators['one-c'] as (options: object) => Simulator)({ user, password })
})
afterEach(() => simulator.close())

const toSimulator: Fetch = (url, init) => simulator.app.request(url, init)
const open = (fetch: Fetch = toSimulator, changes: Partial<OneCMapping> = {}, pauses: number[] = []) =>
  openOneC({
    url: 'http://one-c.test/buh',
    user,
    password,
    mapping: { ...simulatedBase, ...changes },
    concurrency: 2,
    fetch,
    now,
    wait: async (ms) => void pauses.push(ms),
  })

const outside = (path: string, body: object) =>
  simulator.app.request(`http://one-c.test/_sim/${path}`, { method: 'POST', body: JSON.stringify(body) })
const fault = (operation: string, kind: string, more = {}) =>
  outside('faults', { faults: [{ operation, kind, delayMs: 1, ...more }] })

const faultOf = async (call: Promise<unknown>): Promise<OneCFault> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof OneCFault)) throw new Error('No fault of 1С')
  return error
}

const payer = {
  userId,
  displayName: 'ООО «Ромашка»',
  inn: '7736050003',
  kpp: '773601001',
  kind: 'company',
} as const
const bill = (contractKey: string, more = {}): OneCEntity => ({
  Ref_Key: key,
  Date: '2026-11-23T10:00:00',
  Организация_Key: simulatedBase.organizationKey,
  Контрагент_Key: userId,
  ДоговорКонтрагента_Key: contractKey,
  СуммаВключаетНДС: true,
  СуммаДокумента: roubles(100),
  Товары: [{ Сумма: roubles(100), СтавкаНДС: exact('НДС22'), СуммаНДС: roubles(18) }],
  ...more,
})

test('a read that got no answer is asked four times, a write once: what was done may be done already', async () => {
  const calls: string[] = []
  const pauses: number[] = []
  const away = open(
    (_, init) => {
      calls.push(String(init?.method))
      return Promise.reject(new Error('ECONNRESET'))
    },
    {},
    pauses,
  )
  expect((await faultOf(away.get(bills, key))).code).toBe('no-answer')
  expect([calls, pauses]).toEqual([
    ['GET', 'GET', 'GET', 'GET'],
    [200, 400, 800],
  ])
  calls.length = 0
  await faultOf(away.unpost(bills, key))
  expect(calls).toEqual(['POST'])
})

test.each([
  [401, 'access', '401'],
  [403, 'access', '403'],
  [404, 'configuration', '404'],
  [405, 'configuration', '405'],
  [406, 'unavailable', '406'],
  [412, 'configuration', '412'],
  [429, 'unavailable', '429'],
  [500, 'unavailable', '500'],
  [501, 'configuration', '501'],
  [502, 'unavailable', '502'],
  [503, 'unavailable', '503'],
  [504, 'unavailable', '504'],
])('a page of the web server with %i is: %s %s', async (status, kind, code) => {
  await fault('*', 'error', { status })
  const found = await faultOf(open().get(bills, key))
  expect([found.kind as string, found.code]).toEqual([kind, code])
})

test('code 20 closes the door like a wrong password, and how long to wait is heard', async () => {
  const answer = (status: number, body: object, headers = {}) =>
    open(() => new Response(JSON.stringify(body), { status, headers }))
  const noRights = { 'odata.error': { code: '20', message: { value: 'Нарушение прав доступа' } } }
  expect(await faultOf(answer(401, noRights).get(bills, key))).toMatchObject({ kind: 'access', code: '20' })
  const busy = await faultOf(answer(429, {}, { 'retry-after': '90' }).get(bills, key))
  expect([busy.code, busy.retryAfterMs]).toEqual(['429', 90_000])
})

test('a byte order mark before an answer is no part of it', async () => {
  const oneC = open()
  await oneC.upsertCounterparty(payer)
  await fault('*', 'bom')
  expect(await oneC.get('Catalog_Контрагенты', userId)).toMatchObject({ Ref_Key: userId })
})

test('who was changed by another meanwhile is read once more; who always is, goes to a person', async () => {
  await outside('settings', { ifMatch: 'honoured' })
  const oneC = open()
  await oneC.upsertCounterparty(payer)
  let disturbances = 1
  const disturbed = open(async (url, init) => {
    if (init?.method === 'PATCH' && disturbances > 0) {
      disturbances -= 1
      const change = { method: 'PATCH', headers: new Headers(init.headers), body: '{"Комментарий":"б"}' }
      change.headers.delete('if-match')
      await simulator.app.request(url, change)
    }
    return simulator.app.request(url, init)
  })
  await disturbed.upsertCounterparty({ ...payer, displayName: 'ООО «Новое»' })
  expect(await oneC.get('Catalog_Контрагенты', userId)).toMatchObject({
    Description: 'ООО «Новое»',
    Комментарий: 'б',
  })
  disturbances = 9
  const lost = await faultOf(disturbed.upsertCounterparty({ ...payer, displayName: 'ООО «Иное»' }))
  expect([lost.kind, lost.code]).toEqual(['business', 'conflict'])
})

test('a document is read back after posting: what 1С changed, did not post or has marked is for a person', async () => {
  const oneC = open()
  await oneC.upsertCounterparty(payer)
  const contractKey = await oneC.ensureContract(userId)
  expect(await oneC.put(bills, bill(contractKey))).toMatchObject({ number: '0000-000001', posted: true })
  const changing = (change: object) =>
    open(async (url, init) => {
      const answer = await simulator.app.request(url, init)
      if (init?.method !== 'GET' || !url.includes('Document_')) return answer
      return new Response(JSON.stringify({ ...((await answer.json()) as object), ...change }), answer)
    })
  const codes = []
  for (const change of [{ СуммаДокумента: 1.01 }, { DeletionMark: true }, { Posted: false }])
    codes.push((await faultOf(changing(change).put(bills, bill(contractKey)))).code)
  expect(codes).toEqual(['mismatch', 'marked', 'not-posted'])
})

test('where the mapping matches by ИНН, the counterparty and the contract of the accountant are taken; two of them are for a person', async () => {
  const oneC = open(toSimulator, { counterparties: 'match-inn' })
  const theirs = '33333333-3333-4333-8333-333333333333'
  const theirContract = '44444444-4444-4444-8444-444444444444'
  await oneC.create('Catalog_Контрагенты', {
    Ref_Key: theirs,
    Description: 'Ромашка',
    ИНН: payer.inn,
    КПП: payer.kpp,
  })
  await oneC.create('Catalog_ДоговорыКонтрагентов', {
    Ref_Key: theirContract,
    Owner_Key: theirs,
    Организация_Key: simulatedBase.organizationKey,
    ВидДоговора: 'СПокупателем',
  })
  expect(await oneC.ensurePayer(payer, sellerId)).toEqual({
    counterpartyKey: theirs,
    contractKey: theirContract,
  })
  expect(await oneC.get('Catalog_Контрагенты', theirs)).toMatchObject({ Description: 'Ромашка' })
  await oneC.create('Catalog_Контрагенты', {
    Ref_Key: crypto.randomUUID(),
    ИНН: payer.inn,
    КПП: payer.kpp,
  })
  expect((await faultOf(oneC.ensurePayer(payer, sellerId))).code).toBe('two-counterparties')
  expect((await open().ensurePayer(payer, sellerId)).counterpartyKey).toBe(userId)
})

test('another organisation of ours has a contract of its own with the same client', async () => {
  const other = { organizationKey: '55555555-5555-4555-8555-555555555555', bankAccountKey: key }
  const oneC = open(toSimulator, { organizations: { [sellerId]: other } })
  const first = await oneC.ensurePayer(payer, sellerId)
  const second = await oneC.ensurePayer(payer, crypto.randomUUID())
  expect(first.contractKey).not.toBe(second.contractKey)
  expect(await oneC.get('Catalog_ДоговорыКонтрагентов', first.contractKey)).toMatchObject({
    Организация_Key: other.organizationKey,
  })
})
