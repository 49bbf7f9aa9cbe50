import { startChild } from '../../backbone/outbox/child.ts'
import { type Figure, median } from '../../stack/bench/figure.ts'
import { fillAttempts } from '../settle/fill-attempts.ts'
import { rawTool, sendRaw } from '../settle/send-raw.ts'
import { type OpenPayment, openPayment } from './open-payment.ts'

const rounds = 5
const each = 4000
const warming = 1000
const goal = 0.5

/** Both sides settle: what is left open of a range is a fault of the bench, not a speed. */
const countOpen = async ({ sql }: OpenPayment): Promise<number> =>
  (await sql`select id from attempts where state <> 'settled' limit 1`).length

/**
 * Settled callbacks a second: over the route that takes them, with their checksum, through the job that asks the bank, which
 * answers in that process, to the commit of the settlement. Held against the same statements sent raw (`settle.sql`) over as
 * many connections, in rounds by turns. A Postgres of its own, which syncs each commit.
 */
export const benchSettle = async (tell: (line: string) => void): Promise<Figure[]> => {
  const payment = await openPayment(true)
  const child = startChild('infra/money/settle/settle-callbacks.ts', payment.settings)
  await child.event('ready')
  let next = 1

  const perSecond = async (count: number, run: (first: number) => Promise<number>): Promise<number> => {
    const first = next
    next += count
    await fillAttempts(payment.ownerSql, first, count)
    await payment.ownerSql.unsafe('vacuum analyze')
    const ms = await run(first)
    if ((await countOpen(payment)) > 0) throw new Error('Not every callback was settled')
    return (count * 1000) / ms
  }
  const served = (count: number) =>
    perSecond(count, async (first) => {
      child.tell(`settle ${first} ${count}`)
      return Number((await child.event('settled')).ms)
    })
  const raw = (count: number) => perSecond(count, (first) => sendRaw(payment.url, payment.sql, first, count))

  try {
    await served(warming)
    await raw(warming)
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (let round = 1; round <= rounds; round++) {
      ours.push(await served(each))
      theirs.push(await raw(each))
      tell(
        `round ${round}/${rounds}: ${ours.at(-1)?.toFixed(0)} callbacks/s, ${rawTool()} ${theirs.at(-1)?.toFixed(0)}`,
      )
    }
    const ratio = Number((median(ours) / median(theirs)).toFixed(2))
    const value = Math.round(median(ours))
    const against = `the same statements by ${rawTool()}`
    return [{ figure: 'settle', value, unit: 'callbacks/s', against, ratio, goal, ok: ratio >= goal }]
  } finally {
    child.kill()
    await child.exited
    await payment.close()
  }
}
