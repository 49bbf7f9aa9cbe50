import type { Language } from '@kontora/service/pages'
import type { LinkedInvoice } from '../payer-links/read-by-link.ts'
import type { Moment } from './phase.ts'
import type { ShownReceipt, VatShare } from './read-moment.ts'
import type { Telling, Words } from './words.ts'

/** All that the page shows. `base` is its own address, without a query. */
export type View = {
  language: Language
  words: Words
  base: string
  invoice: LinkedInvoice
  moment: Moment
  time: Date
  vat: VatShare[]
  receipts: ShownReceipt[]
  /** What a form could not do. */
  telling: Telling | undefined
  /** The list of the payer's invoices, where he is signed in. */
  list: string | undefined
  /** Whether plain `http` may be gone on to: on a laptop. */
  isLocal: boolean
  script: string
}

/** A page of ours in the language that it is read in. */
export const inLanguage = (address: string, language: Language, more: Record<string, string> = {}): string =>
  `${address}?${new URLSearchParams({ ...more, ui_locales: language })}`

/** The bank's address comes from outside: nothing but a web page is gone on to. */
export const safePage = (address: string | null | undefined, isLocal: boolean): string | undefined => {
  if (!address || !URL.canParse(address)) return undefined
  const { protocol } = new URL(address)
  return protocol === 'https:' || (isLocal && protocol === 'http:') ? address : undefined
}
