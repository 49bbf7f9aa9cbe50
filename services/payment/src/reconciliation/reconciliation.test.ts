import { afterAll, beforeAll, expect, test } from 'bun:test'
import { registryText } from '../registries/testing-registry.node.ts'
import { document, inUtf8, section, statementText } from '../statements/text-file/testing-file.node.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const token = () => story.operator()
const take = async (path: string, text: string) => {
  const taken = await payment.askFile(path, { token: await token(), body: inUtf8(text) })
  expect(taken.status).toBe(201)
  return taken.json
}
const prove = async (day: string) => {
  const proved = await payment.ask('POST', '/v1/reconciliations', { token: await token(), body: { day } })
  expect(proved.status).toBe(201)
  return proved.json
}
const open = async (): Promise<Record<string, unknown>[]> =>
  (await payment.ask('GET', '/v1/differences', { token: await token() })).json.items
const typesOf = async (): Promise<string[]> => (await open()).map(({ type }) => String(type)).toSorted()
const health = async () => (await payment.ask('GET', '/health/ready')).json

const byBank = { ПлательщикСчет: '30232810000000000505', ПлательщикИНН: '7702070139', ВидОплаты: '17' }
const payoutLine = (sum: string, purpose: string) =>
  document({ ...byBank, Номер: '55012', Сумма: sum, НазначениеПлатежа: purpose }, 'Банковский ордер')

test('what was paid by card is found in the registry, its payout on the statement, and the books agree to the kopeck', async () => {
  const paid = await story.settled({ priceKopecks: 1_000_000 })
  const { orderNumber } = await story.attemptOf(paid.attemptId)
  await take(
    '/v1/registries',
    registryText([
      {
        order: String(orderNumber),
        day: '23.11.2026',
        gross: 1_000_000,
        commission: 15_000,
        paidOn: '23.11.2026',
      },
    ]),
  )
  await take(
    '/v1/statements',
    statementText(
      section({ ВсегоПоступило: '9850.00', КонечныйОстаток: '109850.00' }),
      payoutLine('9850.00', 'Возмещение по операциям эквайринга за 22.11.2026, реестр 7781, комиссия 150.00'),
    ),
  )
  await payment.run('find-payouts', 'reconcile-days')
  expect(await prove('2026-11-23')).toMatchObject({ day: '2026-11-23', differences: 0, found: 0 })
  const { json } = await payment.ask('GET', '/v1/ledger/balances', { token: await token() })
  expect(json.accounts).toContainEqual({ account: 'acquiring', balanceKopecks: 0 } as never)
  expect(json.accounts).toContainEqual({ account: 'commission', balanceKopecks: 15_000 } as never)
  expect(json.accounts).toContainEqual({ account: 'bank', balanceKopecks: 10_985_000 } as never)
  expect(await health()).toEqual({ status: 'up', degraded: [] } as never)
  const payouts = await payment.ask('GET', '/v1/registries/payouts', { token: await token() })
  expect(payouts.json.items).toMatchObject([
    { number: '7781', grossKopecks: 1_000_000, netKopecks: 985_000, transferId: expect.any(String) },
  ])
})

test('the same registry once more, and its operations in another file, change nothing', async () => {
  const [line] = await payment.sql<{ orderNumber: string }[]>`select order_number from registry_lines`
  const operation = {
    order: line?.orderNumber ?? '',
    day: '23.11.2026',
    gross: 1_000_000,
    commission: 15_000,
    paidOn: '23.11.2026',
  }
  expect(await take('/v1/registries', registryText([operation]))).toMatchObject({ added: 0, known: true })
  expect(await take('/v1/registries', `${registryText([operation])}\r\n`)).toMatchObject({
    added: 0,
    known: false,
  })
  expect(await typesOf()).toEqual([])
})

type Owner = TestPayment['ownerSql']
const ledgerOf = (account: string, kind: string) => (sql: Owner, kopecks: number) =>
  sql`
  update ledger_entries set amount_kopecks = amount_kopecks + ${kopecks}
  where account = ${account} and transaction_id in (select id from ledger_transactions where kind = ${kind})`

