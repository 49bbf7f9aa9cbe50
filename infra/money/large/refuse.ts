import { judgeAttempt } from '../../../services/payment/src/attempts/judge-attempt.ts'
import { type Desk, type Faults, unlike } from './desk.ts'
import { most } from './survive.ts'

type Answer = { status: number; json: Record<string, unknown> }

/** No sum of money: nothing, below it, a part of a kopeck, more than a number holds, and what is no number. */
const noSums = [0, -1, 0.5, -0.01, most + 1, 1e300, '1', '1.00', null, true, [1], { rub: 1 }]

const naming = (what: string, { status, json }: Answer, field: string): Faults =>
  unlike(what, [status, Object.keys((json.fields as object | undefined) ?? {})], [400, [field]])

const silent = async (desk: Desk, what: string, work: () => Promise<Faults>): Promise<Faults> => {
  const before = await desk.written()
  const faults = await work()
  return [...faults, ...unlike(`written by ${what}`, await desk.written(), before)]
}

/** In each place where a caller says a sum. */
export const refuseNoSums = async (desk: Desk): Promise<Faults> => {
  const made = await desk.story.invoice()
  const line = { title: 'x', quantity: 1, priceKopecks: 100, vat: '22' }
  const draft = (more: object) => ({ userId: made.userId, lines: [{ ...line, ...more }] })
  const all: Faults = []
  for (const sum of noSums)
    all.push(
      ...(await silent(desk, `the sum ${JSON.stringify(sum)}`, async () => {
        const text = JSON.stringify(sum)
        const refund = { attemptId: made.invoiceId, amountKopecks: sum, reason: 'x' }
        return [
          ...naming(
            `price ${text}`,
            await desk.operate('POST', '/v1/invoices', draft({ priceKopecks: sum })),
            'lines.0.priceKopecks',
          ),
          ...naming(
            `price of a draft ${text}`,
            await desk.operate('POST', '/v1/invoices/drafts', draft({ priceKopecks: sum })),
            'lines.0.priceKopecks',
          ),
          ...naming(
            `sum of an attempt ${text}`,
            await desk.start(made, { way: 'card', amountKopecks: sum }),
            'amountKopecks',
          ),
          ...naming(`refund ${text}`, await desk.operate('POST', '/v1/refunds', refund), 'amountKopecks'),
        ]
      })),
    )
  return all
}

/** Roubles are the only currency: nobody may name another, and no answer of the bank settles in one. */
export const refuseCurrencies = async (desk: Desk): Promise<Faults> => {
  const { payment } = desk
  const made = await desk.story.attempt()
  const lines = [{ title: 'x', quantity: 1, priceKopecks: 100, vat: '22' }]
  const faults = await silent(desk, 'another currency', async () => [
    ...naming(
      'currency of an invoice',
      await desk.operate('POST', '/v1/invoices', { userId: made.userId, currency: 'USD', lines }),
      'currency',
    ),
    ...naming('currency of an attempt', await desk.start(made, { way: 'card', currency: 'USD' }), 'currency'),
  ])
  await desk.story.pay(made.mdOrder)
  const { orderNumber } = await desk.story.attemptOf(made.attemptId)
  const order = { orderNumber: String(orderNumber), bankId: made.mdOrder }
  const told = await payment.resources.acquirers.of('rbs').find(order)
  if (!told) throw new Error('The bank knows no such order')
  await judgeAttempt(payment.resources, made.attemptId, { ...told, isRouble: false })
  const { state, reason } = await desk.story.attemptOf(made.attemptId)
  const credited = (await desk.seen(made)).paidKopecks
  return [...faults, ...unlike('paid in dollars', [state, reason, credited], ['quarantined', 'currency', 0])]
}

/** Too large by its parts, and the database's own refusal of what no code may bring it. */
export const refuseOverflow = async (desk: Desk): Promise<Faults> => {
  const made = await desk.story.invoice()
  const line = { title: 'x', quantity: 1, priceKopecks: most, vat: 'none' }
  const cases: [string, object[]][] = [
    ['lines.0.priceKopecks', [{ ...line, quantity: 2 }]],
    [
      'lines.1.priceKopecks',
      [
        { ...line, priceKopecks: 1 },
        { ...line, quantity: 1_000_000 },
      ],
    ],
    ['lines', [line, { ...line, priceKopecks: 1 }]],
    ['lines.0.discountKopecks', [{ ...line, discountKopecks: most }]],
  ]
  const faults = await silent(desk, 'an overflow', async () => {
    const all: Faults = []
    for (const [field, lines] of cases) {
      const body = { userId: made.userId, lines }
      all.push(...naming(`overflow at ${field}`, await desk.operate('POST', '/v1/invoices', body), field))
    }
    return all
  })
  for (const sum of ['0', '-1', '9007199254740992']) {
    const change = `update invoices set amount_kopecks = ${sum} where id = '${made.invoiceId}'`
    const outcome = await desk.payment.sql.unsafe(change).then(
      () => 'stored',
      (error: { code?: string }) => error.code,
    )
    faults.push(...unlike(`stored ${sum}`, outcome, '23514'))
  }
  return faults
}
