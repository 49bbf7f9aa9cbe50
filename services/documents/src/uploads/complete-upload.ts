import { documentsStored, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { type RequestState, takesUploads } from '../requests/request.ts'
import type { WriteResources } from '../resources.ts'
import type { UploadState } from './upload.ts'

type Upload = {
  requestId: string
  requestState: RequestState
  sizeBytes: number
  sha256: string
  state: UploadState
  expiresAt: Date
}

export type Stored = { documentId: string; versionId: string; state: 'stored' }

/** The file has arrived and was checked: it becomes the next version of its request's document. */
export const completeUpload = (
  { sql, now, newId }: WriteResources,
  userId: string,
  { uploadId }: { uploadId: string },
): Promise<Stored> =>
  transaction(sql, async (tx) => {
    const upload = await lockUpload(tx, userId, uploadId)
    const time = now()
    if (upload.state === 'completed') throw new Problem('conflict', 'This upload is complete already')
    if (upload.state === 'expired' || upload.expiresAt <= time)
      throw new Problem('gone', 'This upload was given up')
    if (!takesUploads(upload.requestState)) throw new Problem('conflict', 'This request takes no more files')

    const { requestId, sizeBytes, sha256 } = upload
    const documentId = await keepDocument(tx, { id: newId(), requestId, userId, time })
    const versionId = newId()
    await tx`
      insert into versions (id, document_id, upload_id, number, stored_at)
      select ${versionId}, ${documentId}, ${uploadId}, coalesce(max(number), 0) + 1, ${time}
      from versions where document_id = ${documentId}`
    await tx`update uploads set state = 'completed', sweep_at = null where id = ${uploadId}`
    await tx`update requests set state = 'in-review' where id = ${requestId}`
    const fields = { requestId, userId, documentId, versionId, sizeBytes, sha256 }
    await emit(tx, documentsStored, { id: newId(), subject: requestId, time }, fields)
    return { documentId, versionId, state: 'stored' }
  })

/** The request is locked before anything of it, everywhere, so that no two wait for each other. */
const lockUpload = async (tx: Transaction, userId: string, uploadId: string): Promise<Upload> => {
  await tx`
    select id from requests where id = (select request_id from uploads where id = ${uploadId}) for update`
  const [upload] = await tx<Upload[]>`
    select request_id, requests.state as request_state, size_bytes, sha256, uploads.state, expires_at
    from uploads join requests on requests.id = request_id
    where uploads.id = ${uploadId} and uploads.user_id = ${userId} for update of uploads`
  if (!upload) throw new Problem('not-found', 'No such upload')
  return upload
}

const keepDocument = async (
  tx: Transaction,
  { id, requestId, userId, time }: { id: string; requestId: string; userId: string; time: Date },
): Promise<string> => {
  const [document] = await tx<{ id: string }[]>`
    insert into documents ${tx({ id, requestId, userId, state: 'stored', storedAt: time })}
    on conflict (request_id) do update set state = 'stored', stored_at = excluded.stored_at
    returning id`
  return document?.id ?? id
}
