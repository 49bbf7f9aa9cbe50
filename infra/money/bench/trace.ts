import { createTestAccess } from '@kontora/access/testing'
import { connect } from '@kontora/postgres'
import { app } from '../../../services/payment/src/app.ts'
import { openResources } from '../../../services/payment/src/resources.ts'
import { type Figure, median, percentile } from '../../stack/bench/figure.ts'
import { fillPayments, invoiceIdOf } from '../trace/fill-payments.ts'
import { type OpenPayment, openPayment } from './open-payment.ts'

const few = 10_000
const many = 1_000_000
const step = 50_000
const questions = 400
const goalMs = 50

/** As a superuser, who may leave out what watches each row: what is planted holds together by itself. */
const openFiller = ({ url }: OpenPayment) => {
  const of = new URL(process.env.KONTORA_TEST_CLUSTER ?? '')
  of.pathname = new URL(url).pathname
  return connect(of.href, { max: 1, name: 'filler' })
}

/** The route with its check of who asks, over the service's own pool. */
const openOperator = async ({ settings }: OpenPayment) => {
  const opened = openResources(settings)
  const { sql, now } = opened
  const { access, verifyToken, ...test } = await createTestAccess({ sql, now, service: 'payment' })
  const operatorId = crypto.randomUUID()
  await test.allow(operatorId, ['payment:read'])
  const ask = async (n: number): Promise<number> => {
    await test.beat()
    const headers = { authorization: `Bearer ${await test.tokenFor(operatorId)}` }
    const begun = performance.now()
    const answer = await app.request(
      `http://payment.test/v1/payments/${invoiceIdOf(n)}`,
      { headers },
      { ...opened, access, verifyToken },
    )
    const text = await answer.text()
    const ms = performance.now() - begun
    if (answer.status !== 200 || !text.includes('attempt-settled'))
      throw new Error(`Answered ${answer.status}`)
    return ms
  }
  return { ask, close: () => sql.end() }
}

/** All of one payment by its route, of payments taken at random among a million, held against the same among ten thousand. */
export const benchTrace = async (tell: (line: string) => void): Promise<Figure[]> => {
  const payment = await openPayment(false)
  const filler = openFiller(payment)
  await filler`set session_replication_role = replica`
  const operator = await openOperator(payment)

  const fill = async (from: number, to: number): Promise<void> => {
    for (let first = from; first <= to; first += step) {
      const count = Math.min(step, to - first + 1)
      await fillPayments(filler, first, count)
      tell(`${first + count - 1} of ${many} payments filled`)
    }
    await filler.unsafe('vacuum analyze')
  }
  const askAmong = async (count: number): Promise<number[]> => {
    const times: number[] = []
    for (let i = 0; i < questions; i++) times.push(await operator.ask(1 + Math.floor(Math.random() * count)))
    tell(`among ${count}: p50 ${median(times).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`)
    return times
  }

  try {
    await fill(1, few)
    await askAmong(few)
    const before = percentile(await askAmong(few), 0.99)
    await fill(few + 1, many)
    const value = Number(percentile(await askAmong(many), 0.99).toFixed(1))
    const ratio = Number((value / before).toFixed(2))
    const against = `the p99 among ${few}`
    return [{ figure: 'trace', value, unit: 'ms p99', against, ratio, goal: goalMs, ok: value < goalMs }]
  } finally {
    await operator.close()
    await filler.end()
    await payment.close()
  }
}
