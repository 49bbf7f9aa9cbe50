import { openTestPayment } from '../../../services/payment/src/testing.node.ts'
import { storyOf } from '../../../services/payment/src/testing-story.node.ts'
import type { SeededRandom } from '../../stack/prove/random.ts'

export type Channel = 'odata' | 'http'
/** What 1С must have in the end: under our key, with our sum. */
export type Expected = {
  key: string
  kind: 'invoice' | 'payment' | 'refund'
  invoiceId: string
  kopecks: number
}

const minuteMs = 60_000
const mostKopecks = 100_000_000

export type ExportStand = Awaited<ReturnType<typeof openExportStand>>

/** The service over a real Postgres with the bank and 1С in the process; the clock is the proof's. */
export const openExportStand = async (channel: Channel, random: SeededRandom) => {
  const payment = await openTestPayment({ channel, sessions: channel === 'http' ? 'manual' : 'auto' })
  const story = storyOf(payment)
  const expected: Expected[] = []
  const cancelled = new Set<string>()
  if (channel === 'http') await payment.base.ask('POST', 'settings', { reuseSessions: 'use' })

  const operator = () => story.operator()
  const kopecks = () => 1 + random.below(mostKopecks)

  const cancel = async (invoiceId: string) => {
    await payment.ask('POST', `/v1/invoices/${invoiceId}/cancel`, { token: await operator() })
    cancelled.add(invoiceId)
  }

  const refund = async (attemptId: string, invoiceId: string, amountKopecks: number) => {
    const body = { attemptId, amountKopecks, reason: 'Возврат' }
    const { json } = await payment.ask('POST', '/v1/refunds', { token: await operator(), body })
    await payment.run('send-refunds')
    expected.push({ key: String(json.refundId), kind: 'refund', invoiceId, kopecks: amountKopecks })
  }

  return {
    ...payment,
    operator,
    expected,
    cancelled,
    /** One invoice with what becomes of it: left, cancelled, paid by card or СБП, given back in part or twice. */
    makeOne: async () => {
      const price = kopecks()
      const lot = random.below(10)
      if (lot < 2) {
        const { invoiceId } = await story.invoice(price)
        expected.push({ key: invoiceId, kind: 'invoice', invoiceId, kopecks: price })
        if (lot === 0) await cancel(invoiceId)
        return
      }
      const way = lot < 6 ? 'card' : 'sbp'
      const { invoiceId, attemptId } = await story.settled({ way, priceKopecks: price })
      expected.push({ key: invoiceId, kind: 'invoice', invoiceId, kopecks: price })
      expected.push({ key: attemptId, kind: 'payment', invoiceId, kopecks: price })
      if (lot % 3 !== 0 || price < 2) return
      const part = 1 + random.below(price - 1)
      await refund(attemptId, invoiceId, part)
      if (lot === 9 && part < price) await refund(attemptId, invoiceId, price - part)
    },
    round: async (minutes: number) => {
      await payment.advance(minutes * minuteMs)
      await payment.run('export-to-one-c')
    },
    retryAll: async (reasonCode: string): Promise<number> => {
      const { json } = await payment.ask('POST', '/v1/exports/retry', {
        token: await operator(),
        body: { reasonCode },
      })
      return Number(json.retried)
    },
    countOf: async (state: string): Promise<number> => {
      const [row] = await payment.sql<{ count: number }[]>`
        select count(*) as count from exports where state = ${state}`
      return row?.count ?? 0
    },
  }
}
