import type { createPayers, GeneratedInvoice, GeneratedPayer } from './generate-payers.ts'
import { naming, namingBarely, namingNone, namingSeveral } from './purposes.ts'
import type { Chance } from './random-words.ts'

export type Payers = ReturnType<typeof createPayers>
/** A line as it is made: by whom, for what; without `parts` nothing in it tells for what it is. */
export type Made = {
  amountKopecks: number
  purpose: string
  payer: GeneratedPayer
  parts?: GeneratedInvoice[]
  /** The wrong number that was written. */
  misread?: number
}
type Kind = { what: string; weight: number; make: (chance: Chance, payers: Payers) => Made }

const whole = (payer: GeneratedPayer, invoice: GeneratedInvoice, purpose: string): Made => ({
  payer,
  purpose,
  amountKopecks: invoice.amountKopecks,
  parts: [invoice],
})

const one = (chance: Chance, payers: Payers, isPerson = false) => {
  const payer = payers.add({ isPerson })
  return { payer, invoice: payers.addInvoice(payer, chance.kopecks()) }
}

/** Weights are of a thousand. What can be told is to be told; of the rest nothing is to be guessed. */
export const kinds: Kind[] = [
  {
    what: 'names its invoice',
    weight: 560,
    make: (chance, payers) => {
      const payer = payers.some() ?? payers.add({})
      const invoice = payers.addInvoice(payer, chance.kopecks())
      return whole(payer, invoice, naming(chance, invoice))
    },
  },
  {
    what: 'names it by its bare number',
    weight: 90,
    make: (chance, payers) => {
      const { payer, invoice } = one(chance, payers)
      return whole(payer, invoice, namingBarely(chance, invoice))
    },
  },
  {
    what: 'pays a part',
    weight: 30,
    make: (chance, payers) => {
      const { payer, invoice } = one(chance, payers)
      return {
        ...whole(payer, invoice, naming(chance, invoice)),
        amountKopecks: 1 + chance.below(invoice.amountKopecks - 1),
      }
    },
  },
  {
    what: 'pays more',
    weight: 20,
    make: (chance, payers) => {
      const { payer, invoice } = one(chance, payers)
      return {
        ...whole(payer, invoice, naming(chance, invoice)),
        amountKopecks: invoice.amountKopecks + chance.kopecks(),
      }
    },
  },
  {
    what: 'names several',
    weight: 30,
    make: (chance, payers) => {
      const payer = payers.add({})
      const parts = Array.from({ length: 2 + chance.below(4) }, () =>
        payers.addInvoice(payer, chance.kopecks()),
      )
      return { payer, parts, amountKopecks: payers.sumOf(parts), purpose: namingSeveral(chance, parts) }
    },
  },
  {
    what: 'names none, the sum tells',
    weight: 80,
    make: (chance, payers) => {
      const { payer, invoices } = payers.addTellingSums(chance)
      return whole(payer, chance.oneOf(invoices), namingNone(chance))
    },
  },
  {
    what: 'a wrong number, the sum tells',
    weight: 40,
    make: (chance, payers) => {
      const { payer, invoices } = payers.addTellingSums(chance)
      const invoice = chance.oneOf(invoices)
      const misread = payers.misread(chance, payer, invoice)
      return { ...whole(payer, invoice, naming(chance, misread)), misread: misread.count }
    },
  },
  {
    what: 'names none, several come to the sum',
    weight: 20,
    make: (chance, payers) => {
      const { payer, invoices } = payers.addTellingSums(chance)
      const parts = invoices.slice(0, 2)
      return { payer, parts, amountKopecks: payers.sumOf(parts), purpose: namingNone(chance) }
    },
  },
  {
    what: 'names none, equal ones, the earliest due',
    weight: 15,
    make: (chance, payers) => {
      const payer = payers.add({})
      const amount = chance.kopecks()
      const later = payers.addInvoice(payer, amount, '2026-12-15')
      const sooner = payers.addInvoice(payer, amount, '2026-12-01')
      return { ...whole(payer, sooner, namingNone(chance)), amountKopecks: later.amountKopecks }
    },
  },
  {
    what: 'a person without an ИНН names it',
    weight: 50,
    make: (chance, payers) => {
      const { payer, invoice } = one(chance, payers, true)
      return whole(payer, invoice, naming(chance, invoice))
    },
  },
  {
    what: 'not to be told: nobody we know',
    weight: 20,
    make: (chance, payers) => ({
      payer: payers.stranger(),
      amountKopecks: chance.kopecks(),
      purpose: namingNone(chance),
    }),
  },
  {
    what: 'not to be told: equal ones, none due earlier',
    weight: 10,
    make: (chance, payers) => {
      const payer = payers.add({})
      const amountKopecks = chance.kopecks()
      for (let i = 0; i < 2; i++) payers.addInvoice(payer, amountKopecks)
      return { payer, amountKopecks, purpose: namingNone(chance) }
    },
  },
  {
    what: "not to be told: a stranger names somebody's invoice with another sum",
    weight: 5,
    make: (chance, payers) => {
      const { invoice } = one(chance, payers)
      return {
        payer: payers.stranger(),
        amountKopecks: invoice.amountKopecks + 1,
        purpose: naming(chance, invoice),
      }
    },
  },
  {
    what: 'not to be told: a sum that no choice comes to',
    weight: 10,
    make: (chance, payers) => {
      const { payer, invoices } = payers.addTellingSums(chance)
      return { payer, amountKopecks: payers.sumOf(invoices) + 1, purpose: namingNone(chance) }
    },
  },
]
