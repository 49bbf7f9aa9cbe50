import type { BegunPayment, Stand } from './payment.ts'

type Event = (stand: Stand, payment: BegunPayment) => Promise<unknown>
/** Six events of one payment, and what the bank has done before all of them. */
export type Family = { truth: Event; events: Record<string, Event> }

const pay: Event = ({ story }, { mdOrder }) => story.pay(mdOrder)

/** The bank has shown a QR, and its own time is over. */
const endSession: Event = async ({ payment }, { mdOrder, orderNumber }) => {
  await payment.resources.acquirers.of('rbs').qr({ bankId: mdOrder, orderNumber })
  await payment.advance(21 * 60_000)
  await payment.bank.tick()
}

export const families: Record<string, Family> = {
  'paid and refunded': {
    truth: pay,
    events: {
      registered: (_, payment) => payment.registered(),
      deposited: (_, payment) => payment.callback('deposited'),
      duplicate: (_, payment) => payment.callback('deposited'),
      poll: (_, payment) => payment.poll(),
      refunded: (_, payment) => payment.callback('refunded'),
      return: (_, payment) => payment.comeBack(),
    },
  },
  'paid after its end': {
    truth: endSession,
    events: {
      registered: (_, payment) => payment.registered(),
      expired: (_, payment) => payment.callback('declinedByTimeout'),
      paid: ({ story }, { mdOrder }) => story.pay(mdOrder, { way: 'sbp' }),
      deposited: (_, payment) => payment.callback('deposited'),
      poll: (_, payment) => payment.poll(),
      return: (_, payment) => payment.comeBack(),
    },
  },
}