/** Where it is planted, past every rule and right; the same below zero takes it away. */
const planted: [string, (sql: Owner, kopecks: number) => PromiseLike<unknown>, string[]][] = [
  [
    'a transfer',
    (sql, kopecks) => sql`update transfers set amount_kopecks = amount_kopecks + ${kopecks}`,
    ['closing-balance', 'line-amount'],
  ],
  [
    'the closing balance',
    (sql, kopecks) => sql`update statement_days set closing_kopecks = closing_kopecks + ${kopecks}`,
    ['bank-balance', 'closing-balance'],
  ],
  [
    'both balances',
    (sql, kopecks) => sql`
      update statement_days
      set opening_kopecks = opening_kopecks + ${kopecks}, closing_kopecks = closing_kopecks + ${kopecks}`,
    ['bank-balance', 'opening-balance'],
  ],
  ['the ledger, of a line', ledgerOf('bank', 'transfer-received'), ['bank-balance', 'line-amount']],
  ['the ledger, of an opening', ledgerOf('bank', 'account-opened'), ['bank-balance']],
  [
    'the ledger, of a payment',
    ledgerOf('acquiring', 'attempt-settled'),
    ['acquiring-balance', 'attempt-booked'],
  ],
  ['the ledger, of a payout', ledgerOf('acquiring', 'payout-registered'), ['acquiring-balance']],
  ['the ledger, of what came', ledgerOf('unidentified', 'payout-registered'), ['unidentified-balance']],
  [
    "the registry's operation",
    (sql, kopecks) => sql`
      update registry_lines
      set gross_kopecks = gross_kopecks + ${kopecks}, commission_kopecks = commission_kopecks + ${kopecks}`,
    ['amount'],
  ],
  [
    "the registry's commission",
    (sql, kopecks) => sql`update registry_lines set commission_kopecks = commission_kopecks + ${kopecks}`,
    ['net'],
  ],
  [
    "the registry's net sum",
    (sql, kopecks) => sql`update registry_lines set net_kopecks = net_kopecks + ${kopecks}`,
    ['net', 'payout-lines'],
  ],
  [
    'a payment of ours',
    (sql, kopecks) => sql`
      update attempts set captured_kopecks = captured_kopecks + ${kopecks} where state = 'settled'`,
    ['acquiring-balance', 'amount', 'attempt-booked', 'captured-amount'],
  ],
  [
    'the order of a payment',
    (sql, kopecks) => sql`
      update attempts set amount_kopecks = amount_kopecks + ${kopecks} where state = 'settled'`,
    ['captured-amount'],
  ],
]

test.each(planted)(
  'one kopeck in %s is found, raises the alarm, and is gone when it is',
  async (_, plant, types) => {
    await plant(payment.ownerSql, 1)
    payment.lines.length = 0
    expect(await prove('2026-11-23')).toMatchObject({ differences: types.length, found: types.length })
    expect(await typesOf()).toEqual(types)
    const told = payment.lines.filter((line) => line.includes('"event":"bank-difference"'))
    expect(told.map((line) => JSON.parse(line).type).toSorted()).toEqual(types)
    expect(await health()).toEqual({ status: 'degraded', degraded: ['bank-equals-ledger'] } as never)
    // The same once more is not another one.
    expect(await prove('2026-11-23')).toMatchObject({ differences: types.length, found: 0 })
    await plant(payment.ownerSql, -1)
    expect(await prove('2026-11-23')).toMatchObject({ differences: 0 })
    expect(await health()).toEqual({ status: 'up', degraded: [] } as never)
  },
)

test('a kopeck in the ledger of a day long past is found by the books as a whole, and its day is proved anew', async () => {
  const at = { Дата: '24.11.2026', ДатаПоступило: '24.11.2026' }
  const dated = {
    ДатаНачала: '24.11.2026',
    ДатаКонца: '24.11.2026',
    НачальныйОстаток: '109850.00',
    КонечныйОстаток: '122050.00',
  }
  await take('/v1/statements', statementText(section(dated), document(at)))
  const wrong = (kopecks: number) => payment.ownerSql`
    update ledger_entries set amount_kopecks = amount_kopecks + ${kopecks}
    where account = 'bank' and transaction_id in (
      select ledger_transactions.id from ledger_transactions join transfers on source_id = transfers.id where booked_on = '2026-11-23')`
  await wrong(1)
  await prove('2026-11-24')
  await payment.run('reconcile-days')
  expect((await open()).filter(({ type }) => type === 'line-amount')).toMatchObject([{ day: '2026-11-23' }])
  await wrong(-1)
  await prove('2026-11-23')
  expect(await typesOf()).toEqual([])
})

test('every way in which a registry and we may differ has its name', async () => {
  const one = await story.settled({ priceKopecks: 500_000 })
  const two = await story.settled({ priceKopecks: 600_000 })
  const missing = await story.settled({ priceKopecks: 700_000 })
  const unpaid = await story.attempt({ priceKopecks: 800_000 })
  const numberOf = async ({ attemptId }: { attemptId: string }) =>
    String((await story.attemptOf(attemptId)).orderNumber)
  const refund = await payment.ask('POST', '/v1/refunds', {
    token: await token(),
    body: { attemptId: one.attemptId, amountKopecks: 1000, reason: 'r' },
  })
  await payment.run('send-refunds')
  await payment.advance(120_000)
  await payment.run('send-refunds')
  const usual = { day: '23.11.2026', commission: 0, payout: '7790', paidOn: '24.11.2026' }
  await take(
    '/v1/registries',
    registryText([
      { ...usual, order: await numberOf(one), gross: 500_000 },
      { ...usual, order: await numberOf(one), gross: 500_000 },
      { ...usual, order: await numberOf(two), gross: 600_100 },
      { ...usual, order: await numberOf(unpaid), gross: 800_000 },
      { ...usual, order: 'FOREIGN', gross: 100 },
    ]),
  )
  const [settled] = await payment.sql<
    { state: string }[]
  >`select state from refunds where id = ${String(refund.json.refundId)}`
  expect(settled?.state).toBe('settled')
  await prove('2026-11-23')
  const found = (await open()).filter(({ day }) => day === '2026-11-23')
  expect(found.map(({ type, subjectKind }) => `${type} ${subjectKind}`).toSorted()).toEqual([
    'amount registry-line',
    'missing-at-bank attempt',
    'missing-at-bank refund',
    'missing-at-ours registry-line',
    'state registry-line',
    'twice registry-line',
  ])
  expect(found.find(({ subjectKind }) => subjectKind === 'attempt')?.subject).toBe(missing.attemptId)
})

