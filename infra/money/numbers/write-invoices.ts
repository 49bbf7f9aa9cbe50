import { connect, type Pool, transaction } from '@kontora/postgres'
import { realChance } from '@kontora/service'
import { issueInvoice } from '../../../services/payment/src/invoices/issue-invoice.ts'
import type { SeededRandom } from '../../stack/prove/random.ts'

/** `thrown`: the caller breaks; `undone`: only a part of his transaction is; `cut`: the server ends the connection. */
export type Fate = 'kept' | 'thrown' | 'undone' | 'cut'
export type Told = { kept: string[]; aborted: Record<Exclude<Fate, 'kept'>, number>; other: string[] }

const clerk = { id: 'clerk' }
const lines = [{ title: 'Сопровождение', quantity: 1, priceKopecks: 100, discountKopecks: 0, vat: 'none' }]
class Abort extends Error {}

/** The last moment of a year by Moscow's clock, and the first of the next. */
const turnOfYear = [new Date('2026-12-31T20:59:59.999Z'), new Date('2026-12-31T21:00:00Z')]

/** A fifth is undone, each in its own way, in an order that the seed draws. */
export const fatesOf = (count: number, random: SeededRandom): Fate[] => {
  const ways: Fate[] = ['thrown', 'thrown', 'thrown', 'undone', 'undone', 'cut']
  const aborted = Math.round(count / 5)
  return random.shuffle(
    Array.from(
      { length: count },
      (_, i): Fate => (i < aborted ? (ways[random.below(ways.length)] ?? 'cut') : 'kept'),
    ),
  )
}

/** One writer on a connection of his own; each undone one had its number already. */
export const writeInvoices = async (
  url: string,
  { fates, sellers, random, told }: { fates: Fate[]; sellers: string[]; random: SeededRandom; told: Told },
): Promise<void> => {
  let sql = connect(url, { max: 1 })
  try {
    for (const fate of fates) {
      const time = turnOfYear[random.below(turnOfYear.length)] ?? new Date(0)
      const draft = {
        userId: crypto.randomUUID(),
        legalEntityId: sellers[random.below(sellers.length)] ?? '',
        lines,
      }
      const issue = async (within: Pool): Promise<string> =>
        (await issueInvoice({ ...realChance(), now: () => time, sql: within }, clerk, draft)).number
      await meet(sql, fate, issue, told)
      if (fate !== 'cut') continue
      await sql.end({ timeout: 1 })
      sql = connect(url, { max: 1 })
    }
  } finally {
    await sql.end({ timeout: 1 })
  }
}

type Issue = (within: Pool) => Promise<string>

const meet = async (sql: Pool, fate: Fate, issue: Issue, told: Told): Promise<void> => {
  if (fate === 'kept') {
    told.kept.push(await issue(sql))
    return
  }
  const outcome = await abort[fate](sql, issue).then(
    () => 'committed',
    (error: unknown) => error,
  )
  told.aborted[fate]++
  const isMeant = outcome instanceof Abort || (fate === 'cut' && outcome instanceof Error)
  if (!isMeant) told.other.push(String(outcome))
}

const abort: Record<Exclude<Fate, 'kept'>, (sql: Pool, issue: Issue) => Promise<unknown>> = {
  thrown: (sql, issue) =>
    transaction(sql, async (tx) => {
      await issue(tx as never)
      throw new Abort()
    }),
  undone: (sql, issue) => {
    let undone: unknown
    const outer = transaction(sql, (tx) =>
      transaction(tx, async (part) => {
        await issue(part as never)
        throw new Abort()
      }).catch((error: unknown) => {
        undone = error
      }),
    )
    return outer.then(() => {
      throw undone
    })
  },
  cut: (sql, issue) =>
    transaction(sql, async (tx) => {
      await issue(tx as never)
      await tx`select pg_terminate_backend(pg_backend_pid())`
    }),
}
