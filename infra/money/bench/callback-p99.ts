import { startChild } from '../../backbone/outbox/child.ts'
import { type Figure, median, percentile } from '../../stack/bench/figure.ts'
import { type Sent, sendAtRate } from '../callbacks/send-at-rate.ts'
import { fillAttempts } from '../settle/fill-attempts.ts'
import { queryOf } from '../settle/signed-query.ts'
import { openPayment } from './open-payment.ts'

const rounds = 5
const busy = 1000
const calm = 100
const seconds = 4
const goalMs = 50

/**
 * Callbacks over HTTP at a rate that does not wait for answers, each signed and for an order of its own, while the service's
 * jobs ask the bank for what came before. A Postgres of its own, which syncs each commit.
 */
export const benchCallbackP99 = async (tell: (line: string) => void): Promise<Figure[]> => {
  const payment = await openPayment(true)
  const child = startChild('infra/money/callbacks/serve-callbacks.ts', payment.settings)
  const { port } = await child.event('listening')
  let next = 1

  const run = async (perSecond: number): Promise<Sent> => {
    const [first, count] = [next, perSecond * seconds]
    next += count
    await fillAttempts(payment.ownerSql, first, count)
    await payment.ownerSql.unsafe('vacuum analyze')
    const paths = Array.from({ length: count }, (_, i) => `/v1/vtb/callback?${queryOf(first + i)}`)
    const sent = await sendAtRate(perSecond, count, async (number) => {
      const answer = await fetch(`http://127.0.0.1:${Number(port)}${paths[number]}`)
      await answer.arrayBuffer()
      return answer.status === 200
    })
    await untilSettled()
    return sent
  }
  const untilSettled = async (): Promise<void> => {
    while ((await payment.sql`select 1 from attempts where ask_at is not null limit 1`).length > 0)
      await Bun.sleep(50)
  }

  try {
    await run(calm)
    await run(busy)
    const [few, many]: [Sent[], Sent[]] = [[], []]
    for (let round = 1; round <= rounds; round++) {
      few.push(await run(calm))
      const sent = await run(busy)
      many.push(sent)
      tell(
        `round ${round}/${rounds}: ${sent.perSecond}/s, p50 ${median(sent.times).toFixed(1)} ms, p99 ${percentile(sent.times, 0.99).toFixed(1)} ms`,
      )
    }
    const timesOf = (all: Sent[]): number[] => all.flatMap(({ times }) => times)
    const [stored] = await payment.sql<{ count: number }[]>`select count(*) as count from bank_callbacks`
    const value = Number(percentile(timesOf(many), 0.99).toFixed(1))
    const ratio = Number((value / percentile(timesOf(few), 0.99)).toFixed(2))
    const isWhole =
      stored?.count === next - 1 &&
      many.every(({ refused, perSecond }) => refused === 0 && perSecond >= busy * 0.99)
    const ok = isWhole && value < goalMs
    const against = `the p99 at ${calm} callbacks/s`
    return [{ figure: 'callback-p99', value, unit: 'ms', against, ratio, goal: goalMs, ok }]
  } finally {
    child.kill()
    await child.exited
    await payment.close()
  }
}
