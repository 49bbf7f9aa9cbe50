import type { Bank } from './bank.ts'
import { currentQr, type Order, orderStatus, type Qr } from './order.ts'
import { addQrId, saveOrder } from './order-book.ts'
import { payloadUrl } from './payload-url.ts'
import { Refusal } from './refusal.ts'

/** One operation of СБП takes no more. */
const mostKopecks = 100_000_000

/** One QR of an order lives at a time: asked again, the same comes back, in whichever state it is. */
export const issueQr = (bank: Bank, order: Order, redirectUrl: string | null): { order: Order; qr: Qr } => {
  const current = currentQr(order)
  if (current && !current.state.startsWith('REJECTED')) return { order, qr: current }
  if (order.twoStage || order.status !== orderStatus.registered || order.pending) throw new Refusal('state')
  if (order.amountKopecks > mostKopecks) throw new Refusal('value', 'amount')
  const qrId = newQrId(bank)
  const qr: Qr = {
    qrId,
    state: 'STARTED',
    payload: payloadUrl(qrId, order.amountKopecks),
    redirectUrl,
    issuedAt: bank.now(),
  }
  const changed = { ...order, qrs: [...order.qrs, qr] }
  addQrId(bank.store, qrId, order.mdOrder)
  saveOrder(bank.store, changed)
  return { order: changed, qr }
}

/** `AD` is a dynamic QR; 32 characters in all. */
const newQrId = ({ newId }: Bank): string =>
  `AD${BigInt(`0x${newId().replaceAll('-', '')}`)
    .toString(32)
    .toUpperCase()
    .padStart(30, '1')
    .slice(-30)}`