test('what an operator explains raises no alarm any more, and stays to be read', async () => {
  const items = await open()
  for (const { differenceId } of items) {
    const path = `/v1/differences/${differenceId}/explain`
    const body = { explanation: 'договорились с банком' }
    expect((await payment.ask('POST', path, { token: await token(), body })).status).toBe(200)
    expect((await payment.ask('POST', path, { token: await token(), body })).status).toBe(409)
  }
  expect(await typesOf()).toEqual([])
  expect(await health()).toEqual({ status: 'up', degraded: [] } as never)
  await prove('2026-11-23')
  expect(await typesOf()).toEqual([])
  const all = await payment.ask('GET', '/v1/differences?all=true&type=twice', { token: await token() })
  expect(all.json.items).toMatchObject([
    { explanation: 'договорились с банком', explainedBy: story.operatorId, isGone: false },
  ])
  const path = `/v1/differences/${crypto.randomUUID()}/explain`
  expect((await payment.ask('POST', path, { token: await token(), body: { explanation: 'x' } })).status).toBe(
    404,
  )
})

test('a day without its statement, and a statement that does not go on where the last one ended, are told', async () => {
  const later = {
    ДатаНачала: '26.11.2026',
    ДатаКонца: '26.11.2026',
    НачальныйОстаток: '122050.01',
    ВсегоПоступило: '0',
    КонечныйОстаток: '122050.01',
  }
  await take('/v1/statements', statementText(section(later)))
  await prove('2026-11-25')
  await prove('2026-11-26')
  const found = await open()
  expect(found.map(({ day, type }) => `${day} ${type}`).toSorted()).toEqual(
    expect.arrayContaining(['2026-11-25 no-statement', '2026-11-26 opening-balance', 'null bank-balance']),
  )
  expect(found.find(({ type }) => type === 'opening-balance')).toMatchObject({
    expectedKopecks: 12_205_001,
    actualKopecks: 12_205_000,
  })
})

test('a payout that has not come, and one that came with another sum, are told', async () => {
  const dated = {
    ДатаНачала: '27.11.2026',
    ДатаКонца: '27.11.2026',
    НачальныйОстаток: '122050.01',
    ВсегоПоступило: '10.00',
    КонечныйОстаток: '122060.01',
  }
  const line = document(
    {
      ...byBank,
      Дата: '27.11.2026',
      ДатаПоступило: '27.11.2026',
      Сумма: '10.00',
      НазначениеПлатежа: 'Возмещение, реестр 7790',
    },
    'Банковский ордер',
  )
  await take('/v1/statements', statementText(section(dated), line))
  await payment.run('find-payouts', 'reconcile-days')
  const types = (await open()).map(({ day, type }) => `${day} ${type}`)
  expect(types).toEqual(expect.arrayContaining(['2026-11-24 payout-missing', '2026-11-27 payout-amount']))
})

test('each proof is kept, and who may not sees and makes none', async () => {
  const made = await prove('2026-11-23')
  const list = await payment.ask('GET', '/v1/reconciliations?day=2026-11-23', { token: await token() })
  const one = await payment.ask('GET', `/v1/reconciliations/${made.reconciliationId}`, {
    token: await token(),
  })
  expect(one.json).toMatchObject({ day: '2026-11-23', madeBy: story.operatorId, checked: { twice: 1 } })
  expect(list.json.items).toContainEqual(one.json as never)
  const nobody = await payment.tokenFor(crypto.randomUUID())
  expect((await payment.ask('GET', '/v1/reconciliations', { token: nobody })).status).toBe(403)
  expect((await payment.ask('GET', '/v1/differences', { token: nobody })).status).toBe(403)
  expect(
    (await payment.ask('POST', '/v1/reconciliations', { token: nobody, body: { day: '2026-11-23' } })).status,
  ).toBe(403)
  expect(
    (await payment.ask('POST', '/v1/reconciliations', { token: await token(), body: { day: '2026-02-31' } }))
      .status,
  ).toBe(400)
  expect(
    (await payment.ask('GET', `/v1/reconciliations/${crypto.randomUUID()}`, { token: await token() })).status,
  ).toBe(404)
})

test('each morning the day before is proved by itself, once', async () => {
  await payment.advance(6 * 86_400_000)
  await payment.run('reconcile-days')
  await payment.run('reconcile-days')
  expect(await payment.sql`select made_by from reconciliations where day = '2026-11-28'`).toEqual([
    { madeBy: 'job' },
  ] as never)
})
