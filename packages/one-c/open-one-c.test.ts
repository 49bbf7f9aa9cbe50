import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type Simulator, simulators } from '@kontora/simulators'
import { simulatedBase } from '@kontora/testing'
import * as v from 'valibot'
import {
  exact,
  type OneC,
  type OneCEntity,
  OneCFault,
  type OneCMapping,
  OneCMappingText,
  oneCText,
  openOneC,
  roubles,
} from './index.ts'

const mapping: OneCMapping = simulatedBase

const userId = '22222222-2222-4222-8222-222222222222'
const bills = mapping.documents.invoice.set
const [user, password] = ['Обмен данными', 'пароль']
const now = () => new Date('2026-11-23T21:30:00Z')

let simulator: Simulator
let oneC: OneC
const open = (options: Partial<Parameters<typeof openOneC>[0]> = {}) =>
  openOneC({
    url: 'http://one-c.test/buh',
    user,
    password,
    mapping,
    concurrency: 2,
    fetch: (url, init) => simulator.app.request(url, init),
    now,
    wait: async () => {},
    ...options,
  })

beforeEach(() => {
  const create = simulators['one-c'] as (options: object) => Simulator
  simulator = create({ user, password })
  oneC = open()
})
afterEach(() => simulator.close())

const outside = (path: string, body: object) =>
  simulator.app.request(`http://one-c.test/_sim/${path}`, { method: 'POST', body: JSON.stringify(body) })
const fault = (operation: string, kind: string, more = {}) =>
  outside('faults', { faults: [{ operation, kind, delayMs: 1, ...more }] })
const documents = async (): Promise<Record<string, unknown>[]> => {
  const response = await simulator.app.request('http://one-c.test/_sim/documents')
  return ((await response.json()) as { documents: Record<string, unknown>[] }).documents
}

const bill = (contractKey: string, more = {}): OneCEntity => ({
  Ref_Key: '6f0c2a5e-6a57-4f0b-9f7a-0f5d1c3b2a11',
  Date: oneC.at(now()),
  Организация_Key: mapping.organizationKey,
  Контрагент_Key: userId,
  ДоговорКонтрагента_Key: contractKey,
  СуммаВключаетНДС: true,
  СуммаДокумента: roubles(1_220_010),
  Товары: [
    {
      LineNumber: '1',
      Номенклатура: mapping.nomenclatureKey,
      Номенклатура_Type: 'StandardODATA.Catalog_Номенклатура',
      Содержание: 'Услуга',
      Количество: 1,
      Цена: roubles(1_220_010),
      Сумма: roubles(1_220_010),
      СтавкаНДС: exact('НДС22'),
      СуммаНДС: roubles(220_002),
    },
  ],
  ...more,
})
const payer = {
  userId,
  displayName: "ООО О'Хара",
  inn: '7736050003',
  kpp: '773601001',
  kind: 'company',
} as const

const faultOf = async (call: Promise<unknown>): Promise<OneCFault> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof OneCFault)) throw new Error('No fault of 1С')
  return error
}

test('a client becomes one counterparty under his own id, and a new name replaces the old one', async () => {
  expect(await oneC.upsertCounterparty(payer)).toBe(userId)
  await oneC.upsertCounterparty({ ...payer, displayName: 'ООО «Новое»' })
  const found = await oneC.find(mapping.sets.counterparties, "ИНН eq '7736050003'")
  expect(found).toMatchObject([{ Ref_Key: userId, Description: 'ООО «Новое»', КПП: '773601001' }])
})

test('two services that meet the same client at once come to one counterparty and one contract', async () => {
  const both = [open(), open()].map(async (one) => {
    await one.upsertCounterparty(payer)
    return one.ensureContract(userId)
  })
  const [first, second] = await Promise.all(both)
  expect(first).toBe(second!)
  expect(await oneC.find(mapping.sets.contracts, `Owner_Key eq guid'${userId}'`)).toHaveLength(1)
})

test.each(['timeout-after-acting', 'garbage', 'error'])(
  'a document whose creation ended in %s is there once after the repeat, and is posted once',
  async (kind) => {
    await oneC.upsertCounterparty(payer)
    const contractKey = await oneC.ensureContract(userId)
    await fault(`POST ${bills}`, kind)
    expect((await faultOf(oneC.create(bills, bill(contractKey)))).kind).toBe('unavailable')
    await oneC.create(bills, bill(contractKey))
    await fault(`Post ${bills}`, kind)
    await faultOf(oneC.post(bills, bill(contractKey).Ref_Key))
    await oneC.post(bills, bill(contractKey).Ref_Key)
    expect(await documents()).toMatchObject([{ creates: 1, posts: 1, amount: 12200.1, Posted: true }])
  },
)

