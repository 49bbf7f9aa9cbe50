import type { Json, TestPayment } from './testing.node.ts'

type Wanted = { way?: string; priceKopecks?: number; capture?: string }

/** The steps that most tests begin with. */
export const storyOf = (payment: TestPayment) => {
  const operatorId = crypto.randomUUID()
  let allowed: Promise<void> | undefined

  const operator = async (): Promise<string> => {
    allowed ??= payment.allow(operatorId, [
      ...['invoice:*', 'payment:*', 'ledger:read', 'export:*', 'receipt:*'],
      ...['statement:*', 'transfer:read', 'registry:*', 'reconciliation:*'],
    ])
    await allowed
    return payment.tokenFor(operatorId)
  }

  /** An invoice for a new payer. */
  const invoice = async (priceKopecks = 1_220_000, capture: string | undefined = undefined) => {
    const userId = crypto.randomUUID()
    const line = { title: 'Сопровождение', quantity: 1, priceKopecks, vat: '22' }
    const issued = await payment.ask('POST', '/v1/invoices', {
      token: await operator(),
      body: { userId, lines: [line], ...(capture && { capture }) },
    })
    return { userId, token: await payment.tokenFor(userId), invoiceId: String(issued.json.invoiceId) }
  }

  const attemptOf = async (attemptId: string): Promise<Json> => {
    const [row] = await payment.sql<Json[]>`
      select id, state, order_number, md_order, pay_url, qr_payload, way, reason, ask_at, refunded_kopecks
      from attempts where id = ${attemptId}`
    if (!row) throw new Error('No such attempt')
    return row
  }

  /** An order at the bank. */
  const attempt = async ({ way = 'card', priceKopecks = 1_220_000, capture }: Wanted = {}) => {
    const made = await invoice(priceKopecks, capture)
    const path = `/v1/invoices/${made.invoiceId}/attempts`
    const { json } = await payment.ask('POST', path, { token: made.token, body: { way } })
    await payment.run('start-attempts')
    const attemptId = String(json.attemptId)
    return { ...made, attemptId, mdOrder: String((await attemptOf(attemptId)).mdOrder) }
  }

  /** In the payer's place, at the bank. */
  const pay = (mdOrder: string, more: object = {}) =>
    payment.bank.ask('POST', `orders/${mdOrder}/pay`, { way: 'card', callback: 'lose', ...more })

  const settled = async (options: Wanted = {}) => {
    const made = await attempt(options)
    await pay(made.mdOrder)
    await payment.advance(3000)
    await payment.run('ask-bank')
    return made
  }

  return { operatorId, operator, invoice, attempt, attemptOf, pay, settled }
}
