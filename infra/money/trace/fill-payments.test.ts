import { afterAll, beforeAll, expect, test } from 'bun:test'
import { transaction } from '@kontora/postgres'
import { readPayment } from '../../../services/payment/src/payments/read-payment.ts'
import { openTestPayment, type TestPayment } from '../../../services/payment/src/testing.node.ts'
import { fillPayments, invoiceIdOf } from './fill-payments.ts'

let payment: TestPayment
beforeAll(async () => {
  payment = await openTestPayment()
})
afterAll(() => payment.close())

test('payments that are filled hold to every rule of the tables but their steps, and each is found whole', async () => {
  const { ownerSql, sql } = payment
  for (const table of ['invoices', 'attempts', 'refunds'])
    await ownerSql.unsafe(`alter table ${table} disable trigger ${table}_transition`)
  await transaction(ownerSql, (tx) => fillPayments(tx, 1, 30))
  const lengths = async (n: number) =>
    Object.fromEntries(
      Object.entries(await readPayment(sql, invoiceIdOf(n)))
        .filter(([, list]) => Array.isArray(list) && list.length > 0)
        .map(([name, list]) => [name, (list as unknown[]).length]),
    )
  const kept = { attempts: 2, callbacks: 3, ledger: 4, receipts: 1, exports: 2, letters: 2 }
  expect(await lengths(1)).toEqual(kept)
  expect(await lengths(10)).toEqual({
    attempts: 2,
    callbacks: 4,
    refunds: 1,
    ledger: 8,
    receipts: 2,
    exports: 3,
    letters: 3,
  })
})
