import {
  document,
  inUtf8,
  section,
  statementText,
} from '../../../services/payment/src/statements/text-file/testing-file.node.ts'
import { type Desk, type Faults, million, unlike } from './desk.ts'

const inn = '7707083893'
const text = '1000000.00'

/** A statement of one day with one line. */
const statementOf = (number: string): Uint8Array<ArrayBuffer> => {
  const balances = { НачальныйОстаток: '0.00', ВсегоПоступило: text, КонечныйОстаток: text }
  const line = document({ Сумма: text, НазначениеПлатежа: `Оплата по счету № ${number}`, ПлательщикИНН: inn })
  return inUtf8(statementText(section(balances), line))
}

/** By a line of the bank's statement, in the ledger and in 1С; taken back, it is as if nothing had come. */
export const payByTransfer = async (desk: Desk): Promise<Faults> => {
  const { payment, story } = desk
  const made = await story.invoice(million)
  payment.payers.push({ userId: made.userId, inn, displayName: 'ООО «Ромашка»' })
  const { number } = await desk.seen(made)
  const body = statementOf(String(number))
  const taken = await payment.askFile('/v1/statements', { token: await story.operator(), body })
  await payment.run('match-transfers')
  for (let i = 0; i < 4; i++) await payment.run('export-to-one-c')
  const paid = await desk.seen(made)
  const [match] = await payment.sql<{ id: string; transferId: string; amountKopecks: number }[]>`
    select id, transfer_id, amount_kopecks from transfer_matches where invoice_id = ${made.invoiceId}`
  const { documents } = await payment.base.ask('GET', 'documents')
  const inOneC = (documents as { Ref_Key: string; amount: number }[]).find(
    ({ Ref_Key }) => Ref_Key === match?.id,
  )
  const owed = async () => [await desk.balanceOf(`receivable:${made.userId}`), await desk.balanceOf('bank')]
  const booked = await owed()
  const back = await desk.operate('POST', `/v1/transfers/${match?.transferId}/unmatch`, { reason: 'Ошибка' })
  const reopened = await desk.seen(made)
  return [
    ...unlike('by transfer: taken', [taken.status, taken.json.added], [201, 1]),
    ...unlike(
      'by transfer: paid',
      [paid.state, paid.paidKopecks, match?.amountKopecks],
      ['paid', million, million],
    ),
    ...unlike('by transfer: in 1С', inOneC?.amount, 1_000_000),
    ...unlike('by transfer: owed and in the bank', booked, ['0', String(million)]),
    ...unlike(
      'by transfer: taken back',
      [back.status, reopened.state, reopened.paidKopecks],
      [200, 'issued', 0],
    ),
    ...unlike('by transfer: owed again', await owed(), [String(million), String(million)]),
  ]
}
