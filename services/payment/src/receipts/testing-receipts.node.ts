import type { TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import type { ReceiptKind, ReceiptState } from './receipt.ts'

export type ReceiptRow = {
  id: string
  kind: ReceiptKind
  state: ReceiptState
  reason: string | null
  amountKopecks: number
  issuedAt: Date | null
  ofdUrl: string | null
}

const settings = {
  fiscal: true,
  receiptDelayMs: 2000,
  receiptFails: false,
  receiptVersion: 5,
  receiptDateField: 'receipt_datetime',
  receiptAmountUnit: 'roubles',
  receiptLink: true,
  externalRefundId: true,
  refundPendingMs: 0,
  refundFails: false,
}

/** The steps that tests of receipts share. */
export const receiptStoryOf = (payment: TestPayment) => {
  const story = storyOf(payment)
  const fiscal = payment.resources.fiscal

  const of = async (invoiceId: string): Promise<ReceiptRow[]> => [
    ...(await payment.sql<ReceiptRow[]>`
      select id, kind, state, reason, amount_kopecks, issued_at, ofd_url, fiscal_drive_number, fiscal_document_number,
        fiscal_sign
      from receipts where invoice_id = ${invoiceId} order by expected_at, id`),
  ]

  return {
    of,

    /** What a test planned or left open, failed or not, meets no other. */
    clear: async (): Promise<void> => {
      payment.resources.fiscal = fiscal
      await payment.bank.fault()
      await payment.bank.ask('POST', 'settings', settings)
      await payment.ownerSql`
        update receipts set state = 'void', reason = 'test', ask_at = null, tell_at = null, alarm_at = null
        where state <> 'delivered'`
    },

    /** Time passes, and every job of receipts has its turn. */
    after: async (ms: number): Promise<void> => {
      await payment.advance(ms)
      await payment.run(
        'close-paid',
        'tell-closings',
        'ask-receipts',
        'sort-transfer-receipts',
        'alarm-receipts',
      )
    },

    handOver: async (invoiceId: string) => {
      const token = await story.operator()
      return payment.ask('POST', `/v1/invoices/${invoiceId}/hand-over`, { token })
    },

    act: async (id: string | undefined, what: 'repeat' | 'record' | 'waive', body?: object) => {
      const token = await story.operator()
      return payment.ask('POST', `/v1/receipts/${id}/${what}`, { token, ...(body && { body }) })
    },

    told: (event: string, receiptId: string | undefined): number =>
      payment.lines.filter((line) => line.includes(`"${event}"`) && line.includes(String(receiptId))).length,

    /** Another payment of an invoice, of this sum. */
    payPart: async (invoice: { invoiceId: string; userId: string }, amountKopecks: number) => {
      const token = await payment.tokenFor(invoice.userId)
      const body = { way: 'card', amountKopecks }
      const { json } = await payment.ask('POST', `/v1/invoices/${invoice.invoiceId}/attempts`, {
        token,
        body,
      })
      await payment.run('start-attempts')
      const attemptId = String(json.attemptId)
      const mdOrder = String((await story.attemptOf(attemptId)).mdOrder)
      await story.pay(mdOrder)
      await payment.advance(3000)
      await payment.run('ask-bank')
      return { attemptId, mdOrder }
    },

    refund: async (attemptId: string, amountKopecks: number) => {
      const token = await story.operator()
      const body = { attemptId, amountKopecks, reason: 'Возврат' }
      const { json } = await payment.ask('POST', '/v1/refunds', { token, body })
      await payment.run('send-refunds')
      return String(json.refundId)
    },

    printed: async (mdOrder: string) =>
      (await payment.bank.ask('GET', `orders/${mdOrder}/receipts`)).receipts as {
        receiptStatus: number
        type: string | null
        amount: number
        items: {
          positionId: number
          itemAmount: number
          quantity: { value: number }
          tax: { taxType: number }
          itemAttributes: { attributes: { value: string }[] }
        }[]
      }[],
  }
}
