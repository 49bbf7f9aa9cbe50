import { openTestPayment, type TestPayment } from '../../../services/payment/src/testing.node.ts'
import { storyOf } from '../../../services/payment/src/testing-story.node.ts'

const dayMs = 86_400_000
export const days = ['2026-11-23', '2026-11-24', '2026-11-25']

const must = (answer: { status: number }, what: string): void => {
  if (answer.status >= 300) throw new Error(`${what} was answered ${answer.status}`)
}

const innOfPayer = '7707083893'

/** As an operator carries the bank's own files over. */
const carry = async (payment: TestPayment, token: string, book: 'statement' | 'registry', day: string) => {
  const given = await payment.bank.app.request(`http://sim.test/_sim/${book}?day=${day}`)
  const body = new Uint8Array(await given.arrayBuffer())
  must(
    await payment.askFile(book === 'statement' ? '/v1/statements' : '/v1/registries', { token, body }),
    book,
  )
}

/** Three days of cards, refunds and transfers by the real verbs, with the bank's own books taken in: all agrees. */
export const liveADay = async (payments: number, below: (most: number) => number) => {
  const payment = await openTestPayment()
  const story = storyOf(payment)
  const sums = () => 1000 + below(1_000_000)
  await carry(payment, await story.operator(), 'statement', '2026-11-23')
  for (let i = 0; i < payments; i++) {
    const amountKopecks = sums()
    const { attemptId } = await story.settled({ priceKopecks: amountKopecks })
    if (i % 4 > 0) continue
    const body = { attemptId, amountKopecks: 1 + below(amountKopecks), reason: 'r' }
    must(await payment.ask('POST', '/v1/refunds', { token: await story.operator(), body }), 'a refund')
  }
  await payment.run('send-refunds')
  await payment.advance(60_000)
  await payment.run('send-refunds')
  await payment.advance(dayMs)
  for (let i = 0; i < payments; i++) {
    const amount = sums()
    const { invoiceId, userId } = await story.invoice(amount)
    payment.payers.push({ userId, inn: innOfPayer, displayName: 'ООО «Ромашка»' })
    const [row] = await payment.sql<{ number: string }[]>`select number from invoices where id = ${invoiceId}`
    const purpose = i % 5 === 0 ? 'Спасибо' : `Оплата по счёту № ${row?.number}`
    await payment.bank.ask('POST', 'transfers', { amount, purpose, partyInn: innOfPayer })
    if (i % 5 === 0)
      await payment.bank.ask('POST', 'transfers', { amount, purpose: 'Аренда', direction: 'out' })
  }
  await payment.advance(dayMs)
  await carry(payment, await story.operator(), 'registry', '2026-11-23')
  for (const day of ['2026-11-24', '2026-11-25'])
    await carry(payment, await story.operator(), 'statement', day)
  await payment.run('match-transfers', 'find-payouts', 'reconcile-days')
  return payment
}