test('code 15 is success when what is there is the same, and a matter for a person when it is not', async () => {
  const contractKey = await oneC.ensureContract(userId)
  await Promise.all([oneC.create(bills, bill(contractKey)), oneC.create(bills, bill(contractKey))])
  expect(await documents()).toHaveLength(1)
  const other = await faultOf(oneC.create(bills, bill(contractKey, { СуммаДокумента: roubles(100) })))
  expect([other.kind, other.code, other.text]).toEqual([
    'business',
    'mismatch',
    'В 1С записано иначе, чем отправлено: СуммаДокумента (отправлено 1.00, записано 12200.10)',
  ])
})

test('a misnamed property and a lost row are noticed, although 1С says nothing', async () => {
  const misnamed = await faultOf(oneC.create(bills, { ...bill(userId), СумаДокумента: 1 }))
  expect([misnamed.code, misnamed.text?.includes('СумаДокумента')]).toEqual(['mismatch', true])
  const rows = { ...bill(userId), Товары: [] }
  expect((await faultOf(oneC.create(bills, rows))).code).toBe('mismatch')
})

test("the Russian text of a business error is kept for the operator and is no part of the error's message", async () => {
  await oneC.create(bills, bill('00000000-0000-0000-0000-000000000000'))
  const refused = await faultOf(oneC.post(bills, bill(userId).Ref_Key))
  expect([refused.kind, refused.code, refused.text]).toEqual([
    'business',
    '-1',
    'Поле "Контрагент" не заполнено',
  ])
  expect(refused.message).toBe('1С: business (-1)')
})

test('an object that somebody has open is asked again later', async () => {
  await oneC.create(bills, bill(userId))
  await outside('settings', { locked: [bill(userId).Ref_Key] })
  const locked = await faultOf(oneC.post(bills, bill(userId).Ref_Key))
  expect([locked.kind, locked.code]).toEqual(['unavailable', 'locked'])
})

test('a wrong password, an unknown set and a base without licences each have their kind', async () => {
  expect((await faultOf(open({ password: 'нет' }).get(bills, userId))).kind).toBe('access')
  const unknown = await faultOf(oneC.get('Document_Нет', userId))
  expect([unknown.kind, unknown.code]).toEqual(['configuration', '8'])
  await outside('settings', { sessions: 0 })
  const full = await faultOf(oneC.get(bills, userId))
  expect([full.kind, full.code]).toEqual(['unavailable', '406'])
  const away = open({ fetch: () => Promise.reject(new Error('ECONNREFUSED')) })
  expect((await faultOf(away.get(bills, userId))).code).toBe('no-answer')
})

test('no more calls run at once than there are leases, and a failed one gives its lease back', async () => {
  let [running, most] = [0, 0]
  const narrow = open({
    fetch: async (url, init) => {
      most = Math.max(most, ++running)
      await Bun.sleep(2)
      running -= 1
      return url.includes('Нет') ? new Response('<html>', { status: 502 }) : simulator.app.request(url, init)
    },
  })
  const calls = Array.from({ length: 9 }, (_, i) => narrow.get(i % 2 ? 'Catalog_Нет' : bills, userId))
  await Promise.allSettled(calls)
  expect([most, running]).toEqual([2, 0])
})

test('a quote and a plus in a filter arrive as they are, and a key that is no GUID is never sent', async () => {
  await oneC.upsertCounterparty({ ...payer, displayName: "ООО 'А + Б'" })
  const filter = `Description eq ${oneCText("ООО 'А + Б'")}`
  expect(await oneC.find(mapping.sets.counterparties, filter)).toHaveLength(1)
  await expect(oneC.get(bills, "1') or (1")).rejects.toThrow(TypeError)
})

test("a moment is written on the base's own clock", () => {
  expect(oneC.at(now())).toBe('2026-11-24T00:30:00')
})

test('the mapping is read from the JSON of its setting', () => {
  expect(v.parse(OneCMappingText, JSON.stringify(mapping))).toEqual(mapping)
})

test.each([
  '',
  '{',
  'null',
  JSON.stringify({ ...mapping, timeZone: 'Moscow' }),
  JSON.stringify({ ...mapping, organizationKey: '1' }),
  JSON.stringify({ ...mapping, sets: { ...mapping.sets, invoices: "Document_Счет('" } }),
  JSON.stringify({ ...mapping, more: 1 }),
])('what is no JSON, or names no zone, key or set rightly, is no mapping: %#', (text) => {
  expect(v.safeParse(OneCMappingText, text).success).toBe(false)
})
