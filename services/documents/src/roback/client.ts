import type { AcceptedDocument, Deliver } from '../deliveries/system.ts'
import { openPartner, type PartnerOptions } from '../partners/open-partner.ts'

type Options = PartnerOptions & { linkTo: (documentId: string) => string }

const cardOf = (document: AcceptedDocument, downloadUrl: string) => ({
  type: document.kind,
  date: document.storedAt.toISOString(),
  title: document.title,
  fileName: document.fileName,
  mimeType: document.contentType,
  size: document.sizeBytes,
  sha256: document.sha256,
  status: 'uploaded',
  ...(document.campaignId && { campaignId: document.campaignId }),
  downloadUrl,
})

/** A document is announced under its own id and the delivery's key: a repeat is the same announcement. */
export const openRoback = ({ linkTo, ...options }: Options): Deliver => {
  const ask = openPartner('roback', options)
  return async (document) => {
    await ask({
      method: 'PUT',
      path: `/api/v1/clients/${document.userId}/documents/${document.documentId}`,
      headers: { 'idempotency-key': document.deliveryId },
      body: cardOf(document, linkTo(document.documentId)),
    })
  }
}
