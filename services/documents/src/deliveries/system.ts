import * as v from 'valibot'

export const System = v.picklist(['one-c', 'roback', 'campaigns'])
export type System = v.InferOutput<typeof System>
export const systems = System.options

/** What a partner is told of an accepted document. `deliveryId` is ours: by it a repeat is known. */
export type AcceptedDocument = {
  deliveryId: string
  documentId: string
  userId: string
  kind: string
  title: string
  campaignId: string | null
  fileName: string
  contentType: string
  sizeBytes: number
  sha256: string
  storedAt: Date
  acceptedAt: Date
}

/** Tells a partner, or throws. Telling twice does no more than telling once. */
export type Deliver = (document: AcceptedDocument) => Promise<void>

/** Those that are enabled. */
export type Partners = Partial<Record<System, Deliver>>

export const laneOf = (system: System): string => `deliver-documents-${system}`
