import type { Chance } from './random-words.ts'

export type GeneratedPayer = {
  userId: string
  inn: string | null
  name: string
  account: string
  isKnown: boolean
}
export type GeneratedInvoice = {
  invoiceId: string
  userId: string
  year: number
  count: number
  amountKopecks: number
  issuedOn: string
  dueOn: string | null
}

type Words = {
  companyName: (chance: Chance) => string
  personName: (chance: Chance) => string
  innOf: (count: number) => string
}

const days = ['2026-11-02', '2026-11-09', '2026-11-16', '2026-11-20', '2026-10-26', '2026-10-12']
const sumOf = (invoices: readonly GeneratedInvoice[]): number =>
  invoices.reduce((sum, { amountKopecks }) => sum + amountKopecks, 0)

/** Sums of which every choice comes to another sum, so that one alone tells what was paid. */
const isTelling = (sums: readonly number[]): boolean => {
  const seen = new Set<number>()
  for (let choice = 1; choice < 2 ** sums.length; choice++) {
    const total = sums.reduce((sum, kopecks, i) => ((choice >> i) & 1 ? sum + kopecks : sum), 0)
    if (seen.has(total)) return false
    seen.add(total)
  }
  // Nor may a rest be just above the whole.
  return true
}

/** Those who owe, and what. Who is used once for what only sums tell is used for nothing else. */
export const createPayers = (chance: Chance, { companyName, personName, innOf }: Words) => {
  const payers: GeneratedPayer[] = []
  const regulars: GeneratedPayer[] = []
  const invoices: GeneratedInvoice[] = []
  const byCount = new Map<number, GeneratedInvoice>()

  const add = ({
    isPerson = false,
    isKnown = true,
  }: {
    isPerson?: boolean
    isKnown?: boolean
  }): GeneratedPayer => {
    const count = payers.length + 1
    const payer = {
      userId: chance.id(),
      inn: isPerson ? null : innOf(count),
      name: isPerson ? personName(chance) : companyName(chance),
      account: `40702810${String(count).padStart(12, '0')}`,
      isKnown,
    }
    payers.push(payer)
    return payer
  }

  const addInvoice = (
    { userId }: GeneratedPayer,
    amountKopecks: number,
    dueOn: string | null = null,
  ): GeneratedInvoice => {
    const count = invoices.length + 1
    const invoice = {
      invoiceId: chance.id(),
      userId,
      year: 2026,
      count,
      amountKopecks: Math.max(2, amountKopecks),
      issuedOn: chance.oneOf(days),
      dueOn,
    }
    invoices.push(invoice)
    byCount.set(count, invoice)
    return invoice
  }

  return {
    add,
    addInvoice,
    sumOf,
    stranger: () => add({ isKnown: false }),
    /** One of the regular ones, who owes more than one thing and pays by number. */
    some: (): GeneratedPayer | undefined => {
      if (regulars.length === 0 || chance.isOneIn(4)) regulars.push(add({}))
      return chance.oneOf(regulars.slice(-2000))
    },
    addTellingSums: (from: Chance) => {
      const payer = add({})
      let sums: number[]
      do sums = Array.from({ length: 1 + from.below(4) + 1 }, () => from.kopecks())
      while (!isTelling(sums))
      return { payer, invoices: sums.map((sum) => addInvoice(payer, sum)) }
    },
    /** One digit wrong, and by chance not another's invoice of just this sum, nor one of his own. */
    misread: (from: Chance, { userId }: GeneratedPayer, invoice: GeneratedInvoice): GeneratedInvoice => {
      for (;;) {
        const digits = Array.from(String(invoice.count).padStart(6, '0'))
        digits[from.below(6)] = String(from.below(10))
        const count = Number(digits.join(''))
        const hit = byCount.get(count)
        const isOwn = hit?.userId === userId
        if (count > 0 && count !== invoice.count && !isOwn && hit?.amountKopecks !== invoice.amountKopecks)
          return { ...invoice, count }
      }
    },
    amountOf: (count: number): number | undefined => byCount.get(count)?.amountKopecks,
    all: () => ({ payers, invoices }),
  }
}
