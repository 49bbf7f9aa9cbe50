import { transaction } from '@kontora/postgres'
import { ClientFault } from '../client/ask-client.ts'
import type { Resources } from '../resources.ts'
import { applyMatches, type NewMatch } from './apply-matches.ts'
import { claimTransfers } from './claim-transfers.ts'
import { decideMatch } from './decide-match.ts'
import { type AskedTransfer, gatherQuestions } from './gather-questions.ts'
import type { Decision, Part, PayableInvoice } from './match.ts'
import { noteUnmatched, type Unmatched } from './note-unmatched.ts'

const rules = 'rules'
const atOnce = 200

type Decided = { transferId: string; matches: NewMatch[] }

/** The job `match-transfers`: what the rules can tell is matched, the rest gets the reason why not. */
export const matchTransfers = async (resources: Resources): Promise<number> => {
  const due = await claimTransfers(resources)
  if (due.length === 0) return 0
  const asked = await gatherQuestions(resources, due).catch((error: unknown) => {
    if (!(error instanceof ClientFault)) throw error
    // They come again with their claim.
    resources.log.warn('payers-not-asked', { transfers: due.length }, error)
    return undefined
  })
  if (!asked) return 0
  const { decided, unmatched } = decideAll(asked)
  for (let start = 0; start < decided.length; start += atOnce)
    await applyDecided(resources, decided.slice(start, start + atOnce))
  await noteUnmatched(resources, unmatched)
  return due.length
}

/** One after the other, for each takes something of the invoices that the next one looks at. */
const decideAll = (asked: readonly AskedTransfer[]) => {
  const decided: Decided[] = []
  const unmatched: Unmatched[] = []
  for (const { transfer, question } of asked) {
    const decision = decideMatch({
      ...question,
      owed: question.owed.filter(({ leftKopecks }) => leftKopecks > 0),
    })
    if (decision.matched) {
      const invoices = [...question.named, ...question.owed]
      decided.push({ transferId: transfer.id, matches: matchesOf(transfer.id, decision, invoices) })
    } else unmatched.push({ id: transfer.id, reason: decision.reason })
  }
  return { decided, unmatched }
}

const matchesOf = (
  transferId: string,
  { rule, parts }: Extract<Decision, { matched: true }>,
  invoices: readonly PayableInvoice[],
): NewMatch[] =>
  parts.map((part) => {
    const invoice = invoices.find(({ invoiceId }) => invoiceId === part.invoiceId)
    const assumedLeftKopecks = invoice ? leftOf(invoice) : 0
    if (invoice) takeFrom(invoice, part)
    return {
      ...part,
      transferId,
      direction: 'in' as const,
      rule,
      matchedBy: rules,
      reason: null,
      assumedLeftKopecks,
    }
  })

const isOpen = ({ state }: PayableInvoice): boolean => state === 'issued' || state === 'expired'
const leftOf = (invoice: PayableInvoice): number => (isOpen(invoice) ? invoice.leftKopecks : 0)

const takeFrom = (invoice: PayableInvoice, { amountKopecks }: Part): void => {
  if (!isOpen(invoice)) return
  invoice.leftKopecks = Math.max(0, invoice.leftKopecks - amountKopecks)
  invoice.state = invoice.leftKopecks === 0 ? 'paid' : 'issued'
}

const applyDecided = (resources: Resources, decided: readonly Decided[]): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const refused = await applyMatches(tx, resources, decided)
    // Somebody was faster: they are looked at again, with what is left now.
    if (refused.length > 0)
      await tx`update transfers set ask_at = ${resources.now()} where id in ${tx(refused)} and state = 'unidentified'`
  })
