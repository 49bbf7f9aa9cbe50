import { clientOf, languageOfRequest } from '@kontora/service/pages'
import type { Context } from 'hono'
import type { LinkedInvoice } from '../payer-links/read-by-link.ts'
import type { Resources } from '../resources.ts'
import type { Moment } from './phase.ts'
import { readReceipts, readVat } from './read-moment.ts'
import { inLanguage, type View } from './view.ts'
import { type Telling, wordsIn } from './words.ts'

export type PageEnv = { Bindings: Resources }

/** An invoice that its payer may see here, and where: by the link, or as his own. `base` is a whole address. */
export type Shown = { invoice: LinkedInvoice; base: string; isOwn: boolean }

export const scriptAddress = (url: string): string => `${url}/pay/live.js`

export const readView = async <Env extends PageEnv>(
  c: Context<Env>,
  { invoice, base, isOwn }: Shown,
  moment: Moment,
  telling: Telling | undefined,
): Promise<View> => {
  const { sql, now } = c.env
  const { url, isSecure } = clientOf(c)
  const language = languageOfRequest(c)
  const [vat, receipts] = await Promise.all([
    readVat(sql, invoice.invoiceId),
    readReceipts(sql, invoice.invoiceId),
  ])
  return {
    ...{ language, words: wordsIn(language), base, invoice, moment, vat, receipts, telling },
    time: now(),
    list: isOwn ? inLanguage(`${url}/invoices`, language) : undefined,
    isLocal: !isSecure,
    script: scriptAddress(url),
  }
}
