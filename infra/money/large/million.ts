import { formatRoubles } from '../../../services/notification/src/templates/roubles.ts'
import { exportInvoices } from '../../../services/payment/src/invoices/search/export-invoices.ts'
import { readByLink } from '../../../services/payment/src/payer-links/read-by-link.ts'
import { payByTransfer } from './by-transfer.ts'
import { type Desk, type Faults, type Made, million, unlike } from './desk.ts'

type Document = { Ref_Key: string; amount: number }

/** Paid whole, given back in two parts, and all of it in 1С: the bank, the ledger and 1С at one. */
const payAndReturn = async (desk: Desk, way: string): Promise<Faults> => {
  const made = await desk.story.invoice(million)
  const attemptId = await desk.pay(made, way)
  const parts = [million - 1, 1]
  const refundIds: string[] = []
  for (const part of parts) refundIds.push(await desk.refund(attemptId, part))
  for (let i = 0; i < 6; i++) {
    await desk.payment.run('export-to-one-c')
    await desk.payment.advance(1000)
  }
  const { documents } = await desk.payment.base.ask('GET', 'documents')
  const wanted = [made.invoiceId, attemptId, ...refundIds]
  const amounts = wanted.map(
    (id) => (documents as unknown as Document[]).find(({ Ref_Key }) => Ref_Key === id)?.amount,
  )
  const [returned] = await desk.payment.sql<{ sum: string; states: string }[]>`
    select sum(amount_kopecks)::text as sum, string_agg(distinct state, ' ') as states
    from refunds where attempt_id = ${attemptId}`
  const { state, paidKopecks } = await desk.seen(made)
  return [
    ...unlike(`${way}: shown`, [state, paidKopecks], ['paid', million]),
    ...unlike(`${way}: returned`, returned, { sum: String(million), states: 'settled' }),
    ...unlike(`${way}: in 1С`, amounts, [1_000_000, 1_000_000, 999_999.99, 0.01]),
    ...unlike(`${way}: owed`, await desk.balanceOf(`receivable:${made.userId}`), '0'),
  ]
}

/** A kopeck by card, the rest by СБП. */
const payInParts = async (desk: Desk): Promise<Faults> => {
  const made = await desk.story.invoice(million)
  await desk.pay(made, 'card', 1)
  const partly = await desk.seen(made)
  await desk.pay(made, 'sbp')
  const whole = await desk.seen(made)
  return [
    ...unlike('in parts: first', [partly.state, partly.paidKopecks], ['issued', 1]),
    ...unlike('in parts: whole', [whole.state, whole.paidKopecks], ['paid', million]),
  ]
}

/** Its order was declined by nobody, its time ran out, and the money came all the same. */
const payLate = async (desk: Desk): Promise<Faults> => {
  const { payment } = desk
  const userId = crypto.randomUUID()
  const expiresAt = new Date(payment.resources.now().getTime() + 60_000).toISOString()
  const lines = [{ title: 'x', quantity: 1, priceKopecks: million, vat: '22' }]
  const { json } = await desk.operate('POST', '/v1/invoices', { userId, expiresAt, lines })
  const made: Made = { userId, invoiceId: String(json.invoiceId), token: await payment.tokenFor(userId) }
  const started = await desk.start(made, { way: 'card' })
  await payment.run('start-attempts')
  const order = await desk.story.attemptOf(String(started.json.attemptId))
  await payment.ownerSql`update attempts set state = 'failed', ended_at = ${payment.resources.now()}
    where id = ${String(order.id)}`
  await payment.advance(60_000)
  await payment.run('expire-invoices')
  const [expired, written] = [await desk.seen(made), await desk.balanceOf(`receivable:${userId}`)]
  await desk.story.pay(String(order.mdOrder))
  for (let i = 0; i < 2; i++) {
    await payment.advance(20 * 60_000)
    await payment.run('ask-bank')
  }
  const paid = await desk.seen(made)
  return [
    ...unlike('late: expired', [expired.state, written], ['expired', '0']),
    ...unlike('late: paid', [paid.state, paid.paidKopecks], ['paid', million]),
    ...unlike('late: owed', await desk.balanceOf(`receivable:${userId}`), '0'),
  ]
}

const show = async (desk: Desk): Promise<Faults> => {
  const made = await desk.story.invoice(million)
  const { json } = await desk.operate('POST', `/v1/invoices/${made.invoiceId}/link`)
  const linked = await readByLink(desk.payment.sql, String(json.token))
  const { sql, resources } = desk.payment
  const sought = `userId=${made.userId}&amountFromKopecks=${million}&amountToKopecks=${million}`
  const found = await desk.operate('GET', `/v1/invoices/search?${sought}`)
  const csv = await new Response(exportInvoices(sql, { userId: made.userId }, resources.now())).text()
  return [
    ...unlike('by its link', [linked?.amountKopecks, linked?.lines[0]?.vatKopecks], [million, 18_032_787]),
    ...unlike(
      'by search',
      found.json.items.map((one) => one.amountKopecks),
      [million],
    ),
    ...unlike('in CSV', csv.includes(';1000000,00;180327,87;0,00;1000000,00;'), true),
    ...unlike('in a letter', formatRoubles(million, 'ru').replaceAll('\u00a0', ' '), '1 000 000,00 ₽'),
  ]
}

/** Each path that money takes here. */
export const millionPaths = {
  card: (desk: Desk) => payAndReturn(desk, 'card'),
  sbp: (desk: Desk) => payAndReturn(desk, 'sbp'),
  parts: payInParts,
  late: payLate,
  transfer: payByTransfer,
  shown: show,
}
