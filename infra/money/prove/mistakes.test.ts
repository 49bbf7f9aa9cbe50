import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../../../services/payment/src/testing.node.ts'
import { storyOf } from '../../../services/payment/src/testing-story.node.ts'
import { mistakes } from '../mistakes/index.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())
beforeEach(() => payment.bank.fault())

test.each(mistakes)('$row: $sentence', async ({ show }) => {
  await show({ payment, story })
})

test('every row of the reference is here once', () => {
  expect(mistakes.map(({ row }) => row)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1))
})
