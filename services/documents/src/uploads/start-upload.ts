import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { type RequestState, takesUploads } from '../requests/request.ts'
import type { WriteResources } from '../resources.ts'
import { endsLike, type NewUpload, sweepAfterMs, uploadMs } from './upload.ts'

/** A place for one file. The way there, a presigned link, is made from the id and kept nowhere. */
export const startUpload = (
  { sql, now, newId, maxUploadBytes }: WriteResources & { maxUploadBytes: number },
  userId: string,
  { requestId, ...file }: NewUpload & { requestId: string },
): Promise<{ uploadId: string }> =>
  transaction(sql, async (tx) => {
    const [request] = await tx<{ state: RequestState }[]>`
      select state from requests where id = ${requestId} and user_id = ${userId} for update`
    if (!request) throw new Problem('not-found', 'No such request')
    if (!takesUploads(request.state)) throw new Problem('conflict', 'This request takes no more files')
    if (!endsLike(file.contentType, file.fileName))
      throw new Problem('invalid-input', 'The json is wrong', {
        fields: { fileName: 'an ending that fits contentType' },
      })
    if (file.sizeBytes > maxUploadBytes)
      throw new Problem('too-large', 'The file is too large', {
        fields: { sizeBytes: `at most ${maxUploadBytes}` },
      })

    const startedAt = now()
    const uploadId = newId()
    await tx`
      insert into uploads ${tx({
        id: uploadId,
        requestId,
        userId,
        ...file,
        state: 'waiting',
        startedAt,
        expiresAt: new Date(startedAt.getTime() + uploadMs),
        sweepAt: new Date(startedAt.getTime() + sweepAfterMs),
      })}`
    return { uploadId }
  })
