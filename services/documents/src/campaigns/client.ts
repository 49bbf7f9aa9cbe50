import * as v from 'valibot'
import type { AcceptedDocument } from '../deliveries/system.ts'
import { openPartner, type PartnerOptions } from '../partners/open-partner.ts'
import { PartnerFault } from '../partners/partner-fault.ts'
import { PartnerCampaign } from './campaign.ts'

const Page = v.object({ items: v.array(v.unknown()), nextCursor: v.nullish(v.string()) })
const pageSize = 200
const mostPages = 1000

export type Campaigns = {
  /** All there are; one that cannot be read is left out and counted. */
  readAll: () => Promise<{ campaigns: PartnerCampaign[]; unreadable: number }>
  tell: (document: AcceptedDocument) => Promise<void>
}

/** A circle of cursors ends; a page that is no page is the partner's fault. */
export const openCampaigns = (options: PartnerOptions): Campaigns => {
  const ask = openPartner('campaigns', options)

  const readPage = async (cursor: string | undefined) => {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = v.safeParse(
      Page,
      await ask({ method: 'GET', path: `/api/v1/campaigns?limit=${pageSize}${query}` }),
    )
    if (!page.success) throw new PartnerFault('campaigns', 'unavailable', 'garbage')
    return page.output
  }

  return {
    readAll: async () => {
      const items: unknown[] = []
      let cursor: string | undefined
      for (let page = 0; page < mostPages; page++) {
        const { items: more, nextCursor } = await readPage(cursor)
        items.push(...more)
        if (!nextCursor || nextCursor === cursor) break
        cursor = nextCursor
      }
      const read = items.map((item) => v.safeParse(PartnerCampaign, item))
      const campaigns = read.flatMap((one) => (one.success ? [one.output] : []))
      return { campaigns, unreadable: items.length - campaigns.length }
    },
    /** The event's id is the delivery's: told twice, it counts once. */
    tell: async ({ deliveryId, documentId, userId, kind, campaignId, acceptedAt }) => {
      const occurredAt = acceptedAt.toISOString()
      const body = { eventId: deliveryId, clientId: userId, type: 'document.accepted', occurredAt }
      await ask({
        method: 'POST',
        path: `/api/v1/campaigns/${campaignId}/events`,
        body: { ...body, payload: { documentId, kind } },
      })
    },
  }
}
