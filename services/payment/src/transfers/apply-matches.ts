import type { Transaction } from '@kontora/postgres'
import { applyPayment } from '../invoices/apply-payment.ts'
import { leftKopecks } from '../invoices/invoice.ts'
import type { LockedInvoice } from '../invoices/lock-invoice.ts'
import type { WriteResources } from '../resources.ts'
import type { MatchRule, Part } from './match.ts'
import { type AppliedMatch, type MatchResources, storeMatches } from './store-matches.ts'

/** `assumedLeftKopecks`: what was left of the invoice when the match was decided; another rest undoes the decision. */
export type NewMatch = Part & {
  transferId: string
  direction: 'in' | 'out'
  rule: MatchRule
  matchedBy: string
  reason: string | null
  assumedLeftKopecks: number
}
export type TransferMatches = { transferId: string; matches: NewMatch[] }

type LockedTransfer = { id: string; state: string; amountKopecks: number; matchedKopecks: number }

/** Many transfers at once, each with all of its matches or not at all. Answers with those that did not fit any more. */
export const applyMatches = async (
  tx: Transaction,
  resources: MatchResources,
  wanted: readonly TransferMatches[],
): Promise<string[]> => {
  const invoices = await lockInvoices(tx, wanted)
  const transfers = await lockTransfers(tx, wanted)
  const taken = new Map<string, number>()
  const fitting = wanted.filter(({ transferId, matches }) => {
    const transfer = transfers.get(transferId)
    const fits =
      transfer?.state === 'unidentified' &&
      sumOf(matches) <= transfer.amountKopecks - transfer.matchedKopecks &&
      matches.every((match) => isAsAssumed(match, invoices.get(match.invoiceId), taken))
    if (fits) for (const { invoiceId, amountKopecks } of matches) add(taken, invoiceId, amountKopecks)
    return fits
  })
  const applied = await payAll(
    tx,
    resources,
    invoices,
    fitting.flatMap(({ matches }) => matches),
  )
  await storeMatches(tx, resources, applied)
  const done = new Set(fitting.map(({ transferId }) => transferId))
  return wanted.flatMap(({ transferId }) => (done.has(transferId) ? [] : transferId))
}

const sumOf = (matches: readonly NewMatch[]): number =>
  matches.reduce((sum, { amountKopecks }) => sum + amountKopecks, 0)

const add = (sums: Map<string, number>, key: string, amount: number): void =>
  void sums.set(key, (sums.get(key) ?? 0) + amount)

const openLeft = (invoice: LockedInvoice): number =>
  invoice.state === 'issued' || invoice.state === 'expired' ? leftKopecks(invoice) : 0

/** An operator says whatever is left now, so he assumes nothing. */
const isAsAssumed = (
  { rule, invoiceId, assumedLeftKopecks }: NewMatch,
  invoice: LockedInvoice | undefined,
  taken: ReadonlyMap<string, number>,
): boolean => {
  if (!invoice || invoice.state === 'draft' || invoice.state === 'cancelled') return false
  if (rule === 'by-hand') return true
  return Math.max(0, openLeft(invoice) - (taken.get(invoiceId) ?? 0)) === assumedLeftKopecks
}

/** In the order of their ids: two batches that lock in another order would wait for each other. */
const lockInvoices = async (tx: Transaction, wanted: readonly TransferMatches[]) => {
  const ids = [...new Set(wanted.flatMap(({ matches }) => matches.map(({ invoiceId }) => invoiceId)))]
  const rows = await tx<LockedInvoice[]>`
    select id, user_id, amount_kopecks, paid_kopecks, state, expires_at from invoices
    where id in ${tx(ids)} order by id for update`
  return new Map(rows.map((row) => [row.id, row]))
}

const lockTransfers = async (tx: Transaction, wanted: readonly TransferMatches[]) => {
  const rows = await tx<LockedTransfer[]>`
    select id, state, amount_kopecks, matched_kopecks from transfers
    where id in ${tx(wanted.map(({ transferId }) => transferId))} order by id for update`
  return new Map(rows.map((row) => [row.id, row]))
}

/** Payments of one invoice come one after the other, those of others meanwhile go down the same connection. */
const payAll = async (
  tx: Transaction,
  resources: WriteResources,
  invoices: ReadonlyMap<string, LockedInvoice>,
  matches: readonly NewMatch[],
): Promise<AppliedMatch[]> => {
  const byInvoice = Map.groupBy(matches, ({ invoiceId }) => invoiceId)
  const applied = await Promise.all(
    Array.from(byInvoice, async ([invoiceId, ofInvoice]) => {
      let invoice = invoices.get(invoiceId)
      const done: AppliedMatch[] = []
      for (const match of ofInvoice) {
        if (!invoice) break
        const id = resources.newId()
        // Money that goes back to its payer takes nothing of an invoice.
        const { appliedKopecks } =
          match.direction === 'in'
            ? await applyPayment(tx, resources, invoice, match.amountKopecks)
            : { appliedKopecks: 0 }
        done.push({ ...match, id, appliedKopecks })
        invoice = after(invoice, appliedKopecks)
      }
      return done
    }),
  )
  return applied.flat()
}

const after = (invoice: LockedInvoice, appliedKopecks: number): LockedInvoice => {
  if (appliedKopecks === 0) return invoice
  const paidKopecks = invoice.paidKopecks + appliedKopecks
  return { ...invoice, paidKopecks, state: paidKopecks === invoice.amountKopecks ? 'paid' : 'issued' }
}
