import { expect, test } from 'bun:test'
import { openTestPayment } from '../../../services/payment/src/testing.node.ts'
import { storyOf } from '../../../services/payment/src/testing-story.node.ts'
import { brokenOf } from '../../stack/prove/claim.ts'
import { auditNumbers } from '../numbers/audit-numbers.ts'
import { proveNumbers } from './numbers.ts'

test('64 writers of whose invoices a fifth is undone leave no gap and no double, per legal entity and year', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveNumbers({ seed, size: 0.01, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 60_000)

test('a gap, a double and a counter that has run ahead are found', async () => {
  const payment = await openTestPayment()
  try {
    const story = storyOf(payment)
    for (let i = 0; i < 3; i++) await story.invoice()
    const right = { series: 1, kept: 3, gaps: 0, doubles: 0, counters: 0 }
    expect(await auditNumbers(payment.sql)).toEqual(right)
    await payment.ownerSql`update invoice_counters set last = 4`
    expect(await auditNumbers(payment.sql)).toEqual({ ...right, counters: 1 })
    await payment.ownerSql`update invoices set number = '2026-000004', number_count = 4 where number_count = 2`
    expect(await auditNumbers(payment.sql)).toEqual({ ...right, gaps: 1 })
    await payment.ownerSql`alter table invoices drop constraint invoices_one_number`
    await payment.ownerSql`update invoices set number = '2026-000001', number_count = 1 where number_count = 4`
    expect(await auditNumbers(payment.sql)).toEqual({ ...right, gaps: 1, doubles: 1, counters: 1 })
  } finally {
    await payment.close()
  }
})
