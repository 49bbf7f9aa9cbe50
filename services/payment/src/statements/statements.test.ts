import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import {
  document,
  inCodePage,
  inUtf8,
  ownAccount,
  payerAccount,
  section,
  statementText,
} from './text-file/testing-file.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const usual = statementText(section(), document())
const take = async (text: string | Uint8Array<ArrayBuffer>, more = {}) => {
  const body = typeof text === 'string' ? inUtf8(text) : text
  return payment.askFile('/v1/statements', { token: await story.operator(), body, ...more })
}
const balances = async () => {
  const { json } = await payment.ask('GET', '/v1/ledger/balances', { token: await story.operator() })
  const accounts = json.accounts as { account: string; balanceKopecks: number }[]
  return Object.fromEntries(accounts.map(({ account, balanceKopecks }) => [account, balanceKopecks]))
}
const countAll = async () => {
  const [row] = await payment.sql`
    select (select count(*) from transfers) as transfers, (select count(*) from ledger_entries) as entries,
      (select count(*) from statements) as statements`
  return row
}

test('a statement is taken in: each line is a transfer, and the account says what the bank says', async () => {
  const out = document(
    {
      Номер: '55013',
      Сумма: '1500.50',
      ПлательщикСчет: ownAccount,
      ПолучательСчет: '70601810000000000606',
      ДатаПоступило: null,
      ДатаСписано: '23.11.2026',
      НазначениеПлатежа: 'Комиссия за ведение счета',
    },
    'Банковский ордер',
  )
  const text = statementText(
    section({ ВсегоСписано: '1500.50', КонечныйОстаток: '110699.50' }),
    document(),
    out,
  )
  const { status, json } = await take(inCodePage(text, 'windows-1251'))
  expect([status, json]).toEqual([
    201,
    {
      statementId: json.statementId,
      fromDay: '2026-11-23',
      toDay: '2026-11-23',
      lines: 2,
      added: 2,
      changed: 0,
      gone: 0,
      known: false,
    } as never,
  ])
  expect(await balances()).toEqual({
    bank: 11_069_950,
    outside: -10_000_000,
    unidentified: -1_220_000,
    commission: 150_050,
  })
  const list = await payment.ask('GET', '/v1/transfers', { token: await story.operator() })
  const [came, went] = ['in', 'out'].map((side) =>
    list.json.items.find(({ direction }) => direction === side),
  )
  expect(went).toMatchObject({ kind: 'commission', state: 'booked' })
  expect(came).toMatchObject({
    kind: 'payment',
    state: 'unidentified',
    amountKopecks: 1_220_000,
    gone: false,
  })
  const one = await payment.ask('GET', `/v1/transfers/${came?.transferId}`, { token: await story.operator() })
  expect(one.json).toMatchObject({
    details: { number: '871', partyInn: '7707083893', partyName: 'ООО "Пример"', partyAccount: payerAccount },
    matches: [],
  })
})

test('the same file, the same lines in another file, and a repeated request change nothing', async () => {
  const before = await countAll()
  const [first] = await payment.sql<{ id: string }[]>`select id from statements`
  const out = document(
    {
      Номер: '55013',
      Сумма: '1500.50',
      ПлательщикСчет: ownAccount,
      ПолучательСчет: '70601810000000000606',
      ДатаПоступило: null,
      ДатаСписано: '23.11.2026',
      НазначениеПлатежа: 'Комиссия за ведение счета',
    },
    'Банковский ордер',
  )
  const text = statementText(
    section({ ВсегоСписано: '1500.50', КонечныйОстаток: '110699.50' }),
    document(),
    out,
  )
  const again = await take(inCodePage(text, 'windows-1251'))
  expect(again.json).toMatchObject({ statementId: first?.id, added: 0, known: true })
  expect(await countAll()).toEqual(before)
  const idempotencyKey = crypto.randomUUID()
  const other = await take(text, { idempotencyKey })
  expect(other.json).toMatchObject({ added: 0, changed: 0, gone: 0, known: false })
  expect(await countAll()).toEqual({ ...before, statements: Number(before?.statements) + 1 } as never)
  const repeated = await take(text, { idempotencyKey })
  expect([repeated.json.statementId, repeated.headers.get('idempotency-replayed')]).toEqual([
    other.json.statementId,
    'true',
  ])
  expect((await take(inCodePage(text, 'ibm866'), { idempotencyKey })).status).toBe(422)
})

