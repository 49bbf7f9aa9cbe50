import { pass, plan, type World } from './world.ts'

const payments = 20
/** A card whose page was lost is withdrawn and begun anew; so often a payer tries. */
const mostTries = 6

type Paying = {
  invoiceId: string
  userId: string
  way: 'card' | 'sbp'
  capture: string
  amountKopecks: number
}

/** Invoices of one batch, some by СБП, some held. */
const invoices = ({ story, random }: World): Promise<Paying[]> =>
  Promise.all(
    Array.from({ length: payments }, async () => {
      const kind = random.below(3)
      const capture = kind === 2 ? 'manual' : 'auto'
      const amountKopecks = 100 + random.below(1_000_000)
      const { invoiceId, userId } = await story.invoice(amountKopecks, capture)
      return {
        invoiceId,
        userId,
        capture,
        amountKopecks,
        way: kind === 1 ? ('sbp' as const) : ('card' as const),
      }
    }),
  )

const click = async ({ payment }: World, { invoiceId, userId, way }: Paying): Promise<void> => {
  const token = await payment.tokenFor(userId)
  await payment.ask('POST', `/v1/invoices/${invoiceId}/attempts`, { token, body: { way } })
}

type Open = { mdOrder: string; payUrl: string | null; qrPayload: string | null }
const openOrder = async ({ payment }: World, { invoiceId }: Paying): Promise<Open | undefined> => {
  const [open] = await payment.sql<Open[]>`
    select md_order, pay_url, qr_payload from attempts where invoice_id = ${invoiceId} and state = 'open'`
  return open
}

/** A payer begins, and begins anew where his page was lost, until he sees where to pay; then he pays. */
const payAll = async (world: World, due: Paying[]): Promise<void> => {
  let left = due
  for (let tries = 0; tries < mostTries && left.length > 0; tries++) {
    await Promise.all(left.map((one) => click(world, one)))
    await plan(world, {
      'register.do': 12,
      'registerPreAuth.do': 6,
      'sbp/c2b/qr/dynamic/get.do': 4,
      'decline.do': 3,
    })
    await pass(world, 4)
    const still: Paying[] = []
    for (const one of left) {
      const open = await openOrder(world, one)
      if (!open || !(one.way === 'card' ? open.payUrl : open.qrPayload)) still.push(one)
      else await world.story.pay(open.mdOrder, { way: one.way })
    }
    left = still
  }
}

type Attempt = { id: string; state: string; amountKopecks: number; capturedKopecks: number | null }
const attemptsOf = ({ payment }: World, due: Paying[], state: string): Promise<Attempt[]> =>
  payment.sql<Attempt[]>`
    select id, state, amount_kopecks, captured_kopecks from attempts
    where invoice_id in ${payment.sql(due.map(({ invoiceId }) => invoiceId))} and state = ${state} order by id`

/** Operators take what is held, in part or in whole, or let it go. */
const moveHolds = async (world: World, due: Paying[]): Promise<void> => {
  const { payment, story, random } = world
  const token = await story.operator()
  for (const { id, amountKopecks } of await attemptsOf(world, due, 'held')) {
    const isRelease = random.below(4) === 0
    const body = { reason: 'x', ...(isRelease ? {} : { amountKopecks: 1 + random.below(amountKopecks) }) }
    await payment.ask('POST', `/v1/attempts/${id}/${isRelease ? 'release' : 'capture'}`, { token, body })
  }
  await plan(world, { 'deposit.do': 5, 'reverse.do': 2, 'getOrderStatusExtended.do': 2 })
  await pass(world, 5)
}

/** Two refunds of each, one after the other; some never reach a bank that cannot tell a repeat. */
const refundAll = async (world: World, due: Paying[]): Promise<void> => {
  const { payment, story, random, mode } = world
  const token = await story.operator()
  for (const { id, amountKopecks, capturedKopecks } of await attemptsOf(world, due, 'settled'))
    for (const share of [3, 4]) {
      const sum = Math.max(1, Math.floor(((capturedKopecks ?? amountKopecks) * share) / 10))
      const body = { attemptId: id, amountKopecks: sum, reason: 'x' }
      await payment.ask('POST', '/v1/refunds', { token, body })
    }
  // A refund under way does not yet show in the sums: whoever told the bank again now would give back twice.
  await payment.bank.ask('POST', 'settings', { refundPendingMs: random.below(2) * 15_000 })
  for (let i = 0; i < 3; i++) {
    await plan(world, { 'refund.do': 14, 'getOrderStatusExtended.do': 3 })
    if (mode === 'unverified' && random.below(3) === 0) await loseOne(world)
    await pass(world, 4)
  }
}

/** Refused before anything was done, which looks like a time-out from here. */
const loseOne = ({ payment }: World): Promise<void> =>
  payment.bank.fault({ operation: 'refund.do', kind: 'error', status: 500 })

/** Twenty payments from the click to the refund, with a bank that does what it is told and does not answer. */
export const runBatch = async (world: World): Promise<void> => {
  const due = await invoices(world)
  await payAll(world, due)
  await plan(world, { 'getOrderStatusExtended.do': 4 })
  await pass(world, 4)
  await moveHolds(world, due)
  await refundAll(world, due)
  await world.payment.bank.fault()
}
