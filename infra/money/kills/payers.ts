import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import type { Role } from './commands.ts'
import type { Stand } from './stand.ts'
import { watchAttempts, watchRefunds } from './watch.ts'

/** What a payer was answered or has seen, for the audit. */
export type Story = { invoiceId: string; amountKopecks: number; attemptId: string; refundId?: string }

type Wish = {
  number: number
  userId: string
  priceKopecks: number
  way: 'card' | 'sbp'
  callback: 'send' | 'lose' | 'duplicate'
  declinedFirst: boolean
  refunds: boolean
}
type Json = Record<string, unknown>
type Watches = { attempts: ReturnType<typeof watchAttempts>; refunds: ReturnType<typeof watchRefunds> }

const payers = Array.from({ length: 20 }, () => crypto.randomUUID())

const drawWish = (random: SeededRandom, number: number): Wish => {
  const fate = random.below(100)
  return {
    number,
    userId: payers[random.below(payers.length)] ?? '',
    priceKopecks: 10_000 + random.below(1_000_000),
    way: random.below(2) === 0 ? 'card' : 'sbp',
    callback: fate < 10 ? 'lose' : fate < 25 ? 'duplicate' : 'send',
    declinedFirst: random.below(20) === 0,
    refunds: random.below(3) === 0,
  }
}

/** The same request under the same key, to one replica and the other, until one answers it. */
const createCaller = (stand: Stand) => {
  const replicas: Role[] = ['payment-0', 'payment-1']
  let turn = 0
  return async (path: string, token: () => Promise<string>, key: string, body: object): Promise<Json> => {
    for (;;) {
      turn++
      const response = await fetch(`${stand.at(replicas[turn % 2] ?? 'payment-0')}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await token()}`,
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      }).catch(() => undefined)
      const json = (await response?.json().catch(() => undefined)) as Json | undefined
      if (json && response?.ok) return json
      const passes = !json || (response?.status ?? 500) >= 500 || json.code === 'in-progress'
      if (!passes) throw new Error(`${path}: ${response?.status} ${json.code}`)
      await Bun.sleep(50)
    }
  }
}
type Call = ReturnType<typeof createCaller>

/** At the bank: what is not answered may have been done, and its book tells. */
const payAtBank = async (stand: Stand, mdOrder: string, payment: object): Promise<void> => {
  const order = `${stand.at('vtb')}/_sim/orders/${mdOrder}`
  const headers = { 'content-type': 'application/json' }
  for (;;) {
    const answer = await fetch(`${order}/pay`, { method: 'POST', headers, body: JSON.stringify(payment) })
      .then((response) => response.status)
      .catch(() => 0)
    // 409: an earlier try has come through, or the order was given up meanwhile.
    if (answer === 200 || answer === 409) return
    await Bun.sleep(100)
  }
}

const ended = ['failed', 'expired', 'reversed', 'quarantined']

/** An order whose page was lost with its answer is given up, and a declined one is over: the payer begins anew. */
const payInvoice = async (
  stand: Stand,
  call: Call,
  { attempts }: Watches,
  wish: Wish,
  invoiceId: string,
): Promise<string> => {
  const { number, userId, way, callback, declinedFirst } = wish
  for (let anew = 0; ; anew++) {
    const path = `/v1/invoices/${invoiceId}/attempts`
    const { attemptId } = await call(path, () => stand.tokenFor(userId), `attempt-${number}-${anew}`, { way })
    const id = String(attemptId)
    const opened = await attempts.until(id, (row) => row.isShown || ended.includes(row.state))
    const outcome = declinedFirst && anew === 0 ? 'declined' : 'paid'
    if (!ended.includes(opened.state))
      await payAtBank(stand, opened.mdOrder ?? '', { way, callback, outcome })
    const { state } = await attempts.until(id, (row) => row.state === 'settled' || ended.includes(row.state))
    if (state === 'settled') return id
  }
}

const tellStory = async (stand: Stand, call: Call, watches: Watches, wish: Wish): Promise<Story> => {
  const { number, userId, priceKopecks } = wish
  const lines = [{ title: 'Услуга', quantity: 1, priceKopecks, vat: '22' }]
  const invoice = await call('/v1/invoices', stand.operatorToken, `invoice-${number}`, { userId, lines })
  const invoiceId = String(invoice.invoiceId)
  const attemptId = await payInvoice(stand, call, watches, wish, invoiceId)
  const story = { invoiceId, attemptId, amountKopecks: Number(invoice.amountKopecks) }
  if (!wish.refunds) return story
  const body = { attemptId, amountKopecks: Math.floor(priceKopecks / 3), reason: 'Часть работ отменена' }
  const { refundId } = await call('/v1/refunds', stand.operatorToken, `refund-${number}`, body)
  await watches.refunds.until(String(refundId), ({ state }) => state === 'settled' || state === 'failed')
  return { ...story, refundId: String(refundId) }
}

/** `count` stories, many at once; `told` fills as they end. A refusal that no kill explains breaks the run. */
export const startPayers = (stand: Stand, seed: number, count: number, lanes: number) => {
  const random = seededRandom(seed)
  const call = createCaller(stand)
  const watches = { attempts: watchAttempts(stand.payment.sql), refunds: watchRefunds(stand.payment.sql) }
  const told: Story[] = []
  const faults: string[] = []
  let begun = 0
  const lane = async (): Promise<void> => {
    while (begun < count) {
      const wish = drawWish(random, begun++)
      const story = await tellStory(stand, call, watches, wish).catch((error: Error) => {
        faults.push(error.message)
      })
      if (story) told.push(story)
    }
  }
  const done = Promise.all(Array.from({ length: lanes }, lane)).then(() => {})
  const stop = (): void => {
    watches.attempts.stop()
    watches.refunds.stop()
  }
  return { told, faults, done, stop }
}
export type Payers = ReturnType<typeof startPayers>
