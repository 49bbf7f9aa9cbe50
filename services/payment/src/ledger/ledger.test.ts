import { afterAll, beforeAll, expect, test } from 'bun:test'
import { transaction } from '@kontora/postgres'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { book } from './book.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

test('the running role can neither change nor take away what is in the ledger', async () => {
  for (const table of ['ledger_transactions', 'ledger_entries'])
    for (const [privilege, allowed] of [
      ['insert', true],
      ['select', true],
      ['update', false],
      ['delete', false],
      ['truncate', false],
    ] as const) {
      const [row] = await payment.sql<{ has: boolean }[]>`
        select has_table_privilege('payment', ${table}, ${privilege}) as has`
      expect([table, privilege, row?.has]).toEqual([table, privilege, allowed])
    }
  await expect(payment.sql`update ledger_entries set amount_kopecks = 1`.execute()).rejects.toThrow()
  await expect(payment.sql`delete from ledger_transactions`.execute()).rejects.toThrow()
})

const raw = (amounts: number[]) =>
  transaction(payment.sql, async (tx) => {
    const id = crypto.randomUUID()
    await tx`insert into ledger_transactions ${tx({ id, kind: 'attempt-settled', sourceId: id, madeAt: payment.resources.now() })}`
    const entries = amounts.map((amountKopecks, position) => ({
      transactionId: id,
      position,
      account: 'x',
      amountKopecks,
    }))
    if (entries.length > 0) await tx`insert into ledger_entries ${tx(entries)}`
  })

test.each([[[]], [[1]], [[1, -2]], [[5, -4, -2]]])(
  'a transaction of entries %p does not balance and is not committed',
  async (amounts) => {
    const before = await payment.sql`select id from ledger_transactions`
    await expect(raw(amounts)).rejects.toMatchObject({ code: '23514' })
    expect(await payment.sql`select id from ledger_transactions`).toHaveLength(before.length)
  },
)

test('an entry cannot be added later to a transaction that balances', async () => {
  const [known] = await payment.sql<{ id: string }[]>`select id from ledger_transactions limit 1`
  const { invoiceId } = await story.invoice()
  const [mine] = await payment.sql<{ id: string }[]>`
    select id from ledger_transactions where source_id = ${invoiceId}`
  const added = payment.sql`
    insert into ledger_entries ${payment.sql({ transactionId: mine?.id ?? known?.id ?? '', position: 9, account: 'x', amountKopecks: 1 })}`
  await expect(added.execute()).rejects.toMatchObject({ code: '23514' })
})

test('one source is booked once', async () => {
  const what = {
    kind: 'attempt-settled',
    sourceId: crypto.randomUUID(),
    userId: 'u',
    amountKopecks: 1,
  } as const
  const twice = transaction(payment.sql, async (tx) => {
    await book(tx, payment.resources, what)
    await book(tx, payment.resources, what)
  })
  await expect(twice).rejects.toMatchObject({ code: '23505' })
})

test('what the largest amount comes to is exact', async () => {
  const { invoiceId } = await story.invoice(Number.MAX_SAFE_INTEGER)
  const token = await story.operator()
  await payment.ask('POST', `/v1/invoices/${invoiceId}/cancel`, { token, body: {} })
  const rows = await payment.sql<{ amountKopecks: number }[]>`
    select amount_kopecks from ledger_entries join ledger_transactions on id = transaction_id
    where source_id = ${invoiceId} order by made_at, kind, position`
  expect(rows.map(({ amountKopecks }) => Math.abs(amountKopecks))).toEqual(
    Array.from({ length: 4 }, () => Number.MAX_SAFE_INTEGER),
  )
})
