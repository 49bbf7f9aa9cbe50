import type { Pool } from '@kontora/postgres'
import { realChance } from '@kontora/service'
import { simulatedSeller, simulatedSellerId } from '@kontora/testing'
import { putLegalEntity } from '../../../services/payment/src/legal-entities/put-legal-entity.ts'
import { openTestPayment } from '../../../services/payment/src/testing.node.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { auditNumbers } from '../numbers/audit-numbers.ts'
import { fatesOf, type Told, writeInvoices } from '../numbers/write-invoices.ts'

const writers = 64
const invoicesEach = 1000
const another = '00000000-0000-7000-8000-000000000002'

/** Whatever an undone one had written besides: in the ledger, to be told, to be exported. */
const leftOvers = async (sql: Pool, kept: number): Promise<number> => {
  const [row] = await sql<{ invoices: number; booked: number; told: number; exported: number }[]>`
    select (select count(*) from invoices)::integer as invoices,
      (select count(*) from ledger_transactions)::integer as booked,
      (select count(*) from outbox)::integer as told, (select count(*) from exports)::integer as exported`
  if (!row) return kept
  return Object.values(row).reduce((sum, count) => sum + Math.abs(count - kept), 0)
}

const unlikeTold = async (sql: Pool, { kept }: Told): Promise<number> => {
  const rows = await sql<{ number: string }[]>`select number from invoices where number is not null`
  const [stored, heard] = [new Set(rows.map(({ number }) => number)), new Set(kept)]
  const unknown = [...heard].filter((number) => !stored.has(number))
  const untold = [...stored].filter((number) => !heard.has(number))
  return unknown.length + untold.length + kept.length - heard.size
}

/** At the turn of a year, of two sellers, each writer on a connection of his own; a fifth is undone after it had its number. */
export const proveNumbers: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const each = Math.max(5, Math.round(invoicesEach * size))
  const payment = await openTestPayment()
  const told: Told = { kept: [], aborted: { thrown: 0, undone: 0, cut: 0 }, other: [] }
  try {
    const entity = { ...simulatedSeller, numberPrefix: 'Б-' }
    const resources = { ...realChance(), sql: payment.sql }
    await putLegalEntity(resources, { id: 'test' }, { legalEntityId: another, entity })
    const sellers = [simulatedSellerId, another]
    const shares = Array.from({ length: writers }, () => ({
      fates: fatesOf(each, random),
      random: seededRandom(random.below(2 ** 31)),
    }))
    const progress = setInterval(() => say(`${told.kept.length} invoices so far`), 30_000)
    await Promise.all(shares.map((share) => writeInvoices(payment.url, { ...share, sellers, told }))).finally(
      () => clearInterval(progress),
    )
    const aborted = Object.values(told.aborted).reduce((sum, count) => sum + count, 0)
    const found = await auditNumbers(payment.sql)
    say(
      `${found.kept} invoices in ${found.series} series, ${aborted} undone: ${JSON.stringify(told.aborted)}`,
    )
    for (const outcome of new Set(told.other)) say(`another outcome: ${outcome}`)
    const claim = (name: string, value: number, goal = 0): Claim => {
      return { claim: `numbers: ${name}`, value, goal, ok: value === goal, seed, ms: Date.now() - begun }
    }
    const total = writers * each
    return [
      claim(`undone of ${total} invoices by ${writers} writers`, aborted, writers * Math.round(each / 5)),
      claim('invoices kept', found.kept, total - aborted),
      claim('series, one a legal entity and year', found.series, 4),
      claim('gaps', found.gaps),
      claim('doubles', found.doubles),
      claim('counters that stand elsewhere than at their last number', found.counters),
      claim('numbers that are not those that their writers were told', await unlikeTold(payment.sql, told)),
      claim('rows that undone ones left', await leftOvers(payment.sql, found.kept)),
      claim('outcomes of another kind', told.other.length),
    ]
  } finally {
    await payment.close()
  }
}
