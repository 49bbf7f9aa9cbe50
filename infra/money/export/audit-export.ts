import type { ExportStand } from './export-stand.ts'

type Document = {
  Ref_Key: string
  Posted: boolean
  DeletionMark: boolean
  amount: number
}
type Entry = { seq: number; operation: string; status: number; details: { Ref_Key?: string } }

/** `lost`: not there, not as sent. `foreign`: there, and of nobody. `disordered`: made before what must go first. */
export type Audit = { lost: string[]; foreign: string[]; disordered: string[] }

const isMaking = ({ operation, status }: Entry): boolean =>
  /^(POST Document_|PUT (invoices|payments|refunds)$)/.test(operation) && status < 300

/** When each document was first made, by the base's own journal. */
const madeAt = (entries: Entry[]): Map<string, number> => {
  const first = new Map<string, number>()
  for (const entry of entries.filter(isMaking)) {
    const key = String(entry.details.Ref_Key)
    if (!first.has(key)) first.set(key, entry.seq)
  }
  return first
}

const ranks = { invoice: 0, payment: 1, refund: 2 }

/** What lies in 1С beside what should, by 1С's own book and journal. */
export const auditExport = async ({ base, expected, cancelled }: ExportStand): Promise<Audit> => {
  const documents = (await base.ask('GET', 'documents')).documents as Document[]
  const entries = (await base.ask('GET', 'journal')).entries as Entry[]
  const made = madeAt(entries)
  const keys = new Set(expected.map(({ key }) => key))
  const lost = expected.filter(({ key, kopecks }) => {
    const there = documents.filter((one) => one.Ref_Key === key)
    const [one] = there
    if (there.length !== 1 || !one || Math.round(one.amount * 100) !== kopecks) return true
    return cancelled.has(key) ? !one.DeletionMark : !one.Posted || one.DeletionMark
  })
  const disordered = expected.filter((late) =>
    expected.some(
      (early) =>
        early.invoiceId === late.invoiceId &&
        ranks[early.kind] < ranks[late.kind] &&
        (made.get(early.key) ?? Number.POSITIVE_INFINITY) >= (made.get(late.key) ?? -1),
    ),
  )
  return {
    lost: lost.map(({ kind, key }) => `${kind} ${key}`),
    foreign: documents.filter(({ Ref_Key: key }) => !keys.has(key)).map(({ Ref_Key: key }) => key),
    disordered: disordered.map(({ kind, key }) => `${kind} ${key}`),
  }
}