test('equal lines are counted, and what the bank adds, mends or takes back is told', async () => {
  const day = { Дата: '24.11.2026', ДатаПоступило: '24.11.2026' }
  const dated = { ДатаНачала: '24.11.2026', ДатаКонца: '24.11.2026', НачальныйОстаток: '110699.50' }
  const at = (time: string, text: string) =>
    text.replace('18:05:00', time).replace('ДатаСоздания=23', 'ДатаСоздания=24')
  const twice = at(
    '10:00:00',
    statementText(
      section({ ...dated, ВсегоПоступило: '24400.00', КонечныйОстаток: '135099.50' }),
      document(day),
      document(day),
    ),
  )
  expect((await take(twice)).json).toMatchObject({ lines: 2, added: 2 })
  const third = { ...day, НазначениеПлатежа: 'Оплата по счету 2026-000009' }
  const sum = { ВсегоПоступило: '36600.00', КонечныйОстаток: '147299.50' }
  const thrice = at(
    '12:00:00',
    statementText(section({ ...dated, ...sum }), document(third), document(day), document(day)),
  )
  expect((await take(thrice)).json).toMatchObject({ lines: 3, added: 1 })
  const mended = at(
    '13:00:00',
    statementText(
      section({ ...dated, ...sum }),
      document(day),
      document({ ...day, НазначениеПлатежа: 'Оплата по счету 2026-000010' }),
      document(third),
    ),
  )
  expect((await take(mended)).json).toMatchObject({ added: 0, changed: 1, gone: 0 })
  const less = at(
    '14:00:00',
    statementText(
      section({ ...dated, ВсегоПоступило: '24400.00', КонечныйОстаток: '135099.50' }),
      document(day),
      document(third),
    ),
  )
  expect((await take(less)).json).toMatchObject({ lines: 2, added: 0, gone: 1 })
  const [closing] = await payment.sql`select closing_kopecks from statement_days where day = '2026-11-24'`
  expect(closing).toEqual({ closingKopecks: 13_509_950 })
  // An older one says nothing any more.
  const older = at(
    '11:00:00',
    statementText(
      section({ ...dated, ВсегоПоступило: '12200.00', КонечныйОстаток: '122899.50' }),
      document(day),
    ),
  )
  expect((await take(older)).json).toMatchObject({ added: 0, gone: 0 })
  const [still] = await payment.sql`select closing_kopecks from statement_days where day = '2026-11-24'`
  expect(still).toEqual({ closingKopecks: 13_509_950 })
})

test('what cannot be read, is of nobody here, or is from before the books began is refused whole', async () => {
  const before = await countAll()
  const cut = await take(usual.slice(0, -12))
  expect([cut.status, cut.json.fields]).toEqual([
    400,
    { 'line 30': 'КонецФайла: the file was cut off' } as never,
  ])
  const foreign = await take(usual.replaceAll(ownAccount, '40702810000000000999'))
  expect([foreign.status, JSON.stringify(foreign.json).includes('40702810000000000999')]).toEqual([
    400,
    false,
  ])
  const early = await take(usual.replaceAll('23.11.2026', '20.11.2026'))
  expect(early.status).toBe(409)
  expect((await take(usual, { type: 'application/json' })).status).toBe(415)
  expect((await take(new Uint8Array(17 * 1024 * 1024))).status).toBe(413)
  expect(await countAll()).toEqual(before)
})

test('who may not, takes no statement in and sees no transfer', async () => {
  const token = await payment.tokenFor(crypto.randomUUID())
  expect((await take(usual, { token })).status).toBe(403)
  expect((await payment.ask('GET', '/v1/transfers', { token })).status).toBe(403)
  expect((await payment.ask('GET', '/v1/statements', { token })).status).toBe(403)
  expect((await payment.ask('GET', '/v1/transfers')).status).toBe(401)
  const list = await payment.ask('GET', '/v1/statements?limit=1', { token: await story.operator() })
  expect([list.status, list.json.items.length]).toEqual([200, 1])
})
