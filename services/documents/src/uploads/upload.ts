import { Name, Sha256Hex, SizeBytes } from '@kontora/validation'
import * as v from 'valibot'

export const ContentType = v.picklist(['application/pdf', 'image/jpeg', 'image/png'])
export type ContentType = v.InferOutput<typeof ContentType>

export const NewUpload = v.strictObject({
  fileName: Name(255),
  contentType: ContentType,
  sizeBytes: SizeBytes,
  sha256: Sha256Hex,
})
export type NewUpload = v.InferOutput<typeof NewUpload>

export type UploadState = 'waiting' | 'completed' | 'expired'

const hour = 3_600_000
export const uploadMs = 24 * hour
/** Longer than any upload link lives, so that nothing can arrive behind the sweep. */
export const sweepAfterMs = uploadMs + hour

/** Ids only, one key for one upload: nothing that a person typed can be a path. */
export const keyOf = (uploadId: string): string => `quarantine/${uploadId}`

const signatures: Record<ContentType, number[]> = {
  'application/pdf': [0x25, 0x50, 0x44, 0x46, 0x2d],
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
}

const endings: Record<ContentType, RegExp> = {
  'application/pdf': /[^.]\.pdf$/i,
  'image/jpeg': /[^.]\.jpe?g$/i,
  'image/png': /[^.]\.png$/i,
}

/** A reviewer's machine opens a file by its ending: `Договор.pdf.hta` would be run. */
export const endsLike = (contentType: ContentType, fileName: string): boolean =>
  endings[contentType].test(fileName)

export const signatureBytes = 8

/** A first gate only: a file may begin like a PDF and be another thing as well. */
export const beginsLike = (contentType: ContentType, start: Uint8Array): boolean =>
  signatures[contentType].every((byte, i) => start[i] === byte)
