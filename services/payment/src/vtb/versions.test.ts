import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

// As the bank set it for the merchant: below 3 no sums, below 5 no refunds, below 21 no numbers of ours.
test.each([1, 2, 3, 5, 9, 12, 20, 21, 26, 46])(
  'with version %i of the status a payment settles, and a refund settles or waits, and nothing is guessed',
  async (statusVersion) => {
    await payment.bank.ask('POST', 'settings', { statusVersion })
    const { attemptId, mdOrder } = await story.settled({ priceKopecks: 1000 })
    expect((await story.attemptOf(attemptId)).state).toBe('settled')
    const { json } = await payment.ask('POST', '/v1/refunds', {
      token: await story.operator(),
      body: { attemptId, amountKopecks: 400, reason: 'x' },
    })
    for (let i = 0; i < 3; i++) {
      await payment.run('send-refunds')
      await payment.advance(3000)
    }
    const token = await story.operator()
    const { state } = (await payment.ask('GET', `/v1/refunds/${json.refundId}`, { token })).json
    const { refundedAmount } = await payment.bank.ask('GET', `orders/${mdOrder}`)
    expect([state, refundedAmount]).toEqual(statusVersion < 3 ? ['requested', 0] : ['settled', 400])
  },
)
