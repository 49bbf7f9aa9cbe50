import type { User } from '@kontora/access'
import { Problem } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { giveLink } from './give-link.ts'
import { remakeLink } from './remake-link.ts'

export const InvoiceIds = v.strictObject({
  invoiceIds: v.pipe(v.array(Id), v.minLength(1), v.maxLength(100)),
})
export const LinksOfInvoices = v.object({ links: v.array(v.object({ invoiceId: Id, url: v.string() })) })
type Links = v.InferOutput<typeof LinksOfInvoices>['links']

/** Of an invoice that nobody is to pay, or whose link was made under another key, there is none; nor where there are no pages. */
export const linksOfInvoices = async (
  resources: Resources,
  who: Pick<User, 'id'>,
  invoiceIds: readonly string[],
): Promise<Links> => {
  const links: Links = []
  for (const invoiceId of new Set(invoiceIds)) {
    const url = await urlOf(resources, who, invoiceId)
    if (url) links.push({ invoiceId, url })
  }
  return links
}

const urlOf = async (
  resources: Resources,
  who: Pick<User, 'id'>,
  invoiceId: string,
): Promise<string | null> => {
  try {
    return (await remakeLink(resources, await giveLink(resources, who, { invoiceId }))).url
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}
