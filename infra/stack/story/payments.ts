import { bankNumber } from '@kontora/validation'
import { awaitLetter, type Letter, type Person } from './people.ts'
import { eventually, must, StoryFault, type World } from './world.ts'

export type Invoice = { invoiceId: string; number: string; amountKopecks: number }
type Attempt = {
  attemptId: string
  state: string
  payUrl: string | null
  qrPayload: string | null
  amountKopecks: number
}

export const roubles = (kopecks: number): RegExp => {
  const [whole = '', part = ''] = (kopecks / 100).toFixed(2).split('.')
  return new RegExp(`${whole.replaceAll(/\B(?=(\d{3})+$)/g, '\\s?')}(,${part})?`)
}

export const issueInvoice = async (
  world: World,
  issuer: Person,
  payer: Person,
  priceKopecks: number,
): Promise<Invoice> => {
  const lines = [
    { title: 'Услуга сопровождения', quantity: 2, priceKopecks, vat: '22' },
    { title: 'Выезд', quantity: 1, priceKopecks: 100_000, vat: 'none' },
  ]
  const amountKopecks = 2 * priceKopecks + 100_000
  const invoice = await world.post<Invoice>('/payment/v1/invoices', {
    token: issuer.token,
    body: { userId: payer.userId, lines },
  })
  must(invoice.amountKopecks === amountKopecks, 'the invoice is the sum of its lines')
  const told = roubles(amountKopecks)
  const letter = await awaitLetter(world, payer.email, 'an invoice is issued', /выставлен счёт/, told)
  await followLink(world, letter, invoice)
  return invoice
}

/** The button of the letter leads to the invoice, without signing in. */
const followLink = async (world: World, { text }: Letter, { number }: Invoice): Promise<void> => {
  const link = /https?:\S+\/pay\/[\w-]{32}/.exec(text)?.[0]
  if (!link) throw new StoryFault('The letter of an invoice has no link to pay it')
  await eventually(world, "the page of the letter's link", async () => {
    const answer = await fetch(link).catch(() => undefined)
    return answer?.ok && (await answer.text()).includes(number)
  })
}

export const startAttempt = async (
  world: World,
  payer: Person,
  invoice: Invoice,
  way: 'card' | 'sbp',
): Promise<Attempt> => {
  const path = `/payment/v1/invoices/${invoice.invoiceId}/attempts`
  for (let anew = 0; ; anew++) {
    const { attemptId } = await world.post<Attempt>(path, { token: payer.token, body: { way } })
    const attempt = await eventually(world, 'the bank has opened the order', async () => {
      const read = await readAttempt(world, payer, attemptId)
      const isShown = (way === 'card' ? read.payUrl : read.qrPayload) !== null
      return ((read.state === 'open' && isShown) || givenUp.includes(read.state)) && read
    })
    if (!givenUp.includes(attempt.state)) return attempt
    must(anew < world.paysAnew, `the bank opens the order (the attempt is ${attempt.state})`)
    world.onPayAnew()
  }
}

const givenUp = ['failed', 'expired', 'reversed']

const readAttempt = (world: World, payer: Person, attemptId: string): Promise<Attempt> =>
  world.get<Attempt>(`/payment/v1/attempts/${attemptId}?wait=2`, { token: payer.token })

export type BankOrder = {
  mdOrder: string
  orderNumber: string
  description?: string | null
  amount: number
  orderStatus: number
  refundedAmount: number
  callbacks: { operation: string; answers: { status: number | 'lost' }[] }[]
}

export const bankOrders = async (world: World): Promise<BankOrder[]> =>
  (await world.get<{ orders: BankOrder[] }>(world.at('vtb', '/_sim/orders'))).orders

/** The bank's own book, by our number. */
export const bankOrder = async (world: World, attemptId: string): Promise<BankOrder> => {
  const found = (await bankOrders(world)).filter(({ orderNumber }) => orderNumber === bankNumber(attemptId))
  if (found.length !== 1 || !found[0])
    throw new StoryFault(`The bank has ${found.length} orders under one number`)
  return found[0]
}

/** The payer's part at the bank. */
export const pay = async (
  world: World,
  attempt: Attempt,
  choice: { way: 'card' | 'sbp'; callback: 'send' | 'lose' },
): Promise<void> => {
  const { mdOrder } = await bankOrder(world, attempt.attemptId)
  await world.post(world.at('vtb', `/_sim/orders/${mdOrder}/pay`), { body: { ...choice, outcome: 'paid' } })
}

export const seeSettled = async (
  world: World,
  payer: Person,
  attempt: Attempt,
  invoice: Invoice,
): Promise<void> => {
  await eventually(
    world,
    'the payment is settled',
    async () => (await readAttempt(world, payer, attempt.attemptId)).state === 'settled',
  )
  const { state } = await world.get<{ state: string }>(`/payment/v1/invoices/${invoice.invoiceId}`, {
    token: payer.token,
  })
  must(state === 'paid', 'the invoice is paid')
  await awaitLetter(
    world,
    payer.email,
    'the payment has come',
    /оплачен|оплат/i,
    roubles(invoice.amountKopecks),
  )
}

type Balances = { balanced: boolean; debitsKopecks: number; creditsKopecks: number }

export const seeBalanced = async (world: World, accountant: Person): Promise<string> => {
  const { balanced, debitsKopecks, creditsKopecks } = await world.get<Balances>(
    '/payment/v1/ledger/balances',
    { token: accountant.token },
  )
  must(balanced && debitsKopecks === creditsKopecks && debitsKopecks > 0, 'debits equal credits')
  return `${debitsKopecks} = ${creditsKopecks} kopecks`
}

export type OneCDocument = {
  set: string
  Ref_Key: string
  Number: string
  Posted: boolean
  amount: number
  comment: string
}

export const oneCDocuments = async (world: World): Promise<OneCDocument[]> =>
  (await world.get<{ documents: OneCDocument[] }>(world.at('one-c', '/_sim/documents'))).documents

/** Posted, once, with our sum, under our own id. */
export const seeInOneC = (world: World, what: string, id: string, amountKopecks: number): Promise<string> =>
  eventually(world, `1С shows ${what} posted`, async () => {
    const found = (await oneCDocuments(world)).filter((one) => one.Ref_Key === id)
    if (found.length > 1) throw new StoryFault(`1С has ${what} ${found.length} times`)
    const [document] = found
    if (!document?.Posted) return undefined
    must(Math.round(document.amount * 100) === amountKopecks, `1С has ${what} with our sum`)
    return document.Number
  })

export const refundHalf = async (
  world: World,
  cashier: Person,
  payer: Person,
  attempt: Attempt,
): Promise<{ refundId: string; amountKopecks: number }> => {
  const amountKopecks = Math.floor(attempt.amountKopecks / 2)
  const body = { attemptId: attempt.attemptId, amountKopecks, reason: 'Половина работ отменена' }
  const { refundId } = await world.post<{ refundId: string }>('/payment/v1/refunds', {
    token: cashier.token,
    body,
  })
  await eventually(world, 'the refund is settled', async () => {
    const { state } = await world.get<{ state: string }>(`/payment/v1/refunds/${refundId}?wait=2`, {
      token: cashier.token,
    })
    return state === 'settled'
  })
  must(
    (await bankOrder(world, attempt.attemptId)).refundedAmount === amountKopecks,
    'the bank gave back exactly that',
  )
  await awaitLetter(world, payer.email, 'the refund has come', /Возврат/, roubles(amountKopecks))
  return { refundId, amountKopecks }
}
