import { Problem } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { asked } from '../files/asked.ts'
import type { Resources } from '../resources.ts'
import { keyOf } from './upload.ts'

export const UploadAnswer = v.object({
  uploadId: Id,
  upload: v.object({
    url: v.string(),
    method: v.literal('PUT'),
    headers: v.record(v.string(), v.string()),
    expiresAt: v.string(),
  }),
})

type Row = { contentType: string; sizeBytes: number; sha256: string }

/** Made anew from the kept id for the first caller and each repeat: no link is stored. */
export const makeLink = async (
  { sql, files, now }: Resources,
  kept: object,
): Promise<v.InferOutput<typeof UploadAnswer>> => {
  const { uploadId } = v.parse(v.object({ uploadId: Id }), kept)
  const [upload] = await sql<Row[]>`
    select content_type, size_bytes, sha256 from uploads
    where id = ${uploadId} and state = 'waiting' and expires_at > ${now()}`
  if (!upload) throw new Problem('gone', 'This upload is complete or was given up')
  const link = await asked(files.presignUpload({ key: keyOf(uploadId), ...upload }))
  return { uploadId, upload: { ...link, expiresAt: link.expiresAt.toISOString() } }
}
