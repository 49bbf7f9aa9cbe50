import { sumOf } from '../../../services/payment/src/acquirer/sum.ts'
import { judge } from '../../../services/payment/src/attempts/attempt.ts'
import { readOrder } from '../../../services/payment/src/vtb/read-order.ts'
import { kopecksOf, parseExactly, roublesText } from '../../../services/payment/src/vtb-openapi/roubles.ts'
import { bookedTimes, calledBy, type Mistake, must, mustThrow, over, stateOf, type World } from './mistake.ts'

const pay = async ({ payment }: World, made: { invoiceId: string; userId: string }, body: object) =>
  payment.ask('POST', `/v1/invoices/${made.invoiceId}/attempts`, {
    token: await payment.tokenFor(made.userId),
    body,
  })

const invoiceOf = async ({ payment }: World, made: { invoiceId: string; userId: string }) =>
  (await payment.ask('GET', `/v1/invoices/${made.invoiceId}`, { token: await payment.tokenFor(made.userId) }))
    .json

const answerOf = (orderStatus: number, more: object = {}) =>
  readOrder({ orderNumber: 'N', orderStatus, amount: 100, currency: '643', ...more } as never)
const one = {
  state: 'open',
  orderNumber: 'N',
  amountKopecks: 100,
  capture: 'auto',
  askedKopecks: null,
} as const

/** Sums, states and what is booked of them. */
export const moneyMistakes: Mistake[] = [
  {
    row: 4,
    sentence: 'a sum that a browser sends pays no more than itself, and never makes an invoice paid',
    show: async (world) => {
      const made = await world.story.invoice(1000)
      must(
        (await pay(world, made, { way: 'card', amountKopecks: 1001 })).status === 409,
        'more than is left is taken',
      )
      must((await pay(world, made, { way: 'card', amountKopecks: 0 })).status === 400, 'nothing is taken')
      must((await pay(world, made, { way: 'card', price: 1 })).status === 400, 'an unknown field is taken')
      const { json } = await pay(world, made, { way: 'card', amountKopecks: 1 })
      await over(world)
      await world.story.pay(String((await world.story.attemptOf(String(json.attemptId))).mdOrder))
      await over(world)
      const { state, paidKopecks } = await invoiceOf(world, made)
      must(state === 'issued' && paidKopecks === 1, 'one kopeck pays it')
    },
  },
  {
    row: 5,
    sentence: 'our own clock ends no order that the bank was not asked about, and a late success is taken',
    show: async (world) => {
      const { attemptId, mdOrder } = await world.story.attempt({ way: 'sbp' })
      await world.payment.bank.fault({ operation: 'getOrderStatusExtended.do', kind: 'error', times: 50 })
      for (let i = 0; i < 4; i++) await over(world, 10 * 60_000)
      must((await stateOf(world, attemptId)) === 'open', 'it expires without an answer')
      await world.payment.bank.fault()
      await over(world, 16 * 60_000)
      // The first call went to see whether the bank is there again.
      await over(world, 60_000)
      must((await stateOf(world, attemptId)) === 'expired', "the bank's own end is not taken")
      await world.story.pay(mdOrder, { way: 'sbp' })
      await over(world, 16 * 60_000)
      must((await stateOf(world, attemptId)) === 'settled', 'the late success is dropped')
    },
  },
  {
    row: 7,
    sentence: 'a hold is not paid, another sum is not paid, and money given back is no failure',
    show: async () => {
      must(judge(one, answerOf(1)) === undefined, 'a hold settles')
      must(judge({ ...one, capture: 'manual' }, answerOf(1))?.state === 'held', 'a hold is not held')
      must(judge(one, answerOf(2, { amount: 1 }))?.state === 'quarantined', 'another sum settles')
      const part = { paymentAmountInfo: { depositedAmount: 1 } }
      must(judge(one, answerOf(2, part))?.state === 'quarantined', 'a part settles')
      must(judge(one, answerOf(4))?.state === 'quarantined', 'a refund is a failure')
      must(judge(one, answerOf(2))?.state === 'settled', 'a payment does not settle')
    },
  },
  {
    row: 8,
    sentence:
      'money goes one way: a payment is one entry, and what is given back comes off the same accounts',
    show: async (world) => {
      const { payment, story } = world
      const { attemptId, userId } = await story.settled({ priceKopecks: 1000 })
      must((await bookedTimes(world, attemptId)) === 1, 'a payment is booked twice')
      const body = { attemptId, amountKopecks: 1000, reason: 'x' }
      const ask = async () => payment.ask('POST', '/v1/refunds', { token: await story.operator(), body })
      must((await ask()).status === 202 && (await ask()).status === 409, 'the same money goes out twice')
      await over(world)
      const [owed] = await payment.sql<{ sum: number }[]>`
        select sum(amount_kopecks)::bigint as sum from ledger_entries where account = ${`receivable:${userId}`}`
      must(owed?.sum === 0, 'the payer is credited besides')
    },
  },
  {
    row: 13,
    sentence: 'no sum is ever a float: kopecks are whole, and roubles are written and read by their digits',
    show: async ({ payment, story }) => {
      for (const kopecks of [1999, 820, 110, 999_999_999_999, Number.MAX_SAFE_INTEGER]) {
        const { value } = parseExactly(`{"value":${roublesText(sumOf(kopecks))}}`) as { value: string }
        must(kopecksOf(value) === kopecks, `${kopecks} becomes another sum`)
      }
      const { attemptId, mdOrder } = await story.settled({ priceKopecks: 1999 })
      const token = await story.operator()
      const body = { attemptId, amountKopecks: 19.99, reason: 'x' }
      must((await payment.ask('POST', '/v1/refunds', { token, body })).status === 400, 'a float is taken')
      must(
        (await payment.bank.ask('GET', `orders/${mdOrder}`)).depositedAmount === 1999,
        'another sum was paid',
      )
    },
  },
  {
    row: 14,
    sentence: 'nothing never means all: a sum of 0 goes to no bank',
    show: async (world) => {
      const { payment, story } = world
      const { attemptId } = await story.settled({ priceKopecks: 1000 })
      const token = await story.operator()
      for (const amountKopecks of [0, -1, null, '', Number.NaN])
        must(
          (
            await payment.ask('POST', '/v1/refunds', {
              token,
              body: { attemptId, amountKopecks, reason: 'x' },
            })
          ).status === 400,
          `${amountKopecks} is taken`,
        )
      for (const wrong of [0, -1, 0.5, Number.NaN]) await mustThrow(() => sumOf(wrong), `${wrong} is a sum`)
      must(!(await calledBy(world)).some(({ details }) => details.amount === '0'), 'the bank was told 0')
    },
  },
]
