import { afterAll, beforeAll, expect, test } from 'bun:test'
import { simulatedSeller, simulatedSellerId } from '@kontora/testing'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { readSeller } from './read-legal-entities.ts'

let payment: TestPayment
let token: string
const clerkId = crypto.randomUUID()
beforeAll(async () => {
  payment = await openTestPayment()
  await payment.allow(clerkId, ['invoice:*', 'legal-entity:*'])
  token = await payment.tokenFor(clerkId)
})
afterAll(() => payment.close())

const second = { ...simulatedSeller, name: 'ООО «Вторая»', numberPrefix: 'Б-' }
const put = (id: string, body: object, by = token) =>
  payment.ask('PUT', `/v1/legal-entities/${id}`, { token: by, body })
const issue = (more: object = {}) => {
  const line = { title: 'Сопровождение', quantity: 1, priceKopecks: 100, vat: '22' }
  const body = { userId: crypto.randomUUID(), lines: [line], ...more }
  return payment.ask('POST', '/v1/invoices', { token, body })
}

test('one that is put again as it is keeps its version, a changed one gets the next', async () => {
  const again = await put(simulatedSellerId, simulatedSeller)
  expect([again.status, again.json.version]).toEqual([200, 1] as never)
  const { director: _, ...silent } = simulatedSeller
  expect((await put(simulatedSellerId, silent)).json.version).toBe(2 as never)
  const { json } = await payment.ask('GET', '/v1/legal-entities', { token })
  expect(json.items).toEqual([
    { legalEntityId: simulatedSellerId, version: 2, ...simulatedSeller, director: null },
  ])
})

test('an issued invoice keeps its seller as he was on that day', async () => {
  const { json } = await issue()
  await put(simulatedSellerId, { ...simulatedSeller, bankName: 'Другой банк' })
  const before = await readSeller(payment.sql, String(json.invoiceId))
  const after = await readSeller(payment.sql, String((await issue()).json.invoiceId))
  expect([before?.bankName, after?.bankName]).toEqual([simulatedSeller.bankName, 'Другой банк'])
})

test.each([
  [{ inn: '7736050004' }, 'inn'],
  [{ bankAccount: '40702810300000000002' }, 'bankAccount'],
  [{ bankAccount: '4070281030000000000' }, 'bankAccount'],
  [{ bik: '044525225', bankAccount: '40702810300000000001' }, 'bankAccount'],
  [{ correspondentAccount: '30101810445250000745' }, 'correspondentAccount'],
  [{ kpp: null }, 'kpp'],
  [{ inn: '500100732259' }, 'kpp'],
  [{ ogrn: '1027700000009' }, 'ogrn'],
  [{ ogrn: '304500116000157' }, 'ogrn'],
  [{ numberPrefix: 'А1' }, 'numberPrefix'],
  [{ numberPrefix: 'А Б' }, 'numberPrefix'],
  [{ vatMode: 'some' }, 'vatMode'],
  [{ taxSystem: 3 }, 'taxSystem'],
  [{ name: '' }, 'name'],
  [{ more: 1 }, 'more'],
])('wrong requisites are refused, naming the field: %#', async (wrong, field) => {
  const { status, json } = await put(crypto.randomUUID(), { ...simulatedSeller, ...wrong })
  expect(status).toBe(400)
  expect(Object.keys(json.fields as object)).toContain(field)
})

test('who may not see or put sellers does not', async () => {
  const stranger = await payment.tokenFor(crypto.randomUUID())
  expect((await put(simulatedSellerId, simulatedSeller, stranger)).status).toBe(403)
  expect((await payment.ask('GET', '/v1/legal-entities', { token: stranger })).status).toBe(403)
  expect((await payment.ask('GET', '/v1/legal-entities')).status).toBe(401)
})

test('each seller counts his own invoices; where there are two it must be said who sells', async () => {
  const secondId = crypto.randomUUID()
  expect((await put(secondId, { ...second, numberPrefix: '' })).status).toBe(409)
  expect((await put(secondId, second)).json).toEqual({ legalEntityId: secondId, version: 1 } as never)
  expect(await issue()).toMatchObject({
    status: 400,
    json: { fields: { legalEntityId: expect.any(String) } },
  })
  expect((await issue({ legalEntityId: crypto.randomUUID() })).status).toBe(400)
  const numbers = []
  for (let i = 0; i < 2; i++) numbers.push((await issue({ legalEntityId: secondId })).json.number)
  expect(numbers).toEqual(['Б-2026-000001', 'Б-2026-000002'] as never[])
})

test('twenty who put a new seller at once make one version', async () => {
  const id = crypto.randomUUID()
  const puts = await Promise.all(Array.from({ length: 20 }, () => put(id, { ...second, numberPrefix: 'В-' })))
  expect(puts.map(({ status, json }) => `${status} ${json.version}`)).toEqual(Array(20).fill('200 1'))
})
