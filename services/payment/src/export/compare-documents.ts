import type { AccountingGateway, DocumentKind, Listed } from '../accounting/gateway.ts'

/** A document as we sent it. */
export type Ours = { documentId: string; kind: DocumentKind; amountKopecks: number; isCancelled: boolean }

export const differenceKinds = [
  'missing',
  'amount',
  'not-posted',
  'posted',
  'marked',
  'not-marked',
  'unknown',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]
export type Difference = {
  documentId: string
  kind: DocumentKind | null
  what: DifferenceKind
  oursKopecks: number | null
  theirsKopecks: number | null
}

type Expects = AccountingGateway['expects']

/** What became of a document otherwise than it should: a cancelled one by the mapping's word, any other posted and unmarked. */
const stateOf = ({ isCancelled }: Ours, theirs: Listed, expects: Expects): DifferenceKind[] => {
  if (isCancelled && expects.cancelled !== 'leave') {
    if (expects.cancelled === 'mark' && !theirs.marked) return ['not-marked']
    return theirs.posted ? ['posted'] : []
  }
  if (theirs.marked) return ['marked']
  return expects.posted && !theirs.posted ? ['not-posted'] : []
}

/** One document of ours beside what 1С has under its key. */
export const differencesOf = (ours: Ours, theirs: Listed | undefined, expects: Expects): Difference[] => {
  const { documentId, kind, amountKopecks } = ours
  const difference = (what: DifferenceKind): Difference => ({
    documentId,
    kind,
    what,
    oursKopecks: amountKopecks,
    theirsKopecks: theirs?.amountKopecks ?? null,
  })
  if (!theirs) return [difference('missing')]
  const wrongSum = theirs.amountKopecks !== undefined && theirs.amountKopecks !== amountKopecks
  return [
    ...(wrongSum ? [difference('amount')] : []),
    ...stateOf(ours, theirs, expects).map((what) => difference(what)),
  ]
}

/** It bears our mark, and we know nothing of it: whoever made it booked something twice. */
export const unknownTo = ({ id, amountKopecks }: Listed): Difference => ({
  documentId: id,
  kind: null,
  what: 'unknown',
  oursKopecks: null,
  theirsKopecks: amountKopecks ?? null,
})
